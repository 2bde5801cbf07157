"""A hub of WebSub on loopback, by aiohttp: it takes requests, and then does as a test says."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class Hub:
    """``asked`` are the forms it was sent; ``status`` is what it answers, after ``delay`` seconds, with ``headers`` and ``body``."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.status, self.delay, self.body = 202, 0.0, b""
        self.headers: dict[str, str] = {}
        self.busy = self.most_busy = 0
        self.port = 0
        self.heard = asyncio.Event()  # something was asked

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/hub") -> str:
        return f"http://{self.place}{path}"

    async def answer(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        assert request.method == "POST"
        assert request.content_type == "application/x-www-form-urlencoded"
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        try:
            self.asked.append({name: str(value) for name, value in (await request.post()).items()})
            self.heard.set()
            await asyncio.sleep(self.delay)
        finally:
            self.busy -= 1
        moved = request.path == "/moved"
        return web.Response(status=202 if moved else self.status, headers={} if moved else self.headers, body=self.body)


@asynccontextmanager
async def hub() -> AsyncIterator[Hub]:
    """One that listens."""
    made = Hub()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


def signed(secret: str, body: bytes, method: str = "sha256") -> str:
    """The X-Hub-Signature of a body."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"
