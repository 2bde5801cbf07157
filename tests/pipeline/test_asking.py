"""Asking hubs: what they may answer, how long they may take, and who asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from newsreel.archive import subscriptions
from newsreel.archive.models import Channel, Subscription
from newsreel.fetching import Limits
from newsreel.pipeline import subscribing
from newsreel.pipeline.subscribing import reconcile, subscribe_due
from tests.fetching.loopback import Names, Sockets
from tests.pipeline.conftest import Open
from tests.pipeline.hub import Hub, hub
from tests.pipeline.subscribed import HERE, PORTAL, TOPIC, days_until, db, due_again, rows, step, the_row, verify, watch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def our_hub() -> AsyncIterator[Hub]:
    async with hub() as running:
        yield running


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
