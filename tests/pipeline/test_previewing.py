"""A preview stores nothing, has an end, and says why where there is nothing to see; a worker follows changed settings."""

from __future__ import annotations

import asyncio

import pytest

from newsreel.archive import changes, wishes
from newsreel.archive.models import AddRequest, Channel, Preference, Source
from newsreel.core import settings as ours
from newsreel.pipeline import jobs
from newsreel.pipeline.previewing import MOST_TITLES, look_at
from tests.fetching.loopback import Site
from tests.pipeline.conftest import Open
from tests.pipeline.test_line import feed, item

pytestmark = pytest.mark.django_db(transaction=True)


def asked(address: str) -> wishes.Wish:
    row = wishes.ask_preview(address)
    return wishes.Wish(row.pk, row.address)


def answered(wish: wishes.Wish) -> AddRequest:
    assert not Source.objects.exists()
    assert not Channel.objects.exists()
    return AddRequest.objects.get(pk=wish.pk)


async def test_a_feed_shows_a_few_of_its_titles(open_shop: Open, site: Site) -> None:
    items = [item(site.url(f"/{n}"), f"Harbour {n} &lt;b&gt;") for n in range(9)]
    site.pages = {"/feed": feed(site, *items)}
    async with open_shop() as shop:
        wish = await shop.db(asked, site.url("/feed"))
        await look_at(shop, wish)
        row = await shop.db(answered, wish)
    assert row.state == "found"
    assert row.found is not None
    (channel,) = row.found["channels"]
    assert (channel["kind"], channel["entries"], len(channel["titles"])) == ("feed", 9, MOST_TITLES)
    assert channel["titles"][0]["title"].startswith("Harbour 0")


@pytest.mark.parametrize(
    ("address", "outcome"), [("word", "bad_address"), ("https://nowhere.test/", "robots_unreachable")]
)
async def test_where_there_is_nothing_to_see(open_shop: Open, address: str, outcome: str) -> None:
    async with open_shop() as shop:
        wish = await shop.db(asked, address)
        await look_at(shop, wish)
        row = await shop.db(answered, wish)
    assert (row.state, row.outcome) == ("failed", outcome)


async def test_a_preview_has_an_end(open_shop: Open, site: Site) -> None:
    site.pages = {"/feed": feed(site, item(site.url("/1")))}
    async with open_shop() as shop:
        wish = await shop.db(asked, site.url("/feed"))
        await look_at(shop, wish, seconds=0.0)
        row = await shop.db(answered, wish)
    assert (row.state, row.outcome) == ("failed", "timed_out")


async def test_an_older_workers_claim_leaves_previews_alone(open_shop: Open) -> None:
    async with open_shop() as shop:
        wish = await shop.db(asked, "news.test")
        assert await shop.db(wishes.claim, shop.owner) == []
        assert await shop.db(wishes.claim, shop.owner, state=AddRequest.State.LOOKING) == [wish]


async def test_a_worker_follows_what_the_portal_changes(open_shop: Open) -> None:
    def change(value: float) -> None:
        Preference.objects.update_or_create(name="crawl_gap", defaults={"value": value})
        changes.record("setting", [0], "changed")

    before = ours.own_settings()
    try:
        async with open_shop() as shop:
            watching = asyncio.create_task(jobs.watch(shop, pause=0.05))
            await shop.db(change, 2.5)
            for _ in range(100):
                if shop.settings.crawl_gap == 2.5:
                    break
                await asyncio.sleep(0.05)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            assert shop.settings.crawl_gap == 2.5
            assert shop.fetcher._policy.gap == 2.5
    finally:
        ours.use(before)
