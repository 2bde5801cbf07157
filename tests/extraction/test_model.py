"""What the model works out, beside the same written out slowly; and what the stored one says of itself."""

from __future__ import annotations

import numpy as np

from newsreel.extraction.model import CLIP, Net, Trees, model


def a_net(chance: np.random.Generator) -> Net:
    def layer(out: int, into: int) -> tuple[np.ndarray, np.ndarray]:
        return chance.normal(size=(out, into)).astype(np.float32), chance.normal(size=(out, 1)).astype(np.float32)

    return Net(
        np.zeros((5, 1), np.float32), np.ones((5, 1), np.float32), layer(4, 5), layer(4, 4), layer(3, 4),
        tuple((*layer(3, 9), step) for step in (1, 2)), layer(1, 7),
    )  # fmt: skip


def slowly(net: Net, rows: np.ndarray, weight: np.ndarray) -> list[float]:
    def relu(value: np.ndarray) -> np.ndarray:
        return np.maximum(value, 0)

    count = rows.shape[1]
    wide = [relu(net.first[0] @ np.clip(rows[:, leaf], -CLIP, CLIP) + net.first[1][:, 0]) for leaf in range(count)]
    page = sum(one * each for one, each in zip(wide, weight, strict=True)) / (weight.sum() + 1)
    wide = [relu(one + net.context[0] @ page + net.context[1][:, 0]) for one in wide]
    narrow = [relu(net.middle[0] @ one + net.middle[1][:, 0]) for one in wide]
    for matrix, bias, step in net.convolutions:
        nothing = np.zeros(3, np.float32)
        around = [
            np.concatenate([narrow[leaf + move] if 0 <= leaf + move < count else nothing for move in (-step, 0, step)])
            for leaf in range(count)
        ]
        narrow = [one + relu(matrix @ near + bias[:, 0]) for one, near in zip(narrow, around, strict=True)]
    return [
        float((net.last[0] @ np.concatenate((thin, one)) + net.last[1][:, 0])[0])
        for thin, one in zip(narrow, wide, strict=True)
    ]


def test_the_network_is_what_it_says() -> None:
    chance = np.random.default_rng(1)
    net, rows, weight = (
        a_net(chance),
        chance.normal(size=(5, 9)).astype(np.float32) * 3,
        chance.uniform(1, 9, 9).astype(np.float32),
    )
    assert np.allclose(net.logits(rows, weight), slowly(net, rows, weight), atol=1e-3)


def test_a_tree_answers_by_its_questions() -> None:
    trees = Trees(
        np.array([0, 1, 1, 0]),
        np.array([[0.5], [0.5], [2.0], [9.0]], np.float32),
        np.arange(8, dtype=np.float32),
        2,
        10.0,
    )
    rows = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 3.0]], np.float32)
    # First tree: x0 > .5, then x1 > 2; second: x1 > .5, then x0 > 9. The first answer is the lowest bit.
    assert trees.logits(rows).tolist() == [10 + 0 + 4, 10 + 1 + 4, 10 + 3 + 5]


def test_the_stored_model_says_what_it_was_trained_on() -> None:
    stored = model()
    assert stored.statement["trained on"]["pages"] == {"fundus": 168, "magic": 72, "wcxb": 791}
    assert set(stored.statement["F1 of leaves on unseen sites"]) == {"fundus", "magic", "wcxb"}
    rows = np.zeros((len(stored.nets[0].mean), 3), np.float32)
    rated = stored.rate(rows, np.ones(3, np.float32))
    assert rated.shape == (3,)
    assert ((rated >= 0) & (rated <= 1)).all()
