"""The ASGI application as a server calls it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from newsreel.portal import hub as hubs
from newsreel.portal.live import LiveStream
from newsreel.site import asgi
from newsreel.site.asgi import Application

Message = dict[str, Any]


def _nowhere() -> dict[str, Any]:
    return {"host": "/nonexistent", "dbname": "none"}


class _NoPictures:
    """Pictures that are never asked for."""

    async def close(self) -> None:
        return None


def _application(live: LiveStream) -> Application:
    return Application(live, cast(Any, _NoPictures()))


@pytest.fixture
async def live() -> AsyncIterator[LiveStream]:
    """A stream that knows its position, and whose database is away."""
    stream = LiveStream(_nowhere, beat=0.05)
    stream.hub.begin(hubs.Position(0, 0), hubs.Position(5, 0), [])
    yield stream
    await stream.close()


def _scope(path: str, method: str = "GET", query: bytes = b"", **headers: str) -> Message:
    named = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()
    ]
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query, "headers": named,
        "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9), "root_path": "",
    }  # fmt: skip


async def _asked(application: Any, scope: Message, *parts: Message) -> tuple[int, bytes, dict[bytes, bytes]]:
    """One request to its end: status, body, headers."""
    sent: list[Message] = []
    waiting = list(parts or [{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await asyncio.sleep(60)
        raise AssertionError("asked for more than there is")

    async def send(message: Message) -> None:
        sent.append(message)

    await asyncio.wait_for(application(scope, receive, send), 10)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body, dict(sent[0]["headers"])


class Tab:
    """An open stream, read by the test."""

    def __init__(self, live: LiveStream, query: bytes = b"") -> None:
        self.read: asyncio.Queue[Message] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.task = asyncio.create_task(live(_scope("/live", query=query), self._receive, self._send))

    async def _receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self.flowing.wait()
        self.read.put_nowait(message)

    async def body(self) -> bytes:
        return bytes((await asyncio.wait_for(self.read.get(), 2)).get("body", b""))


async def test_beats_come_while_nothing_happens(live: LiveStream) -> None:
    tab = Tab(live)
    assert (await tab.body()) == b""
    assert b"retry: 2000\n\n" in await tab.body()
    assert await tab.body() == b"event: beat\ndata: 1\n\n"
    assert await tab.body() == b"event: beat\ndata: 1\n\n"
    tab.gone.set()
    await asyncio.wait_for(tab.task, 2)
    assert live.hub.listeners == set()


async def test_a_reader_that_reads_nothing_is_dropped(live: LiveStream) -> None:
    tab = Tab(live)
    await tab.body()
    await tab.body()
    tab.flowing.clear()
    for n in range(hubs.QUEUE + 200):
        live.hub.publish(hubs.Position(n + 10, 1), [hubs.Event(hubs.Position(n + 10, 1), b"x")])
        if n % 50 == 0:
            await asyncio.sleep(0)
    await asyncio.wait_for(tab.task, 2)
    assert live.hub.listeners == set()


async def test_streams_are_counted(live: LiveStream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "STREAMS", 3)
    tabs = [Tab(live) for _ in range(3)]
    for tab in tabs:
        await tab.body()
    assert (await _asked(live, _scope("/live")))[0] == 503
    tabs[0].gone.set()
    await tabs[0].task
    another = Tab(live)
    assert (await asyncio.wait_for(another.read.get(), 2))["status"] == 200
    for tab in [*tabs[1:], another]:
        tab.gone.set()
        await tab.task


async def test_while_the_log_was_never_read_there_is_no_stream() -> None:
    stream = LiveStream(_nowhere)
    try:
        assert (await _asked(stream, _scope("/live")))[0] == 503
    finally:
        await stream.close()


async def test_after_the_end_there_is_no_stream(live: LiveStream) -> None:
    tab = Tab(live)
    await tab.body()
    await tab.body()
    live.end()
    await asyncio.wait_for(tab.task, 2)
    assert (await _asked(live, _scope("/live")))[0] == 503


async def test_bodies_are_bounded_in_size_and_time(live: LiveStream, monkeypatch: pytest.MonkeyPatch) -> None:
    application = _application(live)
    part = {"type": "http.request", "body": b"x" * 400_000, "more_body": True}
    assert (await _asked(application, _scope("/language/", "POST"), part, part, part))[0] == 413
    # The one form that may have more, and only for who has a session.
    assert (await _asked(application, _scope(asgi.LISTS, "POST"), part, part, part))[0] == 413
    parts = [part] * (asgi.LARGEST_LIST // len(part["body"]) + 2)
    assert (await _asked(application, _scope(asgi.LISTS, "POST", cookie="sessionid=x"), *parts))[0] == 413
    monkeypatch.setattr(asgi, "BODY_WAIT", 0.05)
    slow = {"type": "http.request", "body": b"x", "more_body": True}
    assert (await _asked(application, _scope("/language/", "POST"), slow))[0] == 408


@pytest.mark.parametrize("query", [b"before=\xff\xfe", "before=中".encode(), b"before=%FF&\x7f"])
async def test_bytes_that_are_no_address_are_no_fault(live: LiveStream, query: bytes) -> None:
    status, body, _ = await _asked(_application(live), _scope("/", query=query))
    assert status == 404
    assert "页面不存在" in body.decode()


async def test_static_files_have_the_headers_of_pages(live: LiveStream) -> None:
    status, body, headers = await _asked(_application(live), _scope("/static/portal/newsreel.js"))
    assert status == 200
    assert b"EventSource" in body
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-type"].startswith(b"text/javascript")


async def test_a_websocket_is_closed(live: LiveStream) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await _application(live)({"type": "websocket", "path": "/live"}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1000}]


async def test_the_servers_life(live: LiveStream) -> None:
    told: asyncio.Queue[Message] = asyncio.Queue()
    sent: asyncio.Queue[Message] = asyncio.Queue()
    running = asyncio.create_task(_application(live)({"type": "lifespan"}, told.get, sent.put))
    told.put_nowait({"type": "lifespan.startup"})
    assert (await asyncio.wait_for(sent.get(), 2))["type"] == "lifespan.startup.complete"
    tab = Tab(live)
    await tab.body()
    told.put_nowait({"type": "lifespan.shutdown"})
    assert (await asyncio.wait_for(sent.get(), 2))["type"] == "lifespan.shutdown.complete"
    await asyncio.wait_for(running, 2)
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(tab.task, 2)
