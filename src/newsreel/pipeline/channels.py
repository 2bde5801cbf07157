"""Reading a channel: a feed, a news sitemap or a front page becomes leads."""

from __future__ import annotations

from newsreel.archive import registry
from newsreel.archive.models import Channel
from newsreel.core.errors import NewsreelError, Permanent
from newsreel.core.types import Entry, Feed, Response, Sitemap
from newsreel.pipeline import decisions
from newsreel.pipeline.workshop import Workshop

ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "sitemap": "application/xml, text/xml;q=0.9, */*;q=0.5",
    "frontpage": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
}
MOST_ENTRIES = 1000  # of one reading; a news sitemap has at most as many
MOST_CHILDREN = 5  # of a sitemap index: the newest


async def read_channel(shop: Workshop, channel: Channel) -> int:
    """Reads a channel now; how many new leads it gave. Raises what kept it from being read, after writing it down."""
    try:
        response = await shop.fetch(
            channel.source,
            channel.url,
            accept=ACCEPT[channel.kind],
            etag=channel.etag or None,
            last_modified=channel.last_modified or None,
        )
        entries = () if response.status == 304 else await entries_of(shop, channel, response)
    except NewsreelError as error:
        shop.costs.outcomes[error.outcome] += 1
        if error.outcome in decisions.HOUSE_FAULTS:
            raise
        again = decisions.channel_retry_in(error, channel.failures, channel.interval)
        failure = registry.ChannelFailure(channel.pk, error.outcome, error.reason, again)
        await shop.together(registry.channels_failed, failure)
        raise
    new = await shop.db(registry.store_leads, channel, entries[:MOST_ENTRIES]) if entries else 0
    interval = decisions.next_interval(channel.interval, new, shop.settings.crawl_interval)
    kept = response.status == 304
    etag = response.header("etag") or (channel.etag if kept else "")
    last_modified = response.header("last-modified") or (channel.last_modified if kept else "")
    await shop.together(
        registry.channels_read, registry.ChannelReading(channel.pk, etag, last_modified, new=new, interval=interval)
    )
    shop.costs.outcomes["channel_read"] += 1
    return new


async def entries_of(shop: Workshop, channel: Channel, response: Response) -> tuple[Entry, ...]:
    """What an answer names. Permanent where it is not what the channel should be."""
    if channel.kind == Channel.Kind.FRONTPAGE:
        found: tuple[Entry, ...] = await shop.read(
            "parse_frontpage", response.body, response.url, content_type=response.content_type
        )
        if not found:
            raise Permanent("no_links", "The front page names no articles that could be recognised.")
        return found
    if channel.kind == Channel.Kind.SITEMAP:
        return await sitemap_entries(shop, channel, response)
    feed: Feed = await shop.read("parse_feed", response.body, response.url, content_type=response.content_type)
    if feed.error and not feed.entries:
        raise Permanent("bad_feed", feed.error)
    return feed.entries


async def sitemap_entries(shop: Workshop, channel: Channel, response: Response) -> tuple[Entry, ...]:
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
    return tuple(found)


def newest_children(sitemap: Sitemap) -> list[str]:
    """The addresses of an index that are worth a look: those for news first, then the last modified, then the last named."""
    ranked = sorted(
        enumerate(sitemap.children),
        key=lambda item: ("news" in item[1][0].lower(), item[1][1].timestamp() if item[1][1] else 0.0, item[0]),
        reverse=True,
    )
    return [url for _, (url, _) in ranked[:MOST_CHILDREN]]
