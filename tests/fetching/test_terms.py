"""What is agreed with one publisher goes to that publisher alone."""

from __future__ import annotations

import pytest

from newsreel.core.errors import Permanent, Temporary
from newsreel.fetching import Fetcher, Policy, Terms
from newsreel.fetching.targets import parse_target
from tests.fetching.loopback import Names, Site, answer, served

SECRET = (("Cookie", "subscriber=1"), ("X-Key", "k"))


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://news.example/a", True),
        ("https://www.news.example/a", True),
        ("https://NEWS.example./a", True),
        ("https://news.example:8443/a", False),
        ("https://othernews.example/a", False),
        ("https://news.example.evil.example/a", False),
        ("http://news.example/a", False),
    ],
)
def test_headers_go_to_the_publisher_alone(url: str, sent: bool) -> None:
    assert Terms("news.example", SECRET).headers_for(parse_target(url)) == (SECRET if sent else ())


def test_over_http_where_the_publisher_has_nothing_else() -> None:
    target = parse_target("http://news.example/")
    assert Terms("news.example", SECRET, secure=False).headers_for(target) == SECRET
    assert Terms("", SECRET, secure=False).headers_for(target) == ()


@pytest.mark.parametrize(
    ("paths", "url", "free"),
    [
        (("/",), "https://news.example/any/where?x", True),
        (("/",), "https://other.example/any/where", False),
        (("/open/",), "https://news.example/open/1", True),
        (("/open/",), "https://news.example/opening", False),
        (("/open/",), "https://news.example/open/../shut", False),
        (("/open/",), "https://news.example/open/%2E%2e/shut", False),
        (("/新闻/",), "https://news.example/新闻/1", True),
        (("/新闻/",), "https://news.example/%E6%96%B0%E9%97%BB/1", True),
        ((), "https://news.example/", False),
    ],
)
def test_free_paths(paths: tuple[str, ...], url: str, free: bool) -> None:
    assert Terms("news.example", free_paths=paths).frees(parse_target(url)) == free


# ---- over a real connection

PAGE = answer(200, b"page", "Content-Type: text/html")


async def test_a_redirect_takes_them_nowhere_else(site: Site) -> None:
    async with served() as other:
        away = answer(302, b"", f"Location: {other.url('/page')}")
        site.pages = {"/page": PAGE, "/on": answer(302, b"", "Location: /page"), "/off": away}
        other.pages = {"/page": answer(302, b"", f"Location: {site.url('/page')}")}
        policy = Policy(gap=0, allowed_hosts=frozenset({site.place, other.place}))
        terms = Terms(site.place, (*SECRET, ("Accept", "text/x-own")), secure=False)
        async with Fetcher(policy, resolver=Names()) as fetcher:
            await fetcher.fetch(site.url("/on"), terms=terms)
            await fetcher.fetch(site.url("/off"), terms=terms)
            await fetcher.fetch(site.url("/page"))
    sent = [(asked.target, asked.headers.get("cookie"), asked.headers["accept"]) for asked in site.asked]
    own = "text/x-own"
    assert [row[:2] for row in sent if row[0] == "/robots.txt"] == [("/robots.txt", None)]
    assert [row for row in sent if row[0] != "/robots.txt"][:5] == [
        ("/on", "subscriber=1", own), ("/page", "subscriber=1", own),
        ("/off", "subscriber=1", own), ("/page", "subscriber=1", own),
        ("/page", None, sent[-1][2]),
    ]  # fmt: skip
    assert sent[-1][2] != own
    assert {asked.target for asked in other.asked} == {"/robots.txt", "/page"}
    assert all("cookie" not in asked.headers and "x-key" not in asked.headers for asked in other.asked)


async def test_the_proxy_is_not_told(site: Site) -> None:
    """For https it is asked for a tunnel; what is said within it is not its business."""
    policy = Policy(gap=0, proxy=site.url())
    async with Fetcher(policy, resolver=Names()) as fetcher:
        with pytest.raises(Temporary):
            await fetcher.fetch("https://news.example/", terms=Terms("news.example", SECRET), robots=False)
    (asked,) = site.asked
    assert (asked.method, asked.target) == ("CONNECT", "news.example:443")
    assert "cookie" not in asked.headers
    assert "x-key" not in asked.headers


async def outcome(fetcher: Fetcher, url: str, terms: Terms | None = None) -> str:
    try:
        await fetcher.fetch(url, terms=terms)
    except (Permanent, Temporary) as error:
        return error.outcome
    return "read"


async def test_a_free_path_is_read_whatever_robots_txt_says(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/open/1": PAGE, "/shut/1": PAGE, "/robots.txt": answer(200, b"User-agent: *\nDisallow: /")}
    terms = Terms(site.place, free_paths=("/open/",))
    assert await outcome(fetcher, site.url("/open/1"), terms) == "read"
    assert await outcome(fetcher, site.url("/shut/1"), terms) == "robots_disallowed"
    assert await outcome(fetcher, site.url("/open/1")) == "robots_disallowed"


async def test_a_free_path_is_read_without_a_robots_txt_but_not_against_its_wish(site: Site) -> None:
    policy = Policy(gap=0, allowed_hosts=frozenset({site.place}))
    for robots, expected in ((answer(500), "read"), (answer(503, b"", "Retry-After: 9"), "robots_unreachable")):
        site.pages = {"/open/1": PAGE, "/robots.txt": robots}
        async with Fetcher(policy, resolver=Names()) as fetcher:
            assert await outcome(fetcher, site.url("/open/1"), Terms(site.place, free_paths=("/",))) == expected


async def test_a_free_path_keeps_the_crawl_delay(site: Site) -> None:
    site.pages = {"/page": PAGE, "/robots.txt": answer(200, b"User-agent: *\nDisallow: /\nCrawl-delay: 20")}
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        raise InterruptedError

    policy = Policy(gap=0, allowed_hosts=frozenset({site.place}))
    async with Fetcher(policy, sleep=sleep, resolver=Names()) as fetcher:
        with pytest.raises(InterruptedError):
            await fetcher.fetch(site.url("/page"), terms=Terms(site.place, free_paths=("/",)))
    assert 19 < slept[0] <= 20
