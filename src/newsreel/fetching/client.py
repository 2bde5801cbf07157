"""Fetching: an address in, a Response out, or a named outcome. Every rule of the way out is applied here, per hop."""

# A few lines over 400, and kept together: every hop of a fetch passes through the same checks, which are read best in one place.

from __future__ import annotations

import asyncio
import time
import urllib.parse
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver

from newsreel.core.errors import Misconfigured, NewsreelError, Permanent, Temporary
from newsreel.core.types import Response
from newsreel.fetching import failures
from newsreel.fetching.bodies import bodies
from newsreel.fetching.decoding import ACCEPT_ENCODING
from newsreel.fetching.gate import Gate, SocketFactory
from newsreel.fetching.pacing import BUSY, Pacer
from newsreel.fetching.policy import Limits, Policy
from newsreel.fetching.robots import MAX_BYTES, RobotsRules
from newsreel.fetching.robots_cache import RobotsCache
from newsreel.fetching.targets import Target, check_target, parse_target
from newsreel.fetching.terms import Terms
from newsreel.fetching.tls import context_for

Headers = tuple[tuple[str, str], ...]

DEFAULT_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8"
_FORM = "application/x-www-form-urlencoded"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_KEEP_THE_POST = frozenset((307, 308))
_ROBOTS_LIMITS = Limits(wire_bytes=MAX_BYTES, decoded_bytes=MAX_BYTES, total_seconds=30.0, redirects=5)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Call:
    """What one fetch was asked to do."""

    headers: Headers
    limits: Limits
    ports: frozenset[int]
    proxy: str
    ca_file: Path | None
    gap: float
    robots: bool
    cut: bool = False  # at the limits, keep what there is in place of refusing (robots.txt)
    body: bytes | None = None  # of a POST; None is a GET
    terms: Terms | None = None


@dataclass(slots=True)
class _Budget:
    """Seconds left of a fetch; turns waited for are not counted."""

    left: float

    def spend(self, started: float) -> None:
        self.left -= time.monotonic() - started


