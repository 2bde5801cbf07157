"""Channels of RSSHub: added, listed, read through the instance that the setting names, and moved with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now

from newsreel.archive import preferences
from newsreel.archive.models import Channel, Host, Lead
from newsreel.archive.reading import settle_rsshub
from newsreel.core import settings as ours
from newsreel.core.errors import NewsreelError
from newsreel.core.settings import Settings
from newsreel.core.state import mark_sample
from newsreel.pipeline import jobs
from newsreel.pipeline.adding import add_all
from newsreel.pipeline.channels import read_channel
from tests.fetching.loopback import Site, answer, served
from tests.pipeline.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)

ROUTE = "rsshub://bilibili/user/video/2267573"


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    before = ours.own_settings()
    yield
    ours.use(before)


def name_instance(shop: Any, url: str) -> None:
    """The setting, as all processes have it."""
    ours.use(ours.own_settings().model_copy(update={"rsshub": url}))
    shop.settings = shop.settings.model_copy(update={"rsshub": url})


def hub_feed(*numbers: int, home: str = "https://space.bilibili.example/2267573") -> bytes:
    items = "".join(f"<item><title>Video {n}</title><link>https://b.example/{n}</link></item>" for n in numbers)
    text = f"<rss version='2.0'><channel><title>DIYgod</title><link>{home}</link>{items}</channel></rss>"
    return answer(200, text.encode(), "Content-Type: application/xml")


async def test_a_route_is_added_and_read_through_the_instance(open_shop: Open, site: Site) -> None:
    site.pages["/hub/bilibili/user/video/2267573?limit=5"] = hub_feed(1, 2)
    async with open_shop() as shop:
        name_instance(shop, site.url("/hub"))
        (added,) = await add_all(shop, [f"{ROUTE}/?limit=5"])
        (again,) = await add_all(shop, ["RSSHUB:///bilibili/user/video/2267573?limit=5"])
        channel = await shop.db(Channel.objects.select_related("source").get)
        await read_channel(shop, channel)
        leads = await shop.db(Lead.objects.count)
    assert (added.status, added.feeds, added.site) == ("added", (f"{ROUTE}?limit=5",), "bilibili.example")
    assert again.status == "known"
    assert (channel.url, channel.host, channel.source.home_url) == (
        f"{ROUTE}?limit=5",
        site.place,
        "https://space.bilibili.example/",
    )
    assert leads == 2


async def test_without_an_instance_the_reason_is_one_line(open_shop: Open, tmp_path: Path) -> None:
    async with open_shop() as shop:
        (refused,) = await add_all(shop, [ROUTE])
        name_instance(shop, "https://hub.example.org")
        (bad,) = await add_all(shop, ["rsshub://a/../b"])
        mark_sample(tmp_path)
        (sample,) = await add_all(shop, [ROUTE])
    assert (refused.status, refused.outcome) == ("failed", "no_rsshub")
    assert refused.reason == "rsshub:// addresses need an RSSHub instance, and the setting NEWSREEL_RSSHUB names none."
    assert (bad.outcome, sample.outcome) == ("bad_address", "sample_only")


async def test_an_instance_on_a_private_address_needs_an_exception(open_shop: Open) -> None:
    async with open_shop() as shop, served() as other:
        name_instance(shop, other.url())
        (refused,) = await add_all(shop, [ROUTE])
    assert refused.outcome == "address_refused"
    assert other.asked == []


async def test_what_the_hub_cannot_make_a_feed_of_has_its_reason(open_shop: Open, site: Site) -> None:
    site.pages["/bilibili/user/video/2267573"] = answer(503, b"<html>route is empty</html>")
    async with open_shop() as shop:
        name_instance(shop, site.url())
        (failed,) = await add_all(shop, [ROUTE])
    assert failed.outcome == "server_error"


async def test_with_the_setting_the_channels_move(open_shop: Open, site: Site) -> None:
    route = f"/{ROUTE.removeprefix('rsshub://')}"
    site.pages[route] = hub_feed(1)
    async with open_shop() as shop, served() as other:
        other.pages[route] = hub_feed(2)
        name_instance(shop, site.url())
        await add_all(shop, [ROUTE])
        await shop.db(lambda: Channel.objects.update(etag='"1"', failures=3))
        assert await shop.db(settle_rsshub, site.url()) == 0, "nothing has changed"

        assert await shop.db(settle_rsshub, other.url()) == 1
        moved = await shop.db(Channel.objects.get)
        due = await shop.db(Channel.objects.filter(next_due_at__lte=Now()).exists)
        hosts = await shop.db(lambda: set(Host.objects.values_list("name", flat=True)))
        assert (moved.host, moved.etag, moved.failures, due) == (other.place, "", 0, True)
        assert other.place in hosts

        assert await shop.db(settle_rsshub, "") == 1
        name_instance(shop, "")
        channel = await shop.db(Channel.objects.select_related("source").get)
        assert channel.host == "rsshub"
        with pytest.raises(NewsreelError):
            await read_channel(shop, channel)
        assert (await shop.db(Channel.objects.get)).outcome == "no_rsshub"


async def test_a_worker_takes_the_setting_up(open_shop: Open, site: Site) -> None:
    site.pages[f"/{ROUTE.removeprefix('rsshub://')}"] = hub_feed(1)
    async with open_shop() as shop:
        name_instance(shop, site.url())
        await add_all(shop, [ROUTE])
        ours.use(Settings(home=shop.settings.home))
        shop.settings = ours.settings()
        watching = asyncio.create_task(jobs.watch(shop, pause=0.05))
        try:
            await _host_is(shop, "rsshub")
            await shop.db(transaction.atomic(preferences.write), "rsshub", "https://hub.example.org/")
            await _host_is(shop, "hub.example.org")
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def _host_is(shop: Any, host: str) -> None:
    for _ in range(200):
        if (await shop.db(Channel.objects.get)).host == host:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"The channel is not read from {host}.")
