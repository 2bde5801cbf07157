"""Who may hold a place: a host that lets us wait costs the others nothing."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsreel.archive import registry
from newsreel.archive.models import Channel, Host
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.errors import Temporary
from newsreel.pipeline.channels import read_channel
from newsreel.pipeline.crawling import Crawl
from tests.fetching.loopback import Asked, Site, answer, served
from tests.pipeline.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)

EMPTY = answer(
    200, b'<rss version="2.0"><channel><title>F</title></channel></rss>', "Content-Type: application/rss+xml"
)


async def _says_nothing(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


def _watch(*sites: Site) -> None:
    for number, site in enumerate(sites):
        registry.register(
            SourceFacts(f"s{number}.test", f"S{number}", site.url()), [ChannelFacts(site.url("/feed"), "feed")], 900
        )


def _read() -> int:
    return Channel.objects.filter(outcome="ok").count()


async def _until(true: Any, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110  # it is the database that is looked at
            await asyncio.sleep(0.05)


async def test_a_silent_host_gives_up_its_place(open_shop: Open) -> None:
    async with AsyncExitStack() as stack:
        silent, *live = [await stack.enter_async_context(served()) for _ in range(4)]
        silent.pages = {"/robots.txt": _says_nothing, "/feed": _says_nothing}
        for site in live:
            site.pages = {"/feed": EMPTY}
        shop = await stack.enter_async_context(open_shop(allowed=[site.place for site in (silent, *live)]))
        shop.settings = shop.settings.model_copy(update={"crawl_hosts": 1})
        await shop.db(_watch, silent)
        crawl = Crawl(shop, patience=0.3)
        running = asyncio.create_task(crawl.run(to_the_end=False))

        async def asked() -> bool:
            return bool(silent.asked)

        async def all_read() -> bool:
            return await shop.db(_read) == len(live)

        await _until(asked, 20)
        await shop.db(_watch, silent, *live)
        await _until(
            all_read, 20
        )  # robots.txt alone is waited for for 30 seconds: the only place was the silent host's
        assert not running.done()
        crawl.stopping = True
        await asyncio.wait_for(running, 20)

        async def all_free() -> bool:
            return not await shop.db(Host.objects.exclude(lease_owner=None).exists)

        await _until(all_free, 20)
    assert len(silent.asked) == 1


async def test_a_host_that_failed_does_not_wait_for_a_place(open_shop: Open) -> None:
    async with AsyncExitStack() as stack:
        sites = [await stack.enter_async_context(served()) for _ in range(3)]
        for site in sites:
            site.pages = {"/feed": EMPTY}
        shop = await stack.enter_async_context(open_shop(allowed=[site.place for site in sites]))
        await shop.db(_watch, *sites)
        await shop.db(lambda: Host.objects.update(failures=3))
        await Crawl(shop).run(to_the_end=False)
        failures = await shop.db(lambda: set(Host.objects.values_list("failures", flat=True)))
        read = await shop.db(_read)
    assert (read, failures) == (3, {0})  # an answer ends the count
    assert {site.most_busy for site in sites} == {1}


def _feeds(site: Site, number: int) -> None:
    facts = [ChannelFacts(site.url(f"/{name}"), "feed") for name in "abcde"]
    registry.register(SourceFacts(f"f{number}.test", f"F{number}", site.url()), facts, 900)


async def test_a_host_of_nothing_but_faults_is_left_alone_after_two(open_shop: Open) -> None:
    fault = answer(500, b"")
    async with AsyncExitStack() as stack:
        broken, partly = [await stack.enter_async_context(served()) for _ in range(2)]
        broken.pages = {f"/{name}": fault for name in "abcde"}
        partly.pages = {f"/{name}": fault for name in "abcd"} | {"/e": EMPTY}
        shop = await stack.enter_async_context(open_shop(allowed=[site.place for site in (broken, partly)]))
        for number, site in enumerate((broken, partly)):
            await shop.db(_feeds, site, number)
        earlier = timezone.now() - timedelta(minutes=1)
        await shop.db(lambda: Channel.objects.filter(url=partly.url("/e")).update(next_due_at=earlier))
        await Crawl(shop).run(to_the_end=False)
        left = await shop.db(lambda: {host.name: host.failures for host in Host.objects.all()})
    asked = [[path for path in site.paths() if path != "/robots.txt"] for site in (broken, partly)]
    assert (len(asked[0]), len(asked[1])) == (2, 5)
    assert asked[1][0] == "/e"
    assert (left[broken.place], left[partly.place]) == (2, 0)


async def test_who_cannot_be_read_gives_up_its_place_before_the_reason_is_written(open_shop: Open) -> None:
    async with served() as site:
        site.pages = {"/live": EMPTY, "/broken": answer(500, b"")}
        async with open_shop(allowed=[site.place]) as shop:
            facts = [ChannelFacts(site.url(path), "feed") for path in site.pages]
            await shop.db(registry.register, SourceFacts("s.test", "S", site.url()), facts, 900)
            rows = await shop.db(lambda: {row.url: row for row in Channel.objects.select_related("source")})
            written: list[int] = []
            with pytest.raises(Temporary):
                await read_channel(
                    shop, rows[site.url("/broken")], lambda: written.append(site.paths().count("/broken"))
                )
            assert written == [1]
            assert (await shop.db(Channel.objects.get, url=site.url("/broken"))).outcome == "server_error"
            await read_channel(shop, rows[site.url("/live")], lambda: written.append(-1))
            assert written == [1]