class Fetcher:
    """The way out, one per process: ``async with Fetcher(policy) as fetcher``.

    ``clock`` says the (aware) time, ``sleep`` waits, ``pacer`` gives the turns at hosts, ``leave`` is what each request to
    a host is made within (by its pace key): other processes may want to speak to it too. ``resolver`` and
    ``socket_factory`` take the place of the system's look-up and sockets (the address check stays around them).
    """

    def __init__(
        self,
        policy: Policy,
        *,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        resolver: AbstractResolver | None = None,
        pacer: Pacer | None = None,
        leave: Callable[[str], AbstractAsyncContextManager[object]] = nullcontext,
        socket_factory: SocketFactory | None = None,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._resolver = resolver
        self._socket_factory = socket_factory
        self._pacer = Pacer(policy.gap, sleep=sleep) if pacer is None else pacer  # an idle pacer has the length 0
        self._leave = leave
        self._robots = RobotsCache(clock)
        self._gate: Gate | None = None

    def follow(self, policy: Policy) -> None:
        """Other rules from the next fetch on."""
        self._policy = policy

    async def __aenter__(self) -> Fetcher:
        self._gate = Gate(self._resolver, self._socket_factory)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends what is under way for robots.txt and closes every connection."""
        await self._robots.close()
        if self._gate is not None:
            gate, self._gate = self._gate, None
            await gate.close()

    async def fetch(
        self,
        url: str,
        *,
        accept: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        limits: Limits | None = None,
        allowed_ports: Collection[int] = (),
        proxy: str | None = None,
        ca_file: Path | None = None,
        gap: float | None = None,
        robots: bool = True,
        terms: Terms | None = None,
    ) -> Response:
        """The answer to a GET of ``url``, after redirects: 2xx, or 304 with an empty body.

        ``etag`` and ``last_modified`` are those of an earlier answer. ``allowed_ports`` come besides 80 and 443;
        ``proxy`` ('' is none), ``ca_file`` and ``gap`` (seconds) overrule the policy's. ``terms``: what is agreed with
        the publisher. Permanent or Temporary with a named outcome for everything else.
        """
        call = _Call(
            headers=self._headers(accept, etag, last_modified),
            limits=limits or Limits(),
            ports=frozenset(allowed_ports),
            proxy=self._policy.proxy if proxy is None else proxy,
            ca_file=ca_file or self._policy.ca_file,
            gap=self._policy.gap if gap is None else gap,
            robots=robots,
            terms=terms,
        )
        return await self._follow(url, call)

    async def call(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        authorization: str | None = None,
        limits: Limits | None = None,
    ) -> Response:
        """The JSON answer of a service that a setting names: a GET, or a POST of a form. The address is judged as always.
        It is not the press: there is no robots.txt, no turn to wait for, and no redirect is followed.
        """
        more = {"Authorization": _sendable(authorization), "Content-Type": form is not None and _FORM}
        headers = [*self._headers("application/json", None, None), *((n, str(v)) for n, v in more.items() if v)]
        call = _Call(
            tuple(headers),
            limits or Limits(),
            ports=frozenset(),
            proxy=self._policy.proxy,
            ca_file=self._policy.ca_file,
            gap=0.0,
            robots=False,
            body=None if form is None else urllib.parse.urlencode(form).encode("ascii"),
        )
        target = parse_target(url)
        self._check(target, call)
        answer = await self._exchange(target, call, _Budget(call.limits.total_seconds))
        if answer.status in _REDIRECTS:
            raise Permanent("bad_redirect", f"{target.host} leads on to another address, which is not followed here.")
        return answer

    async def post(self, url: str, form: Mapping[str, str], *, limits: Limits | None = None) -> Response:
        """The 2xx answer to a POST of a form to a service that the press names, and nobody here has chosen (a hub of WebSub).

        The address is judged at every hop and waits for its host's turn, as with ``fetch``. There is no robots.txt, for the
        service is there to be called. Only 307 and 308 are followed: the others would make a GET of it.
        """
        call = _Call(
            (*self._headers("*/*", None, None), ("Content-Type", _FORM)),
            limits or Limits(),
            ports=frozenset(),
            proxy=self._policy.proxy,
            ca_file=self._policy.ca_file,
            gap=self._policy.gap,
            robots=False,
            body=urllib.parse.urlencode(form).encode("ascii"),
        )
        return await self._follow(url, call)

    async def robots_for(
        self,
        url: str,
        *,
        allowed_ports: Collection[int] = (),
        proxy: str | None = None,
        ca_file: Path | None = None,
        gap: float | None = None,
    ) -> RobotsRules:
        """The robots.txt that speaks for an address. Temporary robots_unreachable where it cannot be had."""
        call = _Call(
            headers=self._headers(None, None, None),
            limits=Limits(),
            ports=frozenset(allowed_ports),
            proxy=self._policy.proxy if proxy is None else proxy,
            ca_file=ca_file or self._policy.ca_file,
            gap=self._policy.gap if gap is None else gap,
            robots=True,
        )
        target = parse_target(url)
        self._check(target, call)
        return await self._rules(target, call)

    async def _follow(self, url: str, call: _Call) -> Response:
        budget = _Budget(call.limits.total_seconds)
        passed: list[tuple[str, int]] = []
        target = parse_target(url)
        while True:
            self._check(target, call)
            gap = await self._permission(target, call)
            # First the leave: to wait for another worker's lease is no latency of the host.
            async with self._leave(target.pace_key), self._pacer.turn(target.pace_key, gap):
                answer = await self._exchange(target, call, budget)
            location = answer.header("location") if answer.status in _REDIRECTS else None
            if answer.status not in _REDIRECTS:
                return replace(
                    answer,
                    requested_url=url,
                    redirects=tuple(address for address, _ in passed),
                    redirect_statuses=tuple(status for _, status in passed),
                )
            if call.body is not None and answer.status not in _KEEP_THE_POST:
                raise Permanent(
                    "bad_redirect", f"{target.host} leads on to another address, which is not followed here."
                )
            passed.append((target.url, answer.status))
            if len(passed) > call.limits.redirects:
                raise Permanent("too_many_redirects", f"The address leads on more than {call.limits.redirects} times.")
            target = _next_hop(target, location)

    def _check(self, target: Target, call: _Call) -> None:
        check_target(target, exempt=self._policy.allowed_hosts, ports=call.ports, proxied=bool(call.proxy))

    async def _permission(self, target: Target, call: _Call) -> float:
        """The gap to keep at the target's host, in seconds, where its robots.txt allows the address at all."""
        if not call.robots:
            return call.gap
        free = call.terms is not None and call.terms.frees(target)
        try:
            rules = await self._rules(target, call)
        except Temporary as error:
            if free and error.outcome == "robots_unreachable" and error.retry_after is None:
                return call.gap
            raise
        if not free and not rules.allows(target.wire):
            raise Permanent("robots_disallowed", f"The robots.txt of {target.host} asks not to read this address.")
        return max(call.gap, rules.crawl_delay or 0.0)

    async def _rules(self, target: Target, call: _Call) -> RobotsRules:
        headers = self._headers("text/plain, */*;q=0.8", None, None)
        wanted = replace(call, robots=False, cut=True, limits=_ROBOTS_LIMITS, headers=headers, terms=None)

        async def read() -> RobotsRules:
            return await self._read_robots(target, wanted)

        return await self._robots.rules((target.origin, call.proxy), read)

    async def _read_robots(self, target: Target, call: _Call) -> RobotsRules:
        try:
            answer = await self._follow(f"{target.origin}/robots.txt", call)
        except Temporary as error:
            if error.outcome == "http_error":  # a 4xx: as if there were none
                return RobotsRules()
            if error.outcome == BUSY:
                raise
            raise Temporary(
                "robots_unreachable",
                f"The robots.txt of {target.host} cannot be read, so nothing is: {error.reason}",
                error.retry_after,
            ) from None
        except Permanent as error:
            if error.outcome in ("gone", "forbidden", "http_error", "too_many_redirects", "bad_redirect"):
                return RobotsRules()  # RFC 9309, 2.3.1.2 and 2.3.1.3: unavailable
            if error.outcome == "address_refused":
                raise
            raise Temporary(
                "robots_unreachable", f"The robots.txt of {target.host} cannot be read, so nothing is: {error.reason}"
            ) from None
        return await asyncio.to_thread(RobotsRules.from_bytes, answer.body)

    async def _exchange(self, target: Target, call: _Call, budget: _Budget) -> Response:
        """One request and its answer: 2xx, 304 or a redirect."""
        if self._gate is None:
            raise RuntimeError("The fetcher is not open.")
        trusted = bool(call.proxy) or target.place in self._policy.allowed_hosts
        session = self._gate.trusted if trusted else self._gate.guarded
        context = context_for(call.ca_file)
        started = time.monotonic()
        try:
            async with asyncio.timeout(max(budget.left, 0.0)):
                async with session.request(
                    "GET" if call.body is None else "POST",
                    yarl.URL(target.wire, encoded=True),
                    data=call.body,
                    headers=_merged(call.headers, call.terms.headers_for(target) if call.terms else ()),
                    allow_redirects=False,
                    ssl=context,
                    proxy=_proxy(call.proxy),
                    proxy_headers={"User-Agent": self._policy.user_agent} if call.proxy else None,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=call.limits.connect_seconds),
                    max_line_size=call.limits.header_line_bytes,
                    max_field_size=call.limits.header_line_bytes,
                    max_headers=call.limits.header_lines,
                ) as answer:
                    return await self._read(target, call, answer)
        except NewsreelError:
            raise
        except Exception as error:  # whatever a server makes the client library stumble over has a name too
            raise failures.of_exception(error, target.host) from None
        finally:
            budget.spend(started)

    async def _read(self, target: Target, call: _Call, answer: aiohttp.ClientResponse) -> Response:
        headers = tuple((_text(name), _text(value)) for name, value in answer.raw_headers)
        response = Response(
            requested_url=target.url,
            url=target.url,
            status=answer.status,
            headers=headers,
            body=b"",
            wire_body=b"",
            fetched_at=self._clock(),
            http_version=f"{answer.version.major}.{answer.version.minor}" if answer.version else "1.1",
        )
        if answer.status in _REDIRECTS or answer.status == 304:
            return response
        wish = failures.retry_after(response.header("retry-after"), response.fetched_at)
        error = failures.of_status(answer.status, target.host, wish)
        if error is not None:
            raise error
        wire, body = await bodies(answer, call.limits, cut=call.cut)
        return replace(response, body=body, wire_body=wire)

    def _headers(self, accept: str | None, etag: str | None, last_modified: str | None) -> Headers:
        headers = [
            ("User-Agent", self._policy.user_agent),
            ("Accept", _sendable(accept) or DEFAULT_ACCEPT),
            ("Accept-Encoding", ACCEPT_ENCODING),
        ]
        for name, value in (("If-None-Match", _sendable(etag)), ("If-Modified-Since", _sendable(last_modified))):
            if value:
                headers.append((name, value))
        return tuple(headers)


