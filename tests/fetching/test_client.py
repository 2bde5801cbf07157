from __future__ import annotations

import asyncio
import gzip
import pickle
import ssl
import time
from copy import copy
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel import __version__
from newsreel.core.errors import Misconfigured, NewsreelError, Permanent, Temporary
from newsreel.core.settings import Settings
from newsreel.fetching import Fetcher, Limits, Policy
from newsreel.fetching.failures import retry_after
from tests.fetching.loopback import Asked, Names, Site, answer
from tests.patience import patience

NOW = datetime(2025, 8, 12, 8, 30, tzinfo=UTC)


async def failure(fetcher: Fetcher, url: str, **more: object) -> NewsreelError:
    with pytest.raises(NewsreelError) as caught:
        await fetcher.fetch(url, robots=False, **more)  # type: ignore[arg-type]
    assert caught.value.reason.endswith(".")
    assert "\n" not in caught.value.reason
    assert "aiohttp" not in caught.value.reason
    return caught.value


async def test_an_answer(site: Site) -> None:
    packed = gzip.compress(b"<p>news</p>")
    headers = ("Content-Type: text/html; charset=utf-8", "X-Twice: 1", "X-Twice: 2", "Content-Encoding: gzip", "X-N: é")
    site.pages = {"/a?b=%20c": answer(200, packed, *headers)}
    policy = Policy(gap=0, allowed_hosts=frozenset({site.place}))
    async with Fetcher(policy, clock=lambda: NOW, resolver=Names()) as fetcher:
        response = await fetcher.fetch(site.url("/a?b=%20c#d"))
    assert (response.status, response.body, response.wire_body) == (200, b"<p>news</p>", packed)
    assert (response.requested_url, response.url) == (site.url("/a?b=%20c#d"), site.url("/a?b=%20c"))
    assert response.headers[1:] == tuple(tuple(header.split(": ")) for header in headers)
    assert (response.fetched_at, response.redirects, response.http_version) == (NOW, (), "1.1")
    assert response.content_type == "text/html; charset=utf-8"


async def test_what_is_asked(site: Site) -> None:
    site.pages = {"/": answer(200, b"x", "Set-Cookie: a=b; Path=/")}
    policy = Policy(gap=0, allowed_hosts=frozenset({site.place}), contact="mailto:news@example.org\r\nX: y")
    async with Fetcher(policy, resolver=Names()) as fetcher:
        await fetcher.fetch(site.url(), robots=False)
        await fetcher.fetch(site.url(), robots=False, accept="application/rss+xml", etag='W/"1"', last_modified="Tue")
        await fetcher.fetch(site.url(), robots=False, etag='"1"\r\nX-Injected: 1')
    first, second, third = (asked.headers for asked in site.asked)
    assert first["user-agent"] == f"Newsreel/{__version__} (+mailto:news@example.orgX: y)"
    assert first["accept-encoding"] == "gzip, deflate, br, zstd"
    assert first["host"] == site.place
    assert set(first) == {"host", "user-agent", "accept", "accept-encoding"}
    assert (second["accept"], second["if-none-match"]) == ("application/rss+xml", 'W/"1"')
    assert second["if-modified-since"] == "Tue"
    assert "cookie" not in second
    assert "if-none-match" not in third


def test_a_policy_from_settings() -> None:
    chosen = Settings(allowed_hosts="127.0.0.1:8123, Inside.corp", crawl_gap=3, contact="x", proxy="http://p:1")  # type: ignore[arg-type]
    policy = Policy.from_settings(chosen)
    assert policy.allowed_hosts == {"127.0.0.1:8123", "inside.corp:80", "inside.corp:443"}
    assert (policy.gap, policy.proxy, policy.ca_file) == (3.0, "http://p:1", None)
    assert Policy().user_agent.startswith(f"Newsreel/{__version__} (a self-hosted news reader")


