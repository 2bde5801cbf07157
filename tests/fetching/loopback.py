"""A web server on loopback that says exactly the bytes a test wants, and a gate that records every socket."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

Say = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


class Asked:
    """One request as it was received."""

    def __init__(self, head: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:] if line)
        }


class Site:
    """Answers each path with what was put there; records what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Say] = {}
        self.asked: list[Asked] = []
        self.port = 0
        self.busy = 0
        self.most_busy = 0
        self.delay = 0.0
        self.spans: list[tuple[float, float]] = []  # when each answer was begun and ended, in monotonic seconds
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.place}{path}"

    def paths(self) -> list[str]:
        return [asked.target for asked in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                first = await reader.readexactly(1)
                if first == b"\x16":
                    break  # a TLS greeting: this is no HTTPS server
                asked = Asked(first + await reader.readuntil(b"\r\n\r\n"))
                self.asked.append(asked)
                began = time.monotonic()
                self.busy += 1
                self.most_busy = max(self.busy, self.most_busy)
                try:
                    await asyncio.sleep(self.delay)
                    page = self.pages.get(asked.target, answer(404, b"nothing here"))
                    if isinstance(page, bytes):
                        writer.write(page)
                        await writer.drain()
                    else:
                        await page(asked, writer)
                finally:
                    self.busy -= 1
                    self.spans.append((began, time.monotonic()))
                if isinstance(page, bytes) and b"content-length" not in page.lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    def rests(self) -> list[float]:
        """Seconds from the end of each answer to the beginning of the next; negative where two were under way at once."""
        spans = sorted(self.spans)
        return [later[0] - earlier[1] for earlier, later in itertools.pairwise(spans)]

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def served() -> AsyncIterator[Site]:
    """A site on a port of its own."""
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
    await site.end()
    await server.wait_closed()


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Names(AbstractResolver):
    """A resolver that knows what it was told and records what it was asked. There is no other here."""

    def __init__(self, **known: list[str]) -> None:
        self.known = {name.replace("_", "."): found for name, found in known.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[Any]:
        self.asked.append(host)
        if host not in self.known:
            raise OSError("no such name")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in self.known[host]
        ]

    async def close(self) -> None:
        return None


class Sockets:
    """Makes sockets to loopback alone, and records what was asked for: a test that would leave is refused here."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        address = str(info[4][0])
        self.asked.append(address)
        if address not in ("127.0.0.1", "::1"):
            raise OSError("the test stays at home")
        return socket.socket(family=info[0], type=info[1], proto=info[2])
