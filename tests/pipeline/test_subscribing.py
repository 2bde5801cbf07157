"""Subscribing with real rows, a real hub on loopback and real workers: what is offered, wanted, asked, renewed and ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now

from newsreel.archive import callbacks, registry, subscriptions
from newsreel.archive.models import Channel, Source, Subscription
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core import settings as ours
from newsreel.core.settings import Settings
from newsreel.pipeline import jobs
from newsreel.pipeline.channels import read_channel
from newsreel.pipeline.subscribing import reconcile
from newsreel.pipeline.worker import _answer_bells
from tests.fetching.loopback import Site, answer
from tests.pipeline.conftest import Open
from tests.pipeline.hub import Hub, hub
from tests.pipeline.subscribed import (
    HERE,
    PORTAL,
    TOPIC,
    days_until,
    db,
    due_again,
    no_bells,
    rows,
    step,
    the_row,
    verify,
    watch,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def our_hub() -> AsyncIterator[Hub]:
    async with hub() as running:
        yield running


async def test_from_the_feed_to_a_lease_and_its_renewal(site: Site, our_hub: Hub, open_shop: Open) -> None:
    site.pages = {"/robots.txt": answer(404), "/feed": _feed(our_hub.url())}
    channel = await db(_channel_at, site)
    async with open_shop(allowed=[our_hub.place]) as shop:
        await read_channel(shop, channel)
        assert await step(shop) == 1
        (form,) = our_hub.asked
        row = await db(the_row)
        assert form == {
            "hub.callback": f"{PORTAL}/websub/{row.token}",
            "hub.mode": "subscribe",
            "hub.topic": TOPIC,
            "hub.lease_seconds": "864000",
            "hub.secret": row.secret,
        }
        assert (row.state, row.channel_id, len(row.token), row.token != row.secret) == ("asked", channel.pk, 43, True)
        await db(verify, row)
        assert await step(shop) == 0
        row = await db(the_row)
        assert (row.state, row.attempts, days_until(row.lease_until)) == ("verified", 0, 1.0)
        assert 0.8 <= days_until(row.next_due_at) <= 0.9
        await db(due_again)
        assert await step(shop) == 1  # the renewal, under the same address, while the lease holds
        assert our_hub.asked[1] == form
        assert (await db(the_row)).state == "verified"
        site.pages["/feed"] = _feed("", "")  # the publisher's hub is gone
        await db(Channel.objects.update, next_due_at=Now())
        await read_channel(shop, await db(_channel))
        assert await step(shop) == 1
        assert our_hub.asked[2] == {name: form[name] for name in ("hub.callback", "hub.topic")} | {
            "hub.mode": "unsubscribe"
        }
        await db(verify, row, mode="unsubscribe")
        assert await db(rows) == [("unsubscribe", "ended", "")]
        assert await step(shop) == 0


async def test_the_header_is_heard_and_a_page_too(site: Site, our_hub: Hub, open_shop: Open) -> None:
    feed = b"<rss><channel><title>t</title></channel></rss>"
    links = f'Link: <{our_hub.url()}>; rel="hub"', f"Link: <{TOPIC}>; rel=self"
    page = f'<html><head><link rel="hub" href="{our_hub.url()}"><link rel="self" href="/"></head>'
    story = '<a href="/2025/08/12/a-long-story-of-the-strait">The strait is closed to all ships again</a>'
    site.pages = {
        "/robots.txt": answer(404),
        "/feed": answer(200, feed, "Content-Type: text/xml", *links),
        "/": answer(200, (page + f"<body>{story * 3}</body>").encode(), "Content-Type: text/html"),
    }
    channel = await db(_channel_at, site)
    async with open_shop() as shop:
        await read_channel(shop, channel)
        assert await db(_offers) == [(our_hub.url(), TOPIC)]
        await db(Channel.objects.update, url=site.url(), kind="frontpage", hub="", topic="")
        await read_channel(shop, await db(_channel))
        assert await db(_offers) == [(our_hub.url(), site.url())]


def _offers() -> list[tuple[str, str]]:
    return list(Channel.objects.values_list("hub", "topic"))


def _channel() -> Channel:
    return Channel.objects.select_related("source").get()


def _channel_at(site: Site) -> Channel:
    registry.register(SourceFacts("a.test", "A", site.url()), [ChannelFacts(site.url("/feed"), "feed")], 900)
    return _channel()


def _feed(hub: str, topic: str = TOPIC) -> bytes:
    links = f'<a:link rel="hub" href="{hub}"/><a:link rel="self" href="{topic}"/>' if hub else ""
    text = f'<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><title>t</title>{links}</channel></rss>'
    return answer(200, text.encode(), "Content-Type: application/rss+xml")


async def test_where_no_hub_can_come_none_is_asked(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as shop:
        assert await step(shop, Settings(url="")) == 0
        assert await step(shop, Settings(url="http://10.0.0.7")) == 0
        assert our_hub.asked == []
        assert await step(shop) == 1  # as soon as one can
        await db(_pause_channel)
        assert await step(shop, Settings(url="")) == 0  # nor by a worker that does not know the portal's address
        assert await db(rows) == [("subscribe", "asked", "")]


async def test_at_a_new_address_hubs_are_asked_anew(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as shop:
        await step(shop)
        await db(verify, await db(the_row))
        assert await step(shop) == 0
        assert await step(shop, Settings(url="https://moved.test:8443")) == 0  # not by two workers in turn
        await db(Subscription.objects.update, asked_at=Now() - timedelta(hours=2))
        assert await step(shop, Settings(url="https://moved.test:8443")) == 1
        assert our_hub.asked[1]["hub.callback"].startswith("https://moved.test:8443/websub/")
        assert await step(shop, Settings(url="https://moved.test:8443")) == 0


def _pause_channel() -> None:
    Channel.objects.update(paused=True)


def _pause_source() -> None:
    registry.set_paused(Source.objects.get(), True)


def _retire() -> None:
    registry.retire(Source.objects.get())


def _remove() -> None:
    registry.remove(Source.objects.get())


def _move() -> None:
    Channel.objects.update(topic="https://news.test/other.xml")


async def test_what_is_not_read_is_given_up_at_its_hub(our_hub: Hub, open_shop: Open) -> None:
    async with open_shop(allowed=[our_hub.place]) as shop:
        for end in (_pause_channel, _pause_source, _retire, _remove, _move):
            await db(Subscription.objects.all().delete)
            await db(Source.objects.all().delete)
            our_hub.asked.clear()
            await _given_up(end, our_hub, shop)


async def _given_up(end: Callable[[], None], our_hub: Hub, shop: Any) -> None:
    await db(watch, hub=our_hub.url())
    await step(shop)
    row = await db(the_row)
    await db(verify, row)
    await db(end)
    known = await db(callbacks.known, row.token)
    assert known.over  # the hub hears it at once, before it was asked
    assert await step(shop) == 1
    assert our_hub.asked[1]["hub.mode"] == "unsubscribe"
    assert our_hub.asked[1]["hub.callback"] == our_hub.asked[0]["hub.callback"]
    await db(verify, row, mode="unsubscribe")
    assert (await db(rows))[0] == ("unsubscribe", "ended", "")
    await db(Subscription.objects.update, made_at=Now() - timedelta(days=40), asked_at=Now() - timedelta(days=2))
    assert await db(subscriptions.forget) == (end not in (_pause_channel, _pause_source, _retire))
    if end is _pause_channel:
        await db(Channel.objects.update, paused=False)
        assert await step(shop) == 1  # read again, asked again
        assert our_hub.asked[2] == our_hub.asked[0]


async def test_a_hub_that_was_never_asked_has_nothing_to_hear(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as shop:
        await reconcile(shop, HERE)
        await db(_pause_channel)
        assert await step(shop) == 0
        assert await db(rows) == [("unsubscribe", "ended", "")]


async def test_a_feed_that_changes_its_hub_at_every_reading_is_asked_for_once_a_day(
    our_hub: Hub, open_shop: Open
) -> None:
    await db(watch, hub=our_hub.url("/0"))
    async with open_shop(allowed=[our_hub.place]) as shop:
        for n in range(1, 6):
            await step(shop)
            await db(Channel.objects.update, hub=our_hub.url(f"/{n % 3}"))
        assert [form["hub.mode"] for form in our_hub.asked] == ["subscribe", "unsubscribe"]
        await db(Subscription.objects.update, made_at=F("made_at") - timedelta(days=2))
        assert await step(shop) == 1
        assert our_hub.paths[-1] == "/2"


async def test_a_hub_that_hears_no_goodbye_is_asked_three_times(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as shop:
        await step(shop)
        await db(_pause_channel)
        for _ in range(6):
            await step(shop)
            await db(due_again)
    assert [form["hub.mode"] for form in our_hub.asked] == ["subscribe"] + ["unsubscribe"] * 3
    assert await db(rows) == [("unsubscribe", "ended", "hub_silent")]


async def test_a_failed_renewal_keeps_the_lease_until_it_ends(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as shop:
        await step(shop)
        await db(verify, await db(the_row))
        our_hub.status = 500
        await db(due_again)
        await step(shop)
        assert await db(rows) == [("subscribe", "verified", "server_error")]
        await db(Subscription.objects.update, lease_until=Now() - timedelta(seconds=1), next_due_at=Now())
        await step(shop)
        assert await db(rows) == [("subscribe", "failed", "server_error")]


async def test_a_worker_does_it_by_itself(our_hub: Hub, open_shop: Open) -> None:
    """From the offer to the question and the renewal, by bells alone."""
    await db(watch, hub=our_hub.url())
    before = ours.own_settings()
    ours.use(before.model_copy(update={"url": PORTAL}))
    try:
        async with open_shop(allowed=[our_hub.place]) as shop:
            shop.follow(ours.settings().model_copy(update={"crawl_gap": 0.0, "allowed_hosts": (our_hub.place,)}))
            watching = asyncio.create_task(jobs.watch(shop, pause=0.05))
            answering = asyncio.create_task(_answer_bells(shop))
            try:
                await asyncio.wait_for(our_hub.heard.wait(), 30)
                row = await db(the_row)
                await db(verify, row)
                assert await db(jobs._due_bells) == []
                await db(due_again)
                our_hub.heard.clear()
                await asyncio.wait_for(our_hub.heard.wait(), 30)
            finally:
                for task in (watching, answering):
                    task.cancel()
                await asyncio.gather(watching, answering, return_exceptions=True)
    finally:
        ours.use(before)
        await db(no_bells)
    assert [form["hub.mode"] for form in our_hub.asked] == ["subscribe", "subscribe"]
