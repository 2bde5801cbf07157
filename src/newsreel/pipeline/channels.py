"""Reading a channel: a feed, a news sitemap or a front page becomes leads."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from newsreel.archive import reading, registry
from newsreel.archive.models import Channel
from newsreel.core import rsshub
from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.core.types import Entry, Feed, Response, Sitemap
from newsreel.fetching import BUSY
from newsreel.pipeline import decisions, polling, pushing
from newsreel.pipeline.polling import Heard, State
from newsreel.pipeline.subscribing import notice
from newsreel.pipeline.workshop import Workshop

ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "sitemap": "application/xml, text/xml;q=0.9, */*;q=0.5",
    "frontpage": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
}
MOST_ENTRIES = 1000  # of one reading; a news sitemap has at most as many
MOST_CHILDREN = 5  # of a sitemap index: the newest


@dataclass(frozen=True, slots=True)
class Named:
    """What an answer names. ``refresh_seconds`` as of Feed; ``alone``: whether nothing else had to be asked to know it."""

    entries: tuple[Entry, ...]
    refresh_seconds: int | None = None
    alone: bool = True


async def read_channel(shop: Workshop, channel: Channel) -> int:
    """Reads a channel now; how many new leads it gave. Raises what kept it from being read, after writing it down."""
    state = state_of(channel)
    started = time.monotonic()
    try:
        response = await _asked(shop, channel, state)
        # What counts as an article on a front page is learned: the same page may name others.
        whole = response.status != 304 and channel.kind != Channel.Kind.FRONTPAGE
        digest = polling.digest_of(response.body) if whole else ""
        same = response.status == 304 or (bool(digest) and digest == state.digest)
        named = None if same else await entries_of(shop, channel, response)
    except NewsreelError as error:
        shop.costs.outcomes[error.outcome] += 1
        if error.outcome in decisions.HOUSE_FAULTS:
            raise
        if error.outcome == BUSY:
            await shop.db(registry.postpone, channel, decisions.put_off(random.random()))  # noqa: S311 - no secret
            raise
        await shop.db(_failed, shop, channel, state, error, time.monotonic() - started)
        raise
    seconds = time.monotonic() - started
    entries = named.entries[:MOST_ENTRIES] if named else ()
    new = await shop.db(registry.store_leads, channel, entries) if entries else 0
    heard = Heard(response, digest=digest)
    if named is not None:
        half = polling.half_of(entries)
        heard = Heard(response, len(entries), new, digest, named.refresh_seconds, named.alone, half)
    await shop.together(_read, _Answered(channel, state, heard, seconds, shop.settings.crawl_interval))
    shop.costs.outcomes["channel_read"] += 1
    return new


async def _asked(shop: Workshop, channel: Channel, state: State) -> Response:
    """The answer of a channel's address: one with a body, or a 304 that answers what we asked."""
    etag, last_modified = polling.validators(state)
    response = await shop.fetch(
        channel.source,
        rsshub.resolved(channel.url, shop.settings.rsshub),
        accept=ACCEPT[channel.kind],
        etag=etag,
        last_modified=last_modified,
    )
    if response.status == 304 and not (etag or last_modified):
        raise Temporary(
            "unasked_304", "It answered 304 (Not Modified) to a request that did not ask for that.", status=304
        )
    if response.status != 304 and not response.body.strip():
        raise Temporary("empty_answer", "It answered with nothing at all.", status=response.status)
    return response


def state_of(channel: Channel) -> State:
    """What polling knows of a channel."""
    return State(**{name: getattr(channel, name) for name in State.__slots__})


@dataclass(frozen=True, slots=True)
class _Answered:
    """A channel that was read without fault, to be written with others. ``start``: the setting's interval."""

    channel: Channel
    state: State
    heard: Heard
    seconds: float
    start: int


def _read(rows: Sequence[_Answered]) -> None:
    now = reading.database_now()
    written = []
    for row in rows:
        then = polling.after_reading(row.state, row.heard, now, row.start)
        wait = max(then.wait, pushing.polling_floor(row.channel.pushed_at, now))
        written.append(reading.Reading(row.channel, then, wait, row.heard.entries, row.heard.new, row.seconds))
    reading.channels_read(written)


def _failed(shop: Workshop, channel: Channel, state: State, error: NewsreelError, seconds: float) -> None:
    then = polling.after_failure(state, error, reading.database_now(), shop.settings.crawl_interval)
    reading.channel_failed(channel, then, outcome=error.outcome, reason=error.reason, seconds=seconds)


async def entries_of(shop: Workshop, channel: Channel, response: Response) -> Named:
    """What an answer names. Permanent where it is not what the channel should be."""
    if channel.kind == Channel.Kind.FRONTPAGE:
        await notice(shop, channel, response)
        found: tuple[Entry, ...] = await shop.read(
            "parse_frontpage", response.body, response.url, content_type=response.content_type
        )
        if not found:
            raise Permanent("no_links", "The front page names no articles that could be recognised.")
        return Named(found)
    if channel.kind == Channel.Kind.SITEMAP:
        return await sitemap_entries(shop, channel, response)
    feed: Feed = await shop.read("parse_feed", response.body, response.url, content_type=response.content_type)
    if feed.error and not feed.entries:
        raise Permanent("bad_feed", feed.error)
    await notice(shop, channel, response, feed)
    return Named(feed.entries, feed.refresh_seconds)


async def sitemap_entries(shop: Workshop, channel: Channel, response: Response) -> Named:
    """A sitemap's entries, or those of the newest sitemaps that an index names."""
    sitemap: Sitemap = await shop.read("parse_sitemap", response.body, response.url)
    if sitemap.error and not sitemap.entries and not sitemap.children:
        raise Permanent("bad_sitemap", sitemap.error)
    found = list(sitemap.entries)
    for url in newest_children(sitemap):
        answer = await shop.fetch(channel.source, url, accept=ACCEPT["sitemap"])
        part: Sitemap = await shop.read("parse_sitemap", answer.body, answer.url)
        found.extend(part.entries)
        if len(found) >= MOST_ENTRIES:
            break
    # An index stays as it is while the sitemaps that it names change.
    return Named(tuple(found), alone=not sitemap.children)


def newest_children(sitemap: Sitemap) -> list[str]:
    """The addresses of an index that are worth a look: those for news first, then the last modified, then the last named."""
    ranked = sorted(
        enumerate(sitemap.children),
        key=lambda item: ("news" in item[1][0].lower(), item[1][1].timestamp() if item[1][1] else 0.0, item[0]),
        reverse=True,
    )
    return [url for _, (url, _) in ranked[:MOST_CHILDREN]]
