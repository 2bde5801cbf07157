"""What the archive is doing at this moment, for people who look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Now

from newsreel.archive import wishes, workers
from newsreel.archive.models import AddRequest, Article, Channel, Host, Source

RECENTLY = timedelta(minutes=10)
MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Trouble:
    """A channel that could not be read. ``reason`` is English; ``outcome`` is what a page translates."""

    source_id: int
    source: str
    source_zh: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Activity:
    """``reading``: hosts that are being read now. ``recent``: articles of the last ten minutes. ``unread``: channels
    that were never read yet. ``last_read_at``: when any channel was last read without fault. ``held``: what keeps workers from
    their work.
    """

    sources: int
    channels: int
    unread: int
    troubled: int
    recent: int
    reading: Sequence[str]
    troubles: Sequence[Trouble]
    wishes: Sequence[AddRequest]
    last_read_at: datetime | None
    held: Sequence[workers.Held] = ()


def activity() -> Activity:
    """What is going on now; seven statements, whatever the archive holds."""
    channels = Channel.objects.filter(source__paused=False, retired_at=None)
    bad = channels.exclude(outcome__in=("", "ok"))
    numbers = channels.aggregate(
        all=Count("pk"), unread=Count("pk", filter=Q(outcome="")), bad=Count("pk", filter=~Q(outcome__in=("", "ok")))
    )
    busy = Host.objects.filter(lease_owner__isnull=False, leased_until__gt=Now())
    last = channels.filter(outcome="ok", last_read_at__isnull=False).order_by("-last_read_at")
    return Activity(
        sources=Source.objects.count(),
        channels=numbers["all"],
        unread=numbers["unread"],
        troubled=numbers["bad"],
        recent=Article.objects.filter(changed_at__gte=Now() - RECENTLY).count(),
        reading=list(busy.order_by("name").values_list("name", flat=True)[:MOST_NAMES]),
        troubles=[
            Trouble(row.source_id, row.source.name, row.source.name_zh, row.outcome, row.reason)
            for row in bad.select_related("source").order_by("-last_read_at")[:MOST_NAMES]
        ],
        wishes=wishes.recent(),
        last_read_at=last.values_list("last_read_at", flat=True).first(),
        held=workers.held(),
    )


def is_empty() -> bool:
    """Whether there is nothing to read and nothing that will bring something."""
    return not Source.objects.filter(Exists(Channel.objects.filter(source=OuterRef("pk")))).exists()
