"""A first start: a selection of the catalogue, where there is a network; the outlets of the sample press, where it is wanted."""

from __future__ import annotations

import asyncio

from newsreel.core.errors import NewsreelError
from newsreel.fetching import Fetcher
from newsreel.pipeline.adding import add_all
from newsreel.pipeline.selecting import switch_on
from newsreel.pipeline.workshop import Workshop
from newsreel.sample.outlets import outlets
from newsreel.sources import starters

ASKED = 20  # of the starter channels: one that answers shows that there is a network
PATIENCE = 15.0  # seconds for any of them to answer
SAMPLE_PATIENCE = 30.0  # seconds for the sample press, which is started beside us


async def add_starters(shop: Workshop) -> bool:
    """Adds the starter channels as soon as one of some answers; False, and nothing added, where none does."""
    step = max(1, len(starters()) // ASKED)
    if not await _any_answers(shop.fetcher, [channel.url for channel in starters()[::step]]):
        return False
    await shop.db(switch_on, starters(), shop.settings.crawl_interval)
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
