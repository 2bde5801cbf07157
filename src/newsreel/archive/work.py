"""What is waiting to be done and what is being done; and what of that has waited for too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from newsreel.archive.models import AddRequest, Article, Channel, Host, Lead, Letter
from newsreel.archive.wishes import WAITING

RECENTLY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Queue:
    """Work of one kind: how much is due, and since when the oldest of it has waited."""

    many: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do, and who does it. ``workers`` have told of themselves within the last half minute."""

    channels: Queue
    leads: Queue
    articles: Queue
    wishes: Queue
    letters: Queue
    letters_failed: int
    articles_failed: int
    reading: Sequence[str]
    workers: int
    database_time: datetime


def work() -> Work:
    """The state of all work; ten queries."""
    now = Now()
    channels = Channel.objects.filter(next_due_at__lte=now, paused=False, source__paused=False)
    leads = Lead.objects.filter(next_due_at__lte=now, channel__source__paused=False)
    articles = Article.objects.filter(state=Article.State.STORED)
    wishes = AddRequest.objects.filter(state__in=WAITING)
    letters = Letter.objects.filter(state=Letter.State.WAITING)
    failed = Letter.objects.filter(state=Letter.State.FAILED, written_at__gte=now - RECENTLY)
    busy = Host.objects.filter(lease_owner__isnull=False, leased_until__gt=now).order_by("name")
    return Work(
        channels=_queue(channels, "next_due_at"),
        leads=_queue(leads, "next_due_at"),
        articles=_queue(articles, "changed_at"),
        wishes=_queue(wishes, "asked_at"),
        letters=_queue(letters, "written_at"),
        letters_failed=failed.count(),
        articles_failed=Article.objects.filter(state=Article.State.FAILED).count(),
        reading=list(busy.values_list("name", flat=True)[:50]),
        workers=_workers(),
        database_time=_database_time(),
    )


@dataclass(frozen=True, slots=True)
class Health:
    """What is looked at for faults beside the work. ``starving``: channels that are overdue although nothing keeps them."""

    faulty_sources: int
    channels: int
    faulty_channels: int
    starving: Queue


def health(patience: timedelta) -> Health:
    """Sources that fail, and channels that are due for longer than ``patience``; three queries."""
    channels = Channel.objects.filter(paused=False, source__paused=False)
    bad = ~Q(outcome__in=("", "ok"))
    counts = channels.aggregate(
        all=Count("pk"), bad=Count("pk", filter=bad), sources=Count("source", filter=bad, distinct=True)
    )
    kept = Host.objects.filter(Q(next_due_at__gt=Now()) | Q(leased_until__gt=Now())).values("name")
    overdue = channels.filter(next_due_at__lt=Now() - patience).exclude(host__in=kept)
    return Health(counts["sources"], counts["all"], counts["bad"], _queue(overdue, "next_due_at"))


def _queue(rows: object, column: str) -> Queue:
    found = rows.aggregate(many=Count("pk"), since=Min(column))  # type: ignore[attr-defined]
    return Queue(found["many"], found["since"])


def _workers() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment
