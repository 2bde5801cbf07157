"""How sources are, for pages: a fixed number of queries each, whatever there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db import connection
from django.db.models import Max, Q, Sum
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from newsreel.archive.coverage import FIELDS, Gap
from newsreel.archive.latencies import BUCKETS, summed
from newsreel.archive.models import Channel, CollectionGap, ReadingDay, Source, SourceHealth
from newsreel.archive.shown import Name

State = Literal["bad", "warn", "new", "fine", "paused", "retired"]
STATES: tuple[State, ...] = ("bad", "warn", "fine", "new", "paused", "retired")  # the graver first
BAR_DAYS = 30
SOURCE_DAYS = 90
GAPS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Health:
    """A source of the list. ``finding``: the name of its gravest finding, '' where there is none."""

    id: int
    name: Name
    site: str
    state: State
    since: datetime | None
    finding: str
    per_day: float | None
    text_share: float | None
    latency: float | None
    good_at: datetime | None
    article_at: datetime | None
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC) of a source, all its channels together."""

    day: date
    articles: int = 0
    readings: int = 0
    failed: int = 0
    texts: int = 0
    textless: int = 0
    pages: int = 0
    pages_failed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """A channel with what the last seven days brought. ``reason`` is English; ``latencies``: by latencies.BOUNDS."""

    id: int
    name: Name
    kind: str
    url: str
    outcome: str
    reason: str
    paused: bool
    failures: int
    interval: int
    last_read_at: datetime | None
    next_due_at: datetime
    good_at: datetime | None
    readings: int
    failed: int
    articles: int
    texts: int
    textless: int
    latencies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """Everything of one source. ``days``: SOURCE_DAYS of them, the oldest first; ``gaps``: the latest first."""

    health: Health
    home_url: str
    findings: Sequence[dict[str, Any]]
    channels: tuple[ChannelHealth, ...]
    days: tuple[Day, ...]
    gaps: tuple[Gap, ...]
    today: date


_FIRST = KeyTextTransform("name", KeyTransform(0, "health__findings"))
_HEALTH = (
    "id", "name", "name_zh", "site", "paused", "retired_at", "health__state", "health__since", "first", "health__per_day",
    "health__text_share", "health__latency", "health__good_at", "health__article_at", "health__looked_at",
)  # fmt: skip


def everybody(search: str = "") -> list[Health]:
    """All sources, or those whose name or site holds a text; one query, unsorted."""
    rows = Source.objects.all()
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(name_zh__icontains=search) | Q(site__icontains=search))
    return [_health(row) for row in rows.annotate(first=_FIRST).values_list(*_HEALTH)]


def _health(row: Sequence[Any]) -> Health:
    id_, name, name_zh, site, paused, retired_at, state, since, first, *rest = row
    if retired_at is not None or paused:  # said at once, and not only after the next look
        state, first = ("retired", "retired") if retired_at is not None else ("paused", "paused")
    elif state in ("paused", "retired") and first == state:
        state, first = "new", "not_yet"
    return Health(id_, Name(name, name_zh), site, state or "new", since, first or "", *rest)


def findings(ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What was found of these sources, the gravest first."""
    return dict(SourceHealth.objects.filter(source__in=ids).values_list("source", "findings"))


def days(ids: Sequence[int], many: int = BAR_DAYS) -> tuple[date, dict[int, list[Day]]]:
    """Today (UTC), and for each of these sources its last days, the oldest first, none left out."""
    today = _today()
    first = today - timedelta(days=many - 1)
    rows = (
        ReadingDay.objects.filter(channel__source__in=ids, day__gte=first, day__lte=today)
        .values_list("channel__source", "day")
        .annotate(*(Sum(name, default=0) for name in list(Day.__dataclass_fields__)[1:]))
    )
    found = {(source, day): Day(day, *counts) for source, day, *counts in rows}
    every = [first + timedelta(days=number) for number in range(many)]
    return today, {id_: [found.get((id_, day), Day(day)) for day in every] for id_ in ids}


def detail(id_: int) -> SourceDetail | None:
    """One source, or None; six queries."""
    row = (
        Source.objects.filter(pk=id_)
        .annotate(first=_FIRST)
        .values_list(*_HEALTH, "home_url", "health__findings")
        .first()
    )
    if row is None:
        return None
    health = _health(row[:-2])
    today, by_source = days([id_], SOURCE_DAYS)
    told = row[-1] or []
    if health.finding and (not told or told[0]["name"] != health.finding):
        told = [{"name": health.finding, "severity": "note", "facts": {}}]
    gaps = CollectionGap.objects.filter(Q(source=id_) | Q(source=None)).order_by("-since", "-id")
    return SourceDetail(
        health,
        row[-2],
        told,
        _channels(id_, today),
        tuple(by_source[id_]),
        tuple(Gap(*gap) for gap in gaps.values_list(*FIELDS)[:GAPS_SHOWN]),
        today,
    )


def _channels(source: int, today: date) -> tuple[ChannelHealth, ...]:
    names = ("readings", "failed", "articles", "texts", "textless")
    week = ReadingDay.objects.filter(channel__source=source, day__gt=today - timedelta(days=7), day__lte=today)
    counts: dict[int, list[int]] = {}
    latencies: dict[int, list[int]] = {}
    for channel, counted, *values in week.values_list("channel", "latencies", *names):
        counts[channel] = [a + b for a, b in zip(counts.get(channel, [0] * len(names)), values, strict=True)]
        latencies[channel] = summed([latencies.get(channel, [0] * BUCKETS), counted])
    good = dict(ReadingDay.objects.filter(channel__source=source).values_list("channel").annotate(last=Max("good_at")))
    return tuple(
        ChannelHealth(
            row.pk,
            Name(row.name, row.name_zh),
            row.kind,
            row.url,
            row.outcome,
            row.reason,
            row.paused,
            row.failures,
            row.interval,
            row.last_read_at,
            row.next_due_at,
            good.get(row.pk) or (row.last_read_at if row.outcome == "ok" else None),
            latencies=tuple(latencies.get(row.pk, ())),
            **dict(zip(names, counts.get(row.pk, [0] * len(names)), strict=True)),
        )
        for row in Channel.objects.filter(source=source).order_by("name", "id")
    )


def _today() -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'UTC')::date")
        today: date = cursor.fetchone()[0]
    return today
