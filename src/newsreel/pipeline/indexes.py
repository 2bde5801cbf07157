"""Sitemaps and indexes of sitemaps: which of its sitemaps are worth a request, the newest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from newsreel.archive.models import Channel
from newsreel.core.errors import NewsreelError, Permanent
from newsreel.core.types import Entry, Response, Sitemap
from newsreel.core.urls import host_of
from newsreel.pipeline import decisions, gaps
from newsreel.pipeline.workshop import Workshop

ACCEPT = "application/xml, text/xml;q=0.9, */*;q=0.5"
MOST_CHILDREN = 5  # of a sitemap index: the newest
MOST_ENTRIES = 1000
DEPTH = 2  # an index of indexes
MARGIN = timedelta(days=1)  # what lastmod may be behind

# Of WordPress's and other programs' sitemaps those that list no articles, by their names.
_ASIDE = re.compile(
    r"(?<![a-z])(?:pages?|tags?|post_tag|categor(?:y|ies)|authors?|users?|images?|videos?|photos?|galleries|taxonom(?:y|ies)|sections?|topics?"
    r"|static|products?|attachments?|local|misc|index-pages)(?![a-z])",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


class Listed(NamedTuple):
    """What a sitemap names, and the sitemaps of its index that were not read, the newest first. ``alone``: it is no index."""

    entries: tuple[Entry, ...]
    older: tuple[str, ...] = ()
    alone: bool = True


def ranked_children(sitemap: Sitemap) -> list[tuple[str, datetime | None]]:
    """The sitemaps of an index that may list articles: those for news first, then by when they were changed (lastmod, else the date
    in their name), then the last named. Those of pages, tags, authors and pictures only where there are no others.
    """

    def rank(item: tuple[int, tuple[str, datetime | None]]) -> tuple[bool, float, int]:
        place, (url, changed) = item
        when = changed or _date_in(url)
        return "news" in url.lower(), when.timestamp() if when else 0.0, place

    children = [child for child in sitemap.children if not _ASIDE.search(child[0].rpartition("/")[2])]
    return [child for _, child in sorted(enumerate(children or sitemap.children), key=rank, reverse=True)]


def newest_children(sitemap: Sitemap) -> list[str]:
    """The addresses of an index that are worth a look."""
    return [url for url, _ in ranked_children(sitemap)[:MOST_CHILDREN]]


def changed_since(children: Sequence[tuple[str, datetime | None]], since: datetime | None) -> list[str]:
    """Of ranked sitemaps those that may have something new since a reading: by their own word, and always the first."""
    return [
        url
        for place, (url, changed) in enumerate(children)
        if not place or since is None or changed is None or changed >= since - MARGIN
    ]


async def sitemap_entries(shop: Workshop, channel: Channel, response: Response) -> Listed:
    """A sitemap's entries, or those of the newest sitemaps that an index names and that have changed since the last reading."""
    sitemap: Sitemap = await shop.read("parse_sitemap", response.body, response.url)
    if sitemap.error and not sitemap.entries and not sitemap.children:
        raise Permanent("bad_sitemap", sitemap.error)
    found = list(sitemap.entries)
    ranked = ranked_children(sitemap)
    queue = [(url, 1) for url in changed_since(ranked, gaps.last_good(channel))[:MOST_CHILDREN]]
    asked: set[str] = set()
    fault: NewsreelError | None = None
    while queue and len(asked) < MOST_CHILDREN and len(found) < MOST_ENTRIES:
        url, depth = queue.pop(0)
        if url in asked:
            continue
        asked.add(url)
        try:
            part = await read_part(shop, channel, url)
        except NewsreelError as error:
            if error.outcome in decisions.HOUSE_FAULTS or error.outcome in decisions.HOST_FAILURES:
                raise
            fault = error  # one of several that is not there is no reason to leave the others out
            continue
        found += part.entries
        if depth < DEPTH:
            queue[:0] = [(url, depth + 1) for url, _ in ranked_children(part)[:MOST_CHILDREN]]
    if fault is not None and not found:
        raise fault
    older = tuple(url for url, _ in ranked if url not in asked and host_of(url) == channel.host)
    return Listed(tuple(found), older, alone=not sitemap.children)


async def read_part(shop: Workshop, channel: Channel, url: str) -> Sitemap:
    """One of an index's sitemaps."""
    answer = await shop.fetch(channel.source, url, accept=ACCEPT)
    part: Sitemap = await shop.read("parse_sitemap", answer.body, answer.url)
    return part


def _date_in(url: str) -> datetime | None:
    name = url.rpartition("//")[2]
    if match := _DATE.search(name):
        try:
            return datetime(int(match[1]), int(match[2]), int(match[3] or 1), tzinfo=UTC)
        except ValueError:
            return None
    match = _YEAR.search(name)
    return datetime(int(match[1]), 1, 1, tzinfo=UTC) if match else None
