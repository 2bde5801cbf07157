"""A proxy before the sample press that sees each request as its host would: how many at once, and how long after the last.

It is also how a press on loopback is reached from a network namespace, and can be made slow.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Seen:
    """Of one host. A request lasts until it was answered, also where nobody waits for the answer any more.

    ``shortest_rest`` is from the end of a request to the start of the next, in seconds.
    """

    requests: int = 0
    at_once: int = 0
    most_at_once: int = 0
    ended: float | None = None
    shortest_rest: float | None = None

    def begin(self, now: float) -> None:
        self.requests += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.ended is not None and self.at_once == 1:
            rest = now - self.ended
            self.shortest_rest = rest if self.shortest_rest is None else min(rest, self.shortest_rest)

    def end(self, now: float) -> None:
        self.at_once -= 1
        self.ended = now


class Counter:
    """The proxy. ``latency``: seconds before each answer. ``seen`` by host."""

    def __init__(self, upstream: int, latency: float = 0.0, listen: str = "127.0.0.1") -> None:
        self.latency, self.listen, self._upstream = latency, listen, upstream
        self.port = 0
        self.seen: defaultdict[str, Seen] = defaultdict(Seen)
        self.log: list[tuple[float, str, str]] = []  # when (time.monotonic), by which address, which host
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()

    @property
    def proxy(self) -> str:
        """Its address as a setting."""
        return f"http://{self.listen}:{self.port}"

    def requests(self) -> int:
        """How many it has seen."""
        return sum(seen.requests for seen in self.seen.values())

    def rude(self, gap: float) -> dict[str, Seen]:
        """The hosts that were asked twice at once, or sooner than the gap after the last answer.

        A hundredth of a second is allowed for: an answer's end is seen here before the reader sees it.
        """
        return {
            host: seen
            for host, seen in self.seen.items()
            if seen.most_at_once > 1 or (seen.shortest_rest is not None and seen.shortest_rest < gap - 0.01)
        }

    def run(self) -> None:
        """Serves, on this thread, until ``stop``."""
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, self.listen, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        with suppress(asyncio.CancelledError):
            self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            lines = [
                line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"proxy-conn"))
            ]
            host = urlsplit(head.split(b" ")[1].decode("latin-1")).netloc.lower()
            seen = self.seen[host]
            self.log.append((time.monotonic(), writer.get_extra_info("peername")[0], host))
            seen.begin(time.monotonic())
            try:
                await asyncio.sleep(self.latency)
                answer = await self._ask(b"\r\n".join([*lines[:-2], b"Connection: close", b"", b""]))
            finally:
                seen.end(time.monotonic())
            writer.write(answer)
            await writer.drain()
        with suppress(OSError):
            writer.close()

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            writer.write(request)
            return await reader.read(-1)
        finally:
            writer.close()


@contextmanager
def counted(upstream: int, latency: float = 0.0, listen: str = "127.0.0.1") -> Iterator[Counter]:
    """A counting proxy before the press on a port."""
    counter = Counter(upstream, latency, listen)
    thread = threading.Thread(target=counter.run, name="counting proxy")
    thread.start()
    counter._ready.wait(10)
    try:
        yield counter
    finally:
        counter.stop()
        thread.join(10)
