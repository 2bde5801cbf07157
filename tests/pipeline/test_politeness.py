"""At most one request at once to a host and a gap after each, over a whole crawl.

The sites lead to each other by redirects, of feeds, pages and robots.txt. A host is a name and a port: www.news.example
and news.example are two, and so are the subdomains of one site.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from newsreel.archive import registry
from newsreel.archive.claims import seconds_to_next
from newsreel.archive.models import Host, Lead
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.errors import Temporary
from newsreel.core.settings import settings
from newsreel.core.types import Response
from newsreel.fetching import BUSY, Fetcher, Policy
from newsreel.pipeline.crawling import Crawl, Tally
from newsreel.pipeline.workshop import Workshop, open_workshop
from tests.fetching.loopback import Names, Site, answer, served
from tests.pipeline.test_line import feed, item, page

pytestmark = pytest.mark.django_db(transaction=True)

GAP = 0.1
SECONDS = "extract(epoch FROM next_due_at - now())"
OWN, LED_AWAY = 3, 1  # pages of each site, and addresses of it that lead to each of the others


class Hindered(Fetcher):
    """A way out that another worker is in the way of, once that is said."""

    hindered = False

    async def fetch(self, url: str, **options: Any) -> Response:
        if self.hindered:
            raise Temporary(BUSY, "Another worker is reading it.")
        return await super().fetch(url, **options)


@asynccontextmanager
async def a_worker(home: Path, sites: list[Site], way_out: Fetcher | None = None) -> AsyncIterator[Workshop]:
    """A worker with its own way out, as the settings have it. The sites are numbers: no name is looked up."""
    places = tuple(site.place for site in sites)
    changed = {"home": home, "crawl_gap": GAP, "crawl_hosts": 1, "allowed_hosts": places}
    async with open_workshop(settings().model_copy(update=changed), lambda: None, way_out) as shop:
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


async def crawl(tmp_path: Path, sites: list[Site], workers: int) -> tuple[list[Tally], set[str]]:
    """What each did, and the addresses that were read."""
    async with AsyncExitStack() as stack:
        shops = [await stack.enter_async_context(a_worker(tmp_path, sites)) for _ in range(workers)]
        await shops[0].db(watch, sites)
        tallies = list(await asyncio.gather(*(Crawl(shop).run(to_the_end=True) for shop in shops)))
        done = Lead.objects.filter(state=Lead.State.DONE)
        return tallies, await shops[0].db(lambda: set(done.values_list("url", flat=True)))


async def test_a_worker_never_speaks_to_a_host_at_once_or_without_a_gap(tmp_path: Path) -> None:
    await whole_crawl(tmp_path, workers=1)


async def whole_crawl(tmp_path: Path, workers: int) -> None:
    """A crawl to its end by so many workers on one database, and what the sites saw of it."""
    async with AsyncExitStack() as stack:
        sites = [await stack.enter_async_context(served()) for _ in range(3)]
        urls = set.union(*(publish(number, sites) for number in range(3)))
        tallies, stored = await crawl(tmp_path, sites, workers)
        rests = [rest for site in sites for rest in site.rests()]
        asked = sum(len(site.asked) for site in sites)
    assert stored == urls
    assert all(tally.failed == [] for tally in tallies)
    assert all(tally.pages + tally.channels for tally in tallies), "one worker did it alone"
    assert asked > 3 * (OWN + 3 * LED_AWAY)
    assert min(rests) > GAP - 0.01


async def test_what_another_worker_is_in_the_way_of_is_no_failure(tmp_path: Path, site: Site) -> None:
    site.pages = {"/feed": feed(site, item(site.url("/away"))), "/away": page("The harbour is closed")}
    way_out = Hindered(Policy(gap=0, allowed_hosts=frozenset({site.place})), resolver=Names())
    async with a_worker(tmp_path, [site], way_out) as shop:
        await shop.db(watch, [site])
        await Crawl(shop).run(to_the_end=False)
        await shop.db(lambda: Lead.objects.update(next_due_at=Now(), state="new", article=None))

        way_out.hindered = True
        tally = await Crawl(shop).run(to_the_end=False)
        lead = await shop.db(lambda: Lead.objects.extra(select={"in": SECONDS}).get())
        host = await shop.db(Host.objects.get)
        wait = await shop.db(seconds_to_next)
    assert tally.failed == []
    assert (lead.state, lead.attempts, lead.outcome) == ("new", 0, "ok")
    assert 4 < getattr(lead, "in") <= 15
    assert (host.failures, host.waiting_for_host) == (0, True)
    assert wait is not None
    assert 4 < wait <= 15  # a crawl to the end waits for it
