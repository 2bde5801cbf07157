"""What is said of a source holds in the crawl: for its channels, its sitemaps and its pages."""

from __future__ import annotations

import pytest

from newsreel.archive import manners
from newsreel.archive.models import Article, Lead, Source
from newsreel.pipeline.crawling import Crawl
from tests.fetching.loopback import Site, answer
from tests.pipeline.conftest import Open
from tests.pipeline.test_line import feed, item, page
from tests.pipeline.test_politeness import watch

pytestmark = pytest.mark.django_db(transaction=True)


def agree(headers: list[list[str]], paths: list[str]) -> None:
    source = Source.objects.get()
    manners.set_reach(source, headers=headers)
    manners.set_free_paths(source, paths, "agreed", "charlie")


async def test_headers_and_an_exception_hold_for_all_that_is_read_of_a_source(open_shop: Open, site: Site) -> None:
    urls = [site.url("/open/1"), site.url("/shut/1")]
    site.pages = {
        "/robots.txt": answer(200, b"User-agent: *\nDisallow: /\nAllow: /feed"),
        "/feed": feed(site, *map(item, urls)),
        "/open/1": page("The harbour is closed"),
        "/shut/1": page("The harbour is open"),
    }
    async with open_shop() as shop:
        await shop.db(watch, [site])
        await shop.db(agree, [["Cookie", "subscriber=1"]], ["/open/"])
        tally = await Crawl(shop).run(to_the_end=True)
        outcomes = await shop.db(lambda: dict(Lead.objects.values_list("url", "outcome")))
        stored = await shop.db(lambda: list(Article.objects.values_list("url", flat=True)))
    assert tally.new == 1
    assert stored == [urls[0]]
    assert outcomes == {urls[0]: "ok", urls[1]: "robots_disallowed"}
    sent = {asked.target: asked.headers.get("cookie") for asked in site.asked}
    assert sent == {"/robots.txt": None, "/feed": "subscriber=1", "/open/1": "subscriber=1"}
