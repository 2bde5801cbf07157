"""At most one request at once to a host and a gap after each, over a whole crawl by two workers on one database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from django.db.models.functions import Now

from newsreel.archive import registry
from newsreel.archive.models import Article, Channel, Host, Lead
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.settings import settings
from newsreel.fetching import Fetcher, Policy
from newsreel.pipeline.crawling import Crawl, Tally
from newsreel.pipeline.workshop import Workshop, open_workshop
from tests.fetching.loopback import Names, Site, answer, served
from tests.pipeline.test_line import feed, item, page

pytestmark = pytest.mark.django_db(transaction=True)

GAP = 0.1
OWN, LED_AWAY = 3, 1  # pages of each site, and addresses of it that lead to each of the others


@asynccontextmanager
async def a_worker(home: Path, sites: list[Site]) -> AsyncIterator[Workshop]:
    policy = Policy(gap=GAP, allowed_hosts=frozenset(site.place for site in sites))
    chosen = settings().model_copy(update={"home": home, "crawl_gap": GAP, "crawl_hosts": 1})
    async with open_workshop(chosen, lambda: None, Fetcher(policy, resolver=Names())) as shop:
        shop.leases.patience, shop.leases.put_off = 0.3, (0.1, 0.4)
        yield shop


def publish(number: int, sites: list[Site]) -> set[str]:
    """A site whose feed, robots.txt and some pages lead to the others; the addresses of its feed."""
    site, others = sites[number], sites[:number] + sites[number + 1 :]
    own = [site.url(f"/{number}/own{n}") for n in range(OWN)]
    away = [site.url(f"/{number}/away{n}-{m}") for n in range(LED_AWAY) for m in range(len(others))]
    urls = [url for pair in zip(own, away, strict=False) for url in pair] + own[len(away) :] + away[len(own) :]
    for n, url in enumerate(own):
        site.pages[url.removeprefix(site.url(""))] = page(f"The harbour of {number} is closed for day {n}")
    for n in range(LED_AWAY):
        for m, other in enumerate(others):
            path = f"/{number}/away{n}-{m}"
            site.pages[path] = answer(302, b"", f"Location: {other.url(f'{path}/there')}")
            other.pages[f"{path}/there"] = page(f"The harbour of {number} by {m} is closed for day {n}")
    site.pages["/feed"] = answer(301, b"", f"Location: {others[0].url(f'/{number}.xml')}")
    others[0].pages[f"/{number}.xml"] = feed(site, *(item(url) for url in urls))
    site.pages["/robots.txt"] = answer(302, b"", f"Location: {others[-1].url(f'/robots-of-{number}.txt')}")
    others[-1].pages[f"/robots-of-{number}.txt"] = answer(200, b"User-agent: *\nDisallow: /private")
    site.delay = 0.03
    return set(urls)


def watch(sites: list[Site]) -> None:
    for number, site in enumerate(sites):
        channel = ChannelFacts(site.url("/feed"), "feed")
        registry.register(SourceFacts(site.place, f"Paper {number}", site.url("/")), [channel], 900)


async def crawl_by_two(tmp_path: Path, sites: list[Site]) -> tuple[list[Tally], set[str]]:
    """What each did, and the addresses that were read."""
    async with AsyncExitStack() as stack:
        shops = [await stack.enter_async_context(a_worker(tmp_path, sites)) for _ in range(2)]
        await shops[0].db(watch, sites)
        tallies = list(await asyncio.gather(*(Crawl(shop).run(to_the_end=True) for shop in shops)))
        done = Lead.objects.filter(state=Lead.State.DONE)
        return tallies, await shops[0].db(lambda: set(done.values_list("url", flat=True)))


async def test_two_workers_never_speak_to_a_host_at_once(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        sites = [await stack.enter_async_context(served()) for _ in range(3)]
        urls = set.union(*(publish(number, sites) for number in range(3)))
        tallies, stored = await crawl_by_two(tmp_path, sites)
        rests = [rest for site in sites for rest in site.rests()]
        asked = sum(len(site.asked) for site in sites)
    assert stored == urls
    assert all(tally.failed == [] for tally in tallies)
    assert all(tally.pages for tally in tallies), "one worker did it alone"
    assert asked > 3 * (OWN + 3 * LED_AWAY)
    assert min(rests) > GAP - 0.01


def wait_for(host: str, seconds: float) -> None:
    registry.host_waits(host, seconds, named_by_host=True)


async def test_a_redirect_does_not_reach_a_host_that_is_to_be_left_alone(tmp_path: Path, site: Site) -> None:
    async with served() as other, a_worker(tmp_path, [site, other]) as shop:
        site.pages = {
            "/feed": feed(site, item(site.url("/away"))),
            "/away": answer(302, b"", f"Location: {other.url('/a')}"),
        }
        other.pages = {"/a": page("The harbour is closed")}
        await shop.db(watch, [site])
        await shop.db(lambda: Host.objects.create(name=other.place))
        await shop.db(wait_for, other.place, 3600.0)
        await Crawl(shop).run(to_the_end=True)
        lead = await shop.db(lambda: Lead.objects.extra(select={"in": "extract(epoch FROM next_due_at - now())"}).get())
        assert other.asked == []
        assert (lead.state, lead.attempts, lead.outcome) == ("new", 0, "")
        assert 3500 < getattr(lead, "in") <= 3600
        await shop.db(lambda: Host.objects.update(next_due_at=Now()))
        await shop.db(lambda: Lead.objects.update(next_due_at=Now()))
        tally = await Crawl(shop).run(to_the_end=True)
        assert (tally.new, await shop.db(Article.objects.count)) == (1, 1)
        assert await shop.db(lambda: list(Host.objects.values_list("lease_owner", flat=True))) == [None, None]


async def test_the_gap_is_kept_by_whoever_comes_next(tmp_path: Path, site: Site) -> None:
    """A worker gives a host back and another takes it at once, or after the first was killed with it."""
    site.pages = {"/feed": feed(site)}
    async with a_worker(tmp_path, [site]) as one, a_worker(tmp_path, [site]) as other:
        await one.db(watch, [site])
        await Crawl(one).run(to_the_end=False)
        pace = await one.db(lambda: Host.objects.get())
        assert pace.latency is not None
        assert pace.asked_at is not None
        await one.db(lambda: Channel.objects.update(next_due_at=Now()))
        await Crawl(other).run(to_the_end=False)
        await one.db(lambda: Channel.objects.update(next_due_at=Now()))
        await one.db(lambda: Host.objects.update(lease_owner=1, asked_at=None))
        taken = time.monotonic()
        async with a_worker(tmp_path, [site]) as third:
            await Crawl(third).run(to_the_end=False)
    assert site.paths() == ["/robots.txt", "/feed"] * 3
    assert min(site.rests()) > GAP - 0.01
    assert sorted(site.spans)[4][0] - taken > GAP - 0.01
