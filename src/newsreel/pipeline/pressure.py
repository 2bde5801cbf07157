"""Back-pressure: how many pages may be under way, by how long the archive takes to store one.

A page that has been fetched must be stored: a crawl that fetches faster than that only fills the memory, and asks a
publisher for pages that wait. Below SLOW_SECONDS a page nothing is held back; beyond, fewer at once, in proportion; from
PAUSE_SECONDS on a single page at a time tries whether it is better again, and people are told why.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

SLOW_SECONDS = 1.0
PAUSE_SECONDS = 5.0
WEIGHT = 0.3  # of the latest page in the moving average
POLL_SECONDS = 0.2
STORAGE_SLOW = "storage_slow"


def allowed(delay: float, most: int) -> int:
    """How many pages may be under way when one takes ``delay`` seconds to store, of at most ``most``; never none, for
    only a page shows that it is better.
    """
    if delay <= SLOW_SECONDS:
        return most
    return 1 if delay >= PAUSE_SECONDS else max(1, int(most * SLOW_SECONDS / delay))


class Pressure:
    """What was measured in this process. ``clock`` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._mean = 0.0
        self._storing: dict[int, float] = {}
        self._number = 0
        self._pages = 0

    @property
    def delay(self) -> float:
        """Seconds that a page takes to store: the moving average, or the age of the oldest that still is being stored."""
        oldest = min(self._storing.values(), default=None)
        return self._mean if oldest is None else max(self._mean, self._clock() - oldest)

    @property
    def trouble(self) -> str:
        """The outcome that is to be told to people; '' where nothing is held up."""
        return STORAGE_SLOW if self.delay >= PAUSE_SECONDS else ""

    @contextmanager
    def storing(self) -> Iterator[None]:
        """Around what stores a page; one that breaks off says nothing of speed."""
        self._number += 1
        number, started = self._number, self._clock()
        self._storing[number] = started
        try:
            yield
            took = self._clock() - started
            # That it is slow is believed at once, that it is quick again page by page.
            self._mean = max(took, self._mean + WEIGHT * (took - self._mean))
        finally:
            del self._storing[number]

    @asynccontextmanager
    async def page(self, most: int) -> AsyncIterator[None]:
        """Around a page or channel, from before its fetch until it is stored: waits until there is room for one more."""
        # Where nothing is slow nothing is counted: hosts that do not answer wait in great number, and store nothing.
        while self.delay > SLOW_SECONDS and self._pages >= allowed(self.delay, most):  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(POLL_SECONDS)
        self._pages += 1
        try:
            yield
        finally:
            self._pages -= 1
