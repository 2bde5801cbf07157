"""A source's own rhythm, and where it breaks: pure functions of counts, without a clock of their own.

Nothing here is a fixed limit in hours. The eight weeks before the last article (twelve where little is published) say how
many articles are to be expected in each hour of the week; hours in which we did not look count for nothing. A silence is
measured in articles that should have come since the last one, and is one where both hold:

- by chance, less than FALSE_A_YEAR gaps of a year are as long. For news that comes at random (a Poisson process) and whose
  rate is known from n times of it, a gap exceeds m expected articles with chance (1 + m / n) ** -n, which is exp(-m)
  where n is large (the gamma-Poisson predictive law). Of a source whose news comes in bursts the scale of m is larger
  by as much as its empty stretches are (a geometric law fitted to them);
- it is more than LONGER times the third longest empty stretch of those weeks: so Sundays, nights and a weekly edition are known
  without being named, and one holiday or one failure is not taken for the rule.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from newsreel.archive.latencies import median, summed

Hours = npt.NDArray[np.float64]
HOUR = timedelta(hours=1)
WEEKS = 12  # of history that is wanted
LATELY_WEEKS, ENOUGH = 8, 30  # the last eight do where they hold thirty articles
FALSE_A_YEAR = 0.1
LONGER = 1.35
FEWEST = 4  # articles, for a rhythm to be known at all
LEARNED = 14.0  # days: before, no weekend has been seen twice
UNLEARNED_SILENCE, UNLEARNED_LONGER = timedelta(days=3), 3.0
PRIOR_DAYS, PRIOR_ARTICLES = 0.25, 12.0  # towards the mean of all days, and of all hours


@dataclass(frozen=True, slots=True)
class History:
    """New articles by the hour from ``start`` (a full hour, UTC) on; ``looked``: the share of each hour in which we did look.

    The last hour may be under way.
    """

    start: datetime
    articles: Hours
    looked: Hours


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is usual. ``week``: expected articles for each hour from Monday 00:00 UTC; ``per_day`` of a day in which we look;
    ``days``: how many such days we know; ``needed``: expected articles without any, from which on it is a silence.
    """

    week: Hours
    per_day: float
    days: float
    articles: int
    needed: float


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing since ``since``, where ``expected`` articles should have come."""

    since: datetime
    expected: float
    per_day: float


@dataclass(frozen=True, slots=True)
class Change:
    """Something is ``now`` and was usually ``usual``."""

    now: float
    usual: float


def rhythm(history: History) -> Rhythm | None:
    """What is usual, by the weeks before the last article; None where too little is known (FEWEST articles, two days)."""
    history = _before_the_last(history)
    articles, looked = history.articles, history.looked
    total, days = float(articles.sum()), float(looked.sum()) / 24
    if total < FEWEST or days < 2:
        return None
    places = (_hour_of_week(history.start) + np.arange(len(articles))) % 168
    week = _week(articles, looked, places)
    return Rhythm(week, total / days, days, int(total), _needed(articles, looked * week[places], days))


def _before_the_last(history: History) -> History:
    """So that a silence does not become the rule while it lasts."""
    busy = np.flatnonzero(history.articles > 0)
    end = int(busy[-1]) + 1 if len(busy) else 0
    begin = max(end - LATELY_WEEKS * 168, 0)
    if history.articles[begin:end].sum() < ENOUGH:
        begin = 0
    return History(history.start + begin * HOUR, history.articles[begin:end], history.looked[begin:end])


def _week(articles: Hours, looked: Hours, places: npt.NDArray[np.int_]) -> Hours:
    """Expected articles by the hour of the week: a factor for the day and one for the hour, each drawn to the mean by a little."""
    mean = articles.sum() / (looked.sum() / 24)
    days, hours = places // 24, places % 24
    seen = np.bincount(days, articles, 7)
    exposed = np.bincount(days, looked, 7) / 24
    by_day = (seen + PRIOR_DAYS * mean) / (exposed + PRIOR_DAYS)
    # How much the days would have brought by hour, were all hours alike.
    alike = np.bincount(hours, looked * by_day[days] / 24, 24)
    prior = PRIOR_ARTICLES / 24
    by_hour = (np.bincount(hours, articles, 24) + prior) / (alike + prior)
    shape = np.outer(by_day, by_hour / by_hour.mean()) / 24
    week: Hours = shape.reshape(168)
    expected = (looked * week[places]).sum()
    return week * (articles.sum() / expected) if expected > 0 else week


def _needed(articles: Hours, expected: Hours, days: float) -> float:
    """How many expected articles without any are a silence."""
    busy = np.flatnonzero(articles > 0)
    inner = slice(int(busy[0]), int(busy[-1]) + 1)
    reached = np.concatenate(([0.0], np.cumsum(expected)))
    stretches = np.sort(reached[busy[1:]] - reached[busy[:-1] + 1])
    stretches = stretches[stretches > 0]
    empty = (articles[inner] == 0) & (expected[inner] > 0)
    many = int(empty.sum())
    scale = 1.0
    if many:
        going_on = (many - len(stretches) + 0.5) / (many + 1)
        scale = max(1.0, float(expected[inner][empty].mean()) / -math.log(going_on))
    times = len(busy)
    chance = min(FALSE_A_YEAR / (365 * times / days), 1 / math.e)
    by_chance: float = scale * times * (chance ** (-1 / times) - 1)
    third = float(stretches[-3:][0]) if len(stretches) else 0.0
    return max(by_chance, LONGER * third)


def expected(known: Rhythm, history: History, since: datetime, until: datetime) -> float:
    """How many articles are usual between two moments, the hours in which we did not look taken out."""
    begin = max((since - history.start) / HOUR, 0.0)
    end = (until - history.start) / HOUR
    if end <= begin:
        return 0.0
    numbers = np.arange(int(begin), math.ceil(end))
    part = np.minimum(numbers + 1, end) - np.maximum(numbers, begin)
    within = numbers < len(history.looked)
    looked = np.where(within, history.looked[np.minimum(numbers, len(history.looked) - 1)], 1.0)
    places = (_hour_of_week(history.start) + numbers) % 168
    return float((part * looked * known.week[places]).sum())


def silence(known: Rhythm | None, history: History, last: datetime | None, now: datetime) -> Silence | None:
    """Whether a source has fallen silent. ``last``: when its last article came in."""
    if known is None or last is None or last >= now:
        return None
    missed = expected(known, history, last, now)
    if known.days >= LEARNED:
        silent = missed > known.needed
    else:
        silent = missed > UNLEARNED_LONGER * known.needed and now - last > UNLEARNED_SILENCE
    return Silence(last, missed, known.per_day) if silent else None


SLOWER, SLOWER_SIGMAS = 0.5, 4.0
LATELY_DAYS = 7


def slower(history: History) -> Change | None:
    """Whether the last seven days brought far fewer articles than the weeks before: articles a day, then and now.

    Less than SLOWER times as many, and by more than SLOWER_SIGMAS standard deviations of a week: by chance alone, or as the weeks
    before it varied, twice over because they are few.
    """
    full = len(history.articles) // 24
    if full < LATELY_DAYS * 3:
        return None
    cut = len(history.articles) - full * 24
    articles = history.articles[cut:].reshape(full, 24).sum(axis=1)
    looked = history.looked[cut:].reshape(full, 24).mean(axis=1)
    before, lately = slice(0, full - LATELY_DAYS), slice(full - LATELY_DAYS, full)
    then_days, now_days = float(looked[before].sum()), float(looked[lately].sum())
    if then_days < 2 * LATELY_DAYS or now_days < LATELY_DAYS / 2:
        return None
    rate = float(articles[before].sum()) / then_days
    usual, came = rate * now_days, float(articles[lately].sum())
    ends = range(full - LATELY_DAYS, LATELY_DAYS - 1, -LATELY_DAYS)
    weeks = [articles[end - 7 : end].sum() - rate * looked[end - 7 : end].sum() for end in ends]
    variance = max(usual, 2 * float(np.square(weeks).mean()))
    if came >= SLOWER * usual or usual - came <= SLOWER_SIGMAS * math.sqrt(variance):
        return None
    return Change(came / now_days, rate)


FELL, FELL_CHANCE, FELL_PAGES = 0.3, 1e-6, 8


def share_fell(texts: Sequence[int], textless: Sequence[int]) -> Change | None:
    """Whether suddenly fewer pages give a text, as after a new template: by day, the oldest first; the share then and now.

    The latest days that hold FELL_PAGES pages are held against those before: lower by FELL or more, and by chance less than
    FELL_CHANCE likely (the binomial law, with one page without text more than there was).
    """
    good, bad = list(texts), list(textless)
    at, pages = len(good), 0
    while at > 0 and pages < FELL_PAGES:
        at -= 1
        pages += good[at] + bad[at]
    before = sum(good[:at]) + sum(bad[:at])
    if pages < FELL_PAGES or before < 2 * FELL_PAGES:
        return None
    had, has = sum(good[at:]), sum(good[:at])
    usual = has / (before + 1)
    if usual - had / pages < FELL or _at_most(had, pages, usual) > FELL_CHANCE:
        return None
    return Change(had / pages, has / before)


def _at_most(count: int, of: int, chance: float) -> float:
    """The binomial law: how likely it is to have at most ``count``."""
    if chance <= 0:
        return 1.0
    logs = (math.log(chance), math.log1p(-chance))
    whole = math.lgamma(of + 1)
    terms = (
        whole - math.lgamma(n + 1) - math.lgamma(of - n + 1) + n * logs[0] + (of - n) * logs[1]
        for n in range(count + 1)
    )
    return min(sum(map(math.exp, terms)), 1.0)


GREW_TIMES, GREW_SECONDS, GREW_READINGS, GREW_DAYS = 3.0, 2.0, 6, 2


def latency_grew(latencies: Sequence[Sequence[int]]) -> Change | None:
    """Whether a source answers far more slowly than it did: readings by their seconds (archive/latencies.py), by day, the oldest first.

    The median of the last two days is GREW_TIMES that of the days before, and GREW_SECONDS or more.
    """
    before, lately = summed(latencies[:-GREW_DAYS]), summed(latencies[-GREW_DAYS:])
    if sum(before) < 3 * GREW_READINGS or sum(lately) < GREW_READINGS:
        return None
    then, now = median(before), median(lately)
    if then is None or now is None or now < GREW_SECONDS or now < GREW_TIMES * then:
        return None
    return Change(now, then)


def _hour_of_week(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour
