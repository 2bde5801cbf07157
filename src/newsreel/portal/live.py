"""``/live``: news as it is stored, as server-sent events. A native ASGI endpoint.

GET, with ``Last-Event-ID`` or ``?after=`` (a position in the change log) from a reader who comes back and is told
what it has missed. Events: added, changed, enriched, removed (data: the headline as JSON), reload (too much was missed),
hello (no position was given), beat (every 15 s).

Where the portal is for members only, 403 without a session. A stream that was opened with a session ends with it: every few
seconds one query looks through them all.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings as django_settings
from django.db import Error as DatabaseError
from django.db import connections
from django.http.request import split_domain_port, validate_host

from newsreel.archive.changes import Position
from newsreel.core.settings import settings
from newsreel.portal import hub as hubs
from newsreel.portal import passes
from newsreel.portal.follower import Follower, frame
from newsreel.portal.headers import SECURITY_HEADERS
from newsreel.portal.hub import Hub, Listener
from newsreel.portal.passes import Pass

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATH = "/live"
BEAT = 15.0  # seconds
LOOK = 3.0  # seconds between two looks at the sessions of open streams
SEND_WAIT = 30.0  # a reader that takes nothing for so long is gone
_DJANGO_ONLY = frozenset(("pool", "isolation_level", "assume_role", "server_side_binding"))


class LiveStream:
    """The endpoint with its follower: one of each in a process."""

    def __init__(self, conninfo: Callable[[], Mapping[str, Any]] | None = None, beat: float = BEAT) -> None:
        self.hub = Hub()
        self._conninfo = conninfo or database_conninfo
        self._beat = beat
        self._following: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._ended = False

    def start(self) -> None:
        """Begins to follow the log; needs a running event loop."""
        if self._following is None and not self._ended:
            follower = Follower(self._conninfo(), self.hub.begin, self.hub.publish, hubs.KEPT)
            self._following = asyncio.get_running_loop().create_task(follower.run(), name="newsreel-live")
            self._looking = asyncio.get_running_loop().create_task(self._look(), name="newsreel-live-sessions")

    def end(self) -> None:
        """Ends every stream, and takes no more. To be called when the server begins to shut down."""
        self._ended = True
        self.hub.end()

    async def close(self) -> None:
        """Ends, and stops following."""
        self.end()
        for task in (self._following, self._looking):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._following = self._looking = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        self.start()  # a server that sends no lifespan events has not started it
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = refused(scope, headers)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        try:
            after = _position(scope, headers)
        except ValueError:
            await _answer(send, 400, "bad position")
            return
        if self._ended or self.hub.position is None or len(self.hub.listeners) >= hubs.STREAMS:
            await _answer(send, 503, "busy", (b"retry-after", b"5"))
            return
        holder, refusal = await _holder(scope)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        if scope["method"] == "HEAD":
            await send(_start(200, b"text/event-stream"))
            await send({"type": "http.response.body", "body": b""})
            return
        listener = self.hub.listen(after, holder)
        try:
            await self._serve(listener, receive, send)
        finally:
            self.hub.leave(listener)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            # Whoever disables an account needs the database too: while it is lost, streams go on.
            with contextlib.suppress(DatabaseError):
                await self.look_through()

    async def look_through(self) -> None:
        """Ends the streams whose session is no more, and those of nobody where the portal is for members only by now."""
        held = [(listener, listener.holder) for listener in self.hub.listeners if listener.holder is not None]
        good = await passes.still_good({holder for _, holder in held}) if held else set()
        for listener, holder in held:
            if holder not in good:
                listener.end()
        if settings().members_only:
            for listener in [listener for listener in self.hub.listeners if listener.holder is None]:
                listener.end()

    async def _serve(self, listener: Listener, receive: Receive, send: Send) -> None:
        tasks = [
            asyncio.create_task(self._write(listener, send)),
            asyncio.create_task(gone(receive)),
            asyncio.create_task(listener.dropped.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                # A connection that broke while it was written to, or a reader too slow, is no fault of ours.
                if isinstance(result, Exception) and not isinstance(result, OSError | TimeoutError):
                    raise result

    async def _write(self, listener: Listener, send: Send) -> None:
        await send(_start(200, b"text/event-stream"))
        await _write(send, b"retry: 2000\n\n" + b"".join(listener.missed))
        listener.missed = []
        while True:
            try:
                text = await asyncio.wait_for(listener.queue.get(), self._beat)
            except TimeoutError:
                text = frame("beat", "1")
            if text is None:
                break
            parts = [text]
            while not listener.queue.empty() and len(parts) < 20:  # a burst in one write
                more = listener.queue.get_nowait()
                if more is None:
                    listener.end()
                    break
                parts.append(more)
            await _write(send, b"".join(parts))
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _write(send: Send, body: bytes) -> None:
    async with asyncio.timeout(SEND_WAIT):
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _holder(scope: Scope) -> tuple[Pass | None, tuple[Any, ...] | None]:
    """Whose session the request carries, and why it is refused."""
    try:
        holder = await passes.pass_of(scope)
    except DatabaseError:
        return None, (503, "busy", (b"retry-after", b"5"))
    if holder is None and settings().members_only:
        return None, (403, "members only")
    return holder, None


async def gone(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def refused(scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
    """Why this request is not answered with a stream: the checks that Django makes of every other request."""
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "GET only"
    host = headers.get("host", "")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, django_settings.ALLOWED_HOSTS):
        return 400, "unknown host"
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"{scope.get('scheme', 'http')}://{host}".lower():
        return 403, "other origin"
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return 403, "other origin"
    return None


def _position(scope: Scope, headers: Mapping[str, str]) -> Position | None:
    """Where the reader is. The header is newer than the address: the browser writes it when it connects again."""
    text = headers.get("last-event-id")
    if not text:
        values = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20).get("after")
        text = values[0] if values else None
    if text is None:
        return None
    position = Position.parse(text)
    if position is None:
        raise ValueError("not a position")
    return position


def _start(status: int, content_type: bytes, *more: tuple[bytes, bytes]) -> dict[str, Any]:
    secure = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
    own = [(b"content-type", content_type), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    return {"type": "http.response.start", "status": status, "headers": [*own, *secure, *more]}


async def _answer(send: Send, status: int, words: str, *more: tuple[bytes, bytes]) -> None:
    await send(_start(status, b"text/plain; charset=utf-8", *more))
    await send({"type": "http.response.body", "body": words.encode() + b"\n"})


def database_conninfo() -> dict[str, Any]:
    """The parameters of Django's database, for a connection of our own."""
    entry = connections["default"].settings_dict
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parts = {ours: entry[theirs] for theirs, ours in names.items() if entry.get(theirs)}
    options = {key: value for key, value in entry.get("OPTIONS", {}).items() if key not in _DJANGO_ONLY}
    # A host that vanished is noticed within a minute, not after two hours.
    alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    return {**alive, **options, **parts, "application_name": "newsreel live"}
