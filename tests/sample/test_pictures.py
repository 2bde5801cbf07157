from __future__ import annotations

import struct
import zlib

from newsreel.sample.pictures import HEIGHT, WIDTH, picture


def test_a_picture_is_a_png_of_its_own_and_always_the_same() -> None:
    data = picture("astra-linde-dawn")
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (WIDTH, HEIGHT)
    picture.cache_clear()
    assert picture("astra-linde-dawn") == data
    assert picture("seal-pup") != data


def test_its_chunks_are_whole() -> None:
    data, names, pixels = picture("x")[8:], [], b""
    while data:
        length = struct.unpack(">I", data[:4])[0]
        name, content = data[4:8], data[8 : 8 + length]
        assert struct.unpack(">I", data[8 + length : 12 + length])[0] == zlib.crc32(name + content)
        names.append(name)
        pixels += content if name == b"IDAT" else b""
        data = data[12 + length :]
    assert names == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert len(zlib.decompress(pixels)) == HEIGHT * (WIDTH + 1)
