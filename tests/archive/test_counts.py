"""What is counted for a channel, a row a day, in the transaction of what is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from newsreel.archive import counts, latencies, registry
from newsreel.archive.models import Channel, ReadingDay
from tests.archive import making
from tests.archive.making import a_channel, a_lead, store

pytestmark = pytest.mark.django_db


def read(channel: Channel, outcome: str = "ok", entries: int = 0, new: int = 0, seconds: float = 0.3) -> None:
    if outcome in counts.GOOD:
        named = None if outcome == "unchanged" else entries
        making.was_read(channel, 900, entries=named, new=new, seconds=seconds)
    else:
        making.was_not_read(channel, outcome, "Why.", seconds=seconds)


def test_readings_are_counted_by_what_became_of_them() -> None:
    channel = a_channel()
    read(channel, entries=20, new=3)
    read(channel, "unchanged", seconds=0.1)
    read(channel, "timed_out", seconds=30.0)
    read(channel, entries=20, new=1, seconds=99.0)
    row = ReadingDay.objects.get()
    assert (row.readings, row.failed, row.unchanged, row.entries, row.leads) == (4, 1, 1, 40, 4)
    assert row.latencies == [1, 1, 0, 0, 0, 0, 0, 1]
    assert row.seconds == pytest.approx(99.4)
    assert row.good_at is not None
    assert abs(timezone.now() - row.good_at) < timedelta(minutes=1)
    assert row.hours == [0] * 24


def test_a_failure_is_no_good_reading() -> None:
    channel = a_channel()
    read(channel, "dns_failed", seconds=2.5)
    row = ReadingDay.objects.get()
    assert (row.good_at, row.latencies, row.seconds) == (None, [0] * 8, 0.0)


def test_pages_and_articles() -> None:
    channel = a_channel()
    before = timezone.now()
    for number in range(3):
        store(channel, f"https://news.test/{number}")
    store(channel, "https://news.test/0", text="Another text.")
    store(channel, "https://news.test/1")
    registry.lead_failed(a_lead(channel, "https://news.test/a"), "no_text", "No text.", None)
    registry.lead_failed(a_lead(channel, "https://news.test/b"), "forbidden", "403.", None)
    registry.lead_unchanged(a_lead(channel, "https://news.test/c"), None)
    row = ReadingDay.objects.get()
    assert (row.pages, row.pages_failed, row.texts, row.textless, row.articles) == (8, 1, 4, 1, 3)
    assert row.page_fault == "forbidden"
    assert sum(row.hours) == 3
    assert row.hours[before.hour] + row.hours[(before.hour + 1) % 24] == 3
    assert row.article_at is not None


@pytest.mark.parametrize(
    ("seconds", "place"), [(0.0, 0), (0.249, 0), (0.25, 1), (1.0, 3), (15.99, 6), (16.0, 7), (1e9, 7)]
)
def test_buckets(seconds: float, place: int) -> None:
    assert latencies.bucket(seconds) == place


def test_what_is_not_committed_is_not_counted() -> None:
    channel = a_channel()
    with transaction.atomic():
        read(channel)
        transaction.set_rollback(True)
    assert not ReadingDay.objects.exists()


def test_of_a_channel_that_was_removed_nothing_is_counted() -> None:
    channel = a_channel()
    lead = a_lead(channel, "https://news.test/a")
    gone = Channel.objects.select_related("source").get()
    registry.remove(channel.source)
    gone.pk, lead.channel_id = 10**6, 10**6
    read(gone)
    read(gone, "timed_out")
    registry.lead_failed(lead, "no_text", "No text.", None)
    assert not ReadingDay.objects.exists()


def test_old_days_are_forgotten_and_those_to_come() -> None:
    channel = a_channel()
    today = timezone.now().date()
    for days in (-400, -91, -89, 0, 400):
        ReadingDay.objects.create(channel=channel, day=today + timedelta(days), latencies=[0] * 8, hours=[0] * 24)
    assert counts.forget() == 3
    assert [row.day - today for row in ReadingDay.objects.order_by("day")] == [timedelta(-89), timedelta(0)]


def test_a_good_reading_costs_two_statements_more() -> None:
    channel = a_channel()
    with connection.execute_wrapper(_count := _Counter()):
        read(channel)
    assert _count.many == 3


class _Counter:
    many = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.many += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)
