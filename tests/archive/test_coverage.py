"""Gaps: when a channel, or nothing at all, was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from newsreel.archive import coverage, registry
from newsreel.archive.coverage import Beat, Gap, PagedBack, dark, gaps
from newsreel.archive.models import Channel, CollectionGap, Heartbeat, ReadingDay
from tests.archive import making
from tests.archive.making import a_channel

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2025, 8, 12, 12, 0, tzinfo=UTC)


def good(channel: Channel) -> None:
    """A good reading, now."""
    making.was_read(channel, 900)
    channel.refresh_from_db()


def bad(channel: Channel, outcome: str = "timed_out") -> None:
    making.was_not_read(channel, outcome, "Why.")
    channel.refresh_from_db()


def ago(channel: Channel, how_long: timedelta) -> None:
    """As if all that happened so far to a channel had happened earlier."""
    for row in ReadingDay.objects.filter(channel=channel).order_by("day"):
        if row.good_at:
            row.good_at -= how_long
            row.day = row.good_at.date()
            # Soon after midnight two days become one: the later reading is the one that counts.
            ReadingDay.objects.filter(channel=channel, day=row.day).exclude(pk=row.pk).delete()
            row.save()
    Channel.objects.filter(pk=channel.pk, last_read_at__isnull=False).update(
        last_read_at=timezone.now() - how_long, next_due_at=timezone.now() - how_long
    )


def lengths() -> list[tuple[str, float, bool]]:
    """Why, hours until now or the end, whether it is over."""
    return [
        (gap.why, round(((gap.until or timezone.now()) - gap.since) / HOUR, 1), gap.until is not None)
        for gap in CollectionGap.objects.order_by("id")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "opened"), [(0.9, False), (1.1, True), (48, True)])
def test_a_channel_that_fails_for_longer_than_its_interval_justifies(hours: float, opened: bool) -> None:
    channel = a_channel()
    good(channel)
    ago(channel, hours * HOUR)
    bad(channel)
    coverage.look()
    coverage.look()
    assert lengths() == ([("timed_out", pytest.approx(hours), False)] if opened else [])
    good(channel)
    assert lengths() == ([("timed_out", pytest.approx(hours), True)] if opened else [])
    assert gaps(channel.source_id, timezone.now() - DAY * 9, timezone.now()) == tuple(
        Gap(gap.since, gap.until, "timed_out", channel.source_id, channel.pk) for gap in CollectionGap.objects.all()
    )


@pytest.mark.django_db
def test_a_gap_that_nobody_looked_at_is_found_by_the_reading_that_ends_it() -> None:
    channel = a_channel()
    good(channel)
    ago(channel, 5 * HOUR)
    good(channel)
    assert lengths() == [("not_read", 5.0, True)]
    ago(channel, 5 * HOUR)
    bad(channel, "forbidden")
    good(channel)
    assert lengths()[1:] == [("forbidden", 5.0, True)]


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["source", "channel", "retired"])
def test_paused(which: str) -> None:
    channel = a_channel()
    good(channel)
    if which == "source":
        registry.set_paused(channel.source, True)
    elif which == "channel":
        registry.set_channel_paused(channel, True)
    else:
        registry.retire(channel.source)
    coverage.look()
    assert lengths() == []  # a moment's pause loses nothing
    ago(channel, 3 * HOUR)
    coverage.look()
    assert lengths() == [("retired" if which == "retired" else "paused", 3.0, False)]


@pytest.mark.django_db
def test_a_channel_that_was_never_read() -> None:
    channel = a_channel()
    coverage.look()
    assert lengths() == []  # not yet
    bad(channel, "dns_failed")
    coverage.look()
    assert lengths() == [("dns_failed", 0.0, False)]


@pytest.mark.django_db
def test_an_archive_that_was_there_before_the_counts() -> None:
    channel = a_channel()
    Channel.objects.update(outcome="ok", last_read_at=timezone.now() - 7 * HOUR)
    coverage.look()
    assert lengths() == [("not_read", 7.0, False)]
    good(channel)
    assert lengths() == [("not_read", 7.0, True)]


@pytest.mark.django_db
def test_a_beat_that_stood_still_is_a_gap_of_everything_and_of_no_channel() -> None:
    channel = a_channel()
    good(channel)
    coverage.beat(None, lambda: 0.0)
    Heartbeat.objects.update(at=timezone.now() - 9 * HOUR)
    ago(channel, 9 * HOUR)
    coverage.beat(None, lambda: 0.0, "database_lost")
    coverage.look()
    assert lengths() == [("database_lost", 9.0, True)]
    good(channel)
    assert lengths() == [("database_lost", 9.0, True)]
    now = timezone.now()
    assert [gap.channel for gap in gaps(channel.source_id, now - DAY, now)] == [None]
    assert [gap.channel for gap in gaps(None, now - DAY, now)] == [None]
    assert gaps(None, now - 9 * DAY, now - 8 * DAY) == ()


@pytest.mark.django_db
def test_a_house_without_a_network() -> None:
    channels = [a_channel(f"https://n{n}.test/feed", source=f"N{n}") for n in range(4)]
    for channel in channels:
        good(channel)
        ago(channel, 2 * HOUR)
        bad(channel, "dns_failed")
    coverage.look()
    assert lengths() == [("dns_failed", 2.0, False)]
    bad(channels[0])
    coverage.look()
    good(channels[1])
    assert lengths() == [("dns_failed", 2.0, True)]


@pytest.mark.django_db
def test_a_house_that_reads_nothing_says_why_where_it_knows() -> None:
    for n in range(4):
        channel = a_channel(f"https://n{n}.test/feed", source=f"N{n}")
        good(channel)
        ago(channel, 2 * HOUR)
    coverage.look("disk_full")
    assert lengths() == [("disk_full", 2.0, False)]


@pytest.mark.django_db
def test_one_that_can_be_read_leaves_the_others_to_themselves() -> None:
    channels = [a_channel(f"https://n{n}.test/feed", source=f"N{n}") for n in range(4)]
    for channel in channels[1:]:
        good(channel)
        ago(channel, 2 * HOUR)
        bad(channel)
    good(channels[0])
    coverage.look()
    assert [why for why, _, _ in lengths()] == ["timed_out"] * 3


def beaten(hours: float) -> Beat:
    """A process's beat so many hours ago by the database's clock, and a minute ago by its own."""
    at = timezone.now() - hours * HOUR
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": at})
    return Beat(at, 1000.0)


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [24, 24 * 365])
def test_a_clock_that_was_set_forward_makes_no_gap(hours: float) -> None:
    channel = a_channel()
    good(channel)
    ago(channel, hours * HOUR + timedelta(minutes=2))
    last = beaten(hours)
    coverage.beat(last, lambda: 1060.0)
    coverage.look()
    good(channel)
    assert lengths() == []


@pytest.mark.django_db
@pytest.mark.parametrize("seen", [True, False])
def test_a_clock_that_ran_ahead_and_was_set_back(seen: bool) -> None:
    channel = a_channel()
    good(channel)
    ago(channel, -24 * HOUR)  # read while the clock was a day ahead
    CollectionGap.objects.create(since=timezone.now() + 2 * HOUR, until=timezone.now() + 20 * HOUR, why="not_running")
    last = beaten(-24)
    coverage.beat(last if seen else None, lambda: 1060.0)
    coverage.look()
    assert lengths() == []
    assert abs(Heartbeat.objects.get().at - timezone.now()) < timedelta(minutes=1)
    good(channel)
    assert lengths() == []


@pytest.mark.django_db
def test_a_machine_that_slept_was_not_a_clock_that_moved() -> None:
    last = beaten(8)
    coverage.beat(last, lambda: 1000.0 + 8 * 3600)
    assert lengths() == [("not_running", 8.0, True)]


@pytest.mark.django_db
def test_short_gaps_of_long_ago_are_forgotten() -> None:
    now = timezone.now()
    for days, hours in ((100, 1), (100, 3), (10, 1)):
        CollectionGap.objects.create(since=now - days * DAY - hours * HOUR, until=now - days * DAY, why="x")
    CollectionGap.objects.create(since=now - 200 * DAY, why="y")
    assert coverage.forget() == 1
    assert CollectionGap.objects.count() == 3


@pytest.mark.django_db
def test_the_look_costs_the_same_for_more_channels() -> None:
    from django.test.utils import CaptureQueriesContext

    costs = []
    for some in (range(10), range(10, 30)):
        for n in some:
            bad(a_channel(f"https://n{n}.test/feed", source=f"N{n}"))
        CollectionGap.objects.all().delete()
        with CaptureQueriesContext(connection) as seen:
            coverage.look()
        costs.append(len(seen))
        assert CollectionGap.objects.count() == some.stop
    assert costs[0] == costs[1] == 3


def read_back(channel: Channel, since: datetime | None, filled: bool) -> None:
    """A good reading, now, that went through older pages."""
    making.was_read(channel, 900, back=PagedBack(channel.pk, since, filled))


@pytest.mark.django_db
@pytest.mark.parametrize("filled", [True, False])
def test_a_gap_whose_older_pages_were_read_says_whether_all_was_found(filled: bool) -> None:
    channel = a_channel()
    good(channel)
    ago(channel, 5 * HOUR)
    bad(channel)
    coverage.look()
    read_back(channel, timezone.now() - 5 * HOUR, filled)
    assert [(gap.why, gap.filled) for gap in CollectionGap.objects.all()] == [("timed_out", filled)]
    found = gaps(channel.source_id, timezone.now() - DAY, timezone.now())
    assert bool(dark(found, [channel.pk], timezone.now() - DAY, timezone.now())) is not filled


@pytest.mark.django_db
@pytest.mark.parametrize("filled", [True, False])
def test_one_that_was_read_in_time_and_shows_less_than_was_published(filled: bool) -> None:
    channel = a_channel()
    good(channel)
    before = timezone.now() - HOUR / 4
    read_back(channel, before, filled)
    read_back(channel, None, filled)  # nothing is known of when it was read before
    row = CollectionGap.objects.get()
    assert (row.why, row.since, row.filled, row.source_id) == (coverage.OVERRUN, before, filled, channel.source_id)
    assert row.until is not None


@pytest.mark.django_db
def test_what_was_filled_after_a_gap_of_everything_was_not_missed() -> None:
    channel = a_channel()
    good(channel)
    now = timezone.now()
    CollectionGap.objects.create(since=now - 5 * HOUR, until=now - 1 * HOUR, why="not_running")
    read_back(channel, now - 5 * HOUR, filled=True)
    found = gaps(channel.source_id, now - DAY, now)
    assert dark(found, [channel.pk], now - DAY, now) == []
    assert len(dark(found, [channel.pk, channel.pk + 1], now - DAY, now)) == 0, "one of two was"
    assert len(dark(found, [channel.pk + 1], now - DAY, now)) == 1
    assert len(dark(found, [], now - DAY, now)) == 1


def a_gap(begin: float, end: float | None, channel: int | None, filled: bool = False) -> Gap:
    until = None if end is None else NOON + end * HOUR
    return Gap(NOON + begin * HOUR, until, "x", None if channel is None else 1, channel, filled)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], []),
        ([(1, 3, 1)], []),  # the other one was read
        ([(1, 3, 1), (2, 5, 2)], [(2, 3)]),
        ([(1, 3, None)], [(1, 3)]),
        ([(1, 3, None), (2, 4, 1), (3, 6, 2)], [(1, 4)]),
        ([(-5, None, 1), (-9, 99, 2)], [(0, 10)]),
        ([(1, 2, 1), (1, 2, 2), (2, 3, None)], [(1, 3)]),
        ([(1, 9, 7), (2, 3, 1)], []),  # not one of ours
    ],
)
def test_dark(found: list[tuple[float, float | None, int | None]], expected: list[tuple[float, float]]) -> None:
    spans = dark([a_gap(*gap) for gap in found], [1, 2], NOON, NOON + 10 * HOUR)
    assert [((a - NOON) / HOUR, (b - NOON) / HOUR) for a, b in spans] == expected


@given(
    st.lists(
        st.tuples(st.integers(-2, 12), st.integers(0, 8), st.sampled_from([None, 1, 2]), st.booleans()).map(
            lambda part: (part[0], part[0] + part[1], part[2], part[3] and part[2] is not None)
        )
    )
)
def test_dark_is_what_a_slow_count_finds(found: list[tuple[int, int, int | None, bool]]) -> None:
    spans = dark([a_gap(*gap) for gap in found], [1, 2], NOON, NOON + 10 * HOUR)
    assert spans == sorted(spans)

    def missing(at: float) -> bool:
        out = {(channel, filled) for begin, end, channel, filled in found if begin <= at < end}
        nothing = (None, False) in out
        return all((one, False) in out or (nothing and (one, True) not in out) for one in (1, 2))

    for half in range(20):
        at = half / 2 + 0.25
        inside = any(begin <= NOON + at * HOUR < end for begin, end in spans)
        assert inside == missing(at), at


clock: Callable[[Beat | None, Beat], timedelta] = coverage.clock_moved


@pytest.mark.parametrize(
    ("wall", "steady", "moved"), [(60, 60, 0), (200, 60, 0), (86460, 60, 86400), (-3540, 60, -3600), (28800, 28800, 0)]
)
def test_by_how_much_a_clock_was_moved(wall: float, steady: float, moved: float) -> None:
    before, after = Beat(NOON, 0.0), Beat(NOON + timedelta(seconds=wall), steady)
    assert clock(before, after) == timedelta(seconds=moved)
    assert clock(None, after) == timedelta()
