"""Sources and their channels: adding, pausing, removing, and what a reading of a channel leaves behind."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Now

from newsreel.archive import changes, counts, reading
from newsreel.archive.claims import ensure_hosts
from newsreel.archive.manners import NOT_FREE
from newsreel.archive.models import Article, Channel, Host, Lead, Source
from newsreel.core.rsshub import feed_host, feed_identity
from newsreel.core.settings import settings
from newsreel.core.types import ChannelKind, Entry
from newsreel.core.urls import host_of, identity, site_of

log = logging.getLogger("newsreel.sources")
_WAIT = """
    UPDATE archive_host h SET waiting_for_host = w.named, failures = h.failures + 1, next_due_at = now() + make_interval(
        secs => w.seconds * CASE WHEN w.named THEN 1 ELSE power(2, least(h.failures, 8)) * (0.8 + 0.4 * random()) END)
    FROM unnest(%s::text[], %s::float8[], %s::bool[]) AS w (name, seconds, named) WHERE h.name = w.name
"""
NAMED_WITHIN = timedelta(
    days=7
)  # what Lead.named_at is exact to: written at every reading it would be most of all writing


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel to be watched."""

    url: str
    kind: ChannelKind
    name: str = ""
    name_zh: str = ""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A publisher to be watched."""

    site: str
    name: str
    home_url: str
    name_zh: str = ""
    country: str = ""
    language: str = ""


def known_channel(url: str) -> Channel | None:
    """The channel at an address, if we watch it already."""
    rows = Channel.objects.select_related("source").filter(source__retired_at=None, retired_at=None)
    return rows.filter(key=channel_key(url)).first()


def channel_key(url: str) -> str:
    """A channel's identity: its address's, the part that a query names included."""
    return feed_identity(url)


def channels_of_home(url: str) -> list[Channel]:
    """The channels of a source whose home page stands at this address."""
    homes = [
        source.pk
        for source in Source.objects.filter(site__in=_sites(url), retired_at=None)
        if identity(source.home_url) == identity(url)
    ]
    return list(Channel.objects.select_related("source").filter(source_id__in=homes).order_by("id"))


@transaction.atomic
def register(
    facts: SourceFacts, channels: Sequence[ChannelFacts], interval: int, **reach: Any
) -> tuple[Source, list[Channel]]:
    """Adds a source and its channels, or those that are missing. The source, and the channels that are new.

    ``reach``: proxy, ca_file and allowed_ports of a new source, where they differ from the settings.
    """
    about = {key: value for key, value in asdict(facts).items() if key != "site"}
    source, created = Source.objects.get_or_create(site=facts.site, defaults=about | reach)
    if created:
        changes.record("source", [source.pk], "added")
    elif source.retired_at is not None:
        set_paused(source, False)
    made = []
    for channel in channels:
        row, new = Channel.objects.get_or_create(
            key=channel_key(channel.url),
            defaults={
                "source": source,
                "url": channel.url,
                "kind": channel.kind,
                "name": channel.name[:200],
                "name_zh": channel.name_zh[:200],
                "host": feed_host(channel.url, settings().rsshub),
                "interval": interval,
            },
        )
        if not new and row.retired_at is not None:
            reading.read_again(Channel.objects.filter(pk=row.pk))
        if new or row.retired_at is not None:
            made.append(row)
    ensure_hosts(row.host for row in made)
    return source, made


def set_paused(source: Source, paused: bool) -> None:
    """Stops or goes on with reading a source, also with a retired one; its articles stay."""
    with transaction.atomic():
        rows = Source.objects.filter(pk=source.pk)
        if paused:
            rows.update(paused=True)
        else:
            # Of a source whose channels were all given up, somebody wants them tried once more.
            if source.retired_at is not None:
                reading.read_again(Channel.objects.filter(source=source, retired_at__isnull=False))
            rows.update(paused=False, retired_at=None)
        changes.record("source", [source.pk], "changed")
    log.info("The source %s is %s.", source.site, "paused" if paused else "read again")


def retire(source: Source) -> None:
    """Stops reading a source for good: what it still had to be read is dropped, its articles stay. An exception from its
    robots.txt ends with it.
    """
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(paused=True, retired_at=Now(), **NOT_FREE)
        Lead.objects.filter(channel__source=source, state=Lead.State.NEW).delete()
        changes.record("source", [source.pk], "changed")
    log.info("The source %s is retired.", source.site)


def set_channel_paused(channel: Channel, paused: bool) -> None:
    """Stops or goes on with reading one channel; what it has named already is still visited."""
    with transaction.atomic():
        rows = Channel.objects.filter(pk=channel.pk)
        if not paused and channel.retired_at is not None:
            reading.read_again(rows)
        rows.update(paused=paused)
        changes.record("source", [channel.source_id], "changed")


def remove(source: Source) -> int:
    """Takes a source out with its articles; their number. The evidence files stay until their time is over."""
    with transaction.atomic():
        articles = list(Article.objects.filter(source=source).values_list("pk", flat=True))
        # What another source names too is that one's from now on: its addresses are read again.
        Lead.objects.filter(article__source=source).exclude(channel__source=source).update(
            state=Lead.State.NEW, article=None, next_due_at=Now(), etag="", last_modified=""
        )
        changes.record("article", articles, "removed")
        changes.record("source", [source.pk], "removed")
        source.delete()
    log.info("The source %s was removed, with %d articles.", source.site, len(articles))
    return len(articles)


@transaction.atomic
def store_leads(channel: Channel, entries: Sequence[Entry]) -> int:
    """Keeps a channel's entries as leads; how many are new.

    An entry whose title or date has changed since we last saw it makes its address due again: the page was edited.
    """
    by_key: dict[str, Entry] = {}
    for entry in entries:
        key = identity(entry.url)
        if key and key not in by_key:
            by_key[key] = entry
    known = {
        lead.key: lead
        for lead in Lead.objects.filter(key__in=list(by_key))
        .only("key", "entry", "state", "next_due_at")
        .annotate(named_long_ago=Q(named_at__lt=Now() - NAMED_WITHIN))
    }
    ensure_hosts(host_of(entry.url) for key, entry in by_key.items() if key not in known)
    fresh = [
        Lead(key=key, url=entry.url, host=host_of(entry.url), channel=channel, entry=entry_json(entry))
        for key, entry in sorted(by_key.items())
        if key not in known
    ]
    Lead.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    if again := [lead.pk for lead in known.values() if lead.named_long_ago]:
        Lead.objects.filter(pk__in=again).update(named_at=Now())
    edited = [
        lead
        for key, lead in known.items()
        if lead.state == Lead.State.DONE
        and _statement(lead.entry) != _statement(entry_json(by_key[key]))
        and _says_more(by_key[key])
    ]
    for lead in edited:
        lead.entry = entry_json(by_key[lead.key])
    if edited:
        Lead.objects.bulk_update(edited, ["entry"], batch_size=500)
        Lead.objects.filter(pk__in=[lead.pk for lead in edited]).update(next_due_at=Now())
    return len(fresh)


def known_leads(keys: Sequence[str]) -> set[str]:
    """Those of some identities that are leads already. One query."""
    return set(Lead.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()


def channel_overlaps(channel: Channel, overlaps: int) -> None:
    """How many readings in a row named something known, see pipeline/gaps.py."""
    Channel.objects.filter(pk=channel.pk).update(overlaps=overlaps)


@transaction.atomic
def lead_failed(lead: Lead, outcome: str, reason: str, again_in: float | None) -> None:
    """An address gave no article: why, and after how many seconds it is tried again (None: never)."""
    due = None if again_in is None else Now() + Value(timedelta(seconds=again_in))
    # A lead that has its article stays done: only this visit failed.
    state = Lead.State.DONE if lead.article_id else (Lead.State.FAILED if again_in is None else Lead.State.NEW)
    _unvisited(lead).update(
        state=state, outcome=outcome, reason=reason[:500], attempts=F("attempts") + 1, next_due_at=due
    )
    counts.page(lead.channel_id, outcome)


def postpone(row: Channel | Lead, seconds: float) -> None:
    """A channel or lead could not be read now, and nothing was at fault: it is due again in some seconds."""
    type(row)._default_manager.filter(pk=row.pk).update(next_due_at=Now() + Value(timedelta(seconds=seconds)))
    Host.objects.filter(name=row.host).update(waiting_for_host=True)  # so that a crawl to the end waits for it


def drop_lead(lead: Lead) -> None:
    """Forgets an address that was never visited: where it is named again, it is judged again."""
    Lead.objects.filter(pk=lead.pk, article=None).delete()


@transaction.atomic
def lead_unchanged(lead: Lead, again_in: float | None) -> None:
    """A page was visited again and is the same."""
    due = None if again_in is None else Now() + Value(timedelta(seconds=again_in))
    _unvisited(lead).update(
        state=Lead.State.DONE, outcome="ok", reason="", attempts=0, visits=F("visits") + 1, next_due_at=due
    )
    counts.page(lead.channel_id, "unchanged")


def _unvisited(lead: Lead) -> QuerySet[Lead]:
    """The lead's row, unless a visit was written there since (what a worker writes late, whose lease another has, is nothing), or its
    article was forgotten during the visit: it is not to come again.
    """
    return Lead.objects.filter(pk=lead.pk, visits=lead.visits).exclude(state=Lead.State.REMOVED)


class Wait(NamedTuple):
    """Nothing is to be asked of a host for some seconds: by its own word (Retry-After), or because it does not answer; then twice as
    long each time, up to ``seconds`` * 256, and a little more or less: those that went silent together come apart.
    """

    host: str
    seconds: float
    named_by_host: bool


def hosts_wait(waits: Sequence[Wait]) -> None:
    """Hosts are left alone for a while: one statement for any number, for with a third of thousands of hosts dead single ones
    delayed the others.
    """
    names, seconds, named = zip(*sorted(waits), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [list(names), list(seconds), list(named)])


def hosts_answered(hosts: Sequence[str]) -> None:
    """Hosts speak to us, for the first time or again."""
    changes = Q(failures__gt=0) | Q(waiting_for_host=True) | Q(has_answered=False)
    Host.objects.filter(name__in=hosts).filter(changes).update(failures=0, waiting_for_host=False, has_answered=True)


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry as the lead keeps it."""
    kept = asdict(entry)
    for name in ("published", "updated"):
        moment: datetime | None = kept[name]
        kept[name] = moment.isoformat() if moment else None
    return {key: _no_nul(value) for key, value in kept.items() if value}


