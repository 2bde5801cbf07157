"""Fetching a picture for readers: an address in, the bytes of a raster picture out, or a named outcome.

A reader's browser asks our portal only. What the portal fetches for it goes out by the one gate, is bounded in bytes and
time, and is handed on only if its bytes begin a picture of a known kind and sane size. robots.txt is for crawlers: a
picture is asked for here when a person looks at it, once for all readers, and it is not asked for again while it is kept.
"""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import BinaryIO

from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.core.raster import Kind, kind_of, read_raster
from newsreel.core.settings import Settings
from newsreel.core.urls import host_of
from newsreel.fetching import Fetcher, Lanes, Limits, Policy
from newsreel.pipeline.picture_cache import PictureCache

MEGABYTE = 1_000_000
MAX_PIXELS = 50 * MEGABYTE
LIMITS = Limits(
    wire_bytes=8 * MEGABYTE, decoded_bytes=8 * MEGABYTE, total_seconds=10.0, connect_seconds=5.0, redirects=4
)
PATIENCE = 20.0  # seconds, waiting for a turn included
AT_ONCE, AT_ONCE_OF_A_HOST = 16, 4
# Pictures being fetched or waited for; beyond that a reader is told to come again. A host's share is smaller, so that
# one that answers slowly does not take the place of all others.
WAITING, WAITING_OF_A_HOST = 160, 40
ACCEPT = "image/avif, image/webp, image/png, image/jpeg, image/gif, */*;q=0.1"
_KEPT_PERMANENT, _KEPT_TEMPORARY = 600.0, 60.0  # seconds for which it is remembered that there is no picture
_MAX_REMEMBERED = 4096


class BusyError(Exception):
    """Too many pictures are being fetched already."""


@dataclass(slots=True)
class Picture:
    """A picture to be handed on. ``file`` is to be closed; ``size`` in bytes."""

    kind: Kind
    size: int
    file: BinaryIO


@dataclass(slots=True)
class _Flight:
    """One fetch and how many wait for it. It gives the body, or None where the cache has it meanwhile."""

    task: asyncio.Task[bytes | None]
    waiting: int = 0


class Pictures:
    """The pictures of one web process: made anywhere, used within one event loop, closed at the end.

    ``open_fetcher`` makes the way out when it is first needed; ``clock`` is monotonic seconds.
    """

    def __init__(
        self,
        cache: PictureCache,
        open_fetcher: Callable[[], Fetcher],
        *,
        limits: Limits = LIMITS,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = cache
        self._open_fetcher = open_fetcher
        self._limits = limits
        self._patience = patience
        self._clock = clock
        self._fetcher: Fetcher | None = None
        self._opening = asyncio.Lock()
        self._ended = False
        self._flights: dict[str, _Flight] = {}
        self._hosts: Counter[str] = Counter()
        self._failures: OrderedDict[str, tuple[float, NewsreelError]] = OrderedDict()

    @classmethod
    def from_settings(cls, chosen: Settings) -> Pictures:
        """As an installation has them: its gate, and the folder ``pictures`` of its data."""
        cache = PictureCache(chosen.home / "pictures", chosen.picture_cache * MEGABYTE)
        policy = Policy.from_settings(chosen)
        return cls(cache, lambda: Fetcher(policy, pacer=Lanes(AT_ONCE_OF_A_HOST, AT_ONCE)))

    async def get(self, address: str) -> Picture:
        """The picture at an address. NewsreelError where there is none to be had, BusyError where it is not the time."""
        if (kept := await asyncio.to_thread(self._from_cache, address)) is not None:
            return kept
        flight = self._flights.get(address) or self._start(address)
        flight.waiting += 1
        try:
            body = await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            if self._ended and flight.task.cancelled():  # the server ends, not this asker
                raise BusyError from None
            raise
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                self._abandon(address, flight)
        # From the disk where it is there now: a reader who takes the picture slowly then holds no memory.
        kept = await asyncio.to_thread(self._from_cache, address)
        if kept is not None:
            return kept
        if body is None:
            raise Temporary("incomplete", "The picture was put away while it was being read.")
        return Picture(checked(body), len(body), io.BytesIO(body))

    async def close(self) -> None:
        """Ends what is under way, and fetches no more."""
        self._ended = True
        tasks = [flight.task for flight in self._flights.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._fetcher is not None:
            fetcher, self._fetcher = self._fetcher, None
            await fetcher.close()

    def _start(self, address: str) -> _Flight:
        until, failure = self._failures.get(address, (0.0, None))
        if failure is not None and self._clock() < until:
            raise copy(failure)  # met by many, each with its own traceback
        host = host_of(address)
        if self._ended or sum(self._hosts.values()) >= WAITING or self._hosts[host] >= WAITING_OF_A_HOST:
            raise BusyError
        self._hosts[host] += 1
        flight = self._flights[address] = _Flight(asyncio.create_task(self._fly(address), name="newsreel-picture"))
        flight.task.add_done_callback(lambda task: self._landed(address, host, flight))
        return flight

    def _abandon(self, address: str, flight: _Flight) -> None:
        """Nobody waits any more: the fetch ends, and who asks now has a new one."""
        if not flight.task.done() and self._flights.get(address) is flight:
            del self._flights[address]
            flight.task.cancel()

    def _landed(self, address: str, host: str, flight: _Flight) -> None:
        if self._flights.get(address) is flight:
            del self._flights[address]
        self._hosts[host] -= 1
        if not self._hosts[host]:
            del self._hosts[host]
        error = None if flight.task.cancelled() else flight.task.exception()
        if isinstance(error, NewsreelError):
            self._remember(address, error)

    def _remember(self, address: str, error: NewsreelError) -> None:
        kept = _KEPT_PERMANENT if isinstance(error, Permanent) else _KEPT_TEMPORARY
        self._failures[address] = (self._clock() + kept, error.with_traceback(None))
        self._failures.move_to_end(address)
        while len(self._failures) > _MAX_REMEMBERED:
            self._failures.popitem(last=False)

    async def _fly(self, address: str) -> bytes | None:
        try:
            async with asyncio.timeout(self._patience):
                # Once more, for the flight before this one may have ended since the asker looked.
                if (kept := await asyncio.to_thread(self._from_cache, address)) is not None:
                    kept.file.close()
                    return None
                fetcher = await self._way_out()
                answer = await fetcher.fetch(address, accept=ACCEPT, limits=self._limits, gap=0.0, robots=False)
        except TimeoutError:
            raise Temporary("timed_out", "There was no turn for the picture in time.") from None
        checked(answer.body)
        await asyncio.to_thread(self._cache.keep, address, answer.body)
        return answer.body

    async def _way_out(self) -> Fetcher:
        async with self._opening:
            if self._fetcher is None:
                self._fetcher = await self._open_fetcher().__aenter__()
            return self._fetcher

    def _from_cache(self, address: str) -> Picture | None:
        file = self._cache.open(address)
        if file is None:
            return None
        kind = kind_of(file.read(64))  # whatever became of the file: only a picture is handed on
        file.seek(0)
        if kind is None:
            file.close()
            return None
        return Picture(kind, os.fstat(file.fileno()).st_size, file)


def checked(body: bytes) -> Kind:
    """The kind of picture that these bytes are. Permanent not_a_picture or picture_too_large for anything else."""
    raster = read_raster(body)
    if raster is None:
        raise Permanent("not_a_picture", "What the address holds is no JPEG, PNG, GIF, WebP or AVIF picture.")
    if raster.pixels > MAX_PIXELS:
        raise Permanent("picture_too_large", f"The picture has more than {MAX_PIXELS:,} pixels.")
    return raster.kind
