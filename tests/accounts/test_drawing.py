from __future__ import annotations

import io
import random
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from newsreel.accounts import drawing
from newsreel.accounts.challenges import LETTERS

TEMPLATE = Path(drawing.__file__).parent / "templates" / "account" / "captcha_field.html"


def _pixels(letters: str, seed: int = 1) -> np.ndarray:
    image = Image.open(io.BytesIO(drawing.draw(letters, random.Random(seed))))
    assert image.format == "PNG"
    assert image.size == drawing.SIZE
    return np.asarray(image.convert("L"))


def test_it_is_a_png_of_twice_the_size_that_the_page_gives_it() -> None:
    _pixels("ACDEFH")
    width, height = re.search(r'width="(\d+)" height="(\d+)"', TEMPLATE.read_text("utf-8")).groups()  # type: ignore[union-attr]
    assert (int(width) * 2, int(height) * 2) == drawing.SIZE
    assert (int(width), int(height)) == drawing.SHOWN


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_is_drawn(letter: str) -> None:
    ink = (_pixels(letter * 6) < 120).sum(axis=0)
    sixths = np.array_split(ink, 6)
    # 500 specks and five thin strokes alone darken a tenth of that.
    assert all(part.sum() > 250 for part in sixths)


@pytest.mark.parametrize("letters", ["WWWWWW", "MMMMMM", "JJJJJJ"])
def test_wide_letters_stay_within_the_picture(letters: str) -> None:
    for seed in range(10):
        glyphs = drawing._within(376, [drawing._glyph(letter, random.Random(seed)) for letter in letters])
        assert sum(glyph.width for glyph in glyphs) <= 380
        _pixels(letters, seed)


def test_no_two_pictures_are_the_same() -> None:
    assert len({drawing.draw("ACDEFH", random.SystemRandom()) for _ in range(10)}) == 10


def test_it_is_small() -> None:
    assert len(drawing.draw("WMRKXA", random.Random(1))) < 20_000
