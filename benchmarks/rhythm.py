"""How soon a silent source is noticed, and how often one that is not: python -m benchmarks.rhythm [--runs 20]

Simulated sources of a year, looked at every hour, the rhythm learned anew every day; then the same source falls silent for
good at three moments of that year.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.health_rows import DAY_SHAPE
from benchmarks.report import table, write_section
from newsreel.pipeline import rhythm

START = datetime(2025, 1, 6, tzinfo=UTC)  # a Monday
KNOWN = rhythm.WEEKS * 168
LENGTH = KNOWN + 365 * 24
HOUR = timedelta(hours=1)
SHAPE = np.asarray(DAY_SHAPE) / np.mean(DAY_SHAPE)
# name, articles a day, what it is
SOURCES = (
    ("by day and night", 200, {"hours"}),
    ("by day and night", 40, {"hours"}),
    ("weekdays only", 40, {"hours", "weekdays"}),
    ("weekdays only", 8, {"hours", "weekdays"}),
    ("at any hour", 3, set()),
    ("at any hour", 1, set()),
    ("one in a week, on any day", 1 / 7, set()),
    ("an edition a week, on Thursdays", 2, {"weekly"}),
    ("in bursts of eight", 40, {"bursts"}),
    ("in bursts of eight", 4, {"bursts"}),
    ("with twelve outages of our own a year", 40, {"hours", "outages"}),
    ("weekdays only, ten holidays a year", 40, {"hours", "weekdays", "holidays"}),
    ("slowing to a tenth in three months", 40, {"hours", "slowing"}),
)


def articles(per_day: float, kinds: set[str], rng: np.random.Generator) -> tuple[Any, Any]:
    """New articles by the hour, and whether we looked."""
    hour = np.arange(LENGTH)
    day = hour // 24
    rate = np.full(LENGTH, per_day / 24)
    if "hours" in kinds:
        rate = rate * SHAPE[hour % 24]
    if "weekdays" in kinds:
        rate = np.where(day % 7 < 5, rate * 7 / 5, 0)
    if "weekly" in kinds:
        rate = np.where((day % 7 == 3) & (hour % 24 >= 8) & (hour % 24 < 10), per_day * 7 / 2, 0)
    if "slowing" in kinds:
        rate = rate * 10 ** -np.clip((day - KNOWN / 24) / 90, 0, 1)
    if "bursts" in kinds:
        came = np.asarray([rng.poisson(8, many).sum() for many in rng.poisson(rate / 8)], dtype=float)
    else:
        came = rng.poisson(rate).astype(float)
    looked = np.ones(LENGTH)
    if "holidays" in kinds:
        for off in rng.choice(np.arange(KNOWN // 24, LENGTH // 24 - 10), 10, replace=False):
            came[off * 24 : off * 24 + 24] = 0
    if "outages" in kinds:  # of what was missed, a feed's twenty entries come afterwards
        for begin in rng.choice(np.arange(KNOWN, LENGTH - 240), 12, replace=False):
            end = begin + int(rng.integers(6, 72))
            missed = came[begin:end].sum()
            came[begin:end] = looked[begin:end] = 0
            came[end] += min(missed, 20)
    return came, looked


class Watch:
    """One source, looked at hour after hour."""

    def __init__(self, came: Any, looked: Any) -> None:
        self.came, self.looked = came, looked
        self.last = np.maximum.accumulate(np.where(came > 0, np.arange(LENGTH), -1))
        self.known: rhythm.Rhythm | None = None
        self.base = 0

    def learn(self, at: int) -> rhythm.History:
        """Learns the rhythm anew."""
        self.base = at - KNOWN
        history = rhythm.History(START + self.base * HOUR, self.came[self.base : at], self.looked[self.base : at])
        self.known = rhythm.rhythm(history)
        return history

    def silent(self, at: int) -> bool:
        """Whether a silence is found now."""
        history = rhythm.History(START + self.base * HOUR, self.came[self.base : at], self.looked[self.base : at])
        last = START + (float(self.last[at - 1]) + 0.5) * HOUR
        return rhythm.silence(self.known, history, last, START + at * HOUR) is not None


def false_alarms(came: Any, looked: Any) -> tuple[int, int]:
    """How many silences and slowdowns were found in a year without one."""
    watch, counts, before = Watch(came, looked), [0, 0], [False, False]
    for at in range(KNOWN, LENGTH):
        now = [watch.silent(at) if at > KNOWN else False, before[1]]
        if (at - KNOWN) % 24 == 0:
            now[1] = rhythm.slower(watch.learn(at)) is not None
        counts = [many + (is_ and not was) for many, is_, was in zip(counts, now, before, strict=True)]
        before = now
    return counts[0], counts[1]


def delay(came: Any, looked: Any, begin: int) -> float:
    """Hours until a silence that begins then is noticed; not a number where it never is."""
    came = came.copy()
    came[begin:] = 0
    watch = Watch(came, looked)
    for at in range(begin, LENGTH):
        if (at - begin) % 24 == 0:
            watch.learn(at)
        if watch.known is None:
            break
        if watch.silent(at):
            return float(at - begin)
    return float("nan")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=20)
    runs = options.parse_args().runs
    rows = []
    for name, per_day, kinds in SOURCES:
        alarms, slower, delays = [], [], []
        for seed in range(runs):
            rng = np.random.default_rng(seed)
            came, looked = articles(per_day, kinds, rng)
            silent, fewer = false_alarms(came, looked)
            alarms.append(silent)
            slower.append(fewer)
            begins = rng.integers(KNOWN + 14 * 24, LENGTH - 90 * 24, 3)
            delays += [delay(came, looked, int(begin)) for begin in begins]
        seen = [value for value in delays if not np.isnan(value)]
        middle, late = (f"{_long(value)}" for value in np.percentile(seen, [50, 90]))
        often = f"{per_day:g}" if per_day >= 1 else "1/7"
        noticed = f"{len(seen)} of {len(delays)}"
        rows.append((name, often, f"**{np.mean(alarms):.2f}**", f"{np.mean(slower):.2f}", middle, late, noticed))
    head = (
        "news comes",
        "articles a day",
        "false silences a year",
        "'fewer than usual' a year",
        "noticed after, median",
        "in nine of ten",
        "noticed",
    )
    text = f"""{table(head, rows)}

{runs} simulated years of each (seeded), three silences in each. News is a Poisson process unless said otherwise. A holiday is a silence by
this measure: nobody tells it of holidays. Of a source that slows to a tenth, each alarm is one that came true in part. A source of an
article a week is sometimes too little known to be judged: then its silence is not noticed.
"""
    write_section("rhythm", "Noticing a silent source (`python -m benchmarks.rhythm`)", text)


def _long(hours: float) -> str:
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"


if __name__ == "__main__":
    main()
