"""The style sheet's own promise: text can be read on its ground in both themes (WCAG AA, 4.5:1)."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

import newsreel

CSS = (Path(newsreel.__file__).parent / "portal" / "static" / "portal" / "newsreel.css").read_text("utf-8")
INKS = ("ink", "soft", "accent", "link", "good", "bad")
GROUNDS = ("paper", "raised")


def _themes() -> list[dict[str, str]]:
    blocks = re.findall(r"--paper: #[^}]+", CSS.split("@media print")[0])
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in blocks]


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    bright, dark = sorted((_light(one), _light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark by preference", "dark by choice"])
def test_text_stands_out(theme: int) -> None:
    colours = _themes()[theme]
    weak = {
        (ink, ground): round(_contrast(colours[ink], colours[ground]), 2)
        for ink, ground in [*itertools.product(INKS, GROUNDS), ("ink", "mark"), ("accent", "mark")]
        if _contrast(colours[ink], colours[ground]) < 4.5
    }
    assert weak == {}


def test_the_two_dark_themes_are_one() -> None:
    assert len(_themes()) == 3
    assert _themes()[1] == _themes()[2]


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
