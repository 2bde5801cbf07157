"""What was published while nobody looked: found through older pages, within bounds, once, and never on another host."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from newsreel.archive.models import Article, Channel, CollectionGap, Host, Lead
from newsreel.core.types import Entry
from newsreel.core.urls import identity
from newsreel.pipeline import fronts, gaps
from newsreel.pipeline.channels import ACCEPT, read_channel
from newsreel.pipeline.crawling import Crawl
from newsreel.pipeline.gaps import MOST_PAGES, STEADY, Filling, end_of, of_the_gap, overlaps_after, should_page_back
from tests.fetching.loopback import Asked, Site, answer, served
from tests.pipeline import newspaper
from tests.pipeline.conftest import Open
from tests.pipeline.newspaper import story

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def entry(number: int, published: datetime | None = None) -> Entry:
    return Entry(str(number), f"https://x.test/{number}", published=published)


def steady() -> None:
    Channel.objects.update(overlaps=STEADY, outcome="ok", last_read_at=Now() - timedelta(days=4))


def the_channel() -> Channel:
    return Channel.objects.select_related("source").get()


async def look(shop: Any) -> Filling | None:
    """One reading of the only channel, as ``read_channel`` does it; what it found of a gap."""
    channel = await shop.db(the_channel)
    response = await shop.fetch(channel.source, channel.url, accept=ACCEPT[channel.kind])
    found = await fronts.named(shop, channel, response)
    return (await fronts.keep(shop, channel, found, response, ACCEPT[channel.kind])).filling


def named() -> set[str]:
    return {"/" + url.split("/", 3)[3] for url in Lead.objects.values_list("url", flat=True)}


def paged(site: Site, newest: int, oldest: int, window: int = 6, path: str = "/") -> None:
    """A front page with the newest, and its older ones behind it."""
    for page, first in enumerate(range(newest, oldest, -window), 1):
        here = path if page == 1 else f"{path}?page={page}"
        site.pages[here] = newspaper.front(
            range(first, max(first - window, oldest), -1), older=f"{path}?page={page + 1}"
        )


def test_only_a_steady_channel_that_meets_nothing_known_has_a_gap() -> None:
    assert should_page_back(STEADY, 10, known=False)
    assert not should_page_back(STEADY, 10, known=True)
    assert not should_page_back(STEADY, 0, known=False)
    assert not should_page_back(STEADY - 1, 10, known=False)


def test_a_channel_is_steady_after_some_readings_and_again_only_where_its_gap_was_filled() -> None:
    filled, open_ = (Filling(1, None, NOON, 3, 20, end) for end in ("met", "bounded"))  # type: ignore[arg-type]
    assert [overlaps_after(n, 10, known=True) for n in range(STEADY + 1)] == [1, 2, 3, 3]
    assert overlaps_after(2, 0, known=False) == 2
    assert overlaps_after(STEADY, 10, known=False) == 0
    assert overlaps_after(STEADY, 10, known=False, filling=filled) == STEADY
    assert overlaps_after(STEADY, 10, known=False, filling=open_) == 0


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ("met", {"known": True}),
        ("repeated", {"fresh": 0}),
        ("ended", {"entries": [], "fresh": 0}),
        ("reached", {"since": NOON + timedelta(days=3)}),
        ("bounded", {"pages": MOST_PAGES}),
        ("bounded", {"total": gaps.MOST_ENTRIES}),
        ("bounded", {"seconds": gaps.MOST_SECONDS}),
        (None, {"since": NOON}),
        (None, {"since": None}),
    ],
)
def test_where_the_way_back_ends(expected: str | None, given: dict[str, Any]) -> None:
    state: dict[str, Any] = {
        "entries": [entry(1, NOON), entry(2, NOON), entry(3)], "fresh": 3, "known": False, "since": None, "pages": 1, "total": 3,
        "seconds": 1.0,
    }  # fmt: skip
    assert end_of(**(state | given)) == expected


def test_of_the_last_page_only_what_stands_before_the_last_known_is_of_the_gap() -> None:
    page = [entry(1), entry(2), entry(3), entry(4), entry(5)]
    known = {identity(entry(2).url), identity(entry(4).url)}
    assert [one.id for one in of_the_gap(page, known, NOON)] == ["1", "3"]
    dated = [entry(1, NOON), entry(2, NOON - timedelta(days=9)), entry(3)]
    assert [one.id for one in of_the_gap(dated, set(), NOON)] == ["1", "3"]


async def test_an_outage_of_days_is_filled_without_duplicates(open_shop: Open, site: Site) -> None:
    site.pages = {story(n): newspaper.article(n) for n in range(1, 34)}
    paged(site, 6, 0)
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/")
        for _ in range(STEADY + 1):
            await shop.db(newspaper.channels_due)
            await Crawl(shop).run(to_the_end=True)
        assert await shop.db(lambda: (Article.objects.count(), the_channel().overlaps)) == (6, STEADY)
        site.asked.clear()
        paged(site, 33, 0)
        for _ in range(2):
            await shop.db(newspaper.channels_due)
            await Crawl(shop).run(to_the_end=True)
        urls = await shop.db(lambda: list(Article.objects.values_list("url", flat=True)))
        noted = await shop.db(lambda: list(CollectionGap.objects.values_list("why", "filled")))
    assert sorted(urls) == sorted(site.url(story(n)) for n in range(1, 34))
    assert noted == [("overrun", True)]
    assert newspaper.visited(site, lambda path: "page=" in path) == [
        f"/?page={n}" for n in range(2, 6)
    ]  # and only once
    assert len(newspaper.visited(site, lambda path: path.startswith("/news/"))) == 27
    assert site.most_busy == 1


async def test_endless_paging_ends(open_shop: Open, site: Site) -> None:
    async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
        page = int(asked.target.partition("page=")[2] or 1)
        writer.write(newspaper.front(range(100 + page * 6, 106 + page * 6), older=f"/?page={page + 1}"))
        await writer.drain()

    site.pages = {"/": newspaper.front(range(6))} | {f"/?page={n}": endless for n in range(2, 99)}
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/")
        await look(shop)
        await shop.db(steady)
        site.pages["/"] = endless
        filling = await look(shop)
        assert filling is not None
        assert (filling.end, filling.filled, filling.pages, filling.entries) == (
            "bounded",
            False,
            MOST_PAGES,
            6 * MOST_PAGES,
        )
        assert filling.since is not None
        assert filling.until - filling.since > timedelta(days=3)
        assert await look(shop) is None  # once: until it is steady again
    assert shop.costs.outcomes["gap_not_filled"] == 1


async def test_paging_in_a_circle_ends(open_shop: Open, site: Site) -> None:
    site.pages = {"/": newspaper.front(range(6))}
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/")
        await look(shop)
        await shop.db(steady)
        site.pages = {
            "/": newspaper.front(range(20, 26), older="/two"),
            "/two": newspaper.front(range(14, 20), older="/three"),
            "/three": newspaper.front(range(20, 26), older="/two"),
        }
        filling = await look(shop)
    assert filling is not None
    assert (filling.end, filling.pages, filling.entries) == ("repeated", 2, 6)


async def test_a_next_page_on_another_host_is_not_followed(open_shop: Open, site: Site) -> None:
    async with served() as other:
        other.pages = {"/": newspaper.front(range(30, 36))}
        site.pages = {"/": newspaper.front(range(6))}
        async with open_shop(allowed=[other.place]) as shop:
            await shop.db(newspaper.watch, site, "/")
            await look(shop)
            await shop.db(steady)
            site.pages["/"] = newspaper.front(range(20, 26), older=other.url())
            filling = await look(shop)
        assert filling is not None
        assert (filling.end, filling.pages) == ("ended", 0)
        assert other.asked == []


async def test_a_fault_on_the_way_keeps_what_was_found(open_shop: Open, site: Site) -> None:
    site.pages = {"/": newspaper.front(range(6))}
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/")
        await look(shop)
        await shop.db(steady)
        site.pages = {
            "/": newspaper.front(range(30, 36), older="/two"),
            "/two": newspaper.front(range(24, 30), older="/three"),
            "/three": answer(500, b"down"),
        }
        filling = await look(shop)
        assert {story(n) for n in range(24, 36)} <= await shop.db(named)
    assert filling is not None
    assert (filling.end, filling.outcome, filling.filled) == ("failed", "server_error", False)


async def test_a_host_that_asks_for_patience_on_the_way_gets_it(open_shop: Open, site: Site) -> None:
    site.pages = {"/": newspaper.front(range(6))}
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/")
        await look(shop)
        await shop.db(steady)
        site.pages = {"/": newspaper.front(range(30, 36), older="/two"), "/two": answer(429, b"", "Retry-After: 300")}
        await shop.db(newspaper.channels_due)
        site.asked.clear()
        await Crawl(shop).run(to_the_end=True)
        assert {story(n) for n in range(30, 36)} <= await shop.db(named)
        assert await shop.db(lambda: Host.objects.get().waiting_for_host)
    assert site.paths() == ["/", "/two"]


def rss(site: Site, numbers: range, head: str = "") -> bytes:
    items = "".join(
        f"<item><title>{newspaper.headline(n)}</title><link>{site.url(story(n))}</link></item>" for n in numbers
    )
    text = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>F</title>{head}{items}</channel></rss>'
    return answer(200, text.encode(), "Content-Type: application/rss+xml")


@pytest.mark.parametrize("way", ["wordpress", "rfc5005"])
async def test_a_feed_is_followed_to_what_is_known(open_shop: Open, site: Site, way: str) -> None:
    generator = "<generator>https://wordpress.org/?v=6.4</generator>"

    def head(page: int) -> str:
        return generator if way == "wordpress" else f'<atom:link rel="next" href="/feed?paged={page + 1}"/>'

    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/feed", kind="feed")
        for turn in range(STEADY + 1):  # the same again would not be looked into
            site.pages["/feed"] = rss(site, range(5, -1, -1), head(1) + f"<description>{turn}</description>")
            await read_channel(shop, await shop.db(the_channel))
        site.pages["/feed"] = rss(site, range(20, 15, -1), head(1))
        site.pages |= {f"/feed?paged={n}": rss(site, range(25 - 5 * n, 20 - 5 * n, -1), head(n)) for n in (2, 3, 4, 5)}
        await read_channel(shop, await shop.db(the_channel))
        assert await shop.db(named) == {story(n) for n in range(21)}
        assert (await shop.db(the_channel)).overlaps == STEADY
    assert newspaper.visited(site, lambda path: "paged" in path) == ["/feed?paged=2", "/feed?paged=3", "/feed?paged=4"]


async def test_an_index_of_sitemaps_is_followed_to_its_older_ones(open_shop: Open, site: Site) -> None:
    def listed(numbers: range) -> bytes:
        locs = "".join(f"<url><loc>{site.url(story(n))}</loc></url>" for n in numbers)
        return answer(200, f"<urlset>{locs}</urlset>".encode(), "Content-Type: application/xml")

    def index(days: range) -> bytes:
        locs = "".join(
            f"<sitemap><loc>{site.url(f'/sitemap-2026-11-{n:02}.xml')}</loc></sitemap>" for n in (*days, 99)
        ).replace("2026-11-99", "tags")
        return answer(200, f"<sitemapindex>{locs}</sitemapindex>".encode(), "Content-Type: application/xml")

    site.pages = {f"/sitemap-2026-11-{day:02}.xml": listed(range(day * 3, day * 3 + 3)) for day in range(1, 29)}
    site.pages["/index.xml"] = index(range(1, 11))
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/index.xml", kind="sitemap")
        await look(shop)
        assert await shop.db(named) == {story(n) for n in range(18, 33)}  # the newest five
        await shop.db(steady)
        site.pages["/index.xml"] = index(range(1, 20))
        filling = await look(shop)
        assert {story(n) for n in range(33, 60)} <= await shop.db(named)
    assert filling is not None
    assert (filling.end, filling.pages, filling.entries) == ("met", 5, 12)
    assert "/sitemap-tags.xml" not in site.paths()


def test_since_when_a_gap_may_be() -> None:
    channel = Channel(outcome="ok", last_read_at=NOON, last_new_at=NOON - timedelta(days=1))
    assert gaps.last_good(channel) == NOON
    channel.outcome = "timed_out"
    assert gaps.last_good(channel) == NOON - timedelta(days=1)


def test_a_filling_says_whether_all_was_found() -> None:
    ends: tuple[gaps.End, ...] = ("met", "reached", "ended", "repeated", "bounded", "failed")
    assert {end for end in ends if Filling(1, None, NOON, 1, 1, end).filled} == {"met", "reached"}
