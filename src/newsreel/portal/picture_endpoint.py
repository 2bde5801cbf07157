"""``/picture/…``: the articles' pictures, fetched for readers. A native ASGI endpoint.

A publisher's server may be slow; waiting for it must not hold one of the few threads that make pages. What is answered is a
raster picture under a Content-Type of ours, nothing (204) where the publisher has none to give, or an error: never anything
that a browser could run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from newsreel.core.errors import NewsreelError
from newsreel.pipeline.pictures import BusyError, Picture, Pictures
from newsreel.portal.headers import SECURITY_HEADERS
from newsreel.portal.live import Receive, Scope, Send, gone, refused
from newsreel.portal.pictures import address_in

Allowed = Callable[[Scope], Awaitable[bool]]

CHUNK = 64 * 1024
SEND_WAIT = 30.0  # seconds; a reader that takes nothing for so long is gone
RETRY_AFTER = 3  # seconds, where too many pictures are being fetched
_HEADERS = {**SECURITY_HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}
_SECURE = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
_FOUND, _NOT_FOUND = b"private, max-age=86400", b"private, max-age=60"


async def everybody(scope: Scope) -> bool:
    """Pictures are as public as the pages are."""
    return True


class PictureEndpoint:
    """The endpoint. ``allowed`` says, before anything is done, whether a request may have pictures at all."""

    def __init__(self, pictures: Pictures, allowed: Allowed = everybody) -> None:
        self.pictures = pictures
        self.allowed = allowed

    async def close(self) -> None:
        """Ends what is being fetched."""
        await self.pictures.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = refused(scope, headers)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        if not await self.allowed(scope):
            await _answer(send, 403, "not allowed")
            return
        address = address_in(scope["path"])
        if address is None:
            await _answer(send, 404, "no such picture")
            return
        leaving = asyncio.create_task(gone(receive))
        try:
            await self._serve(address, scope["method"] == "HEAD", leaving, send)
        except (OSError, TimeoutError):
            pass  # a connection that broke while it was written to, or a reader too slow
        finally:
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)

    async def _serve(self, address: str, head: bool, leaving: asyncio.Task[None], send: Send) -> None:
        getting = asyncio.create_task(self.pictures.get(address))
        try:
            await asyncio.wait((getting, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not getting.done():
                getting.cancel()
        try:
            picture = await getting
        except asyncio.CancelledError:
            if leaving.done():  # nobody waits for an answer
                return
            raise
        except BusyError:
            await _answer(send, 503, "busy", (b"retry-after", str(RETRY_AFTER).encode()))
        except NewsreelError:
            # No error of ours or of the reader's: with a status of 400 or more every page with a picture that its
            # publisher has taken away would complain in the browser's console. An image without content fails quietly.
            await _answer(send, 204, "", (b"cache-control", _NOT_FOUND))
        else:
            with picture.file:
                await _send(send, picture, head, leaving)


async def _send(send: Send, picture: Picture, head: bool, leaving: asyncio.Task[None]) -> None:
    own = [
        (b"content-type", f"image/{picture.kind}".encode()),
        (b"content-length", str(picture.size).encode()),
        (b"content-disposition", f'inline; filename="picture.{picture.kind}"'.encode()),
        (b"cache-control", _FOUND),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": [*own, *_SECURE]})
    left = 0 if head else picture.size
    while left > 0 and not leaving.done():
        # A page of the disk's cache, most often: not worth a thread.
        part = picture.file.read(min(CHUNK, left))
        if not part:
            raise OSError("the file is shorter than it was")
        left -= len(part)
        async with asyncio.timeout(SEND_WAIT):
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _answer(send: Send, status: int, words: str, *more: tuple[bytes, bytes]) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8")] if words else []
    kept = [] if any(name == b"cache-control" for name, _ in more) else [(b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *kept, *more, *_SECURE]})
    await send({"type": "http.response.body", "body": f"{words}\n".encode() if words else b""})
