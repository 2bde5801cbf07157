"""A line in which requests wait for one desk: bounded in length and in time, the oldest first. Event loop only."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time

MOST = 100  # who wait; at some 0.1 s each the last of them waits ten seconds
PATIENCE = 12.0  # seconds that one waits in place, with a browser that shows nothing; then the waiting page says more
# While others wait, the desk rests for one and a half times as long as one has taken (at most so many seconds): most of
# the processor's time stays for pages, whose slowest twentieth counts. Whoever comes alone is not kept waiting.
REST = 0.4
REST_SHARE = 1.5
AWAY = (3, 120)  # seconds after which somebody who was sent away is told to come again: at least, at most

_Place = tuple[float, int, "asyncio.Future[bool]"]


class Line:
    """One is served at a time. Whoever is sent away is told when it will be their turn, and is then before the younger ones."""

    def __init__(self, most: int = MOST, patience: float = PATIENCE, rest: float = REST) -> None:
        self._most, self._patience, self._rest = most, patience, rest
        self._waiting: list[_Place] = []
        self._numbers = itertools.count()
        self._taken = False
        self._began = 0.0
        self._pace = 0.1  # seconds that one takes, as seen lately
        self._booked = 0.0  # until when those who were sent away will keep the desk busy

    async def turn(self, since: float) -> bool:
        """Waits. True: served now, and ``done`` must be called. False: too many wait, or it took too long.

        ``since`` is when one came first (seconds since the epoch).
        """
        if not self._taken:
            self._take()
            return True
        place = (since, next(self._numbers), asyncio.get_running_loop().create_future())
        heapq.heappush(self._waiting, place)
        if len(self._waiting) > self._most:
            self._send_away(max(self._waiting))
        try:
            return await asyncio.wait_for(asyncio.shield(place[2]), self._patience)
        except TimeoutError:
            return self._leave(place)
        except asyncio.CancelledError:
            if self._leave(place):
                self.done()
            raise

    def refuses(self, since: float) -> bool:
        """Whether one who came first at this time would be sent away at once."""
        return self._taken and len(self._waiting) >= self._most and since >= max(self._waiting)[0]

    def done(self) -> None:
        """The one that was served is; the next is called, after a rest."""
        took = max(time.monotonic() - self._began, 0.01)
        rest = min(REST_SHARE * took, self._rest)
        self._pace += (min(took + rest, 3 * self._pace) - self._pace) / 20  # one that hangs is not the rule
        if self._waiting and rest:
            asyncio.get_running_loop().call_later(rest, self._call)
        else:
            self._call()

    def _call(self) -> None:
        self._taken = False
        while self._waiting and not self._taken:
            _, _, called = heapq.heappop(self._waiting)
            if not called.done():
                self._take()
                called.set_result(True)

    def come_again(self, waited: float = 0.0) -> int:
        """Whole seconds after which somebody who is sent away should come: each is given a time of their own, so that
        they do not come all at once, and again and again. Whoever has waited (so many seconds) and is sent away once more,
        because all takes longer than was thought, is not put behind those who came after.
        """
        now = time.monotonic()
        line = len(self._waiting) * self._pace
        if waited > 1:
            return min(max(AWAY[0], math.ceil(line / 2)), AWAY[1])
        self._booked = min(max(self._booked, now + line) + self._pace, now + AWAY[1])
        return max(AWAY[0], math.ceil(self._booked - now))

    def _take(self) -> None:
        self._taken, self._began = True, time.monotonic()

    def _send_away(self, place: _Place) -> None:
        self._waiting.remove(place)
        heapq.heapify(self._waiting)
        place[2].set_result(False)

    def _leave(self, place: _Place) -> bool:
        """Out of the line; True where one was called in this very moment."""
        if place[2].done():
            return place[2].result()
        self._send_away(place)
        return False
