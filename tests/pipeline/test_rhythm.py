"""A source's own rhythm: what is a silence, and what is a Sunday. The long form is benchmarks/rhythm.py."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.pipeline import rhythm
from newsreel.pipeline.rhythm import Change, History

MONDAY = datetime(2025, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEKS = 12


def a_history(articles: np.ndarray, looked: np.ndarray | None = None) -> History:
    return History(MONDAY, articles.astype(float), np.ones(len(articles)) if looked is None else looked)


def regular(per_day: float, weeks: int = WEEKS, weekdays: bool = False, seed: int = 1) -> np.ndarray:
    """News at random, of weekdays only where it is said."""
    hours = np.arange(weeks * 168)
    rates = np.where((hours // 24 % 7 < 5) | (not weekdays), per_day / 24, 0)
    return np.random.default_rng(seed).poisson(rates).astype(float)


def is_silent(articles: np.ndarray, after: float, looked: np.ndarray | None = None) -> bool:
    """Whether a source is found silent ``after`` hours without an article more."""
    more = math.ceil(after)
    shown = np.concatenate([looked if looked is not None else np.ones(len(articles)), np.ones(more)])
    history = History(MONDAY, np.concatenate([articles, np.zeros(more)]), shown[: len(articles) + more])
    last = MONDAY + HOUR * (int(np.flatnonzero(articles)[-1]) + 0.5)
    now = MONDAY + HOUR * (len(articles) + after)
    return rhythm.silence(rhythm.rhythm(history), history, last, now) is not None


@pytest.mark.parametrize(
    ("per_day", "quiet", "silent"), [(200, 0.5, 4), (40, 3, 14), (8, 12, 60), (1, 96, 300), (1 / 7, 400, 1800)]
)
def test_the_busier_the_sooner(per_day: float, quiet: float, silent: float) -> None:
    articles = regular(per_day)
    assert not is_silent(articles, quiet)
    assert is_silent(articles, silent)


def test_a_weekend_is_no_silence_and_a_monday_without_news_is_one() -> None:
    articles = regular(40, weekdays=True)[: WEEKS * 168 - 2 * 24]  # it is Friday midnight
    assert not is_silent(articles, 47)
    assert is_silent(articles, 47 + 20)


def test_an_edition_once_a_week() -> None:
    hours = np.arange(WEEKS * 168)
    articles = np.where(hours % 168 == 3 * 24 + 8, 14.0, 0.0)[: (WEEKS - 1) * 168 + 3 * 24 + 9]
    assert not is_silent(articles, 7 * 24 - 1)
    assert is_silent(articles, 14 * 24)


def test_bursts_do_not_make_the_rest_a_silence() -> None:
    rng = np.random.default_rng(5)
    articles = np.where(rng.random(WEEKS * 168) < 1 / 48, 20.0, 0.0)
    articles[-1] = 1
    assert not is_silent(articles, 72)  # twenty articles should have come, in one burst
    assert is_silent(articles, 800)


def test_what_we_missed_ourselves_is_not_expected() -> None:
    articles, looked = regular(40), np.ones(WEEKS * 168)
    articles[-72:] = looked[-72:] = 0
    articles[-73] = 1
    assert not is_silent(articles, 2, looked)
    assert is_silent(articles, 2)
    assert is_silent(articles, 14, looked)


def test_one_long_silence_is_not_the_rule_from_then_on() -> None:
    articles = regular(40)
    articles[300:500] = 0
    assert is_silent(articles, 16)


def test_a_silence_does_not_become_the_rule_while_it_lasts() -> None:
    assert is_silent(regular(1), 24 * 60)


def test_a_source_that_slows_gradually_is_measured_by_what_it_is_now() -> None:
    hours = np.arange(WEEKS * 168)
    rates = 40 / 24 * np.exp(-np.log(10) * hours / len(hours))
    articles = np.random.default_rng(2).poisson(rates).astype(float)
    assert not is_silent(articles, 12)
    assert is_silent(articles, 96)


@pytest.mark.parametrize(("days", "after", "silent"), [(1, 400, False), (6, 40, False), (6, 60, False), (6, 90, True)])
def test_a_new_source(days: int, after: float, silent: bool) -> None:
    """Of two days nothing is known; before two weekends were seen, three days must pass."""
    articles = regular(40)[: days * 24]
    assert is_silent(articles, after) is silent


def test_too_little_is_known() -> None:
    assert rhythm.rhythm(a_history(np.zeros(2000))) is None
    few = np.zeros(2000)
    few[[5, 700, 1400]] = 1
    assert rhythm.rhythm(a_history(few)) is None
    assert rhythm.silence(None, a_history(few), MONDAY, MONDAY + 9000 * HOUR) is None


def test_the_week_adds_up_to_what_came() -> None:
    articles = regular(40, weekdays=True)
    known = rhythm.rhythm(a_history(articles))
    assert known is not None
    assert known.per_day == pytest.approx(40 * 5 / 7, rel=0.05)
    assert known.week.sum() == pytest.approx(known.per_day * 7, rel=0.02)
    assert known.week[5 * 24 :].sum() < known.week.sum() * 0.05


def test_expected_in_parts_of_hours() -> None:
    history = a_history(np.ones(WEEKS * 168))
    known = rhythm.rhythm(history)
    assert known is not None
    for begin, end in ((0.0, 1.0), (0.25, 0.75), (3.5, 9.25), (167.5, 168.5), (5, 5), (WEEKS * 168.0, WEEKS * 168 + 9)):
        got = rhythm.expected(known, history, MONDAY + begin * HOUR, MONDAY + end * HOUR)
        assert got == pytest.approx(end - begin, abs=0.02)


def test_far_fewer_than_usual() -> None:
    articles = regular(40)
    assert rhythm.slower(a_history(articles)) is None
    articles[-7 * 24 :] *= np.random.default_rng(0).random(7 * 24) < 0.25
    found = rhythm.slower(a_history(articles))
    assert found is not None
    assert (found.now, found.usual) == (pytest.approx(10, rel=0.25), pytest.approx(40, rel=0.1))
    looked = np.ones(len(articles))
    looked[-7 * 24 :] = 0.25  # by our own doing
    assert rhythm.slower(a_history(articles, looked)) is None
    assert rhythm.slower(a_history(articles[: 20 * 24])) is None


@pytest.mark.parametrize(
    ("texts", "textless", "found"),
    [
        ([20] * 20 + [0], [1] * 20 + [20], (0.0, 400 / 420)),
        ([20] * 20 + [2] * 4, [1] * 20 + [0] * 4, None),
        ([5] * 20 + [2], [15] * 20 + [8], None),  # it never had many
        ([20] * 20 + [0], [1] * 20 + [4], None),  # four are too few, with the day before
        ([0] * 20, [20] * 20, None),
        ([1] * 30 + [0] * 10, [0] * 30 + [1] * 10, (0.0, 30 / 32)),  # one page a day
        ([], [], None),
        ([20] * 20 + [6], [1] * 20 + [14], (0.3, 400 / 420)),
    ],
)
def test_the_share_of_pages_with_text(texts: list[int], textless: list[int], found: tuple[float, float] | None) -> None:
    got = rhythm.share_fell(texts, textless)
    if found is None:
        assert got is None
    else:
        assert got == Change(*(pytest.approx(value, abs=0.05) for value in found))  # type: ignore[arg-type]


def at(place: int, many: int = 30) -> list[int]:
    return [many if number == place else 0 for number in range(8)]


@pytest.mark.parametrize(
    ("days", "grew"),
    [
        ([at(1)] * 20 + [at(5)] * 2, True),
        ([at(1)] * 20 + [at(2)] * 2, False),  # slower, and still fast
        ([at(4)] * 20 + [at(5)] * 2, False),  # not by much
        ([at(1)] * 20 + [at(5), at(1)], False),  # one day
        ([at(1)] * 20 + [at(1), at(5, 9)], False),
        ([at(1)] * 20 + [at(5, 1)] * 2, False),  # two readings
        ([at(5)] * 2, False),
        ([], False),
    ],
)
def test_answers_that_take_longer(days: list[list[int]], grew: bool) -> None:
    assert (rhythm.latency_grew(days) is not None) is grew


@settings(max_examples=60)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=100), st.integers(0, 500), st.data())
def test_whatever_came_there_is_an_answer(counts: list[int], after: int, data: st.DataObject) -> None:
    articles = np.asarray(counts, dtype=float)
    looked = np.asarray([data.draw(st.sampled_from([0.0, 0.3, 1.0])) for _ in counts[:20]] + [1.0] * len(counts[20:]))
    history = History(MONDAY, articles, looked)
    known = rhythm.rhythm(history)
    if known is not None:
        assert np.isfinite(known.week).all()
        assert known.needed > 0
        found = rhythm.silence(known, history, MONDAY, MONDAY + HOUR * (len(counts) + after))
        assert found is None or found.expected > 0
    rhythm.slower(history)
