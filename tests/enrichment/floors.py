"""The floors of this room's quality."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def floors(section: str) -> dict[str, float]:
    """A section of tests/quality_floors.toml."""
    table = tomllib.loads((ROOT / "tests" / "quality_floors.toml").read_text("utf-8"))
    return {name: float(value) for name, value in table[section].items()}


def benchmark(name: str) -> ModuleType:
    """A module of benchmarks/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