def _merged(usual: Headers, own: Headers) -> Headers:
    """A publisher's headers take the place of the usual ones of their names."""
    names = {name.lower() for name, _ in own}
    return (*(header for header in usual if header[0].lower() not in names), *own)


def _next_hop(target: Target, location: str | None) -> Target:
    if not location or not location.strip():
        raise Permanent("bad_redirect", f"{target.host} leads on to nowhere.")
    try:
        joined = urllib.parse.urljoin(target.url, location.strip())
    except ValueError:
        raise Permanent("bad_redirect", f"{target.host} leads on to something that is no address.") from None
    try:
        return parse_target(joined)
    except Permanent as error:
        if error.outcome == "address_refused":
            raise
        raise Permanent("bad_redirect", f"{target.host} leads on to something that is no web address.") from None


@lru_cache(maxsize=64)
def _proxy(written: str) -> yarl.URL | None:
    """A proxy's address; None for ''. It is a setting: nothing but its form is judged. Misconfigured for no address."""
    if not written:
        return None
    try:
        url = yarl.URL(written)
    except ValueError:
        url = yarl.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise Misconfigured("bad_proxy", "The proxy must be written as http://host:port.")
    return url


def _sendable(value: str | None) -> str:
    """A header's value as it may be sent; '' where it holds what would break the header, or is absurdly long."""
    if value is None or len(value) > 1024 or any(c < " " or c == "\x7f" for c in value):
        return ""
    return value


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
