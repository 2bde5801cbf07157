"""The crawl: hosts with something due are leased, read one request after the other, and given back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field

from newsreel.archive import claims, clock, registry
from newsreel.archive.models import Channel, Lead
from newsreel.core.errors import Misconfigured, NewsreelError, Temporary
from newsreel.fetching import BUSY
from newsreel.pipeline import decisions
from newsreel.pipeline.channels import read_channel
from newsreel.pipeline.learning import lessons
from newsreel.pipeline.leave import LeaseLost
from newsreel.pipeline.together import Together
from newsreel.pipeline.visiting import visit
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.crawl")

AT_ONCE = 20  # channels and leads of a host that are looked up together
TURN_SECONDS = 300.0  # then a host is given back, so that a large site does not hold its place for ever
POLL_SECONDS = 0.5
# Places are for hosts that answer. One that lets us wait for longer than this gives up its place and waits aside, where it costs a
# socket and no time of ours; so does one whose reason is only to be written down, and from the start one that did not answer last time.
# With 7,000 live feeds due at one moment beside 600 hosts that fell silent, dead or faulty since they were last read, live feeds were
# asked 7 and 10 % later than without those (benchmarks/crawl.py, twice in one run; single trials of half the size went from -5 to +22 %).
PATIENCE_SECONDS = 0.1
ASIDE_TIMES = 4  # hosts that wait aside, for each place
FAILING_SHARE = 16  # of the places: so many hosts that failed last time are claimed at once while others are due
CLAIM_SHARE = 4  # hosts are claimed when so large a part of the places is free: a fourth


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


@dataclass(eq=False)
class _Turn:
    """A host that is ours for a while. ``aside``: it waits, and holds no place. ``failing``: it did not answer last time. ``found``: new
    addresses that it named. ``answered``: it has given an answer, and not of a server at fault.
    """

    host: str
    aside: bool
    failing: bool
    found: int = 0
    answered: bool = False
    task: asyncio.Task[None] | None = None

    def step_aside(self) -> None:
        """Gives up its place: what is left to do is to write down why."""
        self.aside = True

    def was_answered(self) -> None:
        """Has a place, as hosts that answer have."""
        self.aside, self.answered = False, True


class Crawl:
    """One run of the crawl in this process. ``progress`` is called with the tally after every page; a host that lets us wait
    for longer than ``patience`` seconds waits aside.
    """

    def __init__(
        self,
        shop: Workshop,
        progress: Callable[[Tally], object] | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._shop = shop
        self._patience = patience
        self._progress = progress or (lambda tally: None)
        self._turns: dict[str, _Turn] = {}
        self._ended: list[_Turn] = []
        self._stirred = asyncio.Event()
        self._claimed = time.monotonic()
        self._more = True  # whether the last claim found as much as it asked for
        self._looks = Together(self._look)
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
                if not self._turns and not await self._wait_for_due(to_the_end):
                    break
                await self._rest()
        finally:
            await self._stop()
        return self.tally

    async def _start_more(self) -> None:
        """Claims hosts for the places that are free: some at once, for each claim looks at all that is due."""
        places = self._shop.settings.crawl_hosts
        aside = self._step_aside(places * ASIDE_TIMES)
        room, room_aside = places - (len(self._turns) - aside), places * ASIDE_TIMES - aside
        enough = room * CLAIM_SHARE >= places and self._more
        if self._turns and not enough and time.monotonic() - self._claimed < POLL_SECONDS:
            return
        if room <= 0 and room_aside <= 0:
            return
        self._claimed = time.monotonic()
        failing = min(room_aside, max(places // FAILING_SHARE, 1)) if self._more else room_aside
        hosts = await self._claim(max(room, 0), failing)
        due = await self._shop.db(claims.due_on_hosts, hosts, AT_ONCE) if hosts else {}
        self._more = sum(not work.failing for work in due.values()) >= room
        channels = await self._shop.db(_channels, [pk for work in due.values() for pk in work.channels])
        for host in hosts:
            self._begin(host, due.get(host, claims.DueWork([], [])), channels)

    async def _claim(self, room: int, room_aside: int) -> list[str]:
        """Hosts with something due, now leased to us."""
        leave = self._shop.leave
        async with leave.changing:
            asked = leave.clock()
            hosts = await self._shop.db(claims.claim_hosts, self._shop.owner, room, list(self._turns), room_aside)
            leave.take(hosts, asked)
        return hosts

    def _begin(self, host: str, due: claims.DueWork, channels: dict[int, Channel]) -> None:
        turn = self._turns[host] = _Turn(host, aside=due.failing, failing=due.failing)
        turn.task = asyncio.create_task(self._work(turn, due, channels), name=f"crawl {host}")

        def ended(_: object) -> None:
            self._ended.append(turn)
            self._stirred.set()

        turn.task.add_done_callback(ended)

    def _step_aside(self, most: int) -> int:
        """Lets hosts that do not answer give up their places, as long as there is room aside; how many are there."""
        aside = sum(turn.aside for turn in self._turns.values())
        late = time.monotonic() - self._patience
        for task, since in self._shop.asking.items():
            if since > late or aside >= most:
                break  # in the order in which they began to wait
            turn = self._turns.get(task.get_name().removeprefix("crawl ")) if task is not None else None
            if turn is not None and turn.task is task and not turn.aside:
                turn.aside = True
                aside += 1
        return aside

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
        if not self._turns:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(min(POLL_SECONDS, self._patience)):
                await self._stirred.wait()
        self._stirred.clear()
        while self._ended:
            turn = self._ended.pop()
            if turn.task is not None and not turn.task.cancelled():
                turn.task.result()  # where it failed, the host is among those that _stop gives back
            if self._turns.get(turn.host) is turn:  # it may have been given back, and claimed again since
                del self._turns[turn.host]
        for turn in self._turns.values():
            if not self._shop.leave.holds(turn.host):
                self._cancel(turn)  # another may hold it now: two must not speak to it

    @staticmethod
    def _cancel(turn: _Turn) -> None:
        if turn.task is not None:
            turn.task.cancel()

    async def _stop(self) -> None:
        for turn in self._turns.values():
            self._cancel(turn)
        await asyncio.gather(*(turn.task for turn in self._turns.values() if turn.task), return_exceptions=True)
        await self._looks.drain()
        for host in self._turns:
            self._shop.leave.finish(host)
        self._turns.clear()

    async def _look(self, hosts: Sequence[str]) -> Sequence[claims.DueWork]:
        """What is due now on each of some hosts that we have leased."""
        due = await self._shop.db(claims.due_on_hosts, hosts, AT_ONCE)
        return [due.get(host, claims.DueWork([], [])) for host in hosts]

    async def _work(self, turn: _Turn, due: claims.DueWork, channels: dict[int, Channel]) -> None:
        """Everything due on one host that we have leased; ``due`` and its ``channels`` came with the lease."""
        try:
            until = time.monotonic() + TURN_SECONDS
            while (due.channels or due.leads) and not self.stopping:
                found = turn.found
                if not await self._do(turn, due, [channels[pk] for pk in due.channels if pk in channels]):
                    break
                finished = len(due.channels) < AT_ONCE and not due.leads and turn.found == found
                if finished or time.monotonic() > until:
                    break
                due = await self._looks.add(turn.host)
                channels = await self._shop.db(_channels, due.channels) if due.channels else {}
        except (asyncio.CancelledError, LeaseLost):
            return
        finally:
            self._shop.leave.finish(turn.host)

    async def _do(self, turn: _Turn, due: claims.DueWork, channels: list[Channel]) -> bool:
        """The channels and leads that are due; False where the host is to be left alone."""
        for channel in channels:
            try:
                self.tally.channels += 1
                async with self._room():
                    turn.found += await read_channel(self._shop, channel, turn.step_aside)
            except NewsreelError as error:
                if await self._must_wait(turn, str(channel.source), channel.url, error, channel.failures):
                    return False
            else:
                turn.was_answered()
            self._progress(self.tally)
        leads = await self._shop.db(_leads, due.leads) if due.leads else []
        if leads and not await self._visit(turn, leads):
            return False
        if due.failing or due.stranger:
            await self._shop.together(registry.hosts_answered, turn.host)
        return True

    async def _visit(self, turn: _Turn, leads: list[Lead]) -> bool:
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
                    if await self._must_wait(turn, str(lead.channel.source), lead.url, error, lead.attempts):
                        return False
                else:
                    turn.was_answered()
                self._progress(self.tally)
        return True

    def _room(self) -> AbstractAsyncContextManager[None]:
        """For one page or channel more, as fast as the archive can take them."""
        return self._shop.pressure.page(self._shop.settings.crawl_hosts)

    async def _must_wait(self, turn: _Turn, source: str, url: str, error: NewsreelError, failures: int) -> bool:
        """Whether the whole host is to be left alone for a while: it said so, it does not answer at all, or only with faults."""
        if isinstance(error, Misconfigured) or error.outcome in decisions.HOUSE_FAULTS:
            raise error
        if error.outcome == BUSY:  # another host, to which a redirect led: whoever reads it may want this one meanwhile
            return True
        if decisions.names_its_time(error, failures):
            wait = decisions.retry_in(error, failures) or decisions.BACK_OFF[0]
            await self._shop.together(registry.hosts_wait, registry.Wait(turn.host, wait, named_by_host=True))
            return True
        self.tally.fault(source, url, error)
        silent = isinstance(error, Temporary) and (
            error.retry_after is not None or error.outcome in decisions.HOST_FAILURES
        )
        fault = error.outcome == "server_error" and not turn.answered
        if not (silent or fault):
            turn.answered = True
            return False
        wait = decisions.BACK_OFF[0] if silent or turn.failing else decisions.FIRST_FAULT
        await self._shop.together(registry.hosts_wait, registry.Wait(turn.host, wait, named_by_host=False))
        return True


def _channels(ids: list[int]) -> dict[int, Channel]:
    return Channel.objects.select_related("source").in_bulk(ids) if ids else {}


def _leads(ids: list[int]) -> list[Lead]:
    rows = Lead.objects.select_related("channel__source").in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]
