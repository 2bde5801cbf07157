"""The captcha picture's inks and strokes, in the form in which django-simple-captcha asks for them (CAPTCHA_* settings)."""

from __future__ import annotations

import random

import numpy as np
from captcha.conf import settings as look
from PIL import Image, ImageDraw

# Each stands out from the ground by 4.5:1 and more.
INKS = ("#9a1b1e", "#1f4b7a", "#2d6a3e", "#5b3a86", "#1c1b19", "#7a4a10")
_STROKES = 5
_SPECKS = 500


def of_letter(place: int, letters: str) -> str:
    """The ink of a letter."""
    return random.choice(INKS)  # noqa: S311 - for looks


def strokes(pen: ImageDraw.ImageDraw, image: Image.Image) -> ImageDraw.ImageDraw:
    """Thin arcs of the letters' inks and of the ground's colour across all letters, and specks."""
    width, height = image.size
    chance = random.Random()  # noqa: S311 - for looks
    for number in range(_STROKES):
        across = chance.randint(width // 3, width)
        left, top = chance.randint(-across // 3, width - across // 2), chance.randint(-height // 2, height // 2)
        start = chance.randint(0, 360)
        ink = look.CAPTCHA_BACKGROUND_COLOR if number % 2 else chance.choice(INKS)
        box = (left, top, left + across, top + chance.randint(height // 2, height))
        pen.arc(box, start, start + chance.randint(90, 200), fill=ink, width=3)
    for _ in range(_SPECKS):
        x, y = chance.randrange(width), chance.randrange(height)
        pen.ellipse((x, y, x + 1, y + 1), fill=chance.choice(INKS))
    return pen


def wave(image: Image.Image) -> Image.Image:
    """The picture with its columns moved up and down along a wave, its rows along another."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    chance = random.Random()  # noqa: S311 - for looks
    rows, columns = np.mgrid[:height, :width]
    down = chance.uniform(3, 6) * np.sin(columns / width * chance.uniform(8, 16) + chance.uniform(0, 6))
    along = chance.uniform(2, 4) * np.sin(rows / height * chance.uniform(4, 8) + chance.uniform(0, 6))
    rows = np.clip(rows + down.round().astype(int), 0, height - 1)
    columns = np.clip(columns + along.round().astype(int), 0, width - 1)
    return Image.fromarray(pixels[rows, columns])
