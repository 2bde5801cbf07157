"""A first start: the starter feeds, where there is a network; the outlets of the sample press, where it is wanted."""

from __future__ import annotations

import asyncio

from newsreel.archive import registry
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.errors import NewsreelError
from newsreel.core.urls import site_of
from newsreel.fetching import Fetcher
from newsreel.pipeline.adding import add_all, front_door
from newsreel.pipeline.workshop import Workshop
from newsreel.sample.outlets import outlets
from newsreel.sources import StarterFeed, channel_name_zh, outlet_for, starter_feeds

PATIENCE = 15.0  # seconds for any starter feed to answer
SAMPLE_PATIENCE = 30.0  # seconds for the sample press, which is started beside us


async def add_starters(shop: Workshop) -> bool:
    """Adds all starter feeds as soon as one of them answers; False, and nothing added, where none does."""
    if not await _any_answers(shop.fetcher, [feed.url for feed in starter_feeds()]):
        return False
    for feed in starter_feeds():
        await shop.db(_register, feed, shop.settings.crawl_interval)
    return True


async def _any_answers(fetcher: Fetcher, addresses: list[str]) -> bool:
    async def answers(address: str) -> bool:
        try:
            await fetcher.fetch(address)
        except NewsreelError:
            return False
        return True

    asked = [asyncio.create_task(answers(address)) for address in addresses]
    try:
        async with asyncio.timeout(PATIENCE):
            for first in asyncio.as_completed(asked):
                if await first:
                    return True
    except TimeoutError:
        return False
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    return False


def _register(feed: StarterFeed, interval: int) -> None:
    outlet = outlet_for(feed.url)
    home = f"https://{outlet.domain}/" if outlet else front_door(feed.url)
    facts = SourceFacts(
        site=site_of(home),
        name=feed.outlet,
        home_url=home,
        name_zh=outlet.name_zh if outlet else "",
        country=outlet.country if outlet else "",
        language=outlet.language if outlet else "",
    )
    registry.register(facts, [ChannelFacts(feed.url, "feed", feed.channel, channel_name_zh(feed.channel))], interval)


async def add_sample(shop: Workshop) -> bool:
    """Adds the outlets of the sample press, once it answers."""
    roots = [outlet.root for outlet in outlets().values()]
    deadline = asyncio.get_running_loop().time() + SAMPLE_PATIENCE
    while True:
        results = await add_all(shop, roots)
        if all(result.status != "failed" for result in results):
            return True
        if asyncio.get_running_loop().time() > deadline:
            return any(result.status != "failed" for result in results)
        await asyncio.sleep(0.5)
