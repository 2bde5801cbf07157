"""The recorded press must be read at least as well as it was: floors in tests/quality_floors.toml, that only rise.

By models that have not seen the page's site (benchmarks/unseen.py).
benchmarks/extraction.py prints the same figures over whole corpora, with the worst pages.
"""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import unseen
from tests.shared import needs_shared

ROOT = Path(__file__).resolve().parents[2]
FLOORS = tomllib.loads((ROOT / "tests" / "quality_floors.toml").read_text(encoding="utf-8"))["extraction"]
PAGES = {"fundus": 168, "magic": 72, "wcxb": 250}  # of wcxb the first: the whole takes a minute


def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("extraction_benchmark", ROOT / "benchmarks" / "extraction.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@needs_shared
@pytest.mark.parametrize("corpus", PAGES)
def test_no_worse_than_the_floor(corpus: str) -> None:
    bench = benchmark()
    scores = bench.measure(corpus, PAGES[corpus], unseen.extract)
    assert len(scores) == PAGES[corpus]
    measured = {
        "f1": bench.mean([score.f1 for score in scores]),
        "rouge": bench.mean([score.rouge for score in scores]),
        "near": bench.share([score.title_near for score in scores]),
        "title": bench.share([score.title for score in scores]),
        "day": bench.share([score.day for score in scores]),
        "authors": bench.share([score.authors for score in scores]),
    }
    for name, floor in FLOORS[corpus].items():
        assert measured[name] >= floor, f"{corpus} {name}: {measured[name]:.3f} is under the floor {floor}"
