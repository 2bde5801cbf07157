"""The data files of this room: rows of text between tabs, '#' for remarks."""

from __future__ import annotations

from importlib.resources import files


def rows(name: str) -> list[list[str]]:
    """The rows of a data file as their fields."""
    text = files("newsreel.sources").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
