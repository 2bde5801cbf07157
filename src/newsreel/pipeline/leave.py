"""This process's leave to speak to hosts: leases that are confirmed again and again, and given back after their gap.

Every request of the crawl, and of adding a site, goes through ``Leave.speak``. What it promises is said in
archive/leases.py: where a lease can no longer be confirmed, a request waits, and one that is under way is broken off.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import psycopg

from newsreel.archive import leases
from newsreel.archive.claims import Owner
from newsreel.core.errors import Temporary
from newsreel.fetching import BUSY

R = TypeVar("R")
log = logging.getLogger("newsreel.leave")

PROLONG_SECONDS = 45.0
FREE_SECONDS = 2.0  # between two looks for leases of the dead
IDLE_SECONDS = 1.0  # a host that nobody has asked anything of for so long is given back
LOAN_PATIENCE = 5.0  # for a host that another worker holds, who may wait for one of ours
CONFIRM_PATIENCE = 90.0  # then a request is not made at all


class LeaseLost(Exception):  # noqa: N818 - as the other errors here, it is named for what happened
    """Another may speak to the host now: what is under way there is given up, and nothing is written of it."""


def awake() -> float:
    """Seconds by a clock that nobody sets, and that does not stand still while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def busy(host: str) -> Temporary:
    """The error of a request that has to come later because of another worker's."""
    return Temporary(BUSY, f"Another worker is reading {host}: this address has to wait for its turn.")


@dataclass(slots=True)
class _Lease:
    until: float
    taken: float  # when it was known that we have it
    used: float
    working: bool = False  # the crawl is at work there; else it is a loan, or about to be given back
    users: int = 0
    limits: set[asyncio.Timeout] = field(default_factory=set)


