"""python -m tools.training [--folds N] [--out FILE]: measure by folds, train on all, write the model."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.overlap import overlap
from newsreel.extraction.choice import expected_threshold
from newsreel.extraction.model import Model
from tools.training import network, trees
from tools.training.pages import CORPORA, Example, Floats, Sample, examples, folds, sizes
from tools.training.variants import variants

OUT = Path(__file__).resolve().parents[2] / "src" / "newsreel" / "extraction" / "model.npz"
SEED = 7
NETS = 3  # of which the mean is taken: one alone varies by several thousandths of F1 from training to training


def main() -> None:
    """Measure, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=5, help="0: do not measure")
    parser.add_argument("--jobs", type=int, default=2, help="models trained at once")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--ratings", type=Path, help="where to keep the ratings by models that had not seen the page")
    arguments = parser.parse_args()
    found = list(examples())
    sys.stderr.write(f"{len(found)} pages, {sum(len(example.outline.text) for example in found)} leaves\n")
    samples = [[example.sample, *made.values()] for example, made in zip(found, variants(found, SEED), strict=True)]
    number = folds(found, arguments.folds)
    parts = [[place for place, mine in enumerate(number) if mine != fold] for fold in range(arguments.folds)]
    parts.append(list(range(len(samples))))
    # Forked, so that all share the samples.
    with ProcessPoolExecutor(arguments.jobs, multiprocessing.get_context("fork"), _share, (samples,)) as pool:
        judges = list(pool.map(_trained, parts, range(SEED, SEED + len(parts))))
    figures: dict[str, Any] = {}
    if arguments.folds:
        ratings = cross_validated(found, samples, judges[:-1])
        figures = {corpus: score(found, ratings, corpus) for corpus in CORPORA}
        sys.stdout.write(f"F1 by leaves, five folds by site: {json.dumps(figures)}\n")
        if arguments.ratings:
            named: dict[str, Any] = {
                f"{example.corpus}/{example.id}": rated for example, rated in zip(found, ratings, strict=True)
            }
            np.savez_compressed(arguments.ratings, **named)
    statement = {
        "trained on": {
            "pages": sizes(found),
            "from": "shared/corpus",
            "variants": "names hashed, junk planted, flattened",
        },
        "when": datetime.now(UTC).date().isoformat(),
        "F1 of leaves on unseen sites": figures,
    }
    write(replace(judges[-1], statement=statement), arguments.out)


_shared: list[Sequence[Sequence[Sample]]] = []


def _share(samples: Sequence[Sequence[Sample]]) -> None:
    _shared.append(samples)


def _trained(chosen: Sequence[int], seed: int) -> Model:
    """A model from the samples at the places ``chosen`` that have any text of an article."""
    samples = _shared[0]
    some = [samples[place] for place in chosen if (samples[place][0].truth >= 0.5).any()]
    nets = tuple(network.train(some, seed + NETS * number) for number in range(NETS))
    return Model(nets, trees.train(some, seed), {})


def cross_validated(
    found: Sequence[Example], samples: Sequence[Sequence[Sample]], judges: Sequence[Model]
) -> list[Floats]:
    """The ratings of each page by the one of some models, one a fold, that saw no page of its site."""
    number = folds(found, len(judges))
    ratings: list[Floats] = [np.zeros(0, np.float32)] * len(found)
    for fold, judge in enumerate(judges):
        for place, mine in enumerate(number):
            if mine == fold:
                sample = samples[place][0]
                ratings[place] = judge.rate(np.ascontiguousarray(sample.rows.T.astype(np.float32)), sample.weight)
    return ratings


def score(found: Sequence[Example], ratings: Sequence[Floats], corpus: str) -> float:
    """The mean F1 of a corpus by the choice of leaves alone."""
    scores = []
    for example, rated in zip(found, ratings, strict=True):
        if example.corpus == corpus:
            least = expected_threshold(rated, example.sample.weight)
            text = "\n".join(leaf for leaf, rating in zip(example.outline.text, rated, strict=True) if rating >= least)
            scores.append(overlap(text, example.bodies).f1)
    return round(float(np.mean(scores)), 4)


def write(judge: Model, file: Path) -> None:
    """The model's file: what is large in half precision."""
    arrays: dict[str, Any] = {"statement": np.array(json.dumps(judge.statement))}
    arrays |= {"nets": np.array(len(judge.nets))}
    arrays |= {"dilations": np.array([step for _, _, step in judge.nets[0].convolutions])}
    for number, net in enumerate(judge.nets):
        layers = {"first": net.first, "context": net.context, "middle": net.middle, "last": net.last}
        layers |= {f"convolution{place}": (matrix, bias) for place, (matrix, bias, _) in enumerate(net.convolutions)}
        for name, (matrix, bias) in layers.items():
            arrays |= {f"net{number}.{name}.matrix": matrix.astype(np.float16), f"net{number}.{name}.bias": bias[:, 0]}
        arrays |= {f"net{number}.mean": net.mean[:, 0], f"net{number}.scale": net.scale[:, 0]}
    arrays |= {
        "trees.feature": judge.trees.feature.astype(np.int16),
        "trees.border": judge.trees.border[:, 0],
        "trees.values": judge.trees.values.astype(np.float16),
        "trees.depth": np.array(judge.trees.depth),
        "trees.bias": np.array(judge.trees.bias),
    }
    np.savez_compressed(file, **arrays)
    sys.stdout.write(f"{file}: {file.stat().st_size / 1024:.0f} KB\n")


if __name__ == "__main__":
    main()
