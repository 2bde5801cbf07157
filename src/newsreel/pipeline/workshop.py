"""What the steps work with: the network, the readers, the evidence, the database, the clock. Put together here once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connections

from newsreel.archive.claims import Owner
from newsreel.archive.models import Source
from newsreel.archive.snapshots import SnapshotStore
from newsreel.core.errors import NewsreelError
from newsreel.core.settings import Settings
from newsreel.core.types import Response
from newsreel.fetching import Fetcher, Policy
from newsreel.pipeline.isolation import Readers

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger("newsreel.pipeline")

DATABASE_THREADS = 4
DATABASE_PATIENCE = 60.0  # seconds for which a lost database is waited for
_LOST = (OperationalError, InterfaceError)


@dataclass
class Costs:
    """Where the time of a crawl went: seconds and calls by stage, outcomes by name."""

    seconds: Counter[str] = field(default_factory=Counter)
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
    """One process's tools. ``recover`` brings an embedded database back."""

    settings: Settings
    fetcher: Fetcher
    readers: Readers
    snapshots: SnapshotStore
    owner: Owner
    recover: Callable[[], object]
    threads: ThreadPoolExecutor
    costs: Costs = field(default_factory=Costs)
    crawling: asyncio.Lock = field(default_factory=asyncio.Lock)
    enriching: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def db(self, function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
        """Runs a function on the database in a thread. Where the database is lost it is waited for and the function
        runs again: every function given here may run twice.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self.threads, lambda: patiently(lambda: function(*arguments, **options), self.recover)
        )

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
        """Calls a function on foreign bytes, in a child."""
        async with self.costs.stage(name):
            return await self.readers.call(name, *arguments, **options)


def patiently(work: Callable[[], R], recover: Callable[[], object], patience: float = DATABASE_PATIENCE) -> R:
    """Does some work on this thread's database connection, again with a new one while the database is lost."""
    deadline = time.monotonic() + patience
    pause = 0.1
    while True:
        try:
            return work()
        except _LOST:
            connections.close_all()
            if time.monotonic() > deadline:
                raise
            try:
                recover()
            except NewsreelError as error:
                log.warning("The database cannot be reached: %s", error)
            time.sleep(pause)
            pause = min(pause * 2, 2.0)


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
        async with fetcher or Fetcher(Policy.from_settings(settings)) as way_out, Readers() as readers:
            yield Workshop(settings, way_out, readers, snapshots, owner, recover, threads)
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
