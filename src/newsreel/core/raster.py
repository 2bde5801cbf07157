"""What the first bytes of a picture say of it: its kind and size. Nothing is decoded.

The formats that browsers show and that hold nothing but pixels: JPEG (ITU T.81, B.2), PNG (W3C, 11.2.2), GIF (89a, 18),
WebP (RFC 9649), AVIF (ISO 14496-12 and 23008-12). SVG is a document that can run and load, and is none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["jpeg", "png", "gif", "webp", "avif"]

HEAD = 1024 * 1024  # bytes that are looked at: a JPEG may carry much of its camera ahead of its size
_SEGMENTS = 2000  # of a JPEG, ahead of its frame
_FILL = 64  # bytes of 0xFF before a marker
_BOXES = 4000  # of an AVIF file
_DEPTH = 6
# The start-of-frame markers: C0 to CF without the tables DHT (C4), JPG (C8) and DAC (CC).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers that no length follows
_AVIF_BRANDS = frozenset((b"avif", b"avis"))


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture's kind, and its size in pixels as its head states it (of an AVIF the largest of its parts)."""

    kind: Kind
    width: int
    height: int

    @property
    def pixels(self) -> int:
        """How many pixels a browser would have to hold."""
        return self.width * self.height


def read_raster(data: bytes) -> Raster | None:
    """The picture that these bytes begin, or None: no such picture, or one without a size. Never raises."""
    for kind, begins, size in _KINDS:
        if begins(data[:64]):
            width, height = size(data[:HEAD])
            return Raster(kind, width, height) if width > 0 and height > 0 else None
    return None


def kind_of(data: bytes) -> Kind | None:
    """The kind of picture that these bytes (64 are enough) begin, or None. Never raises."""
    return next((kind for kind, begins, _ in _KINDS if begins(data[:64])), None)


def _jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    for _ in range(_SEGMENTS):
        if place + 2 > len(data) or data[place] != 0xFF:
            return 0, 0
        fill = data[place + 1 : place + 1 + _FILL]
        place += len(fill) - len(fill.lstrip(b"\xff"))
        if place + 9 > len(data):
            return 0, 0
        marker = data[place + 1]
        if marker in _FRAMES:
            return _big(data, place + 7, 2), _big(data, place + 5, 2)
        if marker in (0xD9, 0xDA):  # the end, or pixels without a frame
            return 0, 0
        place += 2 if marker in _BARE else 2 + max(2, _big(data, place + 2, 2))
    return 0, 0


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR" or len(data) < 24:
        return 0, 0
    return _big(data, 16, 4), _big(data, 20, 4)


def _gif(data: bytes) -> tuple[int, int]:
    return (_little(data, 6, 2), _little(data, 8, 2)) if len(data) >= 10 else (0, 0)


def _webp(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if len(data) < 30:
        return 0, 0
    if chunk == b"VP8X":
        return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    if chunk == b"VP8L" and data[20] == 0x2F:
        bits = _little(data, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF
    return 0, 0


def _is_avif(data: bytes) -> bool:
    if data[4:8] != b"ftyp":
        return False
    end = min(len(data), _big(data, 0, 4))
    return any(data[place : place + 4] in _AVIF_BRANDS for place in (8, *range(16, end - 3, 4)))


def _avif(data: bytes) -> tuple[int, int]:
    """The largest of the sizes stated ('ispe' of pictures, 'tkhd' of sequences)."""
    largest = (0, 0)
    for kind, start, end in _boxes(data):
        found = (0, 0)
        if kind == b"ispe" and end - start >= 12:
            found = _big(data, start + 4, 4), _big(data, start + 8, 4)
        elif kind == b"tkhd" and end - start >= 84:  # 16.16 fixed point, at the end
            found = _big(data, end - 8, 2), _big(data, end - 4, 2)
        if found[0] * found[1] > largest[0] * largest[1]:
            largest = found
    return largest


# Boxes that hold boxes on the way to a size, and how many bytes stand before the first.
_HOLDERS = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"moov": 0, b"trak": 0}


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each box's content. Every box is at least 8 bytes further on, and their number has a limit."""
    waiting = [(0, len(data), 0)]
    seen = 0
    while waiting:
        place, limit, depth = waiting.pop()
        while place + 8 <= limit and seen < _BOXES:
            seen += 1
            size, head = _big(data, place, 4), 8
            if size == 1 and place + 16 <= limit:
                size, head = _big(data, place + 8, 8), 16
            elif size == 0:
                size = limit - place
            if size < head:
                break
            kind, start, end = data[place + 4 : place + 8], place + head, min(place + size, limit)
            yield kind, start, end
            if kind in _HOLDERS and depth < _DEPTH:
                waiting.append((start + _HOLDERS[kind], end, depth + 1))
            place += size


def _big(data: bytes, place: int, size: int) -> int:
    return int.from_bytes(data[place : place + size], "big")


def _little(data: bytes, place: int, size: int) -> int:
    return int.from_bytes(data[place : place + size], "little")


_Begins = Callable[[bytes], bool]
_Size = Callable[[bytes], tuple[int, int]]
_KINDS: tuple[tuple[Kind, _Begins, _Size], ...] = (
    ("jpeg", lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg),
    ("png", lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    ("gif", lambda data: data.startswith((b"GIF87a", b"GIF89a")), _gif),
    ("webp", lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", _webp),
    ("avif", _is_avif, _avif),
)
