"""The line over a site of the test's own: what is kept, what is asked again, and what makes two addresses one article."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.db.models.functions import Now

from newsreel.archive import registry
from newsreel.archive.models import Article, Channel, Lead, Revision, Snapshot
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.archive.snapshots import Record
from newsreel.core import settings as ours
from newsreel.core.urls import host_of
from newsreel.pipeline.adding import add_all
from newsreel.pipeline.crawling import Crawl, Tally
from tests.fetching.loopback import Asked, Site, answer, served
from tests.pipeline.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)

SENTENCE = "The port authority said on Monday that the harbour would stay closed until the cargo had been recovered. "


def page(title: str, text: str = SENTENCE * 4, head: str = "") -> bytes:
    body = f"<article><h1>{title}</h1><p>{text}</p><p>{text}</p></article>"
    return answer(
        200,
        f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode(),
        "Content-Type: text/html",
    )


def feed(site: Site, *items: str) -> bytes:
    inside = "".join(items)
    text = f'<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>F</title>{inside}</channel></rss>'
    return answer(200, text.encode(), "Content-Type: application/rss+xml")


def item(url: str, title: str = "The harbour is closed", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid>{more}</item>"


def watch(site: Site, *paths: str) -> None:
    registry.register(
        SourceFacts("a.test", "A", site.url()), [ChannelFacts(site.url(path), "feed") for path in paths], 900
    )


def due_again() -> None:
    Lead.objects.update(next_due_at=Now())
    Channel.objects.update(next_due_at=Now())


async def crawl(shop: object) -> Tally:
    return await Crawl(shop).run(to_the_end=True)  # type: ignore[arg-type]


async def test_the_feed_s_own_text_is_kept_where_the_page_yields_none(open_shop: Open, site: Site) -> None:
    told = f"<content:encoded><![CDATA[<p>{SENTENCE * 3}</p><script>x()</script><p onclick='x'>{SENTENCE}</p>]]></content:encoded>"
    site.pages = {
        "/feed": feed(site, item(site.url("/told"), more=told), item(site.url("/empty"))),
        "/told": answer(200, b"<html><body><div id=app></div></body></html>", "Content-Type: text/html"),
        "/empty": answer(200, b"<html><body><div id=app></div></body></html>", "Content-Type: text/html"),
    }
    async with open_shop() as shop:
        await shop.db(watch, site, "/feed")
        tally = await crawl(shop)
        (article,) = await shop.db(lambda: list(Article.objects.all()))
        lead = await shop.db(lambda: Lead.objects.get(url=site.url("/empty")))
    assert (tally.new, len(tally.failed)) == (1, 1)
    assert article.text.startswith("The port authority said")
    assert "script" not in article.html
    assert "onclick" not in article.html
    assert (lead.state, lead.outcome, lead.next_due_at) == ("failed", "no_text", None)


async def test_a_site_rule_holds_in_the_crawl(open_shop: Open, site: Site, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    host = host_of(site.url()).partition(":")[0]
    rules.write_text(f'["{host}"]\ndrop = ["p + p"]\nwhy = "It is odd."\ntested_on = "a page"\n', "utf-8")
    site.pages = {"/feed": feed(site, item(site.url("/a"))), "/a": page("The harbour is closed")}
    before = ours.own_settings()
    ours.use(before.model_copy(update={"site_rules": rules}))
    try:
        async with open_shop() as shop:
            await shop.db(watch, site, "/feed")
            await crawl(shop)
            (article,) = await shop.db(lambda: list(Article.objects.all()))
    finally:
        ours.use(before)
    assert article.text == (SENTENCE * 4).strip()


async def test_evidence_is_what_was_fetched(open_shop: Open, site: Site) -> None:
    site.pages = {"/feed": feed(site, item(site.url("/a"))), "/a": page("The harbour is closed")}
    async with open_shop() as shop:
        await shop.db(watch, site, "/feed")
        await crawl(shop)
        row = await shop.db(lambda: Snapshot.objects.get())
        body = shop.snapshots.read(Record(row.file, row.offset, row.length, bytes(row.sha256)))
    assert body in site.pages["/a"]  # type: ignore[operator]
    assert hashlib.sha256(body).digest() == bytes(row.sha256)
    assert (row.url, row.status) == (site.url("/a"), 200)


async def test_a_page_is_asked_for_again_only_if_it_was_changed(open_shop: Open, site: Site) -> None:
    tagged = page("The harbour is closed").replace(b"\r\n\r\n", b'\r\nETag: "1"\r\n\r\n', 1)

    async def conditional(asked: Asked, writer: object) -> None:
        same = asked.headers.get("if-none-match") == '"1"'
        writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 0\r\n\r\n' if same else tagged)  # type: ignore[attr-defined]
        await writer.drain()  # type: ignore[attr-defined]

    site.pages = {"/feed": feed(site, item(site.url("/a"))), "/a": conditional}
    async with open_shop() as shop:
        await shop.db(watch, site, "/feed")
        first = await crawl(shop)
        await shop.db(due_again)
        second = await crawl(shop)
        site.pages["/a"] = page("The harbour is open", SENTENCE.replace("closed", "open") * 4)
        await shop.db(due_again)
        third = await crawl(shop)
        (article,) = await shop.db(lambda: list(Article.objects.all()))
        (revision,) = await shop.db(lambda: list(Revision.objects.all()))
    assert [(tally.new, tally.changed) for tally in (first, second, third)] == [(1, 0), (0, 0), (0, 1)]
    assert "would stay open" in article.text
    assert "would stay closed" in revision.text


async def test_an_unchanged_page_without_etag_leaves_no_second_record(open_shop: Open, site: Site) -> None:
    site.pages = {"/feed": feed(site, item(site.url("/a"))), "/a": page("The harbour is closed")}
    async with open_shop() as shop:
        await shop.db(watch, site, "/feed")
        await crawl(shop)
        await shop.db(due_again)
        await crawl(shop)
        counts = await shop.db(lambda: (Article.objects.count(), Snapshot.objects.count(), Revision.objects.count()))
    assert counts == (1, 1, 0)


async def test_many_addresses_of_one_article_are_one_article(open_shop: Open, site: Site) -> None:
    canonical = f'<link rel="canonical" href="{site.url("/story")}">'
    site.pages = {
        "/feed": feed(
            site, item(site.url("/story?utm_source=feed")), item(site.url("/amp/story")), item(site.url("/go"))
        ),
        "/other": feed(site, item(site.url("/story"))),
        "/story?utm_source=feed": page("The harbour is closed", head=canonical),
        "/story": page("The harbour is closed", head=canonical),
        "/amp/story": page("The harbour is closed", head=canonical),
        "/go": answer(302, b"", f"Location: {site.url('/story')}"),
    }
    async with open_shop() as shop:
        await shop.db(watch, site, "/feed", "/other")
        tally = await crawl(shop)
        articles = await shop.db(lambda: list(Article.objects.values_list("key", flat=True)))
        leads = await shop.db(lambda: set(Lead.objects.values_list("state", flat=True)))
    assert tally.new == 1
    assert articles == [f"{site.place}/story"]
    assert leads == {"done"}


async def test_a_redirect_within_the_site_is_the_page_that_it_leads_to(open_shop: Open, site: Site) -> None:
    site.pages = {
        "/feed": feed(site, item(site.url("/story")), item(site.url("/go")), item(site.url("/old"))),
        "/story": page("The harbour is closed"),
        "/go": answer(302, b"", "Location: /story"),
        "/old": answer(301, b"", "Location: /"),
        "/": page("The front page of the site"),
    }
    async with open_shop() as shop:
        await shop.db(watch, site, "/feed")
        tally = await crawl(shop)
        articles = await shop.db(lambda: list(Article.objects.values_list("key", flat=True)))
        old = await shop.db(lambda: Lead.objects.get(url=site.url("/old")))
    assert (tally.new, articles) == (1, [f"{site.place}/story"])
    assert (old.state, old.outcome) == ("failed", "gone")


async def test_a_redirect_to_another_site_claims_nothing_there(open_shop: Open, site: Site) -> None:
    async with served() as other:
        canonical = f'<link rel="canonical" href="{other.url("/story")}">'
        site.pages = {
            "/feed": feed(site, item(site.url("/go"))),
            "/go": answer(302, b"", f"Location: {other.url('/story')}"),
        }
        other.pages = {
            "/feed": feed(other, item(other.url("/story"))),
            "/story": page("The harbour is closed", head=canonical),
        }
        async with open_shop(allowed=[other.place]) as shop:
            await shop.db(watch, site, "/feed")
            await crawl(shop)
            await shop.db(
                lambda: registry.register(
                    SourceFacts("b.test", "B", other.url()), [ChannelFacts(other.url("/feed"), "feed")], 900
                )
            )
            await crawl(shop)
            rows = await shop.db(lambda: sorted(Article.objects.values_list("key", "source__name")))
    assert rows == sorted([(f"{site.place}/go", "A"), (f"{other.place}/story", "B")])


async def test_what_a_front_page_names_besides_articles_is_left_out(open_shop: Open, site: Site) -> None:
    links = "".join(
        f'<li><a href="/2025/08/12/story-number-{n}">A headline about the harbour number {n}</a></li>' for n in (1, 2)
    )
    site.pages = {
        "/": answer(
            200,
            f"<html><body><nav><a href=/about>About us</a></nav><main><ul>{links}</ul></main></body></html>".encode(),
            "Content-Type: text/html",
        ),
        "/2025/08/12/story-number-1": page("A headline about the harbour"),
        "/2025/08/12/story-number-2": answer(
            200, b"<html><body><p>Subscribe to read on, please do.</p></body></html>", "Content-Type: text/html"
        ),
    }
    async with open_shop() as shop:
        await shop.db(
            lambda: registry.register(
                SourceFacts("a.test", "A", site.url()), [ChannelFacts(site.url(), "frontpage")], 900
            )
        )
        await crawl(shop)
        urls = await shop.db(lambda: list(Article.objects.values_list("url", flat=True)))
        outcome = await shop.db(lambda: Lead.objects.get(url__endswith="number-2").outcome)
    assert urls == [site.url("/2025/08/12/story-number-1")]
    assert outcome in ("not_article", "no_text")
    assert "/about" not in site.paths()


async def test_a_site_named_without_a_scheme_may_have_only_http(open_shop: Open, site: Site) -> None:
    site.pages = {"/": feed(site, item(site.url("/a")))}
    async with open_shop() as shop:
        (refused,) = await add_all(shop, [f"https://{site.place}/"])
        (added,) = await add_all(shop, [site.place])
    assert (added.status, added.feeds) == ("added", (f"http://{site.place}",))
    assert refused.status == "failed"
