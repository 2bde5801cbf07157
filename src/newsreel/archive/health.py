"""How sources are: the facts from which it is told, and what was told of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from newsreel.archive.coverage import FIELDS, Gap
from newsreel.archive.models import Channel, CollectionGap, ReadingDay, Source, SourceHealth


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel as it was read last. ``outcome`` '' is not yet; ``good_at``: last without fault, as far as it is known; ``moved``: its
    site says that it is at another address for good.
    """

    id: int
    kind: str
    outcome: str
    reason: str
    paused: bool
    good_at: datetime | None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What was counted for a channel in a day (UTC): see ReadingDay."""

    channel: int
    day: date
    readings: int
    failed: int
    unchanged: int
    entries: int
    pages: int
    pages_failed: int
    texts: int
    textless: int
    articles: int
    latencies: list[int]
    hours: list[int]
    page_fault: str


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a source: ``findings`` as JSON, the gravest first."""

    state: str
    since: datetime | None = None
    findings: Sequence[dict[str, Any]] = ()
    per_day: float | None = None
    text_share: float | None = None
    latency: float | None = None
    good_at: datetime | None = None
    article_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """All that a source is judged by. ``days`` are the oldest first; ``gaps`` those of its channels and of everything;
    ``before``: what was told of it the last time.
    """

    id: int
    paused: bool
    retired: bool
    now: datetime
    channels: Sequence[ChannelFacts] = ()
    days: Sequence[DayFacts] = ()
    gaps: Sequence[Gap] = ()
    article_at: datetime | None = None
    before: Told | None = None


@dataclass
class _Parts:
    """A source's facts while they are read."""

    channels: list[ChannelFacts] = field(default_factory=list)
    days: list[DayFacts] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    article_at: datetime | None = None


NEW_AGE = timedelta(seconds=45)  # of one that was not read yet: its first reading is to be seen soon


def to_look_over(age: timedelta, most: int) -> list[int]:
    """Ids of sources that were not looked over for ``age``, those of longest ago first."""
    old = Q(health__looked_at=None) | Q(health__looked_at__lt=Now() - age) | Q(health__looked_at__gt=Now() + age)
    old |= Q(health__state=SourceHealth.State.NEW, health__looked_at__lt=Now() - NEW_AGE)
    rows = Source.objects.filter(old).order_by(F("health__looked_at").asc(nulls_first=True), "id")
    return list(rows.values_list("id", flat=True)[:most])


def facts(ids: Sequence[int], history: timedelta) -> list[SourceFacts]:
    """What is known of these sources in the last time; six queries."""
    now = _now()
    parts = {id_: _Parts() for id_ in ids}
    good = _days(parts, (now - history).date())
    for row in Channel.objects.filter(source__in=ids).order_by("id").defer("etag", "last_modified", "key"):
        last = good.get(row.pk) or (row.last_read_at if row.outcome == "ok" else None)
        parts[row.source_id].channels.append(
            ChannelFacts(row.pk, row.kind, row.outcome, row.reason, row.paused, last, bool(row.moved_to))
        )
    gaps = CollectionGap.objects.filter(Q(source__in=ids) | Q(source=None)).exclude(until__lt=now - history)
    everything: list[Gap] = []
    for gap in (Gap(*row) for row in gaps.order_by("since").values_list(*FIELDS)):
        (everything if gap.source is None else parts[gap.source].gaps).append(gap)
    before = {row.source_id: _told(row) for row in SourceHealth.objects.filter(source__in=ids)}
    return [
        SourceFacts(
            row.pk,
            row.paused,
            row.retired_at is not None,
            now,
            parts[row.pk].channels,
            parts[row.pk].days,
            [*everything, *parts[row.pk].gaps],
            parts[row.pk].article_at or (before[row.pk].article_at if row.pk in before else None),
            before.get(row.pk),
        )
        for row in Source.objects.filter(pk__in=ids).only("id", "paused", "retired_at").order_by("id")
    ]


def _days(parts: dict[int, _Parts], since: date) -> dict[int, datetime]:
    """Reads the days into ``parts``; when each channel was last read without fault."""
    names = [name for name in DayFacts.__dataclass_fields__ if name != "channel"]
    rows = ReadingDay.objects.filter(channel__source__in=list(parts), day__gte=since).order_by("day")
    good: dict[int, datetime] = {}
    for source, good_at, article_at, *values in rows.values_list(
        "channel__source", "good_at", "article_at", "channel_id", *names
    ):
        found = parts[source]
        found.days.append(DayFacts(*values))
        if good_at:
            good[values[0]] = good_at
        if article_at and (found.article_at is None or article_at > found.article_at):
            found.article_at = article_at
    return good


def _told(row: SourceHealth) -> Told:
    return Told(
        row.state, row.since, row.findings, row.per_day, row.text_share, row.latency, row.good_at, row.article_at
    )


def tell(told: Iterable[tuple[int, Told]]) -> None:
    """Keeps what was told of sources; ``since`` stays while the state does. One statement."""
    rows = [
        SourceHealth(
            source_id=source,
            state=found.state,
            since=found.since or Now(),
            looked_at=Now(),
            findings=list(found.findings),
            per_day=found.per_day,
            text_share=found.text_share,
            latency=found.latency,
            good_at=found.good_at,
            article_at=found.article_at,
        )
        for source, found in told
    ]
    columns = ["state", "since", "looked_at", "findings", "per_day", "text_share", "latency", "good_at", "article_at"]
    with suppress(IntegrityError), transaction.atomic():  # one was removed meanwhile: the others have their turn again
        SourceHealth.objects.bulk_create(rows, update_conflicts=True, unique_fields=["source"], update_fields=columns)


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment: datetime = cursor.fetchone()[0]
    return moment
