from __future__ import annotations

import gzip
import zlib
from itertools import pairwise

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.errors import Permanent
from newsreel.fetching.decoding import Decoder, codings
from tests.shared import SHARED, needs_shared

BOMBS = SHARED / "suites" / "bombs"
TEXT = "Ünïted 环球要闻 ".encode() * 5000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACK = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": zstd.compress,
}


def decode(data: bytes, *names: str, limit: int = 20 * 1024 * 1024, step: int = 1000) -> bytes:
    decoder = Decoder(codings([", ".join(names)]), limit)
    for start in range(0, len(data), step):
        decoder.feed(data[start : start + step])
    return decoder.finish()


def outcome(data: bytes, *names: str, limit: int = 20 * 1024 * 1024, step: int = 1000) -> str:
    with pytest.raises(Permanent) as caught:
        decode(data, *names, limit=limit, step=step)
    return caught.value.outcome


@pytest.mark.parametrize("name", PACK)
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_each_coding_is_undone_whatever_the_pieces(name: str, step: int) -> None:
    assert decode(PACK[name](TEXT), name, step=step) == TEXT


def test_raw_deflate_and_the_old_name_of_gzip() -> None:
    assert decode(raw_deflate(TEXT), "deflate") == TEXT
    assert decode(gzip.compress(TEXT), "X-GZip") == TEXT


def test_codings_in_layers() -> None:
    assert decode(zlib.compress(gzip.compress(TEXT)), "gzip", "deflate") == TEXT
    assert decode(zstd.compress(brotli.compress(gzip.compress(TEXT))), "gzip", "br", "zstd") == TEXT
    assert outcome(b"", "gzip", "gzip", "gzip", "gzip") == "bad_encoding"


def test_members_padding_and_what_stands_behind() -> None:
    members = gzip.compress(b"one ") + gzip.compress(b"two ") + b"\0" * 600 + gzip.compress(b"three")
    for step in (1, 3, 50, 10_000):
        assert decode(members, "gzip", step=step) == b"one two three"
        assert decode(members + b"\0" * 100, "gzip", step=step) == b"one two three"
        assert decode(members + b"rest", "gzip", step=step) == b"one two three"
    assert decode(zstd.compress(b"one ") + zstd.compress(b"two"), "zstd", step=5) == b"one two"


def test_more_members_than_can_be_meant() -> None:
    assert outcome(gzip.compress(b"") * 2000, "gzip", step=64 * 1024) == "bad_encoding"
    assert outcome(zstd.compress(b"") * 2000, "zstd", step=64 * 1024) == "bad_encoding"


def test_output_that_ends_with_the_step() -> None:
    # zlib holds back what did not fit, without any input left: it must still come out
    for size in (65535, 65536, 65537, 131072):
        for name, pack in PACK.items():
            assert len(decode(pack(b"x" * size), name, step=10**6)) == size


def test_no_coding_and_unknown_ones() -> None:
    assert codings([]) == codings(["identity"]) == codings(["UTF-8"]) == codings(["none, "]) == []
    assert codings(["gzip", "br"]) == ["gzip", "br"]
    assert outcome(b"", "compress") == outcome(b"", "gzip", "lzma") == "bad_encoding"


def test_an_empty_body_needs_no_end() -> None:
    assert decode(b"", "gzip") == b""


@pytest.mark.parametrize("name", PACK)
def test_damaged_or_cut(name: str) -> None:
    packed = PACK[name](TEXT)
    assert outcome(packed[:-3], name) == "bad_encoding"
    assert outcome(b"<!doctype html><p>this was never compressed", name) == "bad_encoding"


def test_a_wrong_checksum() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    assert outcome(bytes(packed), "gzip") == "bad_encoding"


@pytest.mark.parametrize("name", PACK)
def test_a_bomb_stops_at_the_limit(name: str) -> None:
    text = b"".join(b"%d " % number for number in range(400_000))
    bomb = PACK[name](text)
    assert decode(bomb, name, limit=len(text)) == text
    assert outcome(bomb, name, limit=len(text) - 1) == "too_large_decoded"
    assert outcome(gzip.compress(bomb), name, "gzip", limit=len(text) - 1) == "too_large_decoded"


@pytest.mark.parametrize("name", PACK)
def test_a_bomb_stops_when_it_shows_what_it_is(name: str) -> None:
    assert outcome(PACK[name](bytes(5_000_000)), name) == "too_large_decoded"
    assert outcome(gzip.compress(PACK[name](bytes(50_000_000))), name, "gzip") == "too_large_decoded"
    assert len(decode(PACK[name](bytes(1_000_000)), name)) == 1_000_000  # below 1 MiB nothing is at stake


def test_a_bomb_in_an_outer_layer() -> None:
    # the inner gzip is 10 MB of empty blocks that mean nothing: the limit holds for what each layer puts out
    inner = zlib.compressobj(wbits=31)
    hollow = inner.compress(b"a") + b"\x00\x00\x00\xff\xff" * 600_000
    assert outcome(gzip.compress(hollow), "gzip", "gzip", limit=1_000_000) == "too_large_decoded"


@needs_shared
@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("html-br.bin", "br"),
        ("html-gzip.bin", "gzip"),
        ("html-rawdeflate.bin", "deflate"),
        ("html-zlibdeflate.bin", "deflate"),
        ("html-gzip-deflate.bin", "gzip, deflate"),
        ("html-gzip-deflate-gzip.bin", "gzip, deflate, gzip"),
        ("html-zstd-static-content-size.bin", "zstd"),
        ("html-zstd-static-no-content-size.bin", "zstd"),
        ("html-zstd-streaming-no-content-size.bin", "zstd"),
    ],
)
def test_recorded_bodies(file: str, names: str) -> None:
    body = decode((BOMBS / file).read_bytes(), names)
    page = decode((BOMBS / "html-gzip.bin").read_bytes(), "gzip")
    assert body.replace(b"deflate", b"gzip") == page.replace(b"deflate", b"gzip")  # each names its own coding
    assert b"<html" in body[:500]


@settings(deadline=None)
@given(st.binary(max_size=400), st.lists(st.sampled_from(sorted(PACK)), max_size=3), st.integers(1, 50))
def test_any_bytes_are_read_or_refused(data: bytes, names: list[str], step: int) -> None:
    try:
        decode(data, *names, limit=100_000, step=step)
    except Permanent as error:
        refused = error.outcome
    else:
        refused = ""
    assert refused in ("", "bad_encoding", "too_large_decoded")


@settings(deadline=None)
@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(PACK)), max_size=3), st.lists(st.integers(0, 3000)))
def test_what_was_packed_comes_out(data: bytes, names: list[str], cuts: list[int]) -> None:
    packed = data
    for name in names:
        packed = PACK[name](packed)
    decoder = Decoder(names, 100_000)
    for start, end in pairwise(sorted({0, len(packed), *(cut % (len(packed) + 1) for cut in cuts)})):
        decoder.feed(packed[start:end])
    assert decoder.finish() == data
