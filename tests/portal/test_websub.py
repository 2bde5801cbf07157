"""What hubs call: the endpoint with real rows, and the whole dance with a real portal, a real worker's steps and a hub."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from django.db import connection, connections
from django.db.models.functions import Now

from newsreel.archive import reading, registry, subscriptions
from newsreel.archive.embedded import ServerAddress
from newsreel.archive.models import Article, Channel, Subscription
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.settings import Settings
from newsreel.fetching import Fetcher, Policy
from newsreel.pipeline.crawling import Crawl
from newsreel.pipeline.subscribing import reconcile, subscribe_due
from newsreel.pipeline.workshop import open_workshop
from newsreel.portal import websub
from newsreel.portal.websub import LARGEST_PUSH, MOST_OF_ONE, WebSubEndpoint
from tests.archive.making import a_channel
from tests.fetching.loopback import Site, answer, served
from tests.pipeline.hub import hub, signed
from tests.pipeline.subscribed import no_bells
from tests.portal.serving import Portal

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "https://news.test/feed.xml"
BODY = b"<feed>new</feed>"


class Bells:
    """Bells that are counted."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def __call__(self, bell: str) -> None:
        self.rung.append(bell)


async def db(work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    def run() -> Any:
        try:
            return work(*arguments, **options)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def subscribed(**columns: Any) -> Subscription:
    """A channel that is pushed, read two minutes ago and not due for an hour."""
    channel = a_channel()
    subscriptions.offered(channel, "https://hub.test/", TOPIC)
    Channel.objects.update(last_read_at=Now() - timedelta(minutes=2), next_due_at=Now() + timedelta(hours=1))
    number = Subscription.objects.count()
    about = {"state": "verified", "asked_at": Now(), "verified_at": Now(), "lease_until": Now() + timedelta(days=1)}
    return Subscription.objects.create(
        **{"channel": channel, "hub": "https://hub.test/", "topic": TOPIC, "token": f"{number:043}", "secret": "s" * 43}
        | about | {"next_due_at": None} | columns
    )  # fmt: skip


@pytest.fixture
def bells() -> Bells:
    return Bells()


@pytest.fixture
async def endpoint(bells: Bells) -> AsyncIterator[WebSubEndpoint]:
    made = WebSubEndpoint(bells)
    yield made
    await made._in_thread(connections.close_all)
    made.close()


async def call(
    endpoint: WebSubEndpoint,
    row: Subscription | str,
    method: str = "POST",
    parts: list[bytes] | Iterator[bytes] | None = None,
    query: str = "",
    host: str = "localhost",
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    token = row if isinstance(row, str) else row.token
    named = {"host": host, **headers}
    scope = {
        "type": "http", "method": method, "path": f"/websub/{token}", "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }  # fmt: skip
    coming = iter([BODY] if parts is None else parts)
    sent: list[Any] = []

    async def receive() -> Any:
        part = next(coming, None)
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def send(message: Any) -> None:
        sent.append(message)

    await endpoint(scope, receive, send)
    said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], said, b"".join(message.get("body", b"") for message in sent[1:])


async def push(endpoint: WebSubEndpoint, row: Subscription | str, signature: str | None = None, **more: Any) -> int:
    if signature is not None:
        more["x_hub_signature"] = signature
    return (await call(endpoint, row, **more))[0]


def seconds_until_due() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM next_due_at - now())::float8 FROM archive_channel")
        return float(cursor.fetchone()[0])


def verify_query(
    topic: str = TOPIC, mode: str = "subscribe", challenge: str = "%3Cscript%3Ealert(1)%3C/script%3E"
) -> str:
    return f"hub.mode={mode}&hub.topic={topic}&hub.challenge={challenge}&hub.lease_seconds=864000"


async def test_a_verification_is_plain_text(endpoint: WebSubEndpoint) -> None:
    row = await db(subscribed, state="asked", verified_at=None, lease_until=None)
    status, headers, body = await call(endpoint, row, "GET", query=verify_query())
    assert (status, body) == (200, b"<script>alert(1)</script>")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "set-cookie" not in headers
    await db(row.refresh_from_db)
    assert (row.state, row.lease_until is not None, row.attempts) == ("verified", True, 0)
    # What was not asked for, however it is called.
    for query in (verify_query("https://other.test/"), verify_query(mode="unsubscribe"), "", "hub.mode=denied"):
        assert (await call(endpoint, row, "GET", query=query))[0] == 404
    assert (await call(endpoint, "0" * 42 + "9", "GET", query=verify_query()))[0] == 404
    for token in ("", "short", "0" * 43 + "/", "0" * 42 + "é", "../healthz"):
        assert (await call(endpoint, token, "GET", query=verify_query()))[0] == 404
    assert (await call(endpoint, row, "GET", query=verify_query(), host="evil.test"))[0] == 400
    for method in ("HEAD", "PUT", "DELETE", "OPTIONS"):
        assert (await call(endpoint, row, method))[0] == 405


async def test_a_push_makes_its_channel_due(endpoint: WebSubEndpoint, bells: Bells) -> None:
    row = await db(subscribed)
    for method in ("sha1", "sha256", "sha384", "sha512"):
        await db(Channel.objects.update, next_due_at=Now() + timedelta(hours=1))
        assert await push(endpoint, row, signed(row.secret, BODY, method), parts=[BODY[:3], BODY[3:]]) == 202
        assert await db(seconds_until_due) <= 0
    assert bells.rung == ["crawl"] * 4
    assert await db(Channel.objects.exclude(pushed_at=None).count) == 1


async def test_what_is_not_signed_is_taken_and_forgotten(endpoint: WebSubEndpoint, bells: Bells) -> None:
    row = await db(subscribed)
    right = signed(row.secret, BODY)
    wrong = [None, "", "sha256=", "sha256=" + "0" * 64, signed("x", BODY), signed(row.secret, b""), right[:-1], f"md5={right[7:]}",
             f"{right[:-1]}0,{signed(row.secret, BODY, 'sha1')}"]  # fmt: skip
    for signature in wrong:
        assert await push(endpoint, row, signature) == 202
    assert (await db(seconds_until_due), bells.rung) > (3000, [])
    assert not bells.rung
    await db(row.refresh_from_db)
    assert row.outcome == "push_unsigned"
    assert await push(endpoint, row, right) == 202
    await db(row.refresh_from_db)
    assert (row.outcome, row.method, bells.rung) == ("", "sha256", ["crawl"])
    # From here on a weaker one is not from this hub; after the next verification it may be.
    await db(Channel.objects.update, next_due_at=Now() + timedelta(hours=1))
    assert await push(endpoint, row, signed(row.secret, BODY, "sha1")) == 202
    assert await db(seconds_until_due) > 3000
    await db(Subscription.objects.update, verified_at=Now() - timedelta(minutes=1))
    assert (await call(endpoint, row, "GET", query=verify_query()))[0] == 200
    assert await push(endpoint, row, signed(row.secret, BODY, "sha1")) == 202
    assert await db(seconds_until_due) <= 0


async def test_a_hundred_megabytes_are_neither_held_nor_hashed_to_the_end(endpoint: WebSubEndpoint) -> None:
    row = await db(subscribed)
    taken: list[int] = []

    def huge() -> Iterator[bytes]:
        for _ in range(100):
            taken.append(1)
            yield bytes(1_000_000)

    assert await push(endpoint, row, "sha256=" + "0" * 64, parts=huge()) == 413
    assert len(taken) == LARGEST_PUSH // 1_000_000 + 1
    taken.clear()
    assert await push(endpoint, row, "sha256=" + "0" * 64, parts=huge(), content_length="100000000") == 413
    assert await push(endpoint, "0" * 42 + "9", parts=huge()) == 404
    assert taken == []
    whole = [bytes(1_000_000)] * 4
    assert await push(endpoint, row, signed(row.secret, b"".join(whole)), parts=whole) == 202
    assert await db(seconds_until_due) <= 0


async def test_a_thousand_pushes_are_one_reading(endpoint: WebSubEndpoint, bells: Bells) -> None:
    row = await db(subscribed, method="sha256")
    right = signed(row.secret, BODY)
    before = await db(_updates)
    for _ in range(50):
        assert await push(endpoint, row, right) == 202
    assert bells.rung == ["crawl"]
    await db(_read_now)
    assert await db(seconds_until_due) > 800
    for _ in range(50):
        assert await push(endpoint, row, right) == 202
    assert 50 < await db(seconds_until_due) <= subscriptions.PUSH_GAP  # not sooner after the last reading
    assert bells.rung == ["crawl", "crawl"]
    assert await db(_updates) - before < 12
    together = await asyncio.gather(*(push(endpoint, row, right) for _ in range(900)))
    assert together.count(202) == MOST_OF_ONE
    assert together.count(503) == 900 - MOST_OF_ONE
    assert bells.rung == ["crawl", "crawl"]


def _updates() -> int:
    """How often a channel was written, as the database counts it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'archive_channel'")
        return int(cursor.fetchone()[0])


def _read_now() -> None:
    channel = Channel.objects.get()
    _read(channel)


def _read(channel: Channel) -> None:
    then = reading.AfterReading(wait=900, interval=900)
    reading.channels_read([reading.Reading(channel, then, then.wait, entries=1, new=1, seconds=0.1)])


async def test_a_push_during_a_reading_is_not_lost(endpoint: WebSubEndpoint) -> None:
    row = await db(subscribed)
    await db(Channel.objects.update, next_due_at=Now())
    before = await db(Channel.objects.get)
    assert await push(endpoint, row, signed(row.secret, BODY)) == 202
    await db(_read, before)
    assert 50 < await db(seconds_until_due) <= subscriptions.PUSH_GAP


async def test_a_push_hurries_nobody_who_asked_for_patience(endpoint: WebSubEndpoint, bells: Bells) -> None:
    row = await db(subscribed)
    await db(Channel.objects.update, failures=1)
    assert await push(endpoint, row, signed(row.secret, BODY)) == 202
    assert await db(seconds_until_due) > 3000
    assert bells.rung == []


async def test_what_ended_is_gone(endpoint: WebSubEndpoint, bells: Bells) -> None:
    row = await db(subscribed)
    for columns in ({"mode": "unsubscribe"}, {"state": "ended", "mode": "unsubscribe"}, {"state": "denied"}):
        await db(
            lambda columns=columns: Subscription.objects.update(
                **({"mode": "subscribe", "state": "verified"} | columns)
            )
        )
        assert await push(endpoint, row, signed(row.secret, BODY)) == 410
    await db(Subscription.objects.update, mode="subscribe", state="verified")
    await db(Channel.objects.update, paused=True)
    assert await push(endpoint, row, signed(row.secret, BODY)) == 410
    assert bells.rung == []
    await db(Channel.objects.update, paused=False, pushed_at=Now())
    denial = verify_query(mode="denied", challenge="") + "&hub.reason=no%0Amore"
    assert (await call(endpoint, row, "GET", query=denial))[0] == 200
    await db(row.refresh_from_db)
    assert (row.state, row.outcome, row.reason, row.next_due_at) == ("denied", "hub_denied", "no more", None)
    assert await db(Channel.objects.filter(pushed_at=None).count) == 1


async def test_one_that_sends_slowly_holds_up_no_other(
    endpoint: WebSubEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websub, "BODY_WAIT", 0.5)
    row = await db(subscribed)
    other = await db(Subscription.objects.create, hub="h", topic="t", token="x" * 43, secret="s")

    async def slow() -> int:
        scope = {"type": "http", "method": "POST", "path": f"/websub/{row.token}", "query_string": b"",
                 "headers": [(b"host", b"localhost")]}  # fmt: skip
        sent: list[Any] = []

        async def receive() -> Any:
            await asyncio.sleep(0.2)
            return {"type": "http.request", "body": b"x", "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        await endpoint(scope, receive, send)
        return int(sent[0]["status"])

    slow_ones = [asyncio.create_task(slow()) for _ in range(10)]
    await asyncio.sleep(0.1)
    assert await push(endpoint, other, None) == 410  # it has no channel; what counts is that it is answered
    assert sorted(await asyncio.gather(*slow_ones)) == [408] * MOST_OF_ONE + [503] * (10 - MOST_OF_ONE)


SENTENCE = "The port authority said on Monday that the harbour would stay closed until the cargo had been recovered. "


def news(site: Site, hub: str, *titles: str) -> None:
    items = "".join(f"<item><title>{title}</title><link>{site.url('/' + title[-1])}</link></item>" for title in titles)
    links = f'<a:link rel="hub" href="{hub}"/><a:link rel="self" href="{TOPIC}"/>'
    feed = f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>F</title>{links}{items}</channel></rss>'
    site.pages["/feed"] = answer(200, feed.encode(), "Content-Type: application/rss+xml")
    for title in titles:
        page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{f'<p>{SENTENCE * 4}</p>' * 2}"
        site.pages["/" + title[-1]] = answer(200, page.encode(), "Content-Type: text/html")


def _watch(site: Site) -> None:
    registry.register(SourceFacts("a.test", "A", site.url()), [ChannelFacts(site.url("/feed"), "feed")], 900)


def _long_ago() -> None:
    Channel.objects.update(last_read_at=Now() - timedelta(minutes=2))


async def test_the_whole_dance(database_server: ServerAddress, tmp_path: Path) -> None:
    """A feed that names a hub is read; the hub is asked, verifies at a real portal, pushes; the article is there."""
    await db(no_bells)
    portal = Portal(tmp_path / "portal", database_server.dsn_of(connection.settings_dict["NAME"]))
    portal.environment["NEWSREEL_URL"] = "https://portal.test"
    starting = asyncio.create_task(asyncio.to_thread(portal.start))
    chosen = Settings(url="https://portal.test", home=tmp_path, crawl_gap=0.0)
    try:
        async with served() as site, hub() as our_hub, aiohttp.ClientSession(headers={"Host": "portal.test"}) as calls:
            site.pages["/robots.txt"] = answer(404)
            news(site, our_hub.url(), "The harbour is closed 1")
            await db(_watch, site)
            policy = Policy(gap=0, allowed_hosts=frozenset({site.place, our_hub.place}))
            async with open_workshop(chosen, lambda: None, Fetcher(policy)) as shop:
                assert (await Crawl(shop).run(to_the_end=True)).new == 1
                await reconcile(shop, chosen)
                assert await subscribe_due(shop, chosen) == 1
                (form,) = our_hub.asked
                callback = re.sub("^https://portal.test", f"http://127.0.0.1:{portal.port}", form["hub.callback"])
                await starting

                wanted = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.lease_seconds": "864000"}
                async with calls.get(callback, params=wanted | {"hub.challenge": "c+h <&"}) as said:
                    assert (said.status, await said.text()) == (200, "c+h <&")
                assert (await db(Subscription.objects.get)).state == "verified"

                news(site, our_hub.url(), "The harbour is closed 1", "The harbour is open 2")
                await db(_long_ago)
                assert (await Crawl(shop).run(to_the_end=True)).new == 0  # it is not due
                forged = {"X-Hub-Signature": signed("guess", BODY)}
                async with calls.post(callback, data=BODY, headers=forged) as said:
                    assert said.status == 202
                assert (await Crawl(shop).run(to_the_end=True)).new == 0
                async with calls.post(
                    callback, data=BODY, headers={"X-Hub-Signature": signed(form["hub.secret"], BODY)}
                ) as said:
                    assert (said.status, await said.read()) == (202, b"")
                assert await db(jobs_waiting) == ["newsreel:crawl"]
                assert (await Crawl(shop).run(to_the_end=True)).new == 1
                assert await db(Article.objects.count) == 2
                assert b" 413 " in await asyncio.to_thread(
                    _announced, portal.port, form["hub.callback"][-43:], 100_000_000
                )
    finally:
        await asyncio.gather(starting, return_exceptions=True)
        await asyncio.to_thread(portal.stop)
        await db(no_bells)


def _announced(port: int, token: str, size: int) -> bytes:
    """How a push that says its size is answered, before any of it was sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(f"POST /websub/{token} HTTP/1.1\r\nHost: portal.test\r\nContent-Length: {size}\r\n\r\n".encode())
        return line.recv(1000).partition(b"\r\n")[0]


def jobs_waiting() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        return [row[0] for row in cursor.fetchall()]
