"""A crawl learns from a site's pages, and the next articles come without what recurs on them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from newsreel.archive import registry
from newsreel.archive.models import Article, Channel, Lead, Revision, SiteMemory
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.urls import site_of
from newsreel.pipeline.crawling import Crawl, Tally
from newsreel.pipeline.learning import Lessons
from tests.fetching.loopback import Site, answer
from tests.pipeline.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)

BOX = "This story is part of the Harbour Project, in which reporters from nine towns follow the same ships for a year."
WORDS = "harbour council tide ferry market school winter bridge engine river doctor valley cargo window letter".split()


def own_text(number: int) -> list[str]:
    source = random.Random(number)
    return [" ".join(source.choice(WORDS) for _ in range(24)).capitalize() + ", they said." for _ in range(5)]


def page(number: int) -> bytes:
    """An article with a box within, in an element whose class is another one on every page."""
    title = f"The story of the {WORDS[number]} and the {WORDS[number + 1]}"
    pieces = [f"<p>{text}</p>" for text in own_text(number)]
    pieces.insert(2, f'<div class="css-{random.Random(number).getrandbits(32):x}"><p>{BOX}</p></div>')
    text = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{''.join(pieces)}</article></body></html>"
    return answer(200, text.encode(), "Content-Type: text/html")


def feed(site: Site, numbers: range) -> bytes:
    items = "".join(
        f"<item><title>Story {n}</title><link>{site.url(f'/{n}')}</link><guid>{site.url(f'/{n}')}</guid></item>"
        for n in numbers
    )
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
    return answer(200, text.encode(), "Content-Type: application/rss+xml")


def watch(site: Site) -> None:
    registry.register(SourceFacts("a.test", "A", site.url()), [ChannelFacts(site.url("/feed"), "feed")], 900)


def due_again() -> None:
    Lead.objects.update(next_due_at=Now())
    Channel.objects.update(next_due_at=Now())


async def crawl(shop: Any) -> Tally:
    return await Crawl(shop).run(to_the_end=True)


def texts() -> dict[str, str]:
    return {url.rsplit("/", 1)[1]: text for url, text in Article.objects.values_list("url", "text")}


async def test_the_sixth_article_comes_without_the_box_that_the_first_had(open_shop: Open, site: Site) -> None:
    site.pages = {f"/{number}": page(number) for number in range(6)}
    async with open_shop() as shop:
        await shop.db(watch, site)
        for number in range(6):  # a crawl each, as articles appear
            site.pages["/feed"] = feed(site, range(number + 1))
            await shop.db(Channel.objects.update, next_due_at=Now())
            await crawl(shop)
        found = await shop.db(texts)
        row = await shop.db(SiteMemory.objects.get)
        html = await shop.db(lambda: Article.objects.get(url__endswith="/5").html)
    assert BOX in found["0"]
    assert BOX not in found["5"]
    assert BOX not in html
    for number in range(6):
        assert [text for text in own_text(number) if text not in found[str(number)]] == []
    assert (row.site, row.pages) == (site_of(site.url()), 6)


async def test_within_one_batch_each_page_learns_from_those_before(open_shop: Open, site: Site) -> None:
    site.pages = {"/feed": feed(site, range(8)), **{f"/{number}": page(number) for number in range(8)}}
    async with open_shop() as shop:
        await shop.db(watch, site)
        await crawl(shop)
        found = await shop.db(texts)
        row = await shop.db(SiteMemory.objects.get)
    assert sum(BOX in text for text in found.values()) == 3
    assert (row.pages, row.version) == (8, 1)  # written once


async def test_an_article_that_its_publisher_left_as_it_was_is_not_changed_by_what_was_learned(
    open_shop: Open, site: Site
) -> None:
    site.pages = {"/feed": feed(site, range(8)), **{f"/{number}": page(number) for number in range(8)}}
    async with open_shop() as shop:
        await shop.db(watch, site)
        await crawl(shop)
        before = await shop.db(texts)
        await shop.db(due_again)
        tally = await crawl(shop)
        after = await shop.db(texts)
        revisions = await shop.db(Revision.objects.count)
        row = await shop.db(SiteMemory.objects.get)
    assert (tally.pages, tally.new, tally.changed, revisions) == (8, 0, 0, 0)
    assert after == before
    assert row.version == 1  # nothing new was learned, nothing was written


async def test_the_memory_costs_a_batch_one_query_before_and_one_after(open_shop: Open, site: Site) -> None:
    site.pages = {"/feed": feed(site, range(8)), **{f"/{number}": page(number) for number in range(8)}}
    seen: list[str] = []

    def watched(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    async with open_shop() as shop:
        await shop.db(watch, site)
        original = shop.db

        async def listening(function: Any, *arguments: Any, **options: Any) -> Any:
            def call() -> Any:
                with connection.execute_wrapper(watched):
                    return function(*arguments, **options)

            return await original(call)

        shop.db = listening
        await crawl(shop)
    assert sum("archive_sitememory" in sql for sql in seen) == 2


async def test_a_page_that_is_no_article_teaches_nothing(open_shop: Open, site: Site) -> None:
    empty = answer(200, b"<html><body><div id=app>Log in</div></body></html>", "Content-Type: text/html")
    site.pages = {"/feed": feed(site, range(3)), **{f"/{number}": empty for number in range(3)}}
    async with open_shop() as shop:
        await shop.db(watch, site)
        await crawl(shop)
        assert await shop.db(SiteMemory.objects.count) == 0


def test_lessons_are_kept_by_site_and_a_forged_one_is_left_out() -> None:
    lessons = Lessons({})
    lessons.add("https://www.a.test/1", b"one")
    lessons.add("https://b.test/1", b"other")
    lessons.add("https://a.test/2", b"x" * 10_000)
    lessons.add("not an address", b"two")
    assert lessons.of("https://a.test/3") == [b"one"]
    assert dict(lessons.taught) == {"a.test": [b"one"], "b.test": [b"other"]}
