"""One robots.txt per origin, asked for once however many wait for it, remembered for a day."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from copy import copy
from datetime import datetime, timedelta

from newsreel.core.errors import NewsreelError, Temporary
from newsreel.fetching.pacing import BUSY
from newsreel.fetching.robots import RobotsRules

KEPT = timedelta(hours=24)  # RFC 9309, 2.4: not longer
KEPT_FAILURE = timedelta(minutes=5)
MAX_ORIGINS = 2048
# Characters of rules kept in all: as objects they take about 15 times as much.
MAX_WEIGHT = 4 * 1024 * 1024

Outcome = RobotsRules | NewsreelError
Key = tuple[str, str]  # origin, proxy


class RobotsCache:
    """``read`` fetches and judges; what it returns or raises (a NewsreelError) is kept. ``clock`` gives the time."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[datetime, Outcome]] = OrderedDict()
        self._weight = 0
        self._asked: dict[Key, asyncio.Task[Outcome]] = {}

    def __len__(self) -> int:
        """How many origins are remembered."""
        return len(self._kept)

    async def rules(self, key: Key, read: Callable[[], Awaitable[RobotsRules]]) -> RobotsRules:
        """The rules of an origin, or the error that reading them met."""
        kept = self._kept.get(key)
        # Further ahead than anything is kept: the clock was set back since.
        if kept is not None and self._clock() < kept[0] <= self._clock() + KEPT:
            self._kept.move_to_end(key)
            outcome = kept[1]
        else:
            task = self._asked.get(key)
            if task is None:
                task = self._asked[key] = asyncio.create_task(self._read(key, read))
                # What is no NewsreelError is kept from nobody who still waits, and nobody may.
                task.add_done_callback(lambda task: task.cancelled() or task.exception())
            outcome = await asyncio.shield(task)  # one asker's end must not take it from the others
        if isinstance(outcome, NewsreelError):
            raise copy(outcome)  # the kept one is met by many, each with its own traceback
        return outcome

    async def close(self) -> None:
        """Ends what is still being asked."""
        tasks = list(self._asked.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, key: Key, read: Callable[[], Awaitable[RobotsRules]]) -> Outcome:
        outcome: Outcome
        try:
            try:
                outcome = await read()
            except NewsreelError as error:
                outcome = error
            self._keep(key, self._clock() + _how_long(outcome), outcome)
            return outcome
        finally:
            del self._asked[key]

    def _keep(self, key: Key, until: datetime, outcome: Outcome) -> None:
        if key in self._kept:
            self._weight -= _weight(self._kept.pop(key)[1])
        self._kept[key] = (until, outcome)
        self._weight += _weight(outcome)
        while len(self._kept) > MAX_ORIGINS or (self._weight > MAX_WEIGHT and len(self._kept) > 1):
            self._weight -= _weight(self._kept.popitem(last=False)[1][1])


def _how_long(outcome: Outcome) -> timedelta:
    """A day for rules; for a failure as long as the host itself asked, else five minutes. That others speak to the host
    says nothing of its rules.
    """
    if not isinstance(outcome, NewsreelError):
        return KEPT
    if outcome.outcome == BUSY:
        return timedelta(0)
    asked = outcome.retry_after if isinstance(outcome, Temporary) else None
    return KEPT_FAILURE if asked is None else min(timedelta(seconds=max(asked, 1.0)), KEPT_FAILURE)


def _weight(outcome: Outcome) -> int:
    return outcome.weight if isinstance(outcome, RobotsRules) else 0
