"""The crawl: hosts with something due are leased, read one request after the other, and given back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from newsreel.archive import claims, clock, registry
from newsreel.archive.models import Channel, Lead
from newsreel.core.errors import Misconfigured, NewsreelError, Temporary
from newsreel.fetching import BUSY
from newsreel.pipeline import decisions
from newsreel.pipeline.channels import read_channel
from newsreel.pipeline.learning import lessons
from newsreel.pipeline.leave import LeaseLost
from newsreel.pipeline.visiting import visit
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.crawl")

AT_ONCE = 20  # leads of a host that are loaded together
TURN_SECONDS = 300.0  # then a host is given back, so that a large site does not hold its place for ever
POLL_SECONDS = 0.5


@dataclass
class Tally:
    """What a crawl did. ``failed`` is (source, reason) for each channel or page that could not be read."""

    new: int = 0
    changed: int = 0
    pages: int = 0
    channels: int = 0
    failed: list[tuple[str, str, str]] = field(default_factory=list)  # source, address, reason

    def fault(self, source: str, address: str, error: NewsreelError) -> None:
        """Writes down a failure, within bounds."""
        if len(self.failed) < 10_000:
            self.failed.append((source, address, error.reason))


class Crawl:
    """One run of the crawl in this process. ``progress`` is called with the tally after every page."""

    def __init__(self, shop: Workshop, progress: Callable[[Tally], object] | None = None) -> None:
        self._shop = shop
        self._progress = progress or (lambda tally: None)
        self._working: dict[str, asyncio.Task[None]] = {}
        self.tally = Tally()
        self.stopping = False

    async def run(self, *, to_the_end: bool) -> Tally:
        """Does all that is due. ``to_the_end`` also waits for hosts that asked for at most a minute's patience, and for
        what others hold; without it, it returns when nothing is left to start.
        """
        await self._shop.db(clock.mend)
        try:
            while not self.stopping:
                await self._start_more()
                if not self._working and not await self._wait_for_due(to_the_end):
                    break
                await self._rest()
        finally:
            await self._stop()
        return self.tally

    async def _start_more(self) -> None:
        room = self._shop.settings.crawl_hosts - len(self._working)
        if room <= 0:
            return
        leave = self._shop.leave
        async with leave.changing:
            asked = leave.clock()
            hosts = await self._shop.db(claims.claim_hosts, self._shop.owner, room, list(self._working))
            leave.take(hosts, asked)
        for host in hosts:
            if host not in self._working:
                self._working[host] = asyncio.create_task(self._work(host), name=f"crawl {host}")

    async def _wait_for_due(self, to_the_end: bool) -> bool:
        """Whether to go on, when nothing could be claimed."""
        if not to_the_end:
            return False
        seconds = await self._shop.db(claims.seconds_to_next)
        if seconds is None or seconds > decisions.LONGEST_WAIT_FOR_HOST:
            return False
        await asyncio.sleep(min(max(seconds, POLL_SECONDS), 5.0))
        return True

    async def _rest(self) -> None:
        """Until a host is done, or for a moment."""
        if not self._working:
            return
        done, _ = await asyncio.wait(self._working.values(), timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for host in [host for host, task in self._working.items() if task in done]:
            self._working[host].result()  # where it failed, the host is among those that _stop gives back
            del self._working[host]
        for host, task in self._working.items():
            if not self._shop.leave.holds(host):
                task.cancel()  # another may hold it now: two must not speak to it

    async def _stop(self) -> None:
        for task in self._working.values():
            task.cancel()
        await asyncio.gather(*self._working.values(), return_exceptions=True)
        for host in self._working:
            self._shop.leave.finish(host)
        self._working.clear()

    async def _work(self, host: str) -> None:
        """Everything due on one host that we have leased."""
        try:
            until = time.monotonic() + TURN_SECONDS
            while time.monotonic() < until and not self.stopping:
                due = await self._shop.db(claims.due_on_host, host, AT_ONCE)
                if not (due.channels or due.leads) or not await self._do(host, due):
                    break
        except (asyncio.CancelledError, LeaseLost):
            return
        finally:
            self._shop.leave.finish(host)

    async def _do(self, host: str, due: claims.DueWork) -> bool:
        """The channels and leads that are due; False where the host is to be left alone."""
        for channel in await self._shop.db(_channels, due.channels):
            try:
                self.tally.channels += 1
                async with self._room():
                    await read_channel(self._shop, channel)
            except NewsreelError as error:
                if await self._must_wait(host, str(channel.source), channel.url, error, channel.failures):
                    return False
            self._progress(self.tally)
        leads = await self._shop.db(_leads, due.leads)
        if leads and not await self._visit(host, leads):
            return False
        await self._shop.db(registry.host_answered, host)
        return True

    async def _visit(self, host: str, leads: list[Lead]) -> bool:
        """The leads, one after the other; False where the host is to be left alone."""
        async with lessons(self._shop, leads) as taught:
            for lead in leads:
                try:
                    self.tally.pages += 1
                    async with self._room():
                        stored = await visit(self._shop, lead, taught)
                    self.tally.new += stored == "new"
                    self.tally.changed += stored == "changed"
                except NewsreelError as error:
                    if await self._must_wait(host, str(lead.channel.source), lead.url, error, lead.attempts):
                        return False
                self._progress(self.tally)
        return True

    def _room(self) -> AbstractAsyncContextManager[None]:
        """For one page or channel more, as fast as the archive can take them."""
        return self._shop.pressure.page(self._shop.settings.crawl_hosts)

    async def _must_wait(self, host: str, source: str, url: str, error: NewsreelError, failures: int) -> bool:
        """Whether the whole host is to be left alone for a while: it said so, or it does not answer at all."""
        if isinstance(error, Misconfigured) or error.outcome in decisions.HOUSE_FAULTS:
            raise error
        if error.outcome == BUSY:  # another host, to which a redirect led: whoever reads it may want this one meanwhile
            return True
        if decisions.names_its_time(error, failures):
            wait = decisions.retry_in(error, failures) or decisions.BACK_OFF[0]
            await self._shop.db(registry.host_waits, host, wait, named_by_host=True)
            return True
        self.tally.fault(source, url, error)
        if isinstance(error, Temporary) and (error.retry_after is not None or error.outcome in decisions.HOST_FAILURES):
            await self._shop.db(registry.host_waits, host, decisions.BACK_OFF[0], named_by_host=False)
            return True
        return False


def _channels(ids: list[int]) -> list[Channel]:
    rows = Channel.objects.select_related("source").in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def _leads(ids: list[int]) -> list[Lead]:
    rows = Lead.objects.select_related("channel__source").in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]
