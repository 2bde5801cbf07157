from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.raster import Raster, read_raster


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b";"


def jpeg(width: int, height: int, before: bytes = b"", frame: int = 0xC0) -> bytes:
    return b"\xff\xd8" + before + struct.pack(">BBHBHHB", 0xFF, frame, 11, 8, height, width, 1) + b"\x01\x11\x00"


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def webp(kind: bytes, content: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(content) + 12) + b"WEBP" + kind + struct.pack("<I", len(content)) + content


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def avif(*sizes: tuple[int, int], brand: bytes = b"avif") -> bytes:
    stated = b"".join(box(b"ispe", struct.pack(">III", 0, *size)) for size in sizes)
    head = box(b"ftyp", brand + bytes(4) + b"mif1miaf")
    return head + box(b"meta", bytes(4) + box(b"hdlr", bytes(20)) + box(b"iprp", box(b"ipco", stated)))


SOURCE = b"\x9d\x01\x2a"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (png(640, 480), Raster("png", 640, 480)),
        (gif(1, 1), Raster("gif", 1, 1)),
        (gif(8, 9).replace(b"89a", b"87a"), Raster("gif", 8, 9)),
        (jpeg(1200, 800), Raster("jpeg", 1200, 800)),
        (jpeg(1200, 800, segment(0xE0, b"JFIF\0") + segment(0xE1, b"\xff\xc0" * 300)), Raster("jpeg", 1200, 800)),
        (jpeg(12, 8, segment(0xC4, bytes(30)) + b"\xff\xff\xff", frame=0xC2), Raster("jpeg", 12, 8)),
        (webp(b"VP8X", bytes(4) + (1599).to_bytes(3, "little") + (899).to_bytes(3, "little")), Raster("webp", 1600, 900)),
        (webp(b"VP8 ", bytes(3) + SOURCE + struct.pack("<HH", 320 | 0x4000, 200)), Raster("webp", 320, 200)),
        (webp(b"VP8L", b"\x2f" + (319 | 199 << 14).to_bytes(4, "little") + bytes(8)), Raster("webp", 320, 200)),
        (avif((64, 64), (1920, 1080), (32, 32)), Raster("avif", 1920, 1080)),
        (avif((7, 5), brand=b"mif1").replace(b"miaf", b"avif", 1), Raster("avif", 7, 5)),
        (gif(3, 3) + b"<html><script>alert(1)</script>", Raster("gif", 3, 3)),
    ],
)  # fmt: skip
def test_kind_and_size(data: bytes, said: Raster) -> None:
    assert read_raster(data) == said


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='5' height='5'/>",
        b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
        b"<html><img src=x>",
        b"BM" + bytes(60),  # BMP: nobody's choice for news
        b"\0\0\1\0" + bytes(60),
        b"%PDF-1.7",
        png(0, 10),
        png(640, 480)[:20],
        png(640, 480).replace(b"IHDR", b"CgBI"),
        gif(0, 0),
        jpeg(0, 5),
        b"\xff\xd8\xff\xda" + bytes(40),
        b"\xff\xd8\xff" + b"\xff" * 5000,
        b"\xff\xd8" + segment(0xE0, b"") * 5000,
        jpeg(5, 5)[:8],
        webp(b"ALPH", bytes(40)),
        webp(b"VP8 ", bytes(40)),
        avif(),
        avif((5, 5), brand=b"heic"),
        box(b"ftyp", b"isom" + bytes(4)),
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    assert read_raster(data) is None


def test_absurd_sizes_are_told_as_they_are() -> None:
    found = read_raster(png(100_000, 100_000))
    assert found is not None
    assert found.pixels == 10_000_000_000
    found = read_raster(avif((2**32 - 1, 2**32 - 1)))
    assert found is not None
    assert found.width == 2**32 - 1


HEADS = [png(9, 9), gif(9, 9), jpeg(9, 9), webp(b"VP8X", bytes(10)), webp(b"VP8L", bytes(10)), avif((9, 9)), b"\xff\xd8\xff",
         b"RIFF\0\0\0\0WEBP",          box(b"ftyp", b"avif"), b"\0\0\0\0ftypavif", b"\0\0\0\1meta",
         box(b"meta", b""), b"\xff\xe0", b"\xff\xc0\0\x0b\x08"]  # fmt: skip


@given(st.lists(st.sampled_from(HEADS) | st.binary(max_size=20), max_size=12).map(b"".join))
def test_any_bytes_are_fine(data: bytes) -> None:
    found = read_raster(data)
    assert found is None or (found.width > 0 and found.height > 0)


@given(st.sampled_from(HEADS), st.data())
def test_a_byte_changed_is_fine(head: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(head) - 1))
    changed = head[:place] + data.draw(st.binary(min_size=1, max_size=4)) + head[place + 1 :]
    found = read_raster(changed)
    assert found is None or found.pixels > 0
