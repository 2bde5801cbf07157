"""A text's place among the top levels of IPTC Media Topics, and the narrower topic nearest to it.

The weights are made by ``python -m newsreel.enrichment.make_topic_model`` and kept in topic_model.tsv.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newsreel.enrichment.taxonomy import data_lines, table
from newsreel.enrichment.vectors import SIZE, Vectors

# What makes the softmax of a heavily decayed model honest: with 4 its mean confidence on SIB-200's training sentences is
# near its accuracy (0.69), with 1 it never reaches a half, with 8 it claims 0.85.
SHARPNESS = 4.0

# How common a subject is in the press, before reading: human interest and labour are rarely what an article is filed under.
_COMMON = {
    "11": 1.8, "04": 1.8, "15": 1.8, "02": 1.3, "01": 1.3, "13": 1.3, "07": 1.3, "16": 1.0, "03": 1.0, "10": 0.8, "06": 0.7, "05": 0.7,
    "14": 0.5, "12": 0.7, "09": 0.45, "08": 0.3, "17": 0.7,
}  # fmt: skip


class Model(NamedTuple):
    """``tops``: the codes of the rows of ``weights`` (with ``bias`` and ``mean``); ``codes``: those of ``prototypes``."""

    tops: tuple[str, ...]
    weights: Vectors
    bias: Vectors
    mean: Vectors
    codes: tuple[str, ...]
    prototypes: Vectors


def pack(vector: Vectors) -> tuple[str, str]:
    """A vector as (scale, base64 of signed bytes)."""
    scale = float(np.abs(vector).max()) / 127 or 1.0
    return f"{scale:.6g}", base64.b64encode(np.round(vector / scale).astype(np.int8).tobytes()).decode("ascii")


def _unpack(scale: str, data: str) -> Vectors:
    return np.frombuffer(base64.b64decode(data), dtype=np.int8).astype(np.float32) * np.float32(scale)


@lru_cache(maxsize=1)
def model() -> Model:
    """The weights, read once."""
    rows = [line.split("\t") for line in data_lines("topic_model.tsv")]
    kinds = {kind: [row[1:] for row in rows if row[0] == kind] for kind in ("mean", "top", "near")}
    mean = _unpack(*kinds["mean"][0][1:])
    tops, codes = kinds["top"], kinds["near"]
    return Model(
        tuple(code for code, *_ in tops),
        np.stack([_unpack(scale, data) for _, _, scale, data in tops]),
        np.array([bias for _, bias, _, _ in tops], dtype=np.float32),
        mean,
        tuple(code for code, *_ in codes),
        np.stack([_unpack(scale, data) for _, scale, data in codes]) if codes else np.zeros((0, SIZE), np.float32),
    )


def probabilities(vectors: Vectors, weights: NDArray[np.float32]) -> dict[str, float]:
    """The probability of each top level for a text given as vectors of its parts, each part with its weight."""
    made = model()
    logits = (vectors - made.mean) @ made.weights.T + made.bias
    mixed = SHARPNESS * (weights[:, None] * logits).sum(axis=0) / weights.sum()
    mixed += np.log([_COMMON.get(top[7:9], 1.0) for top in made.tops])
    shifted = np.exp(mixed - mixed.max())
    return {top: float(share) for top, share in zip(made.tops, shifted / shifted.sum(), strict=True)}


def nearest(vectors: Vectors, weights: NDArray[np.float32], top: str) -> tuple[str, float]:
    """The narrower topic of a top level nearest to the text, with its likeness (cosine); the top level itself for none."""
    made = model()
    rows = table()
    chosen = [at for at, code in enumerate(made.codes) if rows[code].top == top]
    if not chosen:
        return top, 0.0
    text = (weights[:, None] * (vectors - made.mean)).sum(axis=0)
    length = float(np.linalg.norm(text))
    if length == 0:
        return top, 0.0
    likeness = made.prototypes[chosen] @ (text / length)
    best = int(likeness.argmax())
    return made.codes[chosen[best]], float(likeness[best])
