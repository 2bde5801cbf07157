"""A captcha for eyes: letters in a picture, with django-simple-captcha's font, colours and noise (CAPTCHA_* in Django's
settings). Only its helpers are used: its check can be passed twice by two requests at once, and its view needs its model.
"""

from __future__ import annotations

import io
import random

from captcha.conf import settings as look
from PIL import Image, ImageDraw, ImageFont

SIZE: tuple[int, int] = look.CAPTCHA_IMAGE_SIZE
SHOWN = (
    SIZE[0] // 2,
    SIZE[1] // 2,
)  # CSS pixels, in account/captcha_field.html: phone screens have two and more for each
_RISE = 0.06  # of the height: how far a letter stands above or below the line
_GROWTH = (0.9, 1.12)
_WEIGHT = 1  # pixels that a letter's lines are bolder on either side: the strokes cut through them


def draw(letters: str, chance: random.Random) -> bytes:
    """A PNG of SIZE with the letters, each turned, moved and grown by ``chance``.

    Its ground is light in the dark theme too: ink that stands out on either ground stands out on none.
    """
    image = Image.new("RGB", SIZE, look.CAPTCHA_BACKGROUND_COLOR)
    glyphs = _within(SIZE[0] * 0.94, [_glyph(letter, chance) for letter in letters])
    room = SIZE[0] - sum(glyph.width for glyph in glyphs)
    gap = room / (len(glyphs) + 1)
    at = gap * chance.uniform(0.7, 1.3)
    for place, glyph in enumerate(glyphs):
        top = (SIZE[1] - glyph.height) / 2 + chance.uniform(-_RISE, _RISE) * SIZE[1]
        ink = Image.new("RGB", glyph.size, look.get_letter_color(place, letters))
        image.paste(ink, (round(at), round(top)), glyph)
        at += glyph.width + gap * chance.uniform(0.8, 1.1)
    pen = ImageDraw.Draw(image)
    for noise in look.noise_functions():
        pen = noise(pen, image)
    for soften in look.filter_functions():
        image = soften(image)
    written = io.BytesIO()
    image.quantize(32).save(written, "PNG", optimize=True)
    return written.getvalue()


def _within(width: float, glyphs: list[Image.Image]) -> list[Image.Image]:
    """The glyphs, smaller where there are many wide letters among them (WWWWWW would be half as wide again as the picture)."""
    least = min(1.0, width / sum(glyph.width for glyph in glyphs))
    if least == 1.0:
        return glyphs
    return [glyph.resize((round(glyph.width * least), round(glyph.height * least))) for glyph in glyphs]


def _glyph(letter: str, chance: random.Random) -> Image.Image:
    """One letter, turned, as a mask that is just as large as it is."""
    font = ImageFont.truetype(look.CAPTCHA_FONT_PATH, round(look.CAPTCHA_FONT_SIZE * chance.uniform(*_GROWTH)))
    left, top, right, bottom = (round(edge) for edge in font.getbbox(letter, stroke_width=_WEIGHT))
    mask = Image.new("L", (right - left + 8, bottom - top + 8))
    ImageDraw.Draw(mask).text((4 - left, 4 - top), letter, fill=255, font=font, stroke_width=_WEIGHT)
    turned = mask.rotate(chance.uniform(*look.CAPTCHA_LETTER_ROTATION), expand=True, resample=Image.Resampling.BICUBIC)
    return turned.crop(turned.getbbox())
