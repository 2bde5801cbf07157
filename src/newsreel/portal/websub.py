"""``/websub/<token>``: what hubs call. A native ASGI endpoint, for whoever knows an address that was given to one hub alone.

A GET verifies that it was us who asked (or says that we are denied), a POST pushes news. What is pushed is hashed as it comes in
and forgotten: see pipeline/pushing.py for why. So a push costs no memory, no page's thread, and never a parser.
"""

from __future__ import annotations

import asyncio
import hmac
import random
from collections import Counter
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings as django_settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.http.request import split_domain_port, validate_host

from newsreel.archive import callbacks
from newsreel.archive.callbacks import Known
from newsreel.core.errors import NewsreelError
from newsreel.pipeline import bells, pushing
from newsreel.portal.headers import SECURITY_HEADERS

Scope = MutableMapping[str, Any]
Receive = Callable[[], Any]
Send = Callable[[MutableMapping[str, Any]], Any]
R = TypeVar("R")

# Feeds are read up to 8 MB (discovery/feeds.py). Half of that is more than hubs send, who may leave out what we have; a push that is
# larger is refused, and its news found by the next look.
LARGEST_PUSH = 4_000_000  # bytes
BODY_WAIT = 15.0  # seconds for all of a push
MOST = 32  # calls at once; and of one subscription:
MOST_OF_ONE = 2
_HEADERS = {**SECURITY_HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store"}
_SECURE = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
_LATER = [(b"retry-after", b"30")]


class WebSubEndpoint:
    """The endpoint. ``ring`` rings for the crawl."""

    def __init__(self, ring: Callable[[str], object] = bells.ring) -> None:
        self._ring = ring
        self._busy: Counter[str] = Counter()
        # One thread, and so one connection, as in passes.py.
        self._asking = ThreadPoolExecutor(1, "websub")

    def close(self) -> None:
        """Lets go of the thread and its connection."""
        self._asking.submit(connections.close_all)
        self._asking.shutdown(wait=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        token = str(scope["path"]).removeprefix(pushing.PATH)
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        if scope["method"] not in ("GET", "POST"):
            await _answer(send, 405, headers=[(b"allow", b"GET, POST")])
        elif not _is_ours(dict(headers).get(b"host", b"").decode("latin-1")):
            await _answer(send, 400)
        elif not pushing.TOKEN.fullmatch(token):
            await _answer(send, 404)
        elif self._busy.total() >= MOST or self._busy[token] >= MOST_OF_ONE:
            await _answer(send, 503, headers=_LATER)
        else:
            self._busy[token] += 1
            try:
                await self._serve(token, scope, headers, receive, send)
            except (DatabaseError, NewsreelError):
                await _answer(send, 503, headers=_LATER)
            finally:
                self._busy[token] -= 1
                if not self._busy[token]:
                    del self._busy[token]

    async def _serve(
        self, token: str, scope: Scope, headers: list[tuple[bytes, bytes]], receive: Receive, send: Send
    ) -> None:
        known = await self._in_thread(lambda: callbacks.known(token))
        if known is None:
            await _answer(send, 404)
        elif scope["method"] == "GET":
            await self._verify(known, scope["query_string"], send)
        elif known.over:
            await _answer(send, 410)
        else:
            await _answer(send, await self._pushed(known, headers, receive))

    async def _verify(self, known: Known, query: bytes, send: Send) -> None:
        verdict = pushing.verdict(known, query)
        if verdict is None:
            await _answer(send, 404)
            return
        if verdict.what == "verified":
            renew_in = pushing.renew_in(verdict.lease, random.random())  # noqa: S311 - a spread, no secret
            await self._in_thread(lambda: callbacks.verified(known, verdict.lease, renew_in))
        elif verdict.what == "ended":
            await self._in_thread(lambda: callbacks.ended(known))
        else:
            await self._in_thread(lambda: callbacks.denied(known, verdict.reason))
        await _answer(send, 200, verdict.challenge)

    async def _pushed(self, known: Known, headers: list[tuple[bytes, bytes]], receive: Receive) -> int:
        """The status for a push. One that is not signed as it must be is taken like any other, and nothing is done: so whoever
        guesses learns nothing (the Recommendation, 6.1.2).
        """
        length = dict(headers).get(b"content-length", b"")
        if length.isdigit() and int(length[:15]) > LARGEST_PUSH:
            return 413
        signature = pushing.signature_of(
            [value.decode("latin-1") for name, value in headers if name == b"x-hub-signature"]
        )
        digest = pushing.digest_of(signature, known) if signature else None
        try:
            async with asyncio.timeout(BODY_WAIT):
                whole = await _hashed(receive, digest)
        except TimeoutError:
            return 408
        if not whole:
            return 413
        right = (
            digest is not None and signature is not None and hmac.compare_digest(digest.hexdigest(), signature.digest)
        )
        if signature is None or not right or pushing.weaker(signature, known):
            await self._in_thread(lambda: callbacks.unsigned(known))
        elif known.state == "verified":
            await self._in_thread(lambda: self._tell(known, signature.method))
        return 202

    def _tell(self, known: Known, method: str) -> None:
        if callbacks.pushed(known, method):
            self._ring("crawl")

    async def _in_thread(self, work: Callable[[], R]) -> R:
        def run() -> R:
            close_old_connections()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._asking, run)


def _is_ours(host: str) -> bool:
    name, _port = split_domain_port(host)
    return bool(name) and validate_host(name, django_settings.ALLOWED_HOSTS)


async def _hashed(receive: Receive, digest: hmac.HMAC | None) -> bool:
    """Feeds the digest with a request's body; False where that is too large, or breaks off."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_PUSH:
            return False
        if digest is not None:
            digest.update(part)
        if not message.get("more_body", False):
            return True


async def _answer(send: Send, status: int, body: bytes = b"", headers: list[tuple[bytes, bytes]] | None = None) -> None:
    own = [(b"content-type", b"text/plain; charset=utf-8"), *(headers or [])]
    if status in (408, 413):
        own.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": [*own, *_SECURE]})
    await send({"type": "http.response.body", "body": body})
