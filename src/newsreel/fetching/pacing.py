"""Patience: one request at once per host, and a gap after each that grows with the time the host takes to answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from newsreel.fetching.latency import gap_for, heard, next_average

# How long an idle host is remembered at least, in seconds: as long as the longest Crawl-delay that is honoured.
REMEMBERED = 60.0
_SWEEP_EVERY = 1024
# The outcome of a request to a host to which another worker speaks, and that had to be given up for now.
BUSY = "host_busy"


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    ended: float = float("-inf")
    gap: float = 0.0
    latency: float | None = None


class Pacer:
    """Gives turns at hosts, in the order of asking.

    ``gap`` are the seconds at least between the end of a request and the start of the next to the same host: counted
    from the end, so that a slow server gets its rest; latency.py says how much more it gets. ``clock`` is monotonic
    seconds. Of hosts that have been idle for longer than any gap nothing is remembered.
    """

    def __init__(
        self,
        gap: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._gap = gap
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._turns = 0

    def __len__(self) -> int:
        """How many hosts are remembered."""
        return len(self._hosts)

    @asynccontextmanager
    async def turn(self, host: str, gap: float | None = None) -> AsyncIterator[None]:
        """Waits until it is this caller's turn at ``host``, and holds it. ``gap`` takes the place of the usual one."""
        async with self._at(host) as entry:
            least = self._gap if gap is None else gap
            while (rest := entry.ended + gap_for(least, entry.latency) - self._clock()) > 0:
                await self._sleep(rest)
            began = self._clock()
            error: BaseException | None = None
            try:
                yield
            except BaseException as raised:
                error = raised
                raise
            finally:
                entry.ended = self._clock()
                entry.latency = next_average(entry.latency, entry.ended - began, heard(error))
                entry.gap = gap_for(least, entry.latency)

    @asynccontextmanager
    async def _at(self, host: str) -> AsyncIterator[_Host]:
        self._turns += 1
        if self._turns % _SWEEP_EVERY == 0:
            self._forget()
        entry = self._hosts.setdefault(host, _Host())
        entry.waiting += 1
        try:
            async with entry.lock:
                yield entry
        finally:
            entry.waiting -= 1

    def rest(self, host: str) -> float:
        """Seconds until the next request to a host may start; 0 or less where it may now."""
        entry = self._hosts.get(host)
        return 0.0 if entry is None else entry.ended + entry.gap - self._clock()

    def _forget(self) -> None:
        now = self._clock()
        idle = [
            host
            for host, entry in self._hosts.items()
            if not entry.waiting and entry.ended + max(entry.gap, REMEMBERED) <= now
        ]
        for host in idle:
            del self._hosts[host]


@dataclass(slots=True)
class _Lane:
    places: asyncio.Semaphore
    users: int = 0


class Lanes(Pacer):
    """Turns for what a reader waits for: no gap, but ``per_host`` requests at once to one host, and ``in_all`` at all."""

    def __init__(self, per_host: int, in_all: int) -> None:
        super().__init__(gap=0.0)
        self._per_host = per_host
        self._everywhere = asyncio.Semaphore(in_all)
        self._lanes: dict[str, _Lane] = {}

    def __len__(self) -> int:
        """How many hosts are being asked or waited for."""
        return len(self._lanes)

    @asynccontextmanager
    async def turn(self, host: str, gap: float | None = None) -> AsyncIterator[None]:
        """Waits for a place at ``host``, then for one at all, and holds both. There is no gap, whatever ``gap`` says."""
        lane = self._lanes.setdefault(host, _Lane(asyncio.Semaphore(self._per_host)))
        lane.users += 1
        try:
            async with lane.places, self._everywhere:
                yield
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[host]
