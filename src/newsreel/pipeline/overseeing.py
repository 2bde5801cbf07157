"""Looking over the sources: from what was counted to what is told of each. A step of the watch, some hundred sources at a time."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import numpy as np

from newsreel.archive import coverage, health
from newsreel.archive.health import DayFacts, SourceFacts, Told
from newsreel.archive.latencies import median, summed
from newsreel.pipeline import rhythm
from newsreel.pipeline.diagnosis import Signs, diagnose, state_of
from newsreel.pipeline.rhythm import HOUR, History

LOOKED_OVER_EVERY = timedelta(minutes=10)
AT_ONCE = 200
HISTORY = timedelta(weeks=rhythm.WEEKS)
LATELY = timedelta(days=7)
USUALLY = timedelta(days=28)


def look_over(most: int = AT_ONCE) -> int:
    """Looks over the sources for which it is time; how many they were."""
    ids = health.to_look_over(LOOKED_OVER_EVERY, most)
    if ids:
        health.tell([(facts.id, judge(facts)) for facts in health.facts(ids, HISTORY)])
    return len(ids)


def judge(facts: SourceFacts) -> Told:
    """What is told of a source: a pure function of its facts."""
    history = history_of(facts)
    signs = signs_of(facts, history)
    found = diagnose(facts, signs)
    state = state_of(facts, found)
    lately = [day for day in facts.days if facts.now.date() - day.day < LATELY]
    texts, textless = sum(day.texts for day in lately), sum(day.textless for day in lately)
    return Told(
        state,
        facts.before.since if facts.before and facts.before.state == state else None,
        [asdict(finding) for finding in found],
        _per_day(history),
        texts / (texts + textless) if texts + textless else None,
        median(summed([day.latencies for day in lately])),
        max((channel.good_at for channel in facts.channels if channel.good_at), default=None),
        facts.article_at,
    )


def signs_of(facts: SourceFacts, history: History | None) -> Signs:
    """What the counts say of a source."""
    if history is None:
        return Signs()
    known = rhythm.rhythm(history)
    by_day: dict[object, list[DayFacts]] = defaultdict(list)
    for day in facts.days:
        by_day[day.day].append(day)
    days = list(by_day.values())
    lately = days[-int(USUALLY / timedelta(days=1)) :]
    return Signs(
        known,
        rhythm.silence(known, history, facts.article_at, facts.now),
        rhythm.slower(history),
        rhythm.share_fell(
            [sum(day.texts for day in rows) for rows in lately], [sum(day.textless for day in rows) for rows in lately]
        ),
        rhythm.latency_grew([summed([day.latencies for day in rows]) for rows in lately]),
    )


def history_of(facts: SourceFacts) -> History | None:
    """New articles by the hour, and when we looked; None where there is no whole day. The day of the first reading is left out."""
    if not facts.days or facts.days[0].day >= facts.now.date():
        return None
    first = facts.days[0].day + timedelta(days=1)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    length = int((facts.now - start) / HOUR) + 1
    if length <= 0:
        return None
    articles = np.zeros(length + 24)
    of_channel: dict[int, float] = defaultdict(float)
    for day in facts.days:
        at = (day.day - first).days * 24
        of_channel[day.channel] += day.articles
        if day.articles and 0 <= at < length:
            articles[at : at + 24] += day.hours
    return History(start, articles[:length], _looked(facts, start, length, of_channel))


def _looked(
    facts: SourceFacts, start: datetime, length: int, of_channel: dict[int, float]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The share of each hour in which we looked: a gap of a channel counts by the share of the articles that it brings."""
    total = sum(of_channel.values())
    missed = np.zeros(length)
    for gap in facts.gaps:
        if gap.why == coverage.OVERRUN:
            continue  # it was read in time
        weight = 1.0 if gap.channel is None else of_channel.get(gap.channel, 0.0) / total if total else 0.0
        begin = max((gap.since - start) / HOUR, 0.0)
        end = min(((gap.until or facts.now) - start) / HOUR, float(length))
        if weight and end > begin:
            numbers = np.arange(int(begin), min(int(np.ceil(end)), length))
            missed[numbers] += weight * (np.minimum(numbers + 1, end) - np.maximum(numbers, begin))
    return np.clip(1.0 - missed, 0.0, 1.0)


def _per_day(history: History | None) -> float | None:
    """New articles a day of the last weeks, as far as we looked."""
    if history is None:
        return None
    hours = int(USUALLY / HOUR)
    looked = float(history.looked[-hours:].sum())
    return float(history.articles[-hours:].sum()) * 24 / looked if looked >= 24 else None


def steady() -> float:
    """Seconds of a clock that nobody sets and that goes on while the machine sleeps, where there is one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Overseer:
    """What one process's watch does once a minute: the heartbeat, the gaps, the sources."""

    def __init__(self) -> None:
        self._beat: coverage.Beat | None = None

    def step(self, why: str = "") -> None:
        """``why``: what keeps this house from reading, where that is known."""
        self._beat = coverage.beat(self._beat, steady, why)
        coverage.look(why)
        look_over()
