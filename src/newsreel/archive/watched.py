"""Sources and their channels as those who look after them see them: states, reasons, when each was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from newsreel.archive.models import Article, Channel, Lead, Source, Subscription
from newsreel.archive.shown import Name

SHOWN = 50
FAULTY = ~Q(channels__outcome__in=("", "ok")) & Q(channels__paused=False)
State = Literal["retired", "paused", "empty", "new", "faulty", "fine"]
Filter = Literal["", "faulty", "paused", "retired"]
FILTERS: tuple[Filter, ...] = ("", "faulty", "paused", "retired")


@dataclass(frozen=True, slots=True)
class Watched:
    """A source of the list. ``faulty``: how many of its ``channels`` could not be read last time."""

    id: int
    name: Name
    site: str
    state: State
    channels: int
    faulty: int
    last_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """SHOWN sources; ``total`` is of all that are meant."""

    rows: tuple[Watched, ...]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """One source with all its channels, its articles and what is still to be read of it."""

    source: Source
    state: State
    faulty: int
    channels: tuple[Channel, ...]
    articles: int
    waiting: int
    newest: datetime | None

    @property
    def offers_push(self) -> bool:
        """Whether a hub is offered for any of its channels."""
        return any(channel.hub for channel in self.channels)


def watched(search: str, which: Filter, number: int) -> WatchedPage | None:
    """A page of the sources by name; None where there is no such page. Two queries."""
    rows = _meant(search, which)
    total = rows.count()
    pages = max(1, -(-total // SHOWN))
    if not 1 <= number <= pages:
        return None
    counted = rows.annotate(
        many=Count("channels"), faulty=Count("channels", filter=FAULTY), last=Max("channels__last_read_at")
    ).order_by("name", "id")
    shown = tuple(
        Watched(
            row.pk,
            Name(row.name, row.name_zh),
            row.site,
            _state(row, row.many, row.faulty, row.last),
            row.many,
            row.faulty,
            row.last,
        )
        for row in counted[(number - 1) * SHOWN : number * SHOWN]
    )
    return WatchedPage(shown, total, number, pages)


def watched_source(id_: int) -> WatchedSource | None:
    """A source, or None. Five queries. A channel's ``hub_rows`` is what its hub was asked for, if it was; ``holds``: it pushes now."""
    source = Source.objects.filter(pk=id_).first()
    if source is None:
        return None
    holds = Q(state=Subscription.State.VERIFIED, lease_until__gt=Now())
    asked = Subscription.objects.filter(mode=Subscription.Mode.SUBSCRIBE).annotate(holds=holds)
    rows = Channel.objects.filter(source=source).order_by("name", "id")
    channels = tuple(rows.prefetch_related(Prefetch("subscriptions", asked, to_attr="hub_rows")))
    faulty = sum(channel.outcome not in ("", "ok") and not channel.paused for channel in channels)
    last = max((channel.last_read_at for channel in channels if channel.last_read_at), default=None)
    articles = Article.objects.filter(source=source).aggregate(many=Count("pk"), newest=Max("shown_at"))
    waiting = Lead.objects.filter(channel__source=source, state=Lead.State.NEW, next_due_at__isnull=False).count()
    state = _state(source, len(channels), faulty, last)
    return WatchedSource(source, state, faulty, channels, articles["many"], waiting, articles["newest"])


def _meant(search: str, which: Filter) -> QuerySet[Source]:
    rows = Source.objects.all()
    if search:
        wanted = Q(name__icontains=search) | Q(name_zh__icontains=search) | Q(site__icontains=search)
        rows = rows.filter(wanted)
    if which == "faulty":
        bad = Channel.objects.exclude(outcome__in=("", "ok")).filter(paused=False)
        return rows.filter(paused=False, pk__in=bad.values("source"))
    if which == "paused":
        return rows.filter(paused=True, retired_at=None)
    return rows.filter(retired_at__isnull=False) if which == "retired" else rows


def _state(source: Source, many: int, faulty: int, last: datetime | None) -> State:
    if source.retired_at is not None:
        return "retired"
    if source.paused:
        return "paused"
    if not many:
        return "empty"
    if faulty:
        return "faulty"
    return "fine" if last else "new"
