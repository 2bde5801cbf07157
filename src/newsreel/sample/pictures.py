"""Pictures for the articles, drawn from their names: a sky, a sun, hills. PNG of a few kilobytes, no library."""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from functools import lru_cache

SCALE = 2  # the landscapes are laid out on 480 by 270, and drawn larger: an article's column is 672 pixels wide
WIDTH, HEIGHT = 480 * SCALE, 270 * SCALE
SKIES = (
    ((24, 56, 94), (236, 190, 140)),
    ((70, 120, 170), (222, 232, 238)),
    ((58, 44, 82), (232, 142, 110)),
    ((96, 108, 112), (216, 214, 204)),
)
GROUNDS = ((28, 62, 66), (52, 70, 48), (74, 58, 48), (30, 48, 78))
SUN, LAYERS = 240, (3, 2, 1)


@lru_cache(maxsize=256)
def picture(name: str) -> bytes:
    """The PNG of a name, always the same one."""
    digest = hashlib.sha256(name.encode()).digest()
    rows = [bytes([0, *_row(y, digest)]) for y in range(HEIGHT)]
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", _palette(digest)),
        (b"IDAT", zlib.compress(b"".join(rows), 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette(digest: bytes) -> bytes:
    """0–199 the sky from above to the horizon, 200–202 the ground from far to near, 240 the sun."""
    top, bottom = SKIES[digest[0] % len(SKIES)]
    ground = GROUNDS[digest[1] % len(GROUNDS)]
    colours = [(0, 0, 0)] * 256
    for step in range(200):
        colours[step] = tuple(int(a + (b - a) * step / 199) for a, b in zip(top, bottom, strict=True))  # type: ignore[assignment]
    for layer in LAYERS:
        share = layer / (len(LAYERS) + 1)
        colours[203 - layer] = tuple(int(g + (b - g) * share) for g, b in zip(ground, bottom, strict=True))  # type: ignore[assignment]
    colours[SUN] = (250, 226, 178)
    return bytes(part for colour in colours for part in colour)


def _row(y: int, digest: bytes) -> bytearray:
    """One line of palette numbers: the sky, the sun's disc, then the hills that reach so high."""
    row = bytearray([min(199, y * 200 // (HEIGHT * 3 // 4))]) * WIDTH
    centre, height, radius = (SCALE * size for size in (80 + digest[2] % 320, 50 + digest[3] % 70, 16 + digest[4] % 18))
    if abs(y - height) < radius:
        half = int(math.sqrt(radius * radius - (y - height) ** 2))
        row[centre - half : centre + half] = bytes([SUN]) * (2 * half)
    for layer in LAYERS:
        number = 203 - layer
        for x, line in enumerate(_ridge(layer, digest)):
            if y >= line:
                row[x] = number
    return row


@lru_cache(maxsize=16)
def _ridge(layer: int, digest: bytes) -> tuple[int, ...]:
    """How high one line of hills stands at every column."""
    base = HEIGHT * (0.9 - 0.12 * layer)
    first, second = 0.008 + digest[4 + layer] / 20000, 0.02 + digest[8 + layer] / 9000
    steps = (x / SCALE for x in range(WIDTH))
    return tuple(
        int(
            base
            - SCALE * (14 * math.sin(x * first + digest[12 + layer]) + 6 * math.sin(x * second + digest[16 + layer]))
        )
        for x in steps
    )
