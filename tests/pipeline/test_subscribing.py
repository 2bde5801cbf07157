"""Subscribing with real rows, a real hub on loopback and real workers: what is offered, wanted, asked, renewed and ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from newsreel.archive import callbacks, registry, subscriptions
from newsreel.archive.models import Channel, Source, Subscription
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core import settings as ours
from newsreel.core.settings import Settings
from newsreel.fetching import Limits
from newsreel.pipeline import jobs, pushing, subscribing
from newsreel.pipeline.channels import read_channel
from newsreel.pipeline.subscribing import reconcile, subscribe_due
from newsreel.pipeline.worker import _answer_bells
from tests.fetching.loopback import Names, Site, Sockets, answer
from tests.pipeline.conftest import Open
from tests.pipeline.hub import Hub, hub

pytestmark = pytest.mark.django_db(transaction=True)
PORTAL = "https://portal.test"
TOPIC = "https://news.test/feed.xml"
HERE = Settings(url=PORTAL)


@pytest.fixture
async def our_hub() -> AsyncIterator[Hub]:
    async with hub() as running:
        yield running


async def db(work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Work on the database in a thread, whose connection ends with it."""

    def run() -> Any:
        try:
            return work(*arguments, **options)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def watch(count: int = 1, hub: str = "", topic: str = TOPIC) -> list[int]:
    """Channels that offer a hub."""
    made = []
    for n in range(count):
        _, (channel,) = registry.register(
            SourceFacts(f"n{n}.test", "N", f"https://n{n}.test/"),
            [ChannelFacts(f"https://n{n}.test/feed", "feed")],
            900,
        )
        subscriptions.offered(channel, hub, topic if count == 1 else f"{topic}?{n}")
        made.append(channel.pk)
    return made


def rows() -> list[tuple[str, str, str]]:
    return list(Subscription.objects.order_by("pk").values_list("mode", "state", "outcome"))


def the_row() -> Subscription:
    return Subscription.objects.get()


def due_again() -> None:
    Subscription.objects.filter(next_due_at__isnull=False).update(next_due_at=Now())


async def step(shop: Any, chosen: Settings = HERE) -> int:
    await reconcile(shop, chosen)
    done = 0
    while batch := await subscribe_due(shop, chosen):
        done += batch
    return done


def hear(row: Subscription, query: str) -> pushing.Verdict | None:
    """A hub's GET, with what it does."""
    known = callbacks.known(row.token)
    assert known is not None
    verdict = pushing.verdict(known, query.encode())
    if verdict is not None and verdict.what == "verified":
        callbacks.verified(known, verdict.lease, pushing.renew_in(verdict.lease, 0.5))
    elif verdict is not None and verdict.what == "ended":
        callbacks.ended(known)
    return verdict


def verify(row: Subscription, lease: int = 86400, mode: str = "subscribe") -> None:
    verdict = hear(row, f"hub.mode={mode}&hub.topic={row.topic}&hub.challenge=abc&hub.lease_seconds={lease}")
    assert verdict is not None
    assert verdict.challenge == b"abc"


def days_until(moment: Any) -> float:
    return round((moment - timezone.now()).total_seconds() / 86400, 2)


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


NOES: list[tuple[int, dict[str, str], str, float | None]] = [
    (400, {}, "http_error", 1.0),
    (404, {}, "gone", 1.0),
    (503, {}, "server_error", 0.01),
    (429, {"Retry-After": "7200"}, "rate_limited", 0.08),
    (301, {"Location": "/moved"}, "bad_redirect", None),
    (302, {"Location": "/moved"}, "bad_redirect", None),
    (303, {"Location": "/moved"}, "bad_redirect", None),
    (307, {"Location": "http://127.0.0.1:9/"}, "address_refused", None),
    (308, {"Location": "http://[::1]/"}, "address_refused", None),
    (307, {"Location": "http://inside.test/"}, "address_refused", None),
    (308, {"Location": "file:///etc/passwd"}, "bad_redirect", None),
    (307, {"Location": "/hub"}, "too_many_redirects", None),
]


async def test_a_no_has_a_name_and_its_time(our_hub: Hub, open_shop: Open, sockets: Sockets) -> None:
    await db(watch, hub=our_hub.url())
    async with open_shop(Names(inside_test=["10.0.0.1"]), allowed=[our_hub.place]) as shop:
        for our_hub.status, our_hub.headers, outcome, days in NOES:
            await db(Subscription.objects.all().delete)
            our_hub.paths.clear()
            assert await step(shop) == 1
            row = await db(the_row)
            assert (row.state, row.outcome) == ("failed", outcome)
            assert (days_until(row.next_due_at) if row.next_due_at else None) == days
            assert our_hub.paths == ["/hub"] * (4 if outcome == "too_many_redirects" else 1)
            assert await step(shop) == 0
    assert set(sockets.asked) == {"127.0.0.1"}


