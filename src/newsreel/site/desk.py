"""What has to do with passwords, apart from the pages: a line before one child (clerk.py) of low priority.

Five hundred people who log in at nine each cost a hash of 19 MiB and a page of Django's. In the pages' own process every
one of them holds the interpreter for some 15 ms, and the pages' p95 was 14 times what it is alone, with the hash in a thread
of its own; docs/adr/0023-a-desk-apart.md. Who finds the line full is shown at once a page that sends the same form again
by itself. Nothing was done with it yet, so that is safe for any form.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import quote

from newsreel.core.settings import settings
from newsreel.portal import waiting
from newsreel.portal.live import Receive, Scope, Send
from newsreel.site import clerk, sealed
from newsreel.site.line import Line

log = logging.getLogger("newsreel.desk")

PATHS = tuple(
    f"/account/{name}/" for name in ("login", "register", "reauthenticate", "password", "second-factor", "delete")
)
# An answer to these is not sent sooner than FLOOR after its making began, so that how long it took tells nothing of
# whether there is such an account.
EVEN = frozenset(("/account/login/", "/account/register/", "/account/password/reset/"))
FLOOR = 0.3  # seconds
DEADLINE = 30.0  # seconds that one answer may take
START_WAIT = 60.0
GRACE = 0.5  # seconds to end in


class Desk:
    """The line and the child."""

    def __init__(self, line: Line | None = None, floor: float = FLOOR) -> None:
        self.line = line or Line()
        self._floor = floor
        self._child: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._early: asyncio.Task[None] | None = None

    def prepare(self, scope: Scope) -> None:
        """Starts the child, which takes a second or two, while somebody still looks at a form."""
        if self._child is None and self._early is None and str(scope["path"]).startswith(PATHS):
            self._early = asyncio.get_running_loop().create_task(self._prepare())

    async def _prepare(self) -> None:
        # The first time the page's templates are read; not in the moment in which five hundred want it.
        await asyncio.to_thread(waiting.page, "", "/", "", 0)
        await asyncio.to_thread(waiting.page, "", "/", "kept", 0)
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            await self._ready()
        self._early = None

    def takes(self, scope: Scope) -> bool:
        """Whether a request is answered here."""
        return scope["method"] == "POST" and str(scope["path"]).startswith(PATHS)

    async def __call__(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """One request, with its whole body."""
        form = sealed.opened(body, scope["path"])
        if form is None and sealed.is_one(body):  # it came too late
            await _send(send, 303, [(b"location", quote(scope["path"]).encode())], b"")
            return
        since = form.since if form else time.time()
        if form:
            body = form.body.encode("latin-1")
            scope = {**scope, "headers": _with_type(scope["headers"], form.content_type, len(body))}
        served = not self.line.refuses(since) and await _unless_gone(self.line.turn(since), receive)
        if served is None:
            return
        if not served:
            await self._send_away(scope, body, since, send)
            return
        began = time.monotonic()
        try:
            answer = await self._ask(clerk.request_of(scope, body, settings()))
        finally:
            self.line.done()
        if scope["path"] in EVEN:
            await asyncio.sleep(max(began + self._floor - time.monotonic(), 0))
        await _send(send, *(answer or waiting.broken(_cookies(scope))))

    async def _send_away(self, scope: Scope, body: bytes, since: float, send: Send) -> None:
        kept = ""
        if len(body) <= sealed.LARGEST and time.time() - since < sealed.LONGEST:
            content_type = _header(scope["headers"], b"content-type")
            kept = sealed.seal(sealed.Kept(scope["path"], content_type, body.decode("latin-1"), since))
        address = quote(scope["path"]) + (
            "?" + scope["query_string"].decode("latin-1") if scope["query_string"] else ""
        )
        await _send(send, *waiting.page(_cookies(scope), address, kept, self.line.come_again(time.time() - since)))

    async def _ask(self, request: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        """The child's answer; None where it fails. It is not asked twice: half of it may be done."""
        try:
            child = await self._ready()
            async with asyncio.timeout(DEADLINE):
                assert child.stdin is not None
                child.stdin.write(request)
                await child.stdin.drain()
                head, body = await _message(child)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            log.warning("The process for logins failed (%s) and is started again.", type(error).__name__)
            await self._end()
            return None
        except asyncio.CancelledError:
            await self._end()
            raise
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"]]
        return head["status"], headers, body

    async def _ready(self) -> asyncio.subprocess.Process:
        """The child, started where it does not run: an installation in which nobody logs in never has it."""
        async with self._starting, asyncio.timeout(START_WAIT):
            if self._child is None or self._child.returncode is not None:
                # The embedded database's address is known to this process only.
                environment = {**os.environ, "NEWSREEL_DATABASE_URL": settings().database_url}
                self._child = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "newsreel.site.clerk",
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=environment,
                )  # fmt: skip
                assert self._child.stdout is not None
                await self._child.stdout.readexactly(clerk.LENGTHS.size)
            return self._child

    async def close(self) -> None:
        """Ends it all."""
        if self._early is not None:
            self._early.cancel()
            await asyncio.gather(self._early, return_exceptions=True)
        await self._end()

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        child.stdin.close()
        try:
            async with asyncio.timeout(GRACE):
                await child.wait()  # one that has nothing to do ends, one that has ended is noticed
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        transport = getattr(child, "_transport", None)
        if transport is not None:
            transport.close()


async def _message(child: asyncio.subprocess.Process) -> tuple[dict[str, Any], bytes]:
    assert child.stdout is not None
    head, body = clerk.LENGTHS.unpack(await child.stdout.readexactly(clerk.LENGTHS.size))
    return json.loads(await child.stdout.readexactly(head)), await child.stdout.readexactly(body)


async def _unless_gone(turn: Coroutine[Any, Any, bool], receive: Receive) -> bool | None:
    """The turn; None where the reader left while waiting. Whoever is called in the moment of leaving is served."""
    tasks = asyncio.create_task(turn), asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        served, _ = await asyncio.gather(*tasks, return_exceptions=True)
    return served if isinstance(served, bool) else None


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(headers: list[tuple[bytes, bytes]], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")


def _cookies(scope: Scope) -> str:
    return _header(scope["headers"], b"cookie")


def _with_type(headers: list[tuple[bytes, bytes]], content_type: str, length: int) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.lower() not in (b"content-type", b"content-length")]
    return [*kept, (b"content-type", content_type.encode("latin-1")), (b"content-length", str(length).encode())]
