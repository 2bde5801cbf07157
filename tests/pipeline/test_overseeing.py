"""Looking over the sources on the real database: from what was counted to what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsreel.archive import coverage, health, registry
from newsreel.archive.models import Channel, CollectionGap, Heartbeat, ReadingDay, SourceHealth
from newsreel.pipeline.overseeing import LOOKED_OVER_EVERY, Overseer, look_over
from tests.archive import making
from tests.archive.making import a_channel, store

pytestmark = pytest.mark.django_db


def read(channel: Channel) -> None:
    making.was_read(channel, 900, entries=9, new=1, seconds=0.3)


def weeks_of(channel: Channel, per_hour: int, silent_days: int = 0) -> None:
    """Eight weeks of counts."""
    today = timezone.now().date()
    rows = []
    for back in range(56, -1, -1):
        many = 0 if back < silent_days else per_hour
        rows.append(
            ReadingDay(
                channel=channel, day=today - timedelta(days=back), readings=96, failed=0, unchanged=0, entries=900, leads=0,
                pages=0, pages_failed=0, texts=24 * many, textless=0, articles=24 * many, seconds=9.0, page_fault="",
                latencies=[0, 96, 0, 0, 0, 0, 0, 0], hours=[many] * 24, good_at=timezone.now() - timedelta(days=back),
                article_at=timezone.now() - timedelta(days=back) if many else None,
            )
        )  # fmt: skip
    ReadingDay.objects.bulk_create(rows)
    Channel.objects.filter(pk=channel.pk).update(outcome="ok", last_read_at=timezone.now())


def test_a_step_beats_opens_gaps_and_tells() -> None:
    fine, bad = a_channel("https://a.test/feed"), a_channel("https://b.test/feed")
    read(fine)
    store(fine, "https://a.test/1")
    making.was_not_read(bad, "forbidden", "b.test answered 403 (Forbidden).")
    Overseer().step()
    assert Heartbeat.objects.count() == 1
    assert list(CollectionGap.objects.values_list("channel", "why")) == [(bad.pk, "forbidden")]
    rows = {row.source_id: row for row in SourceHealth.objects.all()}
    assert rows[fine.source_id].state == "fine"
    assert rows[fine.source_id].findings == []
    assert rows[fine.source_id].text_share == 1.0
    assert rows[fine.source_id].latency == pytest.approx(0.375)
    assert rows[fine.source_id].article_at is not None
    assert rows[bad.source_id].state == "bad"
    assert [found["name"] for found in rows[bad.source_id].findings] == ["refused"]


def test_a_silent_source_and_one_that_is_not() -> None:
    loud, silent = a_channel("https://a.test/feed"), a_channel("https://b.test/feed")
    weeks_of(loud, 2)
    weeks_of(silent, 2, silent_days=3)
    look_over()
    assert SourceHealth.objects.get(source=loud.source).state == "fine"
    row = SourceHealth.objects.get(source=silent.source)
    assert row.state == "bad"
    assert row.findings[0]["name"] == "silent"
    assert row.findings[0]["facts"]["per_day"] == pytest.approx(48, abs=1)


def test_our_own_outage_is_no_silence_of_theirs() -> None:
    channel = a_channel()
    weeks_of(channel, 2, silent_days=3)
    now = timezone.now()
    CollectionGap.objects.create(since=now - timedelta(days=3), until=now - timedelta(minutes=20), why="not_running")
    look_over()
    assert SourceHealth.objects.get().state == "fine"


def test_each_has_its_turn_and_a_state_keeps_its_beginning() -> None:
    for name in "abc":
        read(a_channel(f"https://{name}.test/feed"))
    assert look_over(2) == 2
    assert look_over(2) == 1
    assert look_over(2) == 0
    before = dict(SourceHealth.objects.values_list("source", "since"))
    SourceHealth.objects.update(looked_at=F("looked_at") - LOOKED_OVER_EVERY * 2)
    assert look_over() == 3
    assert dict(SourceHealth.objects.values_list("source", "since")) == before


def test_a_source_that_is_removed_meanwhile_is_not_told_of() -> None:
    channel = a_channel()
    (found,) = health.facts([channel.source_id], timedelta(days=10))
    assert found.before is None
    registry.remove(channel.source)
    assert health.facts([found.id], timedelta(days=10)) == []


def test_more_sources_cost_no_more_queries() -> None:
    costs = []
    for some in (range(10), range(10, 30)):
        for number in some:
            read(a_channel(f"https://n{number}.test/feed"))
        coverage.look()
        with CaptureQueriesContext(connection) as seen:
            assert look_over() == len(some)
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_one_that_was_not_read_yet_is_looked_over_soon_again() -> None:
    channel = a_channel("https://a.test/feed")
    assert look_over() == 1
    assert SourceHealth.objects.get().state == "new"
    making.was_read(channel, 900)
    assert look_over() == 0
    SourceHealth.objects.update(looked_at=timezone.now() - timedelta(minutes=1))
    assert look_over() == 1
    assert SourceHealth.objects.get().state == "fine"
    SourceHealth.objects.update(looked_at=timezone.now() - timedelta(minutes=1))
    assert look_over() == 0
