"""Sites without feeds, crawled: only articles are stored, and which of a site's addresses are articles' is learned and corrected."""

from __future__ import annotations

from typing import Any

import pytest

from newsreel.archive import corrections, site_patterns
from newsreel.archive.models import Article, Channel, Lead, SitePatterns, Source
from newsreel.core.types import Entry
from newsreel.core.urls import site_of
from newsreel.discovery.patterns import AddressPatterns, merged
from newsreel.pipeline.adding import add_all
from newsreel.pipeline.channels import read_channel
from newsreel.pipeline.crawling import Crawl, Tally
from newsreel.pipeline.fronts import Named, choose
from tests.fetching.loopback import Site, answer
from tests.pipeline import newspaper
from tests.pipeline.conftest import Open
from tests.pipeline.newspaper import dossier, story

pytestmark = pytest.mark.django_db(transaction=True)


async def crawl(shop: Any) -> Tally:
    await shop.db(newspaper.channels_due)
    return await Crawl(shop).run(to_the_end=True)


def stored() -> set[str]:
    return {"/" + url.split("/", 3)[3] for url in Article.objects.values_list("url", flat=True)}


def patterns(site: Site) -> AddressPatterns:
    kept = site_patterns.read([site_of(site.url())])
    return merged([one.data for one in kept.values()])


async def test_a_site_without_feeds_from_day_to_day(open_shop: Open, site: Site) -> None:
    site.pages = {story(n): newspaper.article(n) for n in range(14)}
    site.pages |= {dossier(n): newspaper.dossier_page(range(12)) for n in range(50, 58)}
    site.pages["/"] = newspaper.front(range(6), range(50, 54))
    site.pages["/sport"] = newspaper.front(range(4, 8))
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/", "/sport")
        first = await crawl(shop)
        assert (first.new, await shop.db(stored)) == (8, {story(n) for n in range(8)})
        assert set(site.paths()).isdisjoint({"/about", "/imprint", "/news"})
        taught = await shop.db(patterns, site)
        assert taught.judge(site.url(story(99))) == "yes"
        assert taught.judge(site.url(dossier(99))) == "no"

        site.asked.clear()  # the second day: four new articles, four new lists of the same shape
        site.pages["/"] = newspaper.front(range(4, 12), range(50, 58))
        second = await crawl(shop)
        assert (second.new, await shop.db(stored)) == (4, {story(n) for n in range(12)})
        asked = newspaper.visited(site, lambda path: path.startswith("/news/"))
        assert sorted(asked) == sorted(story(n) for n in range(8, 12))
        looked = [n for n in range(54, 58) if taught.worth_a_look(site.url(dossier(n)))]
        assert newspaper.visited(site, lambda path: path.startswith("/dossier/")) == [dossier(n) for n in looked]


async def test_an_editor_turns_it_round(open_shop: Open, site: Site) -> None:
    site.pages = {story(n): newspaper.article(n) for n in range(5)}
    site.pages |= {dossier(n): newspaper.dossier_page(range(5)) for n in range(50, 60)}
    site.pages["/"] = newspaper.front(range(5), range(50, 54)).replace(b"\r\n\r\n", b'\r\nETag: "1"\r\n\r\n', 1)
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/")
        await crawl(shop)
        assert len(await shop.db(stored)) == 5
        source = await shop.db(Source.objects.get)
        shape = f"{site.place}/dossier/{{words}}"
        again = await shop.db(corrections.correct, source, site_of(site.url()), shape, "yes")
        set_aside = await shop.db(Lead.objects.filter(outcome="not_article").count)
        assert (again > 0, set_aside) == (True, 0)
        assert await shop.db(lambda: Channel.objects.get().etag) == ""
        await crawl(shop)
        assert {dossier(n) for n in range(50, 54)} <= await shop.db(stored)  # those dropped unseen were named again

        await shop.db(corrections.correct, source, site_of(site.url()), shape, "no")
        site.asked.clear()
        site.pages["/"] = newspaper.front(range(5), range(54, 60))
        await crawl(shop)
        assert newspaper.visited(site, lambda path: path.startswith("/dossier/")) == []


async def test_what_a_sitemap_vouches_for_teaches_the_front_page(open_shop: Open, site: Site) -> None:
    """Its articles have addresses and links that by general rules say nothing."""
    listed = "".join(
        f"<url><loc>{site.url(f'/x/item{n}')}</loc><n:news><n:publication_date>2026-11-28T08:00:00Z</n:publication_date>"
        f"<n:title>Title {n}</n:title></n:news></url>"
        for n in range(5)
    )
    news = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
    site.pages = {f"/x/item{n}": newspaper.article(n) for n in range(9)}
    site.pages["/news.xml"] = answer(200, f"{news}{listed}</urlset>".encode(), "Content-Type: application/xml")
    site.pages["/"] = newspaper.html(
        '<nav><a href="/x/item7">Tide</a><a href="/x/item8">Ferry</a><a href="/y">Y</a></nav>'
    )
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/news.xml", kind="sitemap")
        assert (await crawl(shop)).new == 5
        await shop.db(newspaper.watch, site, "/")
        await crawl(shop)
        assert {"/x/item7", "/x/item8"} <= await shop.db(stored)
    assert "/y" not in site.paths()


