"""The body of an answer, read piece by piece within its limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp

from newsreel.core.errors import Permanent, Temporary
from newsreel.fetching.decoding import Decoder, codings
from newsreel.fetching.policy import Limits

_LOOK_SECONDS = 1.0


async def bodies(answer: aiohttp.ClientResponse, limits: Limits, *, cut: bool) -> tuple[bytes, bytes]:
    """The body as received and as decoded. Permanent too_large beyond the limits; with ``cut``, what there is up to them."""
    names = codings(answer.headers.getall("Content-Encoding", []))
    too_large = Permanent("too_large", f"The answer is larger than {limits.wire_bytes:,} bytes.")
    if not cut and (answer.content_length or 0) > limits.wire_bytes:
        raise too_large
    decoder = Decoder(names, limits.decoded_bytes)
    wire = BytesIO()
    async for piece in _pieces(answer):
        if wire.tell() + len(piece) > limits.wire_bytes and not cut:
            raise too_large
        wire.write(piece)
        try:
            decoder.feed(piece)
        except Permanent as error:
            if cut and error.outcome == "too_large_decoded":
                return wire.getvalue(), decoder.so_far()
            raise
        if wire.tell() > limits.wire_bytes:
            return wire.getvalue(), decoder.so_far()
    body = decoder.finish()
    return wire.getvalue() if names else body, body


async def _pieces(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The body as it comes in.

    aiohttp (3.14) closes the connection where a body's framing breaks midway, and leaves its reader waiting: measured,
    until the total deadline. So a reader that has waited looks whether there is a connection to wait for.
    """
    while True:
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                piece = await answer.content.readany()
        except TimeoutError:
            connection = answer.connection
            if connection is None or connection.transport is None or connection.transport.is_closing():
                raise Temporary("bad_response", f"What {answer.url.host} sent is not HTTP.") from None
            continue
        if not piece:
            return
        yield piece