class Leave:
    """``rest``: seconds for which a host is still to be left in peace. ``clock`` as ``awake``.

    ``async with leave.kept():`` confirms and gives back as long as it lasts.
    """

    def __init__(
        self, owner: Owner, rest: Callable[[str], float] = lambda host: 0.0, clock: Callable[[], float] = awake
    ) -> None:
        self._owner, self._rest, self.clock = owner, rest, clock
        self.changing = (
            asyncio.Lock()
        )  # held by who claims: what is given back at that moment must not be claimed as our own
        self._leases: dict[str, _Lease] = {}
        self._told = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="leave")
        self._prolonged = self._freed = float("-inf")
        self._sessions = 0

    def take(self, hosts: Iterable[str], asked: float) -> None:
        """Hosts that were claimed for work, by a claim that was begun at ``asked`` (of ``clock``)."""
        # A confirmation that was asked for while the claim was on its way may not have seen it, and says nothing of it.
        known = self.clock()
        for host in hosts:
            lease = self._leases.setdefault(host, _Lease(0.0, known, asked))
            lease.working, lease.taken = True, known
            self._stands(lease, asked)

    def finish(self, host: str) -> None:
        """The work at a host is done: it is given back as soon as its gap has passed."""
        if (lease := self._leases.get(host)) is not None:
            lease.working = False

    def holds(self, host: str) -> bool:
        """Whether a host is still ours as far as we know."""
        return host in self._leases

    @asynccontextmanager
    async def speak(self, host: str) -> AsyncIterator[None]:
        """For one request to a host: waits until its lease is certain, borrows it where we have none, and raises LeaseLost
        as soon as it is not certain any more. Temporary 'host_busy' where another holds what is to be borrowed.
        """
        lease = self._leases.get(host) or await self._borrow(host)
        lease.users += 1
        limit = asyncio.timeout(None)
        try:
            await self._certain(host, lease)
            try:
                async with limit:
                    limit.reschedule(self._loop_time(lease.until))
                    lease.limits.add(limit)
                    yield
            except TimeoutError:
                if not limit.expired():
                    raise
                raise LeaseLost if lease.working else busy(host) from None
        finally:
            lease.limits.discard(limit)
            lease.users -= 1
            lease.used = self.clock()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Confirms, gives back and frees, until the end; then everything is given back."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._give_back(list(self._leases))
            self._thread.shutdown()

    async def _borrow(self, host: str) -> _Lease:
        deadline = self.clock() + LOAN_PATIENCE
        while self.clock() < deadline:
            asked = self.clock()
            try:
                async with self.changing:
                    if await self._in_thread(partial(leases.borrow, self._owner, host)):
                        return self._leases.setdefault(host, _Lease(asked + leases.VALID_SECONDS, self.clock(), asked))
            except psycopg.Error:  # a lost database: what is stored next waits for it, and says so
                pass
            await asyncio.sleep(random.uniform(0.3, 0.8))  # noqa: S311 - so that two do not ask in step
        raise busy(host)

    async def _certain(self, host: str, lease: _Lease) -> None:
        deadline = self.clock() + CONFIRM_PATIENCE
        while self._leases.get(host) is lease and self.clock() < deadline:
            if self.clock() < lease.until:
                return
            told = self._told
            try:
                async with asyncio.timeout(1.0):
                    await told.wait()
            except TimeoutError:
                continue
        raise LeaseLost if lease.working else busy(host)

    async def _keep(self) -> None:
        while True:
            try:
                await self._beat()
            except psycopg.Error as error:
                log.debug("Leases cannot be confirmed: %s", type(error).__name__)
            except Exception as error:
                # Without this no lease would ever be certain again, and nobody would see why.
                log.error("Leases could not be confirmed this time: %s", type(error).__name__)
            await asyncio.sleep(leases.CONFIRM_SECONDS)

    async def _beat(self) -> None:
        if self._leases:
            await self._confirm()
            async with self.changing:
                await self._give_back([host for host, lease in self._leases.items() if self._is_idle(host, lease)])
        if self.clock() - self._freed > FREE_SECONDS:
            self._freed = self.clock()
            if freed := await self._in_thread(partial(leases.free_the_dead, self._owner)):
                log.info("%d hosts of workers that are no more were made free.", len(freed))

    def _is_idle(self, host: str, lease: _Lease) -> bool:
        unused = not (lease.working or lease.users) and self.clock() - lease.used > IDLE_SECONDS
        return unused and self._rest(host) <= 0

    async def _confirm(self) -> None:
        asked = self.clock()
        # After another session than before the lock was not held for a while: who took a host then is waited for.
        prolong = asked - self._prolonged > PROLONG_SECONDS or self._owner.sessions != self._sessions
        sessions = self._owner.sessions
        ours = await self._in_thread(partial(leases.confirm, self._owner, prolong=prolong))
        if prolong:
            self._prolonged, self._sessions = asked, self._owner.sessions
        elif self._owner.sessions != sessions:
            return  # it is another session since just now: the next time prolongs
        for host, lease in list(self._leases.items()):
            if host in ours:
                self._stands(lease, asked)
            elif lease.taken < asked:
                self._lose(host)
        told, self._told = self._told, asyncio.Event()
        told.set()

    def _stands(self, lease: _Lease, asked: float) -> None:
        lease.until = max(lease.until, asked + leases.VALID_SECONDS)
        for limit in lease.limits:
            limit.reschedule(self._loop_time(lease.until))

    def _lose(self, host: str) -> None:
        lease = self._leases.pop(host)
        for limit in lease.limits:
            limit.reschedule(self._loop_time(self.clock()))
        log.warning("The lease of %s was lost: its work is left to whoever has it now.", host)

    async def _give_back(self, hosts: list[str]) -> None:
        rests = {host: max(self._rest(host), 0.0) for host in hosts}
        for host in hosts:
            del self._leases[host]
        try:
            await self._in_thread(partial(leases.give_back, self._owner, rests))
        except psycopg.Error:
            log.debug("Leases could not be given back: they end by themselves.")

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _loop_time(self, moment: float) -> float:
        return asyncio.get_running_loop().time() + moment - self.clock()
