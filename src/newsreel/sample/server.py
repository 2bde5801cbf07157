"""The sample press as an HTTP forward proxy on loopback: NEWSREEL_PROXY=http://127.0.0.1:PORT reads it.

Its outlets stand at http://….example/ (RFC 2606: no such name exists), each a host of its own. Nothing is ever sent
to a network: whatever is not in the sample gets 404 from here. http://press.example/ lists the outlets,
http://press.example/stats says how politely it was read.

    python -m newsreel.sample.server --port 8900 [--drip 5] [--seed 1]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import sys
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from http import HTTPStatus

from newsreel.sample.edition import INDEX_HOST, Answer, Edition, last_modified
from newsreel.sample.outlets import outlets
from newsreel.sample.timetable import WEEK

LOOPBACK = "127.0.0.1"
IDLE_SECONDS = 30.0
MAX_HEADERS = 100
MAX_BODY = 65536
GZIP_FROM = 1024


@dataclass
class Visits:
    """How one host was read: requests, most at once, the shortest gap between two starts in seconds (or None)."""

    requests: int = 0
    at_once: int = 0
    most_at_once: int = 0
    last_start: float | None = None
    shortest_gap: float | None = None

    def begin(self, now: float) -> None:
        """A request begins at ``now``, in seconds of any steady clock."""
        if self.last_start is not None:
            gap = now - self.last_start
            self.shortest_gap = gap if self.shortest_gap is None else min(gap, self.shortest_gap)
        self.last_start = now
        self.requests += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)

    def end(self) -> None:
        """A request has been answered."""
        self.at_once -= 1


@dataclass(frozen=True, slots=True)
class Request:
    """One request: method, host (lower case, without port 80), target (path and query), header names in lower case."""

    method: str
    host: str
    target: str
    headers: dict[str, str]

    @property
    def keeps(self) -> bool:
        """Whether the connection stays open for another."""
        return self.headers.get("connection", self.headers.get("proxy-connection", "")).lower() != "close"


def utc_now() -> datetime:
    """The clock of the running server."""
    return datetime.now(UTC)


class SamplePress:
    """The press at work: ``async with SamplePress(clock) as press`` serves until the block ends.

    ``clock`` gives aware moments. ``start_week`` is the week's first moment, by default seven days before the clock's
    now, so that the week ends now. ``drip``: seconds between the last articles, which appear one by one after the
    opening. ``seed`` draws the teasers. ``port`` 0 takes any free one; the address is always 127.0.0.1.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        start_week: datetime | None = None,
        *,
        drip: float | None = None,
        seed: int = 1,
        port: int = 0,
    ) -> None:
        self.clock = clock
        self.start_week = start_week or clock() - WEEK
        self.edition = Edition(self.start_week, drip, seed)
        self.port = port
        self.visits: dict[str, Visits] = {}
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def proxy(self) -> str:
        """The address for NEWSREEL_PROXY."""
        return f"http://{LOOPBACK}:{self.port}"

    async def __aenter__(self) -> SamplePress:
        """Listens. OSError where the port is taken."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops listening and closes what is open."""
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def forever(self) -> None:
        """Serves until cancelled."""
        await asyncio.Event().wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while (request := await asyncio.wait_for(read_request(reader), IDLE_SECONDS)) is not None:
                await self._respond(writer, request)
                if not request.keeps:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError):
            pass  # a client that goes away or does not speak HTTP: nothing to answer
        except asyncio.CancelledError:
            pass  # the press closes; asyncio's own callback would report this as an error
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _respond(self, writer: asyncio.StreamWriter, request: Request) -> None:
        visits = self.visits.setdefault(request.host, Visits()) if request.host in self._known else Visits()
        visits.begin(time.monotonic())
        try:
            writer.write(to_bytes(request, self.respond(request)))
            await writer.drain()
        finally:
            visits.end()

    @property
    def _known(self) -> set[str]:
        return {outlet.host for outlet in outlets().values()}

    def respond(self, request: Request) -> Answer:
        """The answer to a request."""
        if request.method == "CONNECT":
            return Answer(404, "text/plain", b"the sample press speaks plain http only")
        if request.method not in ("GET", "HEAD"):
            return Answer(405, "text/plain", b"GET and HEAD only", headers={"Allow": "GET, HEAD"})
        own = request.host in ("", LOOPBACK, "localhost", f"{LOOPBACK}:{self.port}", f"localhost:{self.port}")
        host = INDEX_HOST if own else request.host
        if host == INDEX_HOST and request.target == "/stats":
            return Answer(200, "application/json", json.dumps(self.stats()).encode())
        return self.edition.answer(host, request.target, self.clock(), counts=request.method == "GET")

    def stats(self) -> dict[str, dict[str, float | None]]:
        """Per host that was read: requests, most at once, the shortest gap in seconds."""
        return {
            host: {"requests": one.requests, "most_at_once": one.most_at_once, "shortest_gap": one.shortest_gap}
            for host, one in self.visits.items()
        }


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, None at its end. ValueError where it is not HTTP."""
    line = (await reader.readline()).decode("latin-1").strip()
    if not line:
        return None
    method, target, _ = line.split(" ", 2)
    headers: dict[str, str] = {}
    while (raw := await reader.readline()).strip():
        name, _, value = raw.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
        if len(headers) > MAX_HEADERS:
            raise ValueError("too many headers")
    length = int(headers.get("content-length") or 0)
    if not 0 <= length <= MAX_BODY:
        raise ValueError("a body that nobody asked for")
    await reader.readexactly(length)
    host = headers.get("host", "")
    if "://" in target:
        parts = urllib.parse.urlsplit(target)
        host, target = parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Request(method.upper(), host.lower().removesuffix(":80"), target, headers)


def to_bytes(request: Request, answer: Answer) -> bytes:
    """An answer as HTTP/1.1: 304 where the reader has it already, gzip where the reader takes it."""
    status, body = answer.status, answer.body
    headers = {"Content-Type": answer.content_type, "Date": formatdate(usegmt=True), "Vary": "Accept-Encoding"}
    headers |= answer.headers
    if status == HTTPStatus.OK:
        headers |= {"ETag": answer.etag, **last_modified(answer)}
        if _known_already(request, answer):
            status, body = HTTPStatus.NOT_MODIFIED, b""
    if len(body) >= GZIP_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    head = [
        f"HTTP/1.1 {int(status)} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + (b"" if request.method == "HEAD" else body)


def _known_already(request: Request, answer: Answer) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        mine = answer.etag.removeprefix("W/")
        return mine in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    since = request.headers.get("if-modified-since")
    return since is not None and since == last_modified(answer).get("Last-Modified")


async def serve(port: int, drip: float | None, seed: int) -> None:
    """Serves on a port of loopback until cancelled, and says in one line when it is ready."""
    async with SamplePress(drip=drip, seed=seed, port=port) as press:
        count = len(press.edition.printed)
        print(
            f"Sample press ready: {len(outlets())} outlets, {count} articles; NEWSREEL_PROXY={press.proxy}", flush=True
        )
        await press.forever()


def main() -> int:
    """The command line. 1 where the port cannot be had."""
    options = argparse.ArgumentParser(
        prog="python -m newsreel.sample.server", description="A fictional press on loopback."
    )
    options.add_argument("--port", type=int, default=8900, help="a port of 127.0.0.1; 0: any free one")
    options.add_argument(
        "--drip", type=float, default=None, metavar="SECONDS", help="let the last articles appear one by one"
    )
    options.add_argument("--seed", type=int, default=1, help="draws the teasers")
    chosen = options.parse_args()
    try:
        asyncio.run(serve(chosen.port, chosen.drip, chosen.seed))
    except OSError as error:
        print(f"The sample press cannot listen on {LOOPBACK}:{chosen.port}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
