"""Reading a channel: a feed, a news sitemap or a front page becomes leads."""

from __future__ import annotations

from newsreel.archive import registry
from newsreel.archive.models import Channel
from newsreel.core.errors import NewsreelError
from newsreel.pipeline import decisions, fronts
from newsreel.pipeline.workshop import Workshop

ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "sitemap": "application/xml, text/xml;q=0.9, */*;q=0.5",
    "frontpage": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
}


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
        found = None if response.status == 304 else await fronts.named(shop, channel, response)
    except NewsreelError as error:
        shop.costs.outcomes[error.outcome] += 1
        if error.outcome in decisions.HOUSE_FAULTS:
            raise
        again = decisions.channel_retry_in(error, channel.failures, channel.interval)
        await shop.db(registry.channel_failed, channel, error.outcome, error.reason, again)
        raise
    new = (await fronts.keep(shop, channel, found, response, ACCEPT[channel.kind])).new if found else 0
    interval = decisions.next_interval(channel.interval, new, shop.settings.crawl_interval)
    kept = response.status == 304
    await shop.db(
        registry.channel_read,
        channel,
        etag=response.header("etag") or (channel.etag if kept else ""),
        last_modified=response.header("last-modified") or (channel.last_modified if kept else ""),
        new=new,
        interval=interval,
    )
    shop.costs.outcomes["channel_read"] += 1
    return new
