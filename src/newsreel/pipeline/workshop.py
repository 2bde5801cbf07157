"""What the steps work with: the network, the readers, the evidence, the database, the clock. Put together here once."""

from __future__ import annotations

import asyncio
import logging
import resource
import threading
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.db import connections

from newsreel.archive.claims import Owner
from newsreel.archive.clock import DatabaseClock
from newsreel.archive.models import Source
from newsreel.archive.snapshots import SnapshotStore
from newsreel.core.errors import Permanent
from newsreel.core.settings import Settings
from newsreel.core.types import Response
from newsreel.fetching import Fetcher, Policy, Terms
from newsreel.fetching.pacing import Pacer
from newsreel.pipeline.isolation import Readers
from newsreel.pipeline.leave import Leave
from newsreel.pipeline.patience import patiently
from newsreel.pipeline.pressure import Pressure
from newsreel.pipeline.together import Together

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
log = logging.getLogger("newsreel.pipeline")

DATABASE_THREADS = 4
MOST_DESCRIPTORS = 8192


@dataclass
class Costs:
    """Where the time of a crawl went: seconds and calls by stage, outcomes by name."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    @asynccontextmanager
    async def stage(self, name: str) -> AsyncIterator[None]:
        """Counts what is done inside."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - started
            self.calls[name] += 1


@dataclass
class Workshop:
    """One process's tools. ``recover`` brings an embedded database back; ``readers`` read foreign bytes, ``thinker``
    enriches; ``held`` are articles claimed by a batch of enrichment that did not come to its end; ``asking`` are the tasks that
    wait for an answer from outside.
    """

    settings: Settings
    fetcher: Fetcher
    readers: Readers
    thinker: Readers
    snapshots: SnapshotStore
    owner: Owner
    leave: Leave
    clock: DatabaseClock
    recover: Callable[[], object]
    threads: ThreadPoolExecutor
    costs: Costs = field(default_factory=Costs)
    pressure: Pressure = field(default_factory=Pressure)
    crawling: asyncio.Lock = field(default_factory=asyncio.Lock)
    enriching: asyncio.Lock = field(default_factory=asyncio.Lock)
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    subscribing: asyncio.Lock = field(default_factory=asyncio.Lock)
    held: list[int] = field(default_factory=list)
    asking: dict[asyncio.Task[Any] | None, float] = field(default_factory=dict)  # since when, of time.monotonic()
    batches: dict[Callable[..., Any], Together[Any, Any]] = field(default_factory=dict)
    rest_until: float = 0.0  # of time.monotonic(): no crawl before, because the house was at fault
    fault: str = ""  # its outcome, until a crawl comes to its end or stores something

    async def db(self, function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
        """Runs a function on the database in a thread. Where the database is lost it is waited for and the function
        runs again: every function given here may run twice.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self.threads, lambda: patiently(lambda: function(*arguments, **options), self.recover)
        )

    @property
    def trouble(self) -> str:
        """The outcome of what keeps this worker from its work; '' for nothing."""
        return self.fault or self.pressure.trouble

    async def together(self, function: Callable[[Sequence[T]], object], row: T) -> None:
        """Gives a row to a function that writes many: once for all that are given within a moment. Back when it is written."""
        batch = self.batches.get(function)
        if batch is None:

            async def write(rows: Sequence[T]) -> Sequence[None]:
                await self.db(function, rows)
                return [None] * len(rows)

            batch = self.batches[function] = Together(write)
        await batch.add(row)

    def follow(self, settings: Settings) -> None:
        """Other settings from now on: what is under way ends as it began."""
        self.settings = settings
        self.fetcher.follow(Policy.from_settings(settings))

    async def fetch(self, source: Source, url: str, **options: Any) -> Response:
        """Fetches for a source, by its own settings where it has some."""
        task = asyncio.current_task()
        self.asking[task] = time.monotonic()
        try:
            async with self.costs.stage("fetch"):
                return await self.fetcher.fetch(
                    url,
                    allowed_ports=tuple(source.allowed_ports),
                    proxy=source.proxy or None,
                    ca_file=Path(source.ca_file) if source.ca_file else None,
                    gap=source.gap,
                    terms=terms_of(source),
                    **options,
                )
        finally:
            self.asking.pop(task, None)

    async def read(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Calls a function on foreign bytes, in a child; once more where the child ended over it, for it may have been
        ended from outside (by a system short of memory): only an input over which two ended is at fault.
        """
        async with self.costs.stage(name):
            try:
                return await self.readers.call(name, *arguments, **options)
            except Permanent as error:
                if error.outcome != "reader_crashed":
                    raise
            return await self.readers.call(name, *arguments, **options)


def terms_of(source: Source) -> Terms | None:
    """What is agreed with a source's publisher; None where nothing is, as with most."""
    if not source.headers and not source.free_paths:
        return None
    headers = tuple((str(name), str(value)) for name, value in source.headers)
    return Terms(source.site, headers, tuple(source.free_paths), secure=source.home_url.startswith("https:"))


@asynccontextmanager
async def open_workshop(
    settings: Settings, recover: Callable[[], object], fetcher: Fetcher | None = None
) -> AsyncIterator[Workshop]:
    """The tools of this process, for the running event loop; everything is given back at the end.

    ``fetcher``: another way out than the settings' own.
    """
    _allow_sockets()
    conninfo = connections["default"].get_connection_params()
    kept = ("dbname", "user", "password", "host", "port")
    owner = Owner({key: str(value) for key, value in conninfo.items() if key in kept})
    snapshots = SnapshotStore(settings.home / "evidence")
    threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database")
    try:
        clock = DatabaseClock()
        await asyncio.get_running_loop().run_in_executor(threads, lambda: patiently(clock.look, recover))
        pacer = Pacer(settings.crawl_gap)
        leave = Leave(owner, pacer.rest)
        way_out = fetcher or Fetcher(Policy.from_settings(settings), clock=clock, pacer=pacer, leave=leave.speak)
        async with leave.kept(), way_out, Readers() as readers, Readers(count=1) as thinker:
            yield Workshop(settings, way_out, readers, thinker, snapshots, owner, leave, clock, recover, threads)
    finally:
        everyone = threading.Barrier(DATABASE_THREADS)
        await asyncio.gather(*(_in(threads, partial(_close_own_connection, everyone)) for _ in range(DATABASE_THREADS)))
        threads.shutdown()
        snapshots.close()
        owner.close()


def _allow_sockets() -> None:
    """Many systems give a process 1,024 descriptors until it asks for more; a connection to each host is kept for a while."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(MOST_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _in(threads: ThreadPoolExecutor, work: Callable[[], object]) -> asyncio.Future[object]:
    return asyncio.get_running_loop().run_in_executor(threads, work)


def _close_own_connection(everyone: threading.Barrier) -> None:
    connections.close_all()
    with suppress(
        threading.BrokenBarrierError
    ):  # waits, so that each thread takes one of these, however busy the machine
        everyone.wait(5.0)
