"""The trees of the model, trained with CatBoost, whose trees are oblivious: one question a level."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool

from newsreel.extraction.model import Trees
from tools.training.pages import Sample

TREES, DEPTH, RATE = 300, 6, 0.12
BORDERS = 48  # at which a feature may be asked about
_EACH_PAGE = 300  # the sum of a page's weights: a long page teaches no more than a short one


def train(samples: Sequence[Sequence[Sample]], seed: int) -> Trees:
    """Trees from pages, each with its variants behind it: the page, its first variant and one of the others."""
    chance = random.Random(seed)  # noqa: S311
    chosen: list[Sample] = []
    for page in samples:
        chosen += page[:2]
        if len(page) > 2:
            chosen.append(chance.choice(page[2:]))
    rows = np.concatenate([sample.rows for sample in chosen]).astype(np.float32)
    truth = np.concatenate([sample.truth for sample in chosen])
    roots = [np.sqrt(sample.weight) for sample in chosen]
    weight = np.concatenate([root / root.sum() * _EACH_PAGE for root in roots])
    boosted = CatBoostClassifier(
        iterations=TREES, depth=DEPTH, learning_rate=RATE, loss_function="CrossEntropy", border_count=BORDERS, thread_count=1,
        rsm=0.3, subsample=0.6, bootstrap_type="Bernoulli", l2_leaf_reg=5, random_seed=seed, verbose=0,
        allow_writing_files=False,
    )  # fmt: skip
    boosted.fit(Pool(rows, truth, weight=weight))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trees.json"
        boosted.save_model(str(file), format="json")
        return _as_arrays(json.loads(file.read_text(encoding="utf-8")))


def _as_arrays(stated: dict[str, Any]) -> Trees:
    """CatBoost's JSON: each tree's splits are the bits of an index into its leaves, the first the lowest."""
    trees = stated["oblivious_trees"]
    whole = [tree for tree in trees if len(tree["splits"]) == DEPTH]
    feature = [[int(tree["splits"][level]["float_feature_index"]) for tree in whole] for level in range(DEPTH)]
    border = [[tree["splits"][level]["border"] for tree in whole] for level in range(DEPTH)]
    values = [value for tree in whole for value in tree["leaf_values"]]
    # A tree that found fewer questions than DEPTH says the same as one whose others are never answered with yes.
    for tree in trees:
        if len(tree["splits"]) < DEPTH:
            missing = DEPTH - len(tree["splits"])
            for level in range(DEPTH):
                known = level < len(tree["splits"])
                feature[level].append(int(tree["splits"][level]["float_feature_index"]) if known else 0)
                border[level].append(tree["splits"][level]["border"] if known else float("inf"))
            values += list(tree["leaf_values"]) * 2**missing
    scale, (bias,) = stated["scale_and_bias"]
    return Trees(
        np.array(feature, np.int64).ravel(),
        np.array(border, np.float32).reshape(-1, 1),
        np.array(values, np.float32) * float(scale),
        DEPTH,
        float(bias),
    )
