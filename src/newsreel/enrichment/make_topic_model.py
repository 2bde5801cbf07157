"""Makes topic_model.tsv: ``python -m newsreel.enrichment.make_topic_model FILE.xlsx``.

What it learns from: the names and definitions of IPTC Media Topics in the languages that the encoder knows (IPTC, CC BY 4.0),
and the sentences of topic_examples.tsv, written for Newsreel. No corpus of anyone's articles is in it. A softmax over
the top levels by plain gradient descent, and the mean vector of each narrower topic. The same input makes the same file
(another number of threads may change the last digit of a bias).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsreel.enrichment.classifier import pack
from newsreel.enrichment.make_topics import read
from newsreel.enrichment.taxonomy import data_lines, table
from newsreel.enrichment.vectors import Vectors, embed

HEADER = """\
# Which vectors (Universal Sentence Encoder, multilingual) speak for which IPTC Media Topic: made by
# newsreel.enrichment.make_topic_model from the names and definitions of IPTC Media Topics (IPTC, https://iptc.org, CC BY 4.0)
# and from topic_examples.tsv. Rows: kind, code, bias for a top level, scale, signed bytes in base64.
"""
LANGUAGES = ("en-GB", "zh-Hans", "ar", "de", "es", "fr", "pt-PT")
DECAY, STEPS, RATE = 3e-3, 400, 20.0
EXAMPLES_SHARE = 0.9  # of the weight: sentences as the press writes them say more than definitions
DEEPEST = 4  # levels that have a prototype

Indices = NDArray[np.intp]


def taught(path: Path) -> tuple[list[str], list[str], list[bool]]:
    """(texts, codes, whether the text is an example sentence)."""
    texts: list[str] = []
    codes: list[str] = []
    examples: list[bool] = []
    for row in read(path):
        for language in LANGUAGES:
            name, definition = (str(row[f"{what} ({language})"] or "") for what in ("Name", "Definition"))
            for text in (name, f"{name}: {definition[:400]}" if definition else ""):
                if text:
                    texts.append(text)
                    codes.append(row["code"])
                    examples.append(False)
    for line in data_lines("topic_examples.tsv"):
        code, text = line.split("\t")
        texts.append(text)
        codes.append(f"medtop:{code}")
        examples.append(True)
    return texts, codes, examples


def balance(labels: Indices, examples: NDArray[np.bool_]) -> Vectors:
    """A weight for each text: top levels weigh alike, and examples their share of each."""
    weights = np.zeros(len(labels), dtype=np.float32)
    for label in np.unique(labels):
        for kind, share in ((True, EXAMPLES_SHARE), (False, 1 - EXAMPLES_SHARE)):
            chosen = (labels == label) & (examples == kind)
            if chosen.any():
                weights[chosen] = share / chosen.sum()
    total: Vectors = weights / weights.sum()
    return total


def fit(vectors: Vectors, labels: Indices, weights: Vectors, decay: float = DECAY) -> tuple[Vectors, Vectors]:
    """Softmax regression with weight decay: (weights by class, bias)."""
    count = int(labels.max()) + 1
    wanted = np.eye(count, dtype=np.float32)[labels]
    slopes, bias = np.zeros((vectors.shape[1], count), np.float32), np.zeros(count, np.float32)
    speed, speed_bias = np.zeros_like(slopes), np.zeros_like(bias)
    for _ in range(STEPS):
        logits = vectors @ slopes + bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = (shares / shares.sum(axis=1, keepdims=True) - wanted) * weights[:, None]
        speed = 0.9 * speed - RATE * (vectors.T @ error + decay * slopes)
        speed_bias = 0.9 * speed_bias - RATE * error.sum(axis=0)
        slopes, bias = slopes + speed, bias + speed_bias
    return slopes.T.astype(np.float32), bias.astype(np.float32)


def lines(path: Path) -> list[str]:
    """The lines of topic_model.tsv."""
    texts, codes, examples = taught(path)
    vectors, rows = embed(texts), table()
    tops = sorted(code for code, row in rows.items() if row.top == code)
    labels = np.array([tops.index(rows[code].top) for code in codes], dtype=np.intp)
    shown = np.array(examples)
    mean = (vectors[shown] if shown.any() else vectors).mean(axis=0)
    slopes, bias = fit(vectors - mean, labels, balance(labels, shown))
    out = ["\t".join(("mean", "", *pack(mean)))]
    out += ["\t".join(("top", top, f"{bias[at]:.5f}", *pack(slopes[at]))) for at, top in enumerate(tops)]
    by_code = np.array(codes)
    for code in rows:
        if 1 < depth(code) <= DEEPEST:
            middle = (vectors[by_code == code] - mean).mean(axis=0)
            out.append("\t".join(("near", code, *pack(middle / (np.linalg.norm(middle) or 1.0)))))
    return out


def depth(code: str) -> int:
    """The level of a topic: 1 for a top level."""
    rows, level = table(), 1
    while rows[code].broader:
        code, level = rows[code].broader, level + 1
    return level


if __name__ == "__main__":
    target = Path(__file__).with_name("topic_model.tsv")
    made = lines(Path(sys.argv[1]))
    target.write_text(HEADER + "\n".join(made) + "\n", "utf-8")
    print(f"{target}: {len(made)} vectors")
