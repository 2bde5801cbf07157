"""What the steps work with: the network, the readers, the evidence, the database, the clock. Put together here once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connections

from newsreel.archive.claims import Owner
from newsreel.archive.models import Source
from newsreel.archive.snapshots import SnapshotStore
from newsreel.core.errors import Misconfigured, NewsreelError, Permanent, Temporary
from newsreel.core.settings import Settings
from newsreel.core.types import Response
from newsreel.fetching import Fetcher, Policy
from newsreel.pipeline.isolation import Readers

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger("newsreel.pipeline")

DATABASE_THREADS = 4
DATABASE_PATIENCE = 60.0  # seconds for which a lost database is waited for
# Django wraps what happens on its connections; an owner's session is psycopg's own.
_LOST = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


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
    enriches; ``held`` are articles claimed by a batch of enrichment that did not come to its end.
    """

    settings: Settings
    fetcher: Fetcher
    readers: Readers
    thinker: Readers
    snapshots: SnapshotStore
    owner: Owner
    recover: Callable[[], object]
    threads: ThreadPoolExecutor
    costs: Costs = field(default_factory=Costs)
    crawling: asyncio.Lock = field(default_factory=asyncio.Lock)
    enriching: asyncio.Lock = field(default_factory=asyncio.Lock)
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    held: list[int] = field(default_factory=list)
    fault: str = ""  # the outcome that made the last crawl stop: what keeps this house from reading
    rest_until: float = 0.0  # of time.monotonic(): no crawl before, because the house was at fault

    async def db(self, function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
        """Runs a function on the database in a thread. Where the database is lost it is waited for and the function
        runs again: every function given here may run twice.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self.threads, lambda: patiently(lambda: function(*arguments, **options), self.recover)
        )

    def follow(self, settings: Settings) -> None:
        """Other settings from now on: what is under way ends as it began."""
        self.settings = settings
        self.fetcher.follow(Policy.from_settings(settings))

    async def fetch(self, source: Source, url: str, **options: Any) -> Response:
        """Fetches for a source, by its own settings where it has some."""
        async with self.costs.stage("fetch"):
            return await self.fetcher.fetch(
                url,
                allowed_ports=tuple(source.allowed_ports),
                proxy=source.proxy or None,
                ca_file=Path(source.ca_file) if source.ca_file else None,
                gap=source.gap,
                **options,
            )

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


def patiently(work: Callable[[], R], recover: Callable[[], object], patience: float = DATABASE_PATIENCE) -> R:
    """Does some work on this thread's database connection, again with a new one while the database is lost.

    Temporary or Misconfigured 'disk_full' where it has no room left, Misconfigured 'database_lost' where it does not come back.
    """
    deadline = time.monotonic() + patience
    pause = 0.1
    while True:
        try:
            return work()
        except _LOST as error:
            connections.close_all()
            if _is_full(error):
                raise Temporary("disk_full", _DISK_FULL) from None
            if time.monotonic() > deadline:
                raise Misconfigured("database_lost", _LOST_FOR_GOOD.format(patience)) from None
            try:
                recover()
            except NewsreelError as fault:
                if fault.outcome == "disk_full":
                    raise
                log.warning("The database cannot be reached: %s", fault)
            time.sleep(pause)
            pause = min(pause * 2, 2.0)


def _is_full(error: BaseException) -> bool:
    return isinstance(error, psycopg.errors.DiskFull) or isinstance(error.__cause__, psycopg.errors.DiskFull)


_DISK_FULL = "The disk of the database is full: nothing more is stored until there is room."
_LOST_FOR_GOOD = "The database was lost, and did not answer again for {:.0f} seconds: see newsreel doctor."


@asynccontextmanager
async def open_workshop(
    settings: Settings, recover: Callable[[], object], fetcher: Fetcher | None = None
) -> AsyncIterator[Workshop]:
    """The tools of this process, for the running event loop; everything is given back at the end.

    ``fetcher``: another way out than the settings' own.
    """
    conninfo = connections["default"].get_connection_params()
    kept = ("dbname", "user", "password", "host", "port")
    owner = Owner({key: str(value) for key, value in conninfo.items() if key in kept})
    snapshots = SnapshotStore(settings.home / "evidence")
    threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database")
    try:
        way_out = fetcher or Fetcher(Policy.from_settings(settings))
        async with way_out, Readers() as readers, Readers(count=1) as thinker:
            yield Workshop(settings, way_out, readers, thinker, snapshots, owner, recover, threads)
    finally:
        await asyncio.gather(*(_in(threads, _close_own_connection) for _ in range(DATABASE_THREADS)))
        threads.shutdown()
        snapshots.close()
        owner.close()


def _in(threads: ThreadPoolExecutor, work: Callable[[], object]) -> asyncio.Future[object]:
    return asyncio.get_running_loop().run_in_executor(threads, work)


def _close_own_connection() -> None:
    connections.close_all()
    time.sleep(0.02)  # so that each thread takes one of these
