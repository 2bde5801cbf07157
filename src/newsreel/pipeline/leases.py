"""Who may speak to a host now: the crawl to those that it has leased, and any fetch to one that it borrows for a request."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from newsreel.archive import paces
from newsreel.archive.claims import Owner
from newsreel.core.errors import Temporary
from newsreel.fetching import BUSY, Pace, Pacer

# Seconds for which a host that another worker holds is waited for: the one that waits holds a host as well, for which
# others may wait. Then the address is put off for some seconds, by chance, so that two that wait for each other part.
PATIENCE = 5.0
POLL = 0.25
PUT_OFF = (5.0, 15.0)
# A loan that one request after another has kept for so long takes no more of them: its lease would run out.
LONGEST_LOAN = 60.0


@dataclass(slots=True)
class _Loan:
    """A borrowed host and how many requests of this process share the loan, one after the other."""

    since: float
    users: int = 0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    held: bool = False
    refused: Temporary | None = None


class Leases:
    """The hosts of one process. ``owner`` leases for the crawl, ``borrower`` (an owner of its own, so that a claim of the
    crawl does not take what is borrowed for its own) for single requests; ``db`` runs a function on the database.
    """

    def __init__(self, db: Callable[..., Awaitable[Any]], owner: Owner, borrower: Owner, pacer: Pacer) -> None:
        self.patience = PATIENCE
        self.put_off = PUT_OFF
        self._db = db
        self._owner = owner
        self._borrower = borrower
        self._pacer = pacer
        self._held: set[str] = set()
        self._loans: dict[str, _Loan] = {}

    async def taken(self, hosts: list[str]) -> None:
        """Hosts that the crawl has just leased: their pace goes on as it was left."""
        if hosts:
            for host, pace in (await self._db(paces.paces, hosts)).items():
                self._pacer.resume(host, pace)
        self._held.update(hosts)

    def lost(self, host: str) -> None:
        """Another holds it now."""
        self._held.discard(host)

    async def give_back(self, hosts: Iterable[str]) -> None:
        """Hosts that the crawl needs no more. Requests to them that a redirect has led there end first."""
        known: dict[str, Pace] = {}
        for host in hosts:
            self._held.discard(host)  # from now on they are borrowed
            async with self._pacer.quiet(host):
                known[host] = self._pacer.pace(host)
        if known:
            await self._db(paces.give_back, self._owner, known)

    @asynccontextmanager
    async def permit(self, host: str) -> AsyncIterator[None]:
        """Leave to speak to a host, for one request. Temporary BUSY where there is none to be had in time; its
        ``retry_after`` says when to come again.
        """
        if host in self._held:
            yield
            return
        now = asyncio.get_running_loop().time()
        loan = self._loans.setdefault(host, _Loan(now))
        if now - loan.since > LONGEST_LOAN:
            raise self._busy(host)
        loan.users += 1
        try:
            async with loan.asking:
                if loan.refused is not None:
                    raise self._busy(host, loan.refused.retry_after)
                if not loan.held:
                    await self._borrow(host, loan)
            yield
        finally:
            loan.users -= 1
            if not loan.users:
                del self._loans[host]
                if loan.held:
                    await asyncio.shield(self._return(host))

    async def _borrow(self, host: str, loan: _Loan) -> None:
        until = asyncio.get_running_loop().time() + self.patience
        while True:
            answer = await self._ask(host)
            if isinstance(answer, Pace):
                loan.held = True
                self._pacer.resume(host, answer)
                return
            if answer > 0 or asyncio.get_running_loop().time() > until:
                loan.refused = self._busy(host, answer or None)
                raise loan.refused
            await asyncio.sleep(POLL)

    async def _ask(self, host: str) -> Pace | float:
        asked = asyncio.ensure_future(self._db(paces.borrow, self._borrower, host))
        try:
            answer: Pace | float = await asyncio.shield(asked)
        except asyncio.CancelledError:  # the statement runs on in its thread: what it got must not stay ours
            if isinstance(await asked, Pace):
                await self._return(host)
            raise
        return answer

    async def _return(self, host: str) -> None:
        await self._db(paces.give_back, self._borrower, {host: self._pacer.pace(host)})

    def _busy(self, host: str, seconds: float | None = None) -> Temporary:
        wait = random.uniform(*self.put_off) if seconds is None else seconds  # noqa: S311 - no secret
        return Temporary(BUSY, f"{host} is being read by another, or is to be left alone for now.", wait)
