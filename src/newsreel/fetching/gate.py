"""The gate: the one place where sockets to the outside are made, with the check on what they really connect to.

The check sits after the look-up of a name and before the connection, twice: the resolver hands on vetted addresses
only, and the socket factory judges the very address of the connection, so that numbers (which never come to a
resolver), changed look-ups (DNS rebinding) and mistakes elsewhere end here too.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from newsreel.fetching.addresses import is_public

# (family, type, protocol, canonical name, socket address), as getaddrinfo gives it
AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]
SocketFactory = Callable[[AddressInfo], socket.socket]

_LOOKUPS_AT_ONCE = 16
_KEPT_ALIVE_SECONDS = 15.0
_NAMES_KEPT_SECONDS = 60


class AddressRefusedError(OSError):
    """A name or a connection that leads to an address which is not of the public internet."""


class SystemResolver(AbstractResolver):
    """The system's own look-up, in threads of its own: a dead name server must not hold up other work."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. OSError where there are none."""

        def look_up() -> list[tuple[Any, ...]]:
            flags = socket.AI_ADDRCONFIG
            return list(socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=flags))

        found: list[ResolveResult] = []
        for kind, _, protocol, _, address in await asyncio.get_running_loop().run_in_executor(self._threads, look_up):
            if kind in (socket.AF_INET, socket.AF_INET6):
                name = f"{address[0]}%{address[3]}" if kind == socket.AF_INET6 and address[3] else address[0]
                found.append(
                    {"hostname": host, "host": name, "port": port, "family": kind, "proto": protocol, "flags": 0}
                )
        return found

    async def close(self) -> None:
        """Lets go of the threads; a look-up under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _CheckedResolver(AbstractResolver):
    """Hands on what another found: public addresses only, or (``anywhere``) all, but never nothing, which aiohttp
    does not expect.
    """

    def __init__(self, inner: AbstractResolver, anywhere: bool) -> None:
        self._inner = inner
        self._anywhere = anywhere

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found:
            raise OSError("the name has no address")
        allowed = [entry for entry in found if self._anywhere or is_public(entry["host"])]
        if not allowed:
            raise AddressRefusedError("the name leads to addresses that are not public")
        return allowed

    async def close(self) -> None:
        return None


def plain_socket(info: AddressInfo) -> socket.socket:
    """A socket for an address that was judged before."""
    return socket.socket(family=info[0], type=info[1], proto=info[2])


def guarded(make: SocketFactory) -> SocketFactory:
    """A socket factory that makes none but for public addresses."""

    def factory(info: AddressInfo) -> socket.socket:
        if not is_public(str(info[4][0])):
            raise AddressRefusedError("the connection would leave the public internet")
        return make(info)

    return factory


class Gate:
    """The two ways out: ``guarded`` for all the world, ``trusted`` for what a setting names (the proxy, exceptions).

    To be made and closed within a running loop. ``resolver`` and ``make_socket`` take the place of the system's.
    """

    def __init__(self, resolver: AbstractResolver | None = None, make_socket: SocketFactory | None = None) -> None:
        self._own = SystemResolver() if resolver is None else None
        inner = resolver or self._own
        assert inner is not None
        make = make_socket or plain_socket
        self.guarded = _session(_CheckedResolver(inner, anywhere=False), guarded(make))
        self.trusted = _session(_CheckedResolver(inner, anywhere=True), make)

    async def close(self) -> None:
        """Closes every connection."""
        await self.guarded.close()
        await self.trusted.close()
        if self._own is not None:
            await self._own.close()
        await asyncio.sleep(0)  # transports of TLS connections are let go of in the loop's next round


def _session(resolver: AbstractResolver, make_socket: SocketFactory) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=resolver,
        socket_factory=make_socket,
        limit=0,  # the pacer bounds: one a host
        ttl_dns_cache=_NAMES_KEPT_SECONDS,
        keepalive_timeout=_KEPT_ALIVE_SECONDS,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None),
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
    )
