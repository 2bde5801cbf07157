"""The learned judge of leaves: their features -> how likely each is the article's text.

Small models that err differently, their mean: networks that see a leaf with its neighbours (convolutions over the page's
order; a few, trained alike from different beginnings), and boosted trees of one question a level, which see a leaf alone. All are
plain sums and look-ups in numpy. ``model.npz`` holds their numbers and a statement of what they were trained on (tools/training makes it).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

CLIP: Final = 4.0  # standard deviations
HOPELESS: Final = 0.02  # leaves that the network rates lower are not asked about twice
_LOGIT_BOUND: Final = 30.0


class Judge(Protocol):
    """Who rates leaves."""

    def rate(self, rows: Floats, weight: Floats) -> Floats:
        """(features, leaves), the leaves' weights -> how likely each leaf is the article's text, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Net:
    """A network: standardise, a layer, the page's mean of it, a narrower layer, dilated convolutions, a number a leaf."""

    mean: Floats
    scale: Floats
    first: tuple[Floats, Floats]
    context: tuple[Floats, Floats]
    middle: tuple[Floats, Floats]
    convolutions: tuple[tuple[Floats, Floats, int], ...]  # (out, width * in), bias, dilation
    last: tuple[Floats, Floats]

    def logits(self, rows: Floats, weight: Floats) -> Floats:
        """(features, leaves) -> a logit each."""
        standard = (rows - self.mean) * self.scale
        np.clip(standard, -CLIP, CLIP, out=standard)
        wide = _relu(self.first[0] @ standard + self.first[1])
        page = (wide @ weight)[:, None] / (weight.sum() + 1.0)
        wide = _relu(wide + (self.context[0] @ page + self.context[1]))
        narrow = _relu(self.middle[0] @ wide + self.middle[1])
        count = narrow.shape[1]
        for matrix, bias, dilation in self.convolutions:
            width = matrix.shape[1] // narrow.shape[0]
            edge = dilation * (width // 2)
            padded = np.zeros((narrow.shape[0], count + 2 * edge), np.float32)
            padded[:, edge : edge + count] = narrow
            around = np.concatenate([padded[:, step * dilation : step * dilation + count] for step in range(width)])
            narrow = narrow + _relu(matrix @ around + bias)
        logits: Floats = (self.last[0] @ np.concatenate((narrow, wide)) + self.last[1])[0]
        return logits


@dataclass(frozen=True, slots=True)
class Trees:
    """Oblivious trees: each asks the same ``depth`` questions (feature > border) of every leaf; the answers are an index."""

    feature: npt.NDArray[np.int64]  # (depth * trees), question by question
    border: Floats  # the same, as a column
    values: Floats  # (trees * 2 ** depth)
    depth: int
    bias: float

    def logits(self, rows: Floats) -> Floats:
        """(features, leaves) -> a logit each."""
        trees = len(self.feature) // self.depth
        answers = (rows[self.feature] > self.border).view(np.uint8).reshape(self.depth, trees, rows.shape[1])
        index = answers[0].astype(np.int32)
        for level in range(1, self.depth):
            index += answers[level].astype(np.int32) << level
        index += (np.arange(trees, dtype=np.int32) << self.depth)[:, None]
        logits: Floats = self.values[index].sum(axis=0) + np.float32(self.bias)
        return logits


@dataclass(frozen=True, slots=True)
class Model:
    """The judge, and ``statement``: what it was trained on, when, and how well it did on sites that it had not seen."""

    nets: tuple[Net, ...]
    trees: Trees
    statement: dict[str, Any]

    def rate(self, rows: Floats, weight: Floats) -> Floats:
        """(features, leaves), the leaves' weights -> how likely each leaf is the article's text, 0 to 1."""
        rated: Floats = np.stack([_sigmoid(net.logits(rows, weight)) for net in self.nets]).mean(axis=0)
        asked = np.flatnonzero(rated > HOPELESS)
        if len(asked):
            rated[asked] = (rated[asked] + _sigmoid(self.trees.logits(np.ascontiguousarray(rows[:, asked])))) / 2
        return rated


def read_model(data: Any) -> Model:
    """A model from the arrays of its file."""

    trees = Trees(
        data["trees.feature"].astype(np.int64),
        data["trees.border"].astype(np.float32)[:, None],
        data["trees.values"].astype(np.float32),
        int(data["trees.depth"]),
        float(data["trees.bias"]),
    )
    nets = tuple(_read_net(data, f"net{number}.") for number in range(int(data["nets"])))
    return Model(nets, trees, json.loads(str(data["statement"])))


def _read_net(data: Any, prefix: str) -> Net:
    def layer(name: str) -> tuple[Floats, Floats]:
        matrix, bias = data[f"{prefix}{name}.matrix"], data[f"{prefix}{name}.bias"]
        return matrix.astype(np.float32), bias.astype(np.float32)[:, None]

    return Net(
        data[f"{prefix}mean"].astype(np.float32)[:, None],
        data[f"{prefix}scale"].astype(np.float32)[:, None],
        layer("first"),
        layer("context"),
        layer("middle"),
        tuple((*layer(f"convolution{place}"), step) for place, step in enumerate(data["dilations"].tolist())),
        layer("last"),
    )


@cache
def model() -> Model:
    """The model that lies beside this module."""
    with (
        files("newsreel.extraction").joinpath("model.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as data,
    ):
        return read_model(data)


def _relu(values: Floats) -> Floats:
    return np.maximum(values, 0, out=values)


def _sigmoid(logits: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(logits, -_LOGIT_BOUND, _LOGIT_BOUND)))).astype(np.float32)
