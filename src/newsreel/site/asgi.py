"""The portal as an ASGI application: the live stream, the articles' pictures and the calls of hubs natively, everything else by
Django in a bounded pool of threads.

Django's own ASGI handler would serve synchronous views at about a third of the rate (1,100 against 3,400 to 4,200
requests a second).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import MutableMapping
from typing import Any, cast
from urllib.parse import quote_from_bytes

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreel.site.settings")
_django = get_wsgi_application()  # before anything that needs the apps to be ready

from newsreel.core.settings import settings  # noqa: E402
from newsreel.pipeline import pushing  # noqa: E402
from newsreel.pipeline.pictures import Pictures  # noqa: E402
from newsreel.portal import passes  # noqa: E402
from newsreel.portal.headers import SECURITY_HEADERS  # noqa: E402
from newsreel.portal.live import PATH, LiveStream, Receive, Scope, Send  # noqa: E402
from newsreel.portal.picture_endpoint import PictureEndpoint  # noqa: E402
from newsreel.portal.pictures import PREFIX  # noqa: E402
from newsreel.portal.websub import WebSubEndpoint  # noqa: E402
from newsreel.site.desk import Desk  # noqa: E402

WORKERS = 8  # threads, and so connections to the database
LARGEST_BODY = 1_000_000  # bytes; no form here has more
# But that of the list of feeds which somebody brings (8 MB, and its form). Who has no session has no list to bring.
LISTS = "/administration/sources/list/look/"
LARGEST_LIST = 8_100_000
BODY_WAIT = 15.0  # seconds for all of a request's body
_SECURITY = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_ASCII = bytes(range(0x21, 0x7F)).decode()


class Application:
    """Routes: /live to the stream, /picture/ to the pictures, /websub/ to what hubs call, the rest to Django. Lifespan starts
    and stops the stream's follower, and ends what is being fetched.
    """

    def __init__(self, live: LiveStream, pictures: PictureEndpoint) -> None:
        self.live = live
        self.desk = Desk()
        self.pictures = pictures
        self.websub = WebSubEndpoint()
        # Answers are written whole: a queue longer than any answer has pieces frees the thread from slow readers.
        self._pages: Any = WSGIMiddleware(cast(Any, _django), workers=WORKERS, send_queue_size=512)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the server's life."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"] == PATH:
            await self.live(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await self.pictures(scope, receive, send)
        elif scope["path"].startswith(pushing.PATH):
            await self.websub(scope, receive, send)
        else:
            await self._page(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The body is read here, not in the thread: a reader who sends it slowly would hold one of a few threads.
        try:
            async with asyncio.timeout(BODY_WAIT):
                body = await _read(receive, _most(scope))
        except TimeoutError:
            await _refuse(send, 408)
            return
        if body is None:
            await _refuse(send, 413)
            return
        first = True

        async def again() -> MutableMapping[str, Any]:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        async def secured(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_security(message["headers"])
            await send(message)

        scope["query_string"] = quote_from_bytes(scope["query_string"], _ASCII).encode()
        if self.desk.takes(scope):
            await self.desk(scope, body, receive, secured)
        else:
            self.desk.prepare(scope)
            await self._pages(scope, again, secured)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.live.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.live.close()
                await self.desk.close()
                await self.pictures.close()
                self.websub.close()
                self._pages.executor.shutdown(wait=False, cancel_futures=True)
                await send({"type": "lifespan.shutdown.complete"})
                return


def _with_security(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with those of ours that are missing: static files are answered before Django's middleware of ours."""
    there = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in _SECURITY if name not in there)]


def _most(scope: Scope) -> int:
    """How many bytes the body of a request may have."""
    has_cookie = any(name == b"cookie" for name, _value in scope["headers"])
    return LARGEST_LIST if scope["path"] == LISTS and has_cookie else LARGEST_BODY


async def _read(receive: Receive, most: int) -> bytes | None:
    """The whole body, or None where it has more bytes than ``most``."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


live = LiveStream()
pictures = PictureEndpoint(Pictures.from_settings(settings()), passes.admitted)
application = Application(live, pictures)
