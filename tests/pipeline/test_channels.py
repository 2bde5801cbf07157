"""Channels of a site on loopback, read from the first byte to the row: what is asked, what is written down, when it is asked again."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F, Value
from django.db.models.functions import Now

from newsreel.archive import reading, registry
from newsreel.archive.models import Change, Channel, Host, Lead, Source
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.errors import NewsreelError
from newsreel.core.types import ChannelKind
from newsreel.pipeline.channels import read_channel
from newsreel.pipeline.crawling import Crawl
from tests.archive import making
from tests.fetching.loopback import Asked, Names, Site, answer, served
from tests.patience import patience
from tests.pipeline.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


def feed(site: Site, *numbers: int, built: str = "") -> bytes:
    items = "".join(f"<item><title>Item {n}</title><link>{site.url(f'/{n}')}</link></item>" for n in numbers)
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title><lastBuildDate>{built}</lastBuildDate>{items}</channel></rss>'
    return text.encode()


def told(body: bytes, *headers: str) -> bytes:
    return answer(200, body, "Content-Type: application/rss+xml", *headers)


def redirect(status: int, to: str) -> bytes:
    return answer(status, b"", f"Location: {to}")


def watched(url: str, kind: ChannelKind = "feed", source: str = "a.test") -> Channel:
    registry.register(SourceFacts(source, "A", f"https://{source}/"), [ChannelFacts(url, kind)], 900)
    return row(url)


def row(url: str) -> Channel:
    return Channel.objects.select_related("source").get(key=registry.channel_key(url))


def past(**fields: timedelta) -> None:
    """Time goes by: what the rows remember is so much longer ago."""
    Channel.objects.update(**{name: F(name) - Value(span) for name, span in fields.items()})


def seconds_until_due(channel: Channel) -> float:
    (found,) = Channel.objects.filter(pk=channel.pk).annotate(left=F("next_due_at") - Now()).values_list("left")
    return float(found[0].total_seconds())


async def outcome(shop: Any, channel: Channel) -> str:
    """Reads a channel as it stands now; the name of what came of it."""
    fresh = await shop.db(lambda: Channel.objects.select_related("source").get(pk=channel.pk))
    try:
        await read_channel(shop, fresh)
    except NewsreelError as error:
        return error.outcome
    return "ok"


class Conditional:
    """A feed behind a server that knows ETags, and may lie."""

    def __init__(self, body: bytes, etag: str = '"1"') -> None:
        self.body, self.etag, self.always = body, etag, False
        self.statuses: list[int] = []

    async def __call__(self, asked: Asked, writer: Any) -> None:
        wanted = [part.strip() for part in asked.headers.get("if-none-match", "").split(",")]
        same = bool(asked.headers.get("if-none-match")) and (self.always or self.etag in wanted)
        self.statuses.append(304 if same else 200)
        writer.write(answer(304, b"", f"ETag: {self.etag}") if same else told(self.body, f"ETag: {self.etag}"))
        await writer.drain()


async def test_a_feed_is_asked_for_only_if_it_was_changed(open_shop: Open, site: Site) -> None:
    page = Conditional(feed(site, 1, 2, 3))
    site.pages["/feed"] = page
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        assert await outcome(shop, channel) == "ok"
        first = await shop.db(row, channel.url)
        assert await outcome(shop, channel) == "ok"
        page.body, page.etag = feed(site, 2, 3, 4), '"2"'
        second = await shop.db(row, channel.url)
        assert await outcome(shop, channel) == "ok"
        third = await shop.db(row, channel.url)
    assert page.statuses == [200, 304, 200]
    assert (first.window, first.unmodified, first.etag, len(first.digest)) == (3, 0, '"1"', 32)
    assert (second.window, second.unmodified, second.etag, second.digest) == (3, 1, '"1"', first.digest)
    assert second.whole_at == first.whole_at
    assert second.last_new_at == first.last_new_at
    assert (third.unmodified, third.etag) == (0, '"2"')
    assert third.last_new_at > first.last_new_at
    assert third.digest != first.digest


async def test_a_server_that_always_says_304_is_found_out(open_shop: Open, site: Site) -> None:
    page = Conditional(feed(site, 1, 2, 3))
    site.pages["/feed"] = page
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await outcome(shop, channel)
        page.body, page.always = feed(site, 2, 3, 4), True
        await outcome(shop, channel)
        assert await shop.db(Lead.objects.count) == 3
        await shop.db(past, whole_at=timedelta(days=3, minutes=1))
        await outcome(shop, channel)
        assert await shop.db(Lead.objects.count) == 4, "asked once without validators"
        page.body = feed(site, 3, 4, 5)
        await outcome(shop, channel)
        assert await shop.db(Lead.objects.count) == 5, "and never again with them"
        assert (await shop.db(row, channel.url)).distrusted
    assert page.statuses == [200, 304, 200, 200]


async def test_an_honest_server_stays_trusted(open_shop: Open, site: Site) -> None:
    page = Conditional(feed(site, 1, 2, 3))
    site.pages["/feed"] = page
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await outcome(shop, channel)
        await shop.db(lambda: Channel.objects.update(unmodified=100))
        await outcome(shop, channel)
        await outcome(shop, channel)
        found = await shop.db(row, channel.url)
    assert page.statuses == [200, 200, 304]
    assert (found.distrusted, found.unmodified) == (False, 1)


async def test_an_etag_with_the_coding_s_name_is_known_again(open_shop: Open, site: Site) -> None:
    async def apache(asked: Asked, writer: Any) -> None:
        same = '"1"' in asked.headers.get("if-none-match", "").split(", ")
        writer.write(answer(304) if same else told(feed(site, 1), 'ETag: "1-gzip"'))
        await writer.drain()

    site.pages["/feed"] = apache
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await outcome(shop, channel)
        await outcome(shop, channel)
        found = await shop.db(row, channel.url)
    assert (found.unmodified, found.etag) == (1, '"1-gzip"')


async def test_the_same_body_under_a_new_etag_is_no_work(open_shop: Open, site: Site) -> None:
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        for number in range(3):
            site.pages["/feed"] = told(feed(site, 1, 2, built=f"at {number}"), f'ETag: "{number}"')
            assert await outcome(shop, channel) == "ok"
        found = await shop.db(row, channel.url)
        reads = shop.costs.calls["parse_feed"]
    assert reads == 1
    assert (found.etag, found.window, found.outcome) == ('"2"', 2, "ok")


async def test_a_304_that_nobody_asked_for_is_a_fault(open_shop: Open, site: Site) -> None:
    site.pages["/feed"] = answer(304)
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        assert await outcome(shop, channel) == "unasked_304"
        found = await shop.db(row, channel.url)
    assert (found.outcome, found.failures, found.last_ok_at) == ("unasked_304", 1, None)


async def test_an_empty_answer_is_no_empty_feed(open_shop: Open, site: Site) -> None:
    site.pages["/feed"] = told(feed(site, 1), 'ETag: "1"')
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await outcome(shop, channel)
        site.pages["/feed"] = told(b" \n", 'ETag: "2"')
        assert await outcome(shop, channel) == "empty_answer"
        found = await shop.db(row, channel.url)
        assert 50 < await shop.db(seconds_until_due, channel) < 70, "it is asked again soon"
    assert (found.etag, found.failures) == ('"1"', 1)


@pytest.mark.parametrize(
    ("status", "wish", "waits"),
    [(429, "7200", 7200), (503, "Fri, 31 Dec 2060 00:00:00 GMT", 86_400)],
)
async def test_a_retry_after_is_obeyed_up_to_a_day(
    open_shop: Open, site: Site, status: int, wish: str, waits: int
) -> None:
    site.pages["/feed"] = answer(status, b"", f"Retry-After: {wish}")
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await Crawl(shop).run(to_the_end=False)
        found = await shop.db(row, channel.url)
        host = await shop.db(lambda: Host.objects.annotate(left=F("next_due_at") - Now()).get(name=site.place))
        assert await shop.db(seconds_until_due, channel) == pytest.approx(waits, abs=5)
    assert host.left.total_seconds() == pytest.approx(waits, abs=5)
    assert host.waiting_for_host
    assert found.failures == 1


async def test_a_channel_that_moved_for_a_day_is_read_there(open_shop: Open, site: Site) -> None:
    site.pages = {"/old": redirect(301, "/new"), "/new": told(feed(site, 1, 2))}
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/old"))
        await outcome(shop, channel)
        first = await shop.db(row, site.url("/old"))
        await outcome(shop, channel)
        assert (await shop.db(row, site.url("/old"))).moved_since == first.moved_since
        await shop.db(past, moved_since=timedelta(days=1))
        await outcome(shop, channel)
        moved = await shop.db(row, site.url("/new"))
        site.asked.clear()
        site.pages["/new"] = told(feed(site, 2, 3))
        await outcome(shop, channel)
        leads = await shop.db(lambda: set(Lead.objects.values_list("channel_id", flat=True)))
        known = await shop.db(registry.known_channel, site.url("/new"))
        changed = await shop.db(lambda: Change.objects.filter(kind="source", action="changed").count())
    assert (first.moved_to, moved.pk, moved.url, moved.moved_to) == (site.url("/new"), channel.pk, site.url("/new"), "")
    assert leads == {channel.pk}, "its history is its own"
    assert known == moved
    assert [asked.target for asked in site.asked] == ["/new"]
    assert changed == 1


def test_an_address_that_is_only_written_otherwise_is_taken_over() -> None:
    channel = watched("http://a.test/feed")
    then = reading.AfterReading(60, 900, moved_to="https://www.a.test/feed/", move=True)
    reading.channels_read([reading.Reading(channel, then, then.wait, entries=1, new=0, seconds=0.1)])
    moved = row("http://a.test/feed")
    assert (moved.pk, moved.url, moved.host) == (channel.pk, "https://www.a.test/feed/", "www.a.test")


async def test_a_channel_moves_to_another_host(open_shop: Open, site: Site) -> None:
    place = f"localhost:{site.port}"
    there = f"http://{place}/feed"
    site.pages = {"/old": redirect(308, there), "/feed": told(feed(site, 1))}
    async with open_shop(Names(localhost=["127.0.0.1"]), [place]) as shop:
        channel = await shop.db(watched, site.url("/old"))
        await outcome(shop, channel)
        await shop.db(past, moved_since=timedelta(days=1))
        await outcome(shop, channel)
        moved = await shop.db(row, there)
        assert await shop.db(Host.objects.filter(name=place).exists)
    assert (moved.pk, moved.host) == (channel.pk, place)


async def test_what_does_not_move_a_channel(open_shop: Open, site: Site) -> None:
    body = told(feed(site, 1))
    site.pages = {
        "/found": redirect(302, "/new"),
        "/temporary": redirect(307, "/new"),
        "/front": redirect(301, "/"),
        "/new": body,
        "/": body,
    }
    async with open_shop() as shop:
        for path in ("/found", "/temporary", "/front"):
            channel = await shop.db(watched, site.url(path))
            await outcome(shop, channel)
            await shop.db(past, moved_since=timedelta(days=2))
            await outcome(shop, channel)
            found = await shop.db(row, site.url(path))
            assert (found.outcome, found.moved_to, found.url) == ("ok", "", site.url(path))


async def test_a_login_page_moves_no_channel(open_shop: Open, site: Site) -> None:
    login = answer(200, b"<html><body><form>Log in</form></body></html>", "Content-Type: text/html")
    site.pages = {"/old": redirect(301, "/login"), "/login": login}
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/old"))
        for _ in range(3):
            assert await outcome(shop, channel) == "bad_feed"
            await shop.db(past, last_read_at=timedelta(days=2))
        found = await shop.db(row, site.url("/old"))
    assert (found.url, found.moved_to) == (site.url("/old"), "")


async def test_another_target_begins_the_day_anew(open_shop: Open, site: Site) -> None:
    site.pages = {"/old": redirect(301, "/b"), "/b": told(feed(site, 1)), "/c": told(feed(site, 1))}
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/old"))
        await outcome(shop, channel)
        await shop.db(past, moved_since=timedelta(hours=23))
        site.pages["/old"] = redirect(301, "/c")
        await outcome(shop, channel)
        await shop.db(past, moved_since=timedelta(hours=2))
        await outcome(shop, channel)
        found = await shop.db(row, site.url("/old"))
    assert found.moved_to == site.url("/c")


async def test_a_channel_that_moved_to_where_another_is_ends(open_shop: Open, site: Site) -> None:
    site.pages = {"/old": redirect(301, "/new"), "/new": told(feed(site, 1))}
    async with open_shop() as shop:
        other = await shop.db(watched, site.url("/new"))
        channel = await shop.db(watched, site.url("/old"))
        await outcome(shop, channel)
        await shop.db(past, moved_since=timedelta(days=1))
        await outcome(shop, channel)
        found = await shop.db(row, site.url("/old"))
        kept = await shop.db(row, site.url("/new"))
        source = await shop.db(Source.objects.get)
        added = await shop.db(registry.known_channel, site.url("/old"))
    assert (found.outcome, found.paused, found.retired_at is not None) == ("merged", True, True)
    assert found.reason == f"It has moved to {site.url('/new')}, where a channel is already: A."
    assert (kept.pk, kept.retired_at, kept.paused) == (other.pk, None, False)
    assert source.retired_at is None
    assert added is None


async def test_gone_twice_with_hours_between_retires(open_shop: Open, site: Site) -> None:
    site.pages = {"/feed": answer(410), "/other": told(feed(site, 1))}
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await shop.db(watched, site.url("/other"))
        assert await outcome(shop, channel) == "gone"
        assert await shop.db(seconds_until_due, channel) > 6 * 3600
        assert await outcome(shop, channel) == "gone"
        assert (await shop.db(row, channel.url)).retired_at is None, "twice at once is once"
        await shop.db(past, gone_since=timedelta(hours=6))
        assert await outcome(shop, channel) == "gone"
        found = await shop.db(row, channel.url)
        source = await shop.db(Source.objects.get)
    assert (found.outcome, found.paused, found.retired_at is not None) == ("gone_for_good", True, True)
    assert found.reason == "127.0.0.1 answered 410 (Gone). It said so twice, hours apart: it is not read any more."
    assert source.retired_at is None, "another of its channels is read"


async def test_with_its_last_channel_a_source_ends_and_can_be_read_again(open_shop: Open, site: Site) -> None:
    site.pages = {"/feed": answer(410)}
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await outcome(shop, channel)
        await shop.db(past, gone_since=timedelta(days=1))
        await outcome(shop, channel)
        source = await shop.db(Source.objects.get)
        assert (source.paused, source.retired_at is not None) == (True, True)
        await shop.db(registry.set_paused, source, False)
        found = await shop.db(row, channel.url)
        assert (found.retired_at, found.paused, found.outcome, found.gone_since) == (None, False, "", None)
        await shop.db(past, last_read_at=timedelta(0))
        await outcome(shop, channel)
        assert (await shop.db(row, channel.url)).retired_at is None, "it begins anew"


async def test_what_is_gone_is_added_again_by_hand(open_shop: Open, site: Site) -> None:
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await shop.db(making.was_not_read, channel, "gone", "Gone.", retire=True)
        assert (await shop.db(Source.objects.get)).retired_at is not None
        again = await shop.db(watched, site.url("/feed"))
        source = await shop.db(Source.objects.get)
    assert (again.pk, again.retired_at, again.paused, again.outcome) == (channel.pk, None, False, "")
    assert (source.retired_at, source.paused) == (None, False)


async def test_a_success_between_forgets_the_first_gone(open_shop: Open, site: Site) -> None:
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        for page in (answer(410), told(feed(site, 1)), answer(410)):
            site.pages["/feed"] = page
            await outcome(shop, channel)
            await shop.db(past, gone_since=timedelta(days=1))
        found = await shop.db(row, channel.url)
    assert (found.outcome, found.retired_at) == ("gone", None)


async def test_what_is_not_found_is_never_given_up(open_shop: Open, site: Site) -> None:
    site.pages = {"/feed": answer(404)}
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        waits = []
        for _ in range(8):
            await outcome(shop, channel)
            waits.append(await shop.db(seconds_until_due, channel))
            await shop.db(past, last_read_at=timedelta(days=2))
        found = await shop.db(row, channel.url)
    assert (found.retired_at, found.failures) == (None, 8)
    assert 3200 < waits[0] < 4000
    assert 77_000 < waits[-1] <= 86_400


async def test_an_index_of_sitemaps_is_asked_for_whole(open_shop: Open, site: Site) -> None:
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{site.url("/news.xml")}</loc></sitemap></sitemapindex>'
    page = Conditional(index.encode())
    site.pages["/index.xml"] = page

    def child(number: int) -> bytes:
        return answer(
            200,
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{site.url(f"/{number}")}</loc></url></urlset>'.encode(),
            "Content-Type: application/xml",
        )

    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/index.xml"), "sitemap")
        for number in (1, 2):
            site.pages["/news.xml"] = child(number)
            assert await outcome(shop, channel) == "ok"
        assert await shop.db(Lead.objects.count) == 2
    assert page.statuses == [200, 200]


async def test_a_feed_s_hint_is_kept_and_obeyed_in_bounds(open_shop: Open, site: Site) -> None:
    body = feed(site, 1, 2).replace(b"<title>F</title>", b"<title>F</title><ttl>1440</ttl>")
    site.pages["/feed"] = told(body, "Cache-Control: max-age=31536000")
    async with open_shop() as shop:
        channel = await shop.db(watched, site.url("/feed"))
        await outcome(shop, channel)
        found = await shop.db(row, channel.url)
        wait = await shop.db(seconds_until_due, channel)
    assert found.refresh_seconds == 86_400
    assert 1090 < wait <= 1650, "a quarter of an hour, and as much longer as the news allows, spread"


async def test_a_dead_host_is_asked_once_and_delays_no_one(open_shop: Open, site: Site) -> None:
    async with served() as other:
        dead = other.place
    site.pages["/feed"] = told(feed(site))
    async with open_shop(allowed=[dead]) as shop:
        for number in range(5):
            await shop.db(watched, f"http://{dead}/{number}", source="dead.test")
        live = await shop.db(watched, site.url("/feed"))
        started = time.monotonic()
        tally = await Crawl(shop).run(to_the_end=False)
        assert (tally.channels, len(tally.failed)) == (2, 1)
        assert time.monotonic() - started < patience(10)
        assert (await shop.db(row, live.url)).outcome == "ok"
        waits = await shop.db(lambda: Host.objects.annotate(left=F("next_due_at") - Now()).get(name=dead))
    assert 45 < waits.left.total_seconds() <= 72