async def test_not_modified_is_an_answer(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/": b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 500\r\n\r\n'}
    response = await fetcher.fetch(site.url(), robots=False, etag='"1"')
    assert (response.status, response.body, response.header("ETAG")) == (304, b"", '"1"')


async def test_a_gz_file_is_left_as_it_is(site: Site, fetcher: Fetcher) -> None:
    packed = gzip.compress(b"<urlset/>")
    site.pages = {"/sitemap.xml.gz": answer(200, packed, "Content-Type: application/gzip")}
    response = await fetcher.fetch(site.url("/sitemap.xml.gz"), robots=False)
    assert response.body == response.wire_body == packed


@pytest.mark.parametrize(
    ("status", "kind", "outcome"),
    [
        (400, Permanent, "http_error"),
        (401, Permanent, "forbidden"),
        (403, Permanent, "forbidden"),
        (404, Permanent, "gone"),
        (408, Temporary, "http_error"),
        (410, Permanent, "gone"),
        (418, Permanent, "http_error"),
        (429, Temporary, "rate_limited"),
        (451, Permanent, "forbidden"),
        (500, Temporary, "server_error"),
        (503, Temporary, "server_error"),
        (599, Temporary, "server_error"),
        (300, Permanent, "http_error"),
    ],
)
async def test_statuses(site: Site, fetcher: Fetcher, status: int, kind: type, outcome: str) -> None:
    site.pages = {"/": answer(status, b"an error page", "Retry-After: 120")}
    error = await failure(fetcher, site.url())
    assert (type(error), error.outcome, error.status) == (kind, outcome, status)
    for other in (copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(other), other.outcome, other.reason, other.status) == (kind, outcome, error.reason, status)
    if isinstance(error, Temporary):
        assert error.retry_after == copy(error).retry_after == 120


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 90 ", 90.0),
        ("9" * 5000, 86400.0),
        ("Tue, 12 Aug 2025 08:31:00 GMT", 60.0),
        ("Tue, 12 Aug 2025 08:00:00 GMT", 0.0),
        ("Tue, 12 Aug 2025 10:31:00 +0200", 60.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("²", None),
        ("Tue, 99 Aug 99999 08:31:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=40), st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d [A-Z+-]\w+")
    )
)
def test_any_retry_after_is_a_wait_or_nothing(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 86400


async def test_redirects_are_followed_with_all_their_addresses(site: Site, fetcher: Fetcher) -> None:
    site.pages = {
        "/a": answer(301, b"moved", "Location: b/c?x=1#y"),
        "/b/c?x=1": answer(307, b"", f"Location: {site.url('/ü ö')}"),
        "/%C3%BC%20%C3%B6": answer(200, b"here"),
    }
    response = await fetcher.fetch(site.url("/a"))
    assert response.body == b"here"
    assert response.redirects == (site.url("/a"), site.url("/b/c?x=1"))
    assert response.redirect_statuses == (301, 307)
    assert response.url == site.url("/ü ö")
    assert response.requested_url == site.url("/a")


@pytest.mark.parametrize(
    ("location", "outcome"),
    [
        ("/", "too_many_redirects"),
        (None, "bad_redirect"),
        (" ", "bad_redirect"),
        ("javascript:alert(1)", "bad_redirect"),
        ("file:///etc/passwd", "bad_redirect"),
        ("http://[::1", "bad_redirect"),
        ("http://a@b.example/", "bad_redirect"),
        ("http://10.0.0.1/", "address_refused"),
        ("http://example.com:22/", "port_refused"),
    ],
)
async def test_redirects_that_lead_nowhere(site: Site, fetcher: Fetcher, location: str | None, outcome: str) -> None:
    site.pages = {"/": answer(302, b"", *([] if location is None else [f"Location: {location}"]))}
    error = await failure(fetcher, site.url())
    assert isinstance(error, Permanent)
    assert error.outcome == outcome
    assert len(site.asked) == (9 if outcome == "too_many_redirects" else 1)


async def test_robots_and_pace_of_the_next_host(site: Site) -> None:
    """A redirect's target is asked for by its own robots.txt."""
    site.pages = {
        "http://a.example/robots.txt": answer(404),
        "http://a.example/": answer(302, b"", "Location: http://b.example/private"),
        "http://b.example/robots.txt": answer(200, b"User-agent: *\nDisallow: /private"),
    }
    async with Fetcher(Policy(gap=0, proxy=site.url()), resolver=Names()) as fetcher:
        with pytest.raises(Permanent) as caught:
            await fetcher.fetch("http://a.example/")
    assert caught.value.outcome == "robots_disallowed"
    assert "http://b.example/private" not in site.paths()


async def test_too_large_as_received_and_as_said(site: Site, fetcher: Fetcher) -> None:
    async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    site.pages = {
        "/said": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "/endless": endless,
        "/bomb": answer(200, gzip.compress(b"\0" * 200_000), "Content-Encoding: gzip"),
    }
    limits = Limits(wire_bytes=100_000, decoded_bytes=150_000)
    for path, outcome in (("/said", "too_large"), ("/endless", "too_large"), ("/bomb", "too_large_decoded")):
        error = await failure(fetcher, site.url(path), limits=limits)
        assert (type(error), error.outcome) == (Permanent, outcome)


async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def test_a_slow_drip_meets_the_total_deadline(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/drip": drip, "/body": drip_body, "/silent": silent}
    for path in site.pages:
        began = time.monotonic()
        error = await failure(fetcher, site.url(path), limits=Limits(total_seconds=0.3))
        assert (type(error), error.outcome) == (Temporary, "timed_out")
        assert time.monotonic() - began < patience(2)


async def test_the_deadline_holds_for_all_hops_and_not_for_waiting(site: Site) -> None:
    site.pages = {"/": answer(302, b"", "Location: /")}
    site.delay = 0.1
    policy = Policy(gap=0, allowed_hosts=frozenset({site.place}))
    async with Fetcher(policy, resolver=Names()) as fetcher:
        error = await failure(fetcher, site.url(), limits=Limits(total_seconds=0.35))
        assert error.outcome == "timed_out"
        assert 2 <= len(site.asked) <= 4
        site.pages = {"/": answer(200, b"x")}
        many = [fetcher.fetch(site.url(), robots=False, limits=Limits(total_seconds=0.35)) for _ in range(8)]
        assert len(await asyncio.gather(*many)) == 8  # 0.8 s, most of it waiting for the turn


async def test_a_look_up_that_hangs() -> None:
    class Hanging(Names):
        async def resolve(self, *_: object, **__: object) -> list[object]:
            await asyncio.sleep(60)
            return []

    async with Fetcher(Policy(gap=0), resolver=Hanging()) as fetcher:
        error = await failure(fetcher, "https://a.example/", limits=Limits(total_seconds=0.2))
    assert (type(error), error.outcome) == (Temporary, "timed_out")


@pytest.mark.parametrize("allowed", [frozenset[str](), frozenset({"a.example:443"})])
async def test_a_look_up_without_addresses(allowed: frozenset[str]) -> None:
    async with Fetcher(Policy(gap=0, allowed_hosts=allowed), resolver=Names(a_example=[])) as fetcher:
        error = await failure(fetcher, "https://a.example/")
    assert (type(error), error.outcome) == (Temporary, "dns_failed")


async def test_a_look_up_that_breaks(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Names):
        async def resolve(self, *_: object, **__: object) -> list[object]:
            raise RuntimeError("a mistake of the library")

    async with Fetcher(Policy(gap=0), resolver=Broken()) as fetcher:
        error = await failure(fetcher, "https://a.example/")
    assert (type(error), error.outcome) == (Temporary, "client_failed")
    assert "a mistake of the library" in caplog.text
    assert "mistake" not in error.reason


async def _three_at_once(fetcher: Fetcher, site: Site) -> float:
    """The seconds that three requests without a gap take, one after another at the host."""
    began = time.monotonic()
    await asyncio.gather(*(fetcher.fetch(site.url(), gap=0) for _ in range(3)))
    return time.monotonic() - began


async def test_turns_and_gaps(site: Site) -> None:
    site.pages = {"/": answer(200, b"x")}
    site.delay = 0.02
    policy = Policy(gap=0.1, allowed_hosts=frozenset({site.place}))
    async with Fetcher(policy, resolver=Names()) as fetcher:
        began = time.monotonic()
        await asyncio.gather(*(fetcher.fetch(site.url()) for _ in range(3)))
        assert time.monotonic() - began >= 0.3 + 4 * 0.02  # robots.txt is a request too
        assert site.most_busy == 1
        assert min([await _three_at_once(fetcher, site) for _ in range(5)]) < 0.3  # a busy machine may be slow once


async def test_nobody_listens(fetcher: Fetcher, site: Site) -> None:
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    policy = Policy(gap=0, allowed_hosts=frozenset({f"127.0.0.1:{port}"}))
    async with Fetcher(policy, resolver=Names()) as other:
        error = await failure(other, f"http://127.0.0.1:{port}/")
        assert (type(error), error.outcome) == (Temporary, "connect_failed")
    async with Fetcher(Policy(gap=0, proxy=f"http://127.0.0.1:{port}"), resolver=Names()) as other:
        for scheme in ("http", "https"):
            error = await failure(other, f"{scheme}://a.example/")
            assert (error.outcome, error.reason) == ("connect_failed", "The proxy cannot be reached.")
    error = await failure(fetcher, "https://nobody.example/")
    assert (type(error), error.outcome) == (Temporary, "dns_failed")


async def test_a_proxy_that_will_not(site: Site) -> None:
    site.pages = {"a.example:443": answer(502, b"")}
    async with Fetcher(Policy(gap=0, proxy=site.url()), resolver=Names()) as fetcher:
        error = await failure(fetcher, "https://a.example/")
    assert (error.outcome, error.reason) == ("connect_failed", "The proxy could not connect to a.example (502).")
    assert site.asked[0].headers["user-agent"].startswith("Newsreel/")


@pytest.mark.parametrize("proxy", ["nonsense", "socks5://127.0.0.1:1", "http://", "http://a:99999"])
async def test_a_proxy_that_is_none(proxy: str) -> None:
    async with Fetcher(Policy(gap=0, proxy=proxy), resolver=Names()) as fetcher:
        with pytest.raises(Misconfigured):
            await fetcher.fetch("http://a.example/")


async def test_certificate_authorities_that_cannot_be_read(site: Site, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for file in ("missing.pem", "empty.pem"):
        policy = Policy(gap=0, ca_file=tmp_path / file, allowed_hosts=frozenset({site.place}))
        async with Fetcher(policy, resolver=Names()) as fetcher:
            with pytest.raises(Misconfigured):
                await fetcher.fetch(site.url().replace("http:", "https:"))


async def test_plain_text_where_tls_should_be() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer(400, b"plain"))
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with Fetcher(Policy(gap=0, allowed_hosts=frozenset({place})), resolver=Names()) as fetcher:
        error = await failure(fetcher, f"https://{place}/")
    server.close()
    await server.wait_closed()
    assert (type(error), error.outcome) == (Temporary, "tls_failed")


@pytest.mark.parametrize(("certified", "expected"), [("127.0.0.1", ""), ("other.example", "tls_failed")])
async def test_tls_without_a_proxy(site: Site, tmp_path: Path, certified: str, expected: str) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certified).configure_cert(context)
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    site.pages = {"/": answer(200, b"by TLS")}
    policy = Policy(gap=0, ca_file=tmp_path / "ca.pem", allowed_hosts=frozenset({place}))
    async with Fetcher(policy, resolver=Names()) as fetcher:
        if expected:
            assert (await failure(fetcher, f"https://{place}/")).outcome == expected
        else:
            assert (await fetcher.fetch(f"https://{place}/")).body == b"by TLS"
    server.close()
    await site.end()
    await server.wait_closed()
