from __future__ import annotations

import asyncio
import contextlib
import gzip
import html
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.sample.edition import Answer
from newsreel.sample.outlets import outlets
from newsreel.sample.server import LOOPBACK, Request, SamplePress, read_request, to_bytes
from newsreel.sample.truth import truth
from tests.sample.week import OPENING, START, Clock

POST = "http://www.meridian-post.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def press(clock: Clock) -> AsyncIterator[SamplePress]:
    async with SamplePress(clock, drip=5) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def raw(press: SamplePress, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, press.port)
    writer.write(sent)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_it_listens_on_loopback_alone(press: SamplePress) -> None:
    assert press._server is not None
    assert [one.getsockname()[0] for one in press._server.sockets] == ["127.0.0.1"]
    assert press.proxy == f"http://127.0.0.1:{press.port}"


async def test_every_article_comes_through_the_proxy(press: SamplePress, client: aiohttp.ClientSession) -> None:
    told = [one for one in truth(START, drip=5) if one.appears <= OPENING]
    for one in told:
        async with client.get(one.url, proxy=press.proxy) as answer:
            assert answer.status == 200
            page = (await answer.read()).decode(outlets()[one.outlet].charset)
            assert html.escape(one.title) in page.replace("\u3000", " ")
    assert press.stats()["www.meridian-post.example"]["most_at_once"] == 1
    assert sum(one["requests"] or 0 for one in press.stats().values()) == len(told) == 95


async def test_the_week_ends_now_unless_told_otherwise(clock: Clock) -> None:
    assert SamplePress(clock).start_week == START
    assert SamplePress(clock, START - timedelta(days=1)).edition.opening == OPENING - timedelta(days=1)


async def test_new_articles_arrive_as_the_clock_goes_on(
    press: SamplePress, client: aiohttp.ClientSession, clock: Clock
) -> None:
    counts = []
    for _ in range(4):
        async with client.get(press.proxy + "/sites") as answer:
            counts.append(sum(len(site["articles"]) for site in (await answer.json()).values()))
        clock.move(5)
    assert counts == [95, 96, 97, 98]