async def test_a_plain_sitemap_names_lists_and_they_are_not_stored(open_shop: Open, site: Site) -> None:
    paths = [story(n) for n in range(3)] + [dossier(n) for n in range(50, 52)] + ["/tag/war", "/about"]
    locs = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</urlset>'
    site.pages = {story(n): newspaper.article(n) for n in range(3)}
    site.pages |= {dossier(n): newspaper.dossier_page(range(9)) for n in range(50, 52)}
    site.pages |= {"/about": newspaper.article(70), "/tag/war": newspaper.article(71)}
    site.pages["/sitemap.xml"] = answer(200, body.encode(), "Content-Type: application/xml")
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/sitemap.xml", kind="sitemap")
        await crawl(shop)
        assert await shop.db(stored) == {story(n) for n in range(3)}
    assert set(site.paths()).isdisjoint({"/about", "/tag/war"})


async def test_a_site_that_is_steady_is_written_no_more(open_shop: Open, site: Site) -> None:
    """A feed teaches its shape once: the next articles say nothing new."""

    def feed(numbers: range) -> bytes:
        items = "".join(
            f"<item><title>{newspaper.headline(n)}</title><link>{site.url(story(n))}</link></item>" for n in numbers
        )
        text = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
        return answer(200, text.encode(), "Content-Type: application/rss+xml")

    site.pages = {story(n): newspaper.article(n) for n in range(12)} | {"/feed": feed(range(6))}
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/feed", kind="feed")
        await crawl(shop)
        before = await shop.db(lambda: SitePatterns.objects.values("version", "outcomes").get())
        site.pages["/feed"] = feed(range(12))
        assert (await crawl(shop)).new == 6
        assert await shop.db(lambda: SitePatterns.objects.values("version", "outcomes").get()) == before
    assert before["outcomes"] == 3


async def test_what_an_editor_does_not_want_of_a_feed_is_set_aside_unread_and_can_come_back(
    open_shop: Open, site: Site
) -> None:
    items = "".join(
        f"<item><title>{newspaper.headline(n)}</title><link>{site.url(dossier(n))}</link></item>" for n in range(50, 54)
    )
    feed = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
    site.pages = {dossier(n): newspaper.article(n) for n in range(50, 54)}
    site.pages["/feed"] = answer(200, feed.encode(), "Content-Type: application/rss+xml")
    shape = f"{site.place}/dossier/{{words}}"
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/feed", kind="feed")
        await shop.db(site_patterns.correct, site_of(site.url()), shape, "no")
        assert (await crawl(shop)).new == 0
        assert await shop.db(lambda: set(Lead.objects.values_list("outcome", flat=True))) == {"not_wanted"}
        assert newspaper.visited(site, lambda path: path.startswith("/dossier/")) == []
        source = await shop.db(Source.objects.get)
        assert await shop.db(corrections.correct, source, site_of(site.url()), shape, "learned") == 4
        assert (await crawl(shop)).new == 4


async def test_a_section_that_was_asked_for_is_watched_beside_the_front_page(open_shop: Open, site: Site) -> None:
    site.pages = {story(n): newspaper.article(n) for n in range(3)}
    site.pages |= {"/": newspaper.front(range(3)), "/world": newspaper.front(range(2))}
    async with open_shop() as shop:
        (added,) = await add_all(shop, [site.url("/world")])
        assert (added.status, added.feeds) == ("added", (f"{site.url('/')}", site.url("/world")))
        (again,) = await add_all(shop, [site.url(story(1))])  # an article is no section
        assert (again.status, again.feeds) == ("known", (f"{site.url('/')}",))
        assert await shop.db(lambda: set(Channel.objects.values_list("kind", flat=True))) == {"frontpage"}


async def test_a_hostile_front_page_costs_what_any_does(open_shop: Open, site: Site) -> None:
    links = "".join(f'<a href="/a/{n}-on-the-way">The way {n} to the sea</a>' for n in range(100_000))
    site.pages["/"] = newspaper.html(f"<main>{links}</main>")
    async with open_shop() as shop:
        await shop.db(newspaper.watch, site, "/")
        channel = await shop.db(lambda: Channel.objects.select_related("source").get())
        assert await read_channel(shop, channel) == 400
        assert await read_channel(shop, channel) == 0
        assert await shop.db(newspaper.leads) == 400
    assert site.paths().count("/") == 2


def test_the_choice_among_what_was_named() -> None:
    known = AddressPatterns()
    known.merge(known.lesson((f"https://x.test/team/{n}-jane", False) for n in range(4)))
    known.merge(known.lesson((f"https://x.test/x/item{n}", True) for n in range(4)))
    team, item, other = (
        Entry(url, url) for url in (f"https://x.test/{path}" for path in ("team/9-john", "x/item9", "a-b-c-d"))
    )
    looked = next(Entry(url, url) for n in range(999) if known.worth_a_look(url := f"https://x.test/team/{n}-jo"))
    chosen = choose("frontpage", Named((team, other, looked, item)), known)
    assert (chosen.sure, chosen.unsure) == ((item,), (other, looked))
    assert choose("frontpage", Named((), (item, other, team)), known).sure == (item,)
    assert choose("feed", Named((team, other)), known).unsure == (team, other)  # a feed names articles
    assert choose("frontpage", Named((team,)), None).unsure == (team,)
    service = Entry("s", "https://x.test/x/privacy-policy")
    assert choose("frontpage", Named((), (service,)), known.correct("/*/{word}", "yes")).sure == (service,)
