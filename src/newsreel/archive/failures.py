"""What could not be read, by reason and by source, and trying it again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Now

from newsreel.archive.models import Channel, Host, Lead
from newsreel.archive.shown import Name

log = logging.getLogger("newsreel.sources")

SHOWN = 50
MOST_RETRIED = 10_000  # at once: more would only wait in the queue
MOST_SOURCES = 20
Kind = Literal["channel", "page"]
KINDS: tuple[Kind, ...] = ("channel", "page")
_FAILED = ~Q(outcome__in=("", "ok"))


@dataclass(frozen=True, slots=True)
class Group:
    """Failures of one kind with the same outcome. ``again``: how many of them are tried again by themselves."""

    kind: Kind
    outcome: str
    many: int
    sources: int
    again: int
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class BySource:
    """How much of a source could not be read."""

    id: int
    name: Name
    channels: int
    pages: int


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that could not be read."""

    id: int
    url: str
    source_id: int
    source: Name
    outcome: str
    reason: str
    attempts: int
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failures:
    """All groups, the largest first, and the sources that are behind most of them."""

    groups: tuple[Group, ...]
    sources: tuple[BySource, ...]


def failures() -> Failures:
    """What could not be read; four queries."""
    channels = (
        _channels()
        .values("outcome")
        .annotate(many=Count("pk"), of=Count("source", distinct=True), latest=Max("last_read_at"))
    )
    pages = (
        _pages()
        .values("outcome")
        .annotate(
            many=Count("pk"),
            of=Count("channel__source", distinct=True),
            again=Count("pk", filter=Q(next_due_at__isnull=False)),
            latest=Max("first_seen"),
        )
    )
    groups = [Group("channel", row["outcome"], row["many"], row["of"], row["many"], row["latest"]) for row in channels]
    groups += [Group("page", row["outcome"], row["many"], row["of"], row["again"], row["latest"]) for row in pages]
    return Failures(tuple(sorted(groups, key=lambda group: (KINDS.index(group.kind), -group.many))), _by_source())


def group(kind: Kind, outcome: str, before: int | None) -> tuple[Failure, ...]:
    """The failures of a group, the latest first, SHOWN + 1 at most: the last only says that there are more."""
    if kind == "channel":
        rows = _channels().filter(outcome=outcome).select_related("source")
        rows = rows.filter(pk__lt=before) if before else rows
        return tuple(
            Failure(
                row.pk, row.url, row.source_id, Name(row.source.name, row.source.name_zh),
                row.outcome, row.reason, row.failures, row.next_due_at,
            )
            for row in rows.order_by("-pk")[: SHOWN + 1]
        )  # fmt: skip
    pages = _pages().filter(outcome=outcome).select_related("channel__source")
    pages = pages.filter(pk__lt=before) if before else pages
    return tuple(
        Failure(
            row.pk, row.url, row.channel.source_id, Name(row.channel.source.name, row.channel.source.name_zh),
            row.outcome, row.reason, row.attempts, row.next_due_at,
        )
        for row in pages.order_by("-pk")[: SHOWN + 1]
    )  # fmt: skip


def retry(kind: Kind, outcome: str, source: int | None = None) -> int:
    """Makes a group due now, in the caller's transaction; how many. A host that named its own time is still waited for."""
    if kind == "channel":
        rows = _channels().filter(outcome=outcome)
        chosen = rows.filter(source=source) if source else rows
        ids = list(chosen.values_list("pk", flat=True)[:MOST_RETRIED])
        hosts = set(chosen.filter(pk__in=ids).values_list("host", flat=True))
        Channel.objects.filter(pk__in=ids).update(next_due_at=Now())
    else:
        pages = _pages().filter(outcome=outcome)
        wanted = pages.filter(channel__source=source) if source else pages
        ids = list(wanted.order_by("-pk").values_list("pk", flat=True)[:MOST_RETRIED])
        hosts = set(Lead.objects.filter(pk__in=ids).values_list("host", flat=True))
        leads = Lead.objects.filter(pk__in=ids)
        leads.filter(state=Lead.State.FAILED).update(state=Lead.State.NEW)
        leads.update(next_due_at=Now(), attempts=0)
    Host.objects.filter(name__in=hosts, waiting_for_host=False).update(next_due_at=Now())
    log.info("To be tried again: %d of kind %s that failed by %s.", len(ids), kind, outcome)
    return len(ids)


def _channels() -> QuerySet[Channel]:
    return Channel.objects.filter(_FAILED, source__paused=False, paused=False)


def _pages() -> QuerySet[Lead]:
    return Lead.objects.filter(_FAILED, channel__source__paused=False)


def _by_source() -> tuple[BySource, ...]:
    columns = ("source", "source__name", "source__name_zh")
    found: dict[int, tuple[Name, list[int]]] = {}
    for row in _channels().values_list(*columns).annotate(many=Count("pk")).order_by("-many")[:MOST_SOURCES]:
        found.setdefault(row[0], (Name(row[1], row[2]), [0, 0]))[1][0] = row[3]
    columns = tuple(f"channel__{column}" for column in columns)  # type: ignore[assignment]
    for row in _pages().values_list(*columns).annotate(many=Count("pk")).order_by("-many")[:MOST_SOURCES]:
        found.setdefault(row[0], (Name(row[1], row[2]), [0, 0]))[1][1] = row[3]
    rows = [BySource(id_, name, *counts) for id_, (name, counts) in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.channels, -row.pages, row.id))[:MOST_SOURCES])