def entry_of(lead: Lead) -> Entry:
    """The entry that a lead keeps."""
    kept = dict(lead.entry)
    for name in ("published", "updated"):
        if kept.get(name):
            kept[name] = datetime.fromisoformat(kept[name])
    for name in ("authors", "categories"):
        kept[name] = tuple(kept.get(name) or ())
    kept.setdefault("id", lead.url)
    kept.setdefault("url", lead.url)
    return Entry(**kept)


def _no_nul(value: Any) -> Any:
    """PostgreSQL's text and jsonb take no NUL."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, (list, tuple)):
        return [_no_nul(item) for item in value]
    return value


def _statement(entry: dict[str, Any]) -> tuple[object, ...]:
    return entry.get("title"), entry.get("published"), entry.get("updated")


def _says_more(entry: Entry) -> bool:
    """A front page names the same address under changing teasers: only a dated entry speaks of the page itself."""
    return entry.updated is not None or entry.published is not None


def find_source(wanted: str) -> Source | None:
    """The source that a person means: by its number, its site, its name, or any address of it."""
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 18:
        return Source.objects.filter(pk=int(wanted)).first()
    sites = _sites(wanted if "://" in wanted else f"https://{wanted}")
    found = {
        source.site: source for source in Source.objects.filter(Q(site__in=sites) | Q(name=wanted)).order_by("-id")
    }
    return next((found[site] for site in sites if site in found), next(iter(found.values()), None))


def _sites(url: str) -> tuple[str, ...]:
    """The sites under which an address's publisher may be kept: a part of a site that is an outlet of its own first."""
    return host_of(url).removeprefix("www."), site_of(url)


def overview() -> list[dict[str, Any]]:
    """All sources with their channels and the number of their articles, in the order in which they were added."""
    channels: dict[int, list[dict[str, Any]]] = {}
    columns = ("id", "source_id", "kind", "name", "name_zh", "url", "outcome", "reason", "last_read_at", "next_due_at")
    for channel in Channel.objects.order_by("id").values(*columns):
        channels.setdefault(channel.pop("source_id"), []).append(channel)
    rows = Source.objects.annotate(count=Count("articles")).order_by("id")
    return [
        {
            "id": row.pk,
            "name": row.name,
            "name_zh": row.name_zh,
            "site": row.site,
            "home_url": row.home_url,
            "country": row.country,
            "language": row.language,
            "paused": row.paused,
            "retired": row.retired_at is not None,
            "articles": row.count,
            "channels": channels.get(row.pk, []),
        }
        for row in rows
    ]
