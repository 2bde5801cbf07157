"""Content codings undone in bounded steps: whatever the bytes, never more than a limit in memory.

A layer hands on at most ``STEP`` bytes at a time, and no layer may put out more than the limit, so that a bomb
inside a bomb stops at the first. Nor may an answer unpack to more than 300 times its size once that is more than
1 MiB. Measured: 1,031 recorded pages unpack from gzip to 13 times theirs at most, a sitemap of 50,000 counted
addresses from brotli to 100 times; the known bombs to 411 times (28 kB of gzip), 10,503 times (1,096 bytes of zstd)
and 338,576 times (34 bytes of brotli).
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Protocol

import brotli  # type: ignore[import-untyped]

from newsreel.core.errors import Permanent

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP = 64 * 1024
MAX_LAYERS = 3
MAX_RATIO = 300
RATIO_FROM = 1024 * 1024
# Members of a gzip stream and frames of a zstd stream: each costs a copy of what is left of a step.
MAX_MEMBERS = 1000
# RFC 9659: a zstd content coding needs no window above 8 MB.
_ZSTD_WINDOW_LOG = 23
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
# What servers put there that is no coding; browsers read past it.
_NO_CODING = frozenset(("", "identity", "none", "binary", "utf-8", "utf8", "iso-8859-1", "8bit"))


class _Layer(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def complete(self) -> bool: ...


def codings(values: Sequence[str]) -> list[str]:
    """The codings that Content-Encoding headers name, in the order in which they were applied.

    Permanent bad_encoding for one that cannot be undone or for too many of them.
    """
    named = [name for value in values for name in re.split(r"\s*,\s*", value.strip().lower())]
    found = [name for name in named if name not in _NO_CODING]
    if len(found) > MAX_LAYERS:
        raise Permanent("bad_encoding", f"The answer is compressed {len(found)} times over.")
    unknown = [name for name in found if name not in _LAYERS]
    if unknown:
        raise Permanent("bad_encoding", "The answer is compressed in a way that is not known here.")
    return found


class Decoder:
    """Undoes a response's codings as its bytes come in, and keeps what comes out.

    ``limit`` is in bytes, and holds for what every layer puts out. Permanent too_large_decoded beyond it,
    bad_encoding for bytes that are not what their coding says, or that end too early.
    """

    def __init__(self, names: Sequence[str], limit: int) -> None:
        self._layers: list[_Layer] = [_LAYERS[name]() for name in reversed(names)]
        self._made = [0] * (len(self._layers) + 1)
        self._limit = limit
        self._out = BytesIO()

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the body."""
        try:
            for start in range(0, len(data), STEP):
                self._push(0, data[start : start + STEP])
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError, ValueError):
            raise Permanent("bad_encoding", "The compressed answer is damaged.") from None

    def finish(self) -> bytes:
        """The decoded body."""
        received = self._made[0]
        if received and not all(layer.complete() for layer in self._layers):
            raise Permanent("bad_encoding", "The compressed answer ends too early.")
        return self._out.getvalue()

    def so_far(self) -> bytes:
        """What has been decoded until now."""
        return self._out.getvalue()

    def _push(self, depth: int, data: bytes) -> None:
        room = self._limit - self._made[depth]
        self._made[depth] += len(data)
        if len(data) > room:
            if depth == len(self._layers):
                self._out.write(data[:room])
            raise Permanent("too_large_decoded", f"The answer unpacks to more than {self._limit:,} bytes.")
        if depth and RATIO_FROM < self._made[depth] > self._made[0] * MAX_RATIO:
            raise Permanent("too_large_decoded", f"The answer unpacks to more than {MAX_RATIO} times its size.")
        if depth == len(self._layers):
            self._out.write(data)
            return
        for piece in self._layers[depth].feed(data):
            self._push(depth + 1, piece)


class _Zlib:
    """gzip (any number of members, CRC checked) and both kinds of deflate."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._stream: zlib._Decompress | None = None
        self._held = b""  # the head of a stream, until there is enough of it to tell what it is
        self._members = 0
        self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._over:
            if self._stream is None:
                data = self._begin(data)
                if self._stream is None:
                    return
            piece = self._stream.decompress(data, STEP)
            data = self._stream.unconsumed_tail
            if piece:
                yield piece
            if self._stream.eof:
                data, self._stream = self._stream.unused_data, None
                self._over = not self._gzip
            elif not piece and not data:
                return

    def _begin(self, data: bytes) -> bytes:
        """Opens the next stream where ``data`` begins one; returns what to feed it."""
        data = self._held + data
        self._held = b""
        if self._members and self._gzip:
            data = data.lstrip(b"\0")  # padding between and after members
        if len(data) < 2:
            self._held = data
            return b""
        if self._gzip and self._members and not data.startswith(b"\x1f\x8b"):
            self._over = True  # other bytes after the end are passed over, as browsers do
            return b""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise Permanent("bad_encoding", f"The compressed answer is made of more than {MAX_MEMBERS} pieces.")
        # deflate: RFC 9110 means the zlib format; some servers send raw deflate, which has no such head.
        zlib_head = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
        bits = zlib.MAX_WBITS | 16 if self._gzip else zlib.MAX_WBITS if zlib_head else -zlib.MAX_WBITS
        self._stream = zlib.decompressobj(bits)
        return data

    def complete(self) -> bool:
        return self._over or (self._stream is None and self._members > 0)


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        while True:
            piece = self._stream.process(data, output_buffer_limit=STEP)
            data = b""
            if piece:
                yield piece
            if self._stream.is_finished() or (not piece and self._stream.can_accept_more_data()):
                return

    def complete(self) -> bool:
        return bool(self._stream.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._stream = self._new()
        self._frames = 1

    @staticmethod
    def _new() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._stream.eof:
                data = self._stream.unused_data + data
                if not data:
                    return
                self._frames += 1
                if self._frames > MAX_MEMBERS:
                    raise Permanent("bad_encoding", f"The compressed answer is made of more than {MAX_MEMBERS} pieces.")
                self._stream = self._new()
            piece = self._stream.decompress(data, STEP)
            data = b""
            if piece:
                yield piece
            elif not self._stream.eof:
                return

    def complete(self) -> bool:
        return self._stream.eof


_LAYERS: dict[str, Callable[[], _Layer]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}
