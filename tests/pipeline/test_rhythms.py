"""Feeds of different rhythms, over weeks of simulated time: how often each is read, and how much of what it then shows is known."""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from newsreel.core.types import Entry
from newsreel.pipeline import polling
from newsreel.pipeline.polling import State

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
DAY = 86_400.0
SETTLED = 7  # days


@dataclass(frozen=True)
class Measured:
    """Of a feed once it has settled: readings a day, the share of shown entries that were known, and of all entries those never seen."""

    a_day: float
    known: float
    lost: float


def arrivals(seed: int, a_day: float, days: int, awake: Callable[[float], bool] = lambda hour: True) -> list[float]:
    """Moments at which a feed brings entries, at random, in the hours in which it is awake; from long before the first reading."""
    chance, found, at = random.Random(seed), [], -500 / a_day * DAY
    while at < days * DAY:
        at += chance.expovariate(a_day / DAY)
        if awake(at / 3600 % 24):
            found.append(at)
    return found


def follow(feed: list[float], window: int, days: int, hint: int = 0) -> Measured:
    """Reads a feed that shows its last ``window`` entries, as polling says."""
    state = State(key=f"{window}", url="https://a.test/feed")
    at, seen, readings, shown, new, lost = 0.0, 0, 0, 0, 0, 0
    while at < days * DAY:
        so_far = bisect.bisect_right(feed, at)
        fresh = min(so_far - seen, window)
        if at > SETTLED * DAY:
            readings, shown, new, lost = readings + 1, shown + window, new + fresh, lost + so_far - seen - fresh
        seen, now = so_far, BEGIN + timedelta(seconds=at)
        interval = polling.next_interval(state, window, fresh, now, 900)
        at += polling.wait_for(state, interval, hint, now, 900)
        state = replace(
            state, interval=interval, last_ok_at=now, last_new_at=now if fresh else state.last_new_at, window=window
        )
    return Measured(readings / (days - SETTLED), 1 - new / shown, lost / max(new + lost, 1))


def by_day(hour: float) -> bool:
    """A paper that is silent at night."""
    return 6 <= hour < 22


@pytest.mark.parametrize(
    ("feed", "window", "days", "a_day", "known", "lost"),
    [
        # Measured, in this order: 4.4, 9.2, 110.3, 21.1 and 5.8 readings a day, 55, 56, 55, 68 and 66 % known, 0.1 to 0.6 % lost.
        (arrivals(1, 40, 60), 20, 60, (3, 7), (1 / 3, 2 / 3), 0.01),
        (arrivals(2, 40, 60), 10, 60, (7, 14), (1 / 3, 2 / 3), 0.02),
        (arrivals(3, 1000, 20), 20, 20, (90, 150), (1 / 3, 2 / 3), 0.01),
        (arrivals(4, 300, 40, by_day), 30, 40, (12, 30), (1 / 3, 0.7), 0.01),
        (arrivals(5, 60, 60, by_day), 20, 60, (3, 10), (1 / 3, 0.7), 0.02),
        # Below the frame's end the aim cannot be met: one a week is looked for once a day; five a minute, every five minutes.
        (arrivals(6, 1 / 7, 300), 20, 300, (0.9, 1.6), (0.97, 1), 0),
        (arrivals(7, 7200, 9), 20, 9, (250, 289), (0, 0.1), 0.5),
        # A list of 200 is read as one of thirty: somebody waits for the news in it.
        (arrivals(8, 400, 20), 200, 20, (20, 50), (0.9, 1), 0),
        # The only entry of a feed: few are missed, at the price of looking often.
        (arrivals(9, 1, 100), 1, 100, (4, 16), (0.7, 0.95), 0.1),
    ],
    ids=[
        "40 a day",
        "40 a day of 10",
        "1000 a day",
        "200 by day",
        "40 by day",
        "1 a week",
        "5 a minute",
        "long",
        "one entry",
    ],
)
def test_a_rhythm_settles(
    feed: list[float],
    window: int,
    days: int,
    a_day: tuple[float, float],
    known: tuple[float, float],
    lost: float,
) -> None:
    found = follow(feed, window, days)
    assert a_day[0] <= found.a_day <= a_day[1], found
    assert known[0] <= found.known <= known[1], found
    assert found.lost <= lost, found


def test_a_publisher_s_nonsense_costs_no_news() -> None:
    feed = arrivals(1, 40, 60)
    own, put_off = follow(feed, 20, 60), follow(feed, 20, 60, hint=31 * 86_400)
    assert put_off.a_day < own.a_day
    assert 1 / 3 <= put_off.known <= 2 / 3
    assert put_off.lost < 0.02


def test_a_burst_is_followed_and_then_let_go() -> None:
    """Two a day, then five a minute for two days, then two a day again."""
    quiet = arrivals(1, 2, 40)
    burst = [20 * DAY + 12 * second for second in range(14_400)]
    feed = sorted(quiet + burst)
    state, at, seen = State(key="k", url="https://a.test/feed"), 0.0, 0
    intervals: list[tuple[float, int]] = []
    while at < 40 * DAY:
        so_far = bisect.bisect_right(feed, at)
        fresh, seen, now = min(so_far - seen, 20), so_far, BEGIN + timedelta(seconds=at)
        shown = feed[max(so_far - 20, 0) : so_far]
        half = polling.half_of([Entry("", "", published=BEGIN + timedelta(seconds=moment)) for moment in shown])
        interval = polling.next_interval(state, 20, fresh, now, 900, half)
        intervals.append((at, interval))
        at += polling.wait_for(state, interval, 0, now, 900)
        state = replace(state, interval=interval, last_ok_at=now, last_new_at=now if fresh else state.last_new_at)
    before = [interval for at, interval in intervals if 15 * DAY < at < 20 * DAY]
    within = [interval for at, interval in intervals if 20 * DAY <= at < 22 * DAY]
    late = [interval for at, interval in intervals if at > 33 * DAY]
    assert min(before) > 6 * 3600
    assert sum(interval > 300 for interval in within) <= 1, "from once a day to every five minutes, by the dates shown"
    assert len(within) > 200
    assert min(late) > 6 * 3600
    assert sum(22 * DAY <= at < 33 * DAY for at, _ in intervals) < 200
