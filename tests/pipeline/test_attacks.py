"""Hostile addresses, feeds and pages on their way through add and crawl: nothing leads inside, nothing exhausts us."""

from __future__ import annotations

import re
import time

import pytest

from newsreel.archive import registry
from newsreel.archive.models import Article, Channel, Lead
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.types import Entry
from newsreel.pipeline.adding import add_all
from newsreel.pipeline.crawling import Crawl
from tests.fetching.loopback import Names, Site, Sockets, answer
from tests.fetching.test_gate import addresses, url_forms, written_forms
from tests.patience import patience
from tests.pipeline.conftest import Open
from tests.shared import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.django_db(transaction=True)]


def every_url() -> list[str]:
    """Each address of the suite in each form, and the forms that parsers read differently."""
    hosts = [host for address in addresses() for host in written_forms(address)]
    return [f"{scheme}://{host}/feed" for host in hosts for scheme in ("http", "https")] + url_forms()


def an_rss(links: list[str]) -> bytes:
    items = "".join(
        f"<item><title>Item {n} of the feed</title><link>{escape(link)}</link></item>" for n, link in enumerate(links)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


def escape(text: str) -> str:
    return re.sub(r"[\x00-\x1f]", "", text).replace("&", "&amp;").replace("<", "&lt;")


async def test_add_reaches_no_address_inside(open_shop: Open, sockets: Sockets) -> None:
    names = Names(inside_example=["10.0.0.1", "::1"])
    async with open_shop(names) as shop:
        results = await add_all(shop, [*every_url(), "https://inside.example/", "127.1", "localhost", "[::1]"])
    assert len(results) > 1000
    assert [
        result for result in results if result.status != "failed" or "\n" in result.reason or not result.reason
    ] == []
    assert sockets.asked == []


async def test_crawl_reaches_no_address_inside(open_shop: Open, site: Site, sockets: Sockets) -> None:
    """A feed that names addresses inside, and channels that lead there by redirect."""
    urls = every_url()
    site.pages = {
        "/feed": answer(200, an_rss(urls[:900]), "Content-Type: application/rss+xml"),
        "/hop": answer(302, b"", "Location: http://169.254.169.254/latest/meta-data/"),
        "/hop2": answer(301, b"", "Location: http://[::ffff:127.0.0.1]/"),
    }
    async with open_shop() as shop:
        await shop.db(a_source, site, ["/feed", "/hop", "/hop2"])
        await shop.db(directly_due, urls)
        tally = await Crawl(shop).run(to_the_end=False)
        outcomes = await shop.db(lambda: set(Lead.objects.values_list("outcome", flat=True)))
        channels = await shop.db(lambda: dict(Channel.objects.values_list("url", "outcome")))
        stored = await shop.db(Article.objects.count)
    assert tally.pages > 300
    assert outcomes <= {"address_refused", "bad_address", "port_refused", "robots_unreachable"}, outcomes
    assert channels == {
        site.url("/feed"): "ok",
        site.url("/hop"): "address_refused",
        site.url("/hop2"): "address_refused",
    }
    assert stored == 0
    assert set(sockets.asked) == {"127.0.0.1"}  # the site that a setting allows
    assert set(site.paths()) == {"/robots.txt", "/feed", "/hop", "/hop2"}


def a_source(site: Site, paths: list[str]) -> None:
    channels = [ChannelFacts(site.url(path), "feed") for path in paths]
    registry.register(SourceFacts("a.test", "A", site.url()), channels, 900)


def directly_due(urls: list[str]) -> None:
    """Addresses as leads, past the parsers that would have dropped many of them."""
    channel = Channel.objects.first()
    assert channel is not None
    registry.store_leads(channel, [Entry(url, url) for url in urls])


XML_BOMBS = sorted((SHARED / "suites" / "xml-bombs").glob("*.xml")) if SHARED.is_dir() else []
BOMBS = sorted((SHARED / "suites" / "bombs").glob("*.bin")) if SHARED.is_dir() else []
CODINGS = {"br": "br", "deflate": "deflate", "gzip": "gzip", "zstd": "zstd"}


async def test_bombs_as_feeds_and_pages_are_named_reasons(open_shop: Open, site: Site) -> None:
    assert BOMBS
    for bomb in BOMBS:
        coding = next((CODINGS[part] for part in bomb.stem.split("-") if part in CODINGS), "gzip")
        headers = ("Content-Type: text/html", f"Content-Encoding: {coding}")
        site.pages[f"/{bomb.name}"] = answer(200, bomb.read_bytes(), *headers)
    for bomb in XML_BOMBS:
        site.pages[f"/{bomb.name}"] = answer(200, bomb.read_bytes(), "Content-Type: application/rss+xml")
    async with open_shop() as shop:
        await shop.db(a_source, site, [f"/{bomb.name}" for bomb in [*BOMBS, *XML_BOMBS]])
        await shop.db(directly_due, [site.url(f"/{bomb.name}") for bomb in BOMBS])
        started = time.monotonic()
        tally = await Crawl(shop).run(to_the_end=False)
        took = time.monotonic() - started
        reasons = await shop.db(lambda: list(Channel.objects.values_list("url", "outcome", "reason")))
        stored = await shop.db(lambda: list(Article.objects.values_list("url", "text")))
    assert tally.channels == len(BOMBS) + len(XML_BOMBS)
    assert [row for row in reasons if not row[1] or (row[1] != "ok" and not row[2])] == []
    bombs = {url.rsplit("/", 1)[1]: outcome for url, outcome, _ in reasons if "/bomb-" in url}
    assert set(bombs.values()) == {"too_large_decoded"}, bombs
    assert {outcome for url, outcome, _ in reasons if url.rsplit("/", 1)[1] in {bomb.name for bomb in XML_BOMBS}} == {
        "bad_feed"
    }
    assert all(len(text) < 2_000_000 for _, text in stored)
    assert took < patience(2.0 * (2 * len(BOMBS) + len(XML_BOMBS)))