async def test_a_hub_that_sends_on_is_followed_with_the_form(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as shop:
        for our_hub.status in (307, 308):
            our_hub.headers = {"Location": "/moved"}
            await db(Subscription.objects.all().delete)
            await step(shop)
            assert our_hub.paths[-2:] == ["/hub", "/moved"]
            assert our_hub.asked[-2] == our_hub.asked[-1]
            assert await db(rows) == [("subscribe", "asked", "")]


async def test_a_hub_in_a_private_network_is_never_asked(open_shop: Open, sockets: Sockets) -> None:
    hubs = {
        "http://127.0.0.1:9/": "address_refused",
        "http://169.254.169.254/latest/meta-data": "address_refused",
        "http://inside.test/": "address_refused",
        "https://hub.test:22/": "port_refused",
    }
    await db(watch, len(hubs))
    for channel, address in zip(await db(lambda: list(Channel.objects.order_by("pk"))), hubs, strict=True):
        await db(subscriptions.offered, channel, address, TOPIC)
    async with open_shop(Names(inside_test=["10.0.0.1"])) as shop:
        assert await step(shop) == len(hubs)
        assert await db(lambda: dict(Subscription.objects.values_list("hub", "outcome"))) == hubs
        assert await db(Subscription.objects.filter(state="failed", next_due_at=None).count) == len(hubs)
        assert sockets.asked == []


async def test_a_hub_that_never_answers_holds_up_no_other(
    our_hub: Hub, open_shop: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "LIMITS", Limits(total_seconds=0.3))
    our_hub.delay = 30.0
    await db(watch, 12, our_hub.url())
    async with hub() as quick:
        await db(lambda: subscriptions.offered(Channel.objects.order_by("pk").last() or Channel(), quick.url(), TOPIC))
        async with open_shop(allowed=[our_hub.place, quick.place]) as shop:
            assert await step(shop) == 12
            assert (len(our_hub.asked), len(quick.asked)) == (1, 1)
            assert sorted(await db(rows)).count(("subscribe", "failed", "timed_out")) == 1
            assert await db(Subscription.objects.filter(next_due_at__lte=Now()).count) == 0
            assert await db(Subscription.objects.filter(state="wanted", claim_owner=None).count) == 0


async def test_one_request_at_once_at_a_hub_with_two_workers(our_hub: Hub, open_shop: Open) -> None:
    our_hub.delay = 0.02
    await db(watch, subscribing.BATCH + 8, our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as one, open_shop(allowed=[our_hub.place]) as other:
        await reconcile(one, HERE)
        done = 0
        while done < subscribing.BATCH + 8:
            done += sum(await asyncio.gather(subscribe_due(one, HERE), subscribe_due(other, HERE)))
    assert our_hub.most_busy == 1
    assert len({form["hub.callback"] for form in our_hub.asked}) == len(our_hub.asked) == subscribing.BATCH + 8


async def test_a_large_answer_is_not_read(our_hub: Hub, open_shop: Open) -> None:
    our_hub.body = b"x" * 1_000_000
    await db(watch, hub=our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as shop:
        await step(shop)
        assert await db(rows) == [("subscribe", "failed", "too_large")]


async def test_a_hub_may_verify_before_it_answers(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    our_hub.delay, our_hub.status = 0.4, 500  # and then stumble
    async with open_shop(allowed=[our_hub.place]) as shop:
        await reconcile(shop, HERE)
        asking = asyncio.create_task(subscribe_due(shop, HERE))
        await our_hub.heard.wait()
        await db(verify, await db(the_row))
        await asking
        row = await db(the_row)
        assert (row.state, row.outcome, row.claim_owner) == ("verified", "", None)
        assert 0.8 <= days_until(row.next_due_at) <= 0.9


async def test_a_hub_that_does_not_verify_is_asked_less_and_less(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    waits = []
    async with open_shop(allowed=[our_hub.place]) as shop:
        for _ in range(7):
            assert await step(shop) == 1
            row = await db(the_row)
            waits.append(round((row.next_due_at - timezone.now()).total_seconds() / 3600))
            await db(due_again)
    assert waits == [1, 6, 24, 72, 168, 168, 168]
    assert (row.state, row.outcome) == ("asked", "hub_silent")


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


async def test_a_killed_workers_claim_is_free_again(our_hub: Hub, open_shop: Open) -> None:
    await db(watch, hub=our_hub.url())
    async with open_shop(allowed=[our_hub.place]) as killed, open_shop(allowed=[our_hub.place]) as other:
        await reconcile(killed, HERE)
        assert len(await killed.db(subscriptions.claim, killed.owner, PORTAL, 5)) == 1
        assert await subscribe_due(other, HERE) == 0
        assert not await db(subscriptions.due)
        killed.owner.close()
        assert await db(subscriptions.due)
        assert await subscribe_due(other, HERE) == 1


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
                assert await db(jobs._due_bells) == ["subscribe"]
                our_hub.heard.clear()
                await asyncio.wait_for(our_hub.heard.wait(), 30)
            finally:
                for task in (watching, answering):
                    task.cancel()
                await asyncio.gather(watching, answering, return_exceptions=True)
    finally:
        ours.use(before)
    assert [form["hub.mode"] for form in our_hub.asked] == ["subscribe", "subscribe"]