async def test_a_page_that_is_known_already_is_304_until_it_changes(
    press: SamplePress, client: aiohttp.ClientSession, clock: Clock
) -> None:
    url = next(one.url for one in truth(START, drip=5) if "/astra-linde-ferry-aground" in one.url)
    async with client.get(url, proxy=press.proxy) as answer:
        tag = answer.headers["ETag"]
    async with client.get(url, proxy=press.proxy, headers={"If-None-Match": f'"x", {tag}'}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    clock.move(60)
    async with client.get(url, proxy=press.proxy, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 200
        assert "all 412 people on board" in await answer.text()


async def test_a_feed_knows_when_it_last_changed(
    press: SamplePress, client: aiohttp.ClientSession, clock: Clock
) -> None:
    url = f"{POST}/feeds/all.rss"
    async with client.get(url, proxy=press.proxy) as answer:
        since = {"If-Modified-Since": answer.headers["Last-Modified"]}
    async with client.get(url, proxy=press.proxy, headers=since) as answer:
        assert answer.status == 304
    clock.move(100)
    async with client.get(url, proxy=press.proxy, headers=since) as answer:
        assert answer.status == 200


async def test_a_client_that_takes_gzip_gets_it(press: SamplePress) -> None:
    plain = await raw(press, f"GET {POST}/ HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
    small = await raw(press, f"GET {POST}/ HTTP/1.1\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode())
    assert b"Content-Encoding: gzip" in small
    assert gzip.decompress(small.split(b"\r\n\r\n", 1)[1]) == plain.split(b"\r\n\r\n", 1)[1]


async def test_one_connection_carries_many_requests(press: SamplePress) -> None:
    asked = f"HEAD {POST}/ HTTP/1.1\r\n\r\nGET {POST}/robots.txt HTTP/1.1\r\nConnection: close\r\n\r\n".encode()
    answer = await raw(press, asked)
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.endswith(b"Disallow: /account/\n")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"GET http://www.meridian-post.example:80/ HTTP/1.1\r\n\r\n", b"200 OK"),
        (b"GET / HTTP/1.1\r\nHost: WWW.Meridian-Post.example\r\n\r\n", b"200 OK"),
        (b"GET http://elsewhere.test/ HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"GET http://127.0.0.2/ HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"CONNECT www.meridian-post.example:443 HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"POST http://www.meridian-post.example/ HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", b"405 Method Not Allowed"),
    ],
)
async def test_what_is_answered(press: SamplePress, asked: bytes, status: bytes) -> None:
    assert (await raw(press, asked)).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    "asked",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
async def test_what_is_no_http_gets_no_answer_and_does_no_harm(press: SamplePress, asked: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # closed with bytes unread: as silent an answer
        assert await raw(press, asked) == b""
    assert (await raw(press, f"GET {POST}/ HTTP/1.1\r\n\r\n".encode())).startswith(b"HTTP/1.1 200")


async def test_politeness_is_counted_per_host(press: SamplePress, client: aiohttp.ClientSession) -> None:
    for _ in range(2):
        async with client.get(f"{POST}/", proxy=press.proxy) as answer:
            await answer.read()
    async with client.get("http://nowhere.example/", proxy=press.proxy) as answer:
        assert answer.status == 404
    async with client.get("http://press.example/stats", proxy=press.proxy) as answer:
        stats = json.loads(await answer.text())
    assert list(stats) == ["www.meridian-post.example"]
    assert stats["www.meridian-post.example"]["requests"] == 2
    assert stats["www.meridian-post.example"]["shortest_gap"] > 0


async def test_a_port_that_is_taken_is_said(press: SamplePress) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await SamplePress(Clock(), port=press.port).__aenter__()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "newsreel.sample.server", "--port", str(press.port), stderr=asyncio.subprocess.PIPE
    )
    _, told = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert f"cannot listen on 127.0.0.1:{press.port}" in told.decode()


async def test_the_command_says_in_one_line_when_it_is_ready(client: aiohttp.ClientSession) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "newsreel.sample.server", "--port", "0", "--drip", "5", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        found = re.fullmatch(
            r"Sample press ready: 10 outlets, \d+ articles; NEWSREEL_PROXY=(http://127\.0\.0\.1:\d+)\n", line
        )
        assert found is not None, line
        async with client.get(f"{POST}/", proxy=found[1]) as answer:
            assert "The Meridian Post" in await answer.text()
    finally:
        process.terminate()
        await process.communicate()


def request(**headers: str) -> Request:
    return Request("GET", "a.example", "/", {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request(), b"200 OK"),
        (request(if_none_match='"other"'), b"200 OK"),
        (request(if_none_match="{tag}"), b"304 Not Modified"),
        (request(if_modified_since="Mon, 09 Mar 2026 09:00:00 GMT"), b"304 Not Modified"),
        (request(if_modified_since="Mon, 09 Mar 2026 08:00:00 GMT"), b"200 OK"),
        (request(if_none_match='"other"', if_modified_since="Mon, 09 Mar 2026 09:00:00 GMT"), b"200 OK"),
    ],
)
def test_conditional_requests(asked: Request, status: bytes) -> None:
    answer = Answer(200, "text/plain", b"body", OPENING)
    headers = {name: value.replace("{tag}", answer.etag) for name, value in asked.headers.items()}
    assert to_bytes(Request("GET", "a.example", "/", headers), answer).startswith(b"HTTP/1.1 " + status)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_an_end_or_an_error_of_known_kind(sent: bytes) -> None:
    async def read(make: Callable[[], asyncio.StreamReader]) -> Request | None:
        reader = make()
        reader.feed_data(sent)
        reader.feed_eof()
        try:
            return await read_request(reader)
        except (ValueError, asyncio.IncompleteReadError):
            return None

    found = asyncio.run(read(asyncio.StreamReader))
    assert found is None or found.method == found.method.upper()
