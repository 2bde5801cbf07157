from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protego import Protego

from newsreel.core.errors import Permanent, Temporary
from newsreel.fetching import Fetcher, Policy, RobotsRules
from newsreel.fetching.robots_cache import RobotsCache
from tests.fetching.loopback import Names, Site, answer
from tests.shared import SHARED, needs_shared

CASES = SHARED / "suites" / "robots" / "google_robots_cases.json"


@needs_shared
def test_google_s_assertions() -> None:
    cases = json.loads(CASES.read_text("utf-8"))
    assert len(cases) == 142
    assert [
        case for case in cases if RobotsRules(case["robots"], case["agent"]).allows(case["url"]) != case["allowed"]
    ] == []


@pytest.mark.parametrize(
    ("rule", "path", "allowed"),
    [  # where the RFC's reading and Google's differ, the one that forbids holds
        ("Disallow: /%62%61%7A", "baz", False),
        ("Disallow: /baz", "%62az", False),
        ("Disallow: /%7euser", "~user", False),
        ("Disallow: /a%2fb", "a%2Fb", False),
        ("Disallow: /a/b", "a%2Fb", True),
        ("Disallow: /ツ", "%e3%83%84", False),
        ("Disallow: /\nAllow: /ツ", "%e3%83%84", True),
        ("Disallow: /\nAllow: /ツ", "%E3%83%84", True),
        ("Disallow: /\nAllow: /%62%61%7A", "baz", False),
        ("Disallow: /\nAllow: /%62%61%7A", "%62%61%7a", True),
        ("Disallow: /\nAllow: /baz", "%62az", False),
        ("Disallow: /\nAllow: /a*z", "a%20z", True),
        ("Disallow: /100%", "100%", False),
    ],
)
def test_two_readings_of_an_escape(rule: str, path: str, allowed: bool) -> None:
    assert RobotsRules(f"User-agent: *\n{rule}").allows(f"https://a.example/{path}") == allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /\nAllow: /a", True),
        ("User-agent: *\nDisallow: /a/b\nAllow: /a", False),
        ("User-agent: *\nDisallow: /a/b$", True),
        ("User-agent: *\nDisallow: /*.html", False),
        ("User-agent: newsreel\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: Newsreel/1.0\nDisallow: /", False),
        ("User-agent: NewsreelBot\nDisallow: /", True),
        ("User-agent: News\nDisallow: /", True),
        ("User-agent: GPTBot\nUser-agent: Newsreel\nDisallow: /", False),
        ("User-agent: GPTBot\nContent-Signal: no\nUser-agent: Newsreel\nDisallow: /", False),
        ("User-agent: Newsreel\nSitemap: https://a.example/s.xml\nDisallow: /", False),
        ("User-agent: Newsreel\nDisallow: /b\n\nUser-agent: Newsreel\nDisallow: /a", False),
        ("User-agent: Newsreel\n\nUser-agent: *\nDisallow: /", False),  # one group of two names
        ("User-agent: Newsreel\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("user-agent : * # all\rdisallow : / # everything", False),
        ("<!doctype html><html><body>not found</body></html>", True),
        ("User-agent: *\nDisallow: /a\u2028Allow: /", True),
    ],
)
def test_rules(text: str, allowed: bool) -> None:
    assert RobotsRules(text).allows("https://a.example/a/b.html?c=d") == allowed


def test_crawl_delay_and_sitemaps() -> None:
    rules = RobotsRules(
        "Sitemap: https://a.example/1.xml\nUser-agent: *\nCrawl-delay: 2.5\nDisallow: /x\nsitemap:https://a.example/2.xml"
    )
    assert rules.crawl_delay == 2.5
    assert rules.sitemaps == ("https://a.example/1.xml", "https://a.example/2.xml")
    assert RobotsRules("User-agent: *\nCrawl-delay: 86400").crawl_delay == 60.0
    assert RobotsRules("User-agent: *\nCrawl-delay: 5\nUser-agent: Newsreel\nCrawl-delay: 7").crawl_delay == 7.0
    assert RobotsRules("User-agent: *\nCrawl-delay: 5\nUser-agent: Newsreel\nDisallow: /x").crawl_delay is None
    assert RobotsRules("User-agent: a\nUser-agent: *\nDisallow:\nCrawl-delay: 5").crawl_delay == 5.0
    assert RobotsRules("User-agent: other\nCrawl-delay: 5").crawl_delay is None
    for nonsense in ("nan", "-1", "inf", "soon", ""):
        assert RobotsRules(f"User-agent: *\nCrawl-delay: {nonsense}").crawl_delay is None


LINE = 500 * 1024
HOSTILE = {
    "one line": b"User-agent: *\nDisallow: /" + b"a" * LINE,
    "stars in one line": b"User-agent: *\nDisallow: /" + b"*a" * (LINE // 2),
    "lines of stars": b"User-agent: *\n" + (b"Disallow: /" + b"*a" * 2000 + b"$\n") * 130,
    "stars in many lines": b"User-agent: *\n" + b"".join(b"Allow:/*%x\n" % number for number in range(40_000)),
    "escapes in many lines": b"User-agent: *\n" + b"".join(b"Allow:/*%%%x\n" % number for number in range(40_000)),
    "dollars": b"User-agent: *\n" + b"Allow:/$$\n" * 50_000,
    "per cent": b"User-agent: *\nDisallow: /" + b"%" * LINE,
    "groups": b"".join(b"User-agent: bot%d\nDisallow: /%d\n" % (number, number) for number in range(100_000)),
    "agents": b"".join(b"User-agent: bot%d\n" % number for number in range(100_000)),
    "agents in one line": b"User-agent: " * 50_000,
    "a long word": b"disal" + b"s" * LINE,
    "CR alone": b"User-agent: *\rDisallow: /private\r" * 20_000,
    "NUL": b"User-agent: *\nDisallow: /" + b"\x00" * LINE,
    "half a UTF-16": b"\xff\xfe\x00" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_no_time(name: str) -> None:
    began = time.process_time()
    rules = RobotsRules.from_bytes(HOSTILE[name])
    for path in ("ab" * 1000, "%61" * 1000):
        rules.allows("https://a.example/" + path)
    assert time.process_time() - began < 4.0  # the worst takes 0.7 s at rest; what is not linear takes for ever
    assert rules.weight < 3 * LINE


def test_of_too_many_rules_those_that_forbid_stay() -> None:
    many = "".join(f"Allow: /{number}\n" for number in range(20_000)) + "Disallow: /\n"
    rules = RobotsRules("User-agent: *\n" + many)
    assert rules.allows("https://a.example/1")
    assert not rules.allows("https://a.example/x")


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /private",
        b"User-agent: *\rDisallow: /private\r",
        b"\x00\x01\x02\nUser-agent: *\r\n\x00\r\nDisallow: /private\r\n",
        b"User-agent: *\nDisallow: /private\n\xff\xfe\xc0",
        "User-agent: *\nDisallow: /private".encode("utf-16"),
        "\ufeffUser-agent: *\nDisallow: /private".encode("utf-16-be"),
    ],
)
def test_odd_bytes(body: bytes) -> None:
    rules = RobotsRules.from_bytes(body)
    assert not rules.allows("https://a.example/private/1")
    assert rules.allows("https://a.example/public")


@settings(deadline=None)
@given(st.binary(max_size=500), st.text(st.characters(codec="utf-8"), max_size=50))
def test_any_bytes_are_rules(body: bytes, path: str) -> None:
    """Whatever follows, what was forbidden before it stays so; and no file opens what its own reading forbids."""
    rules = RobotsRules.from_bytes(b"User-agent: *\nDisallow: /private/$\n#" + body)
    assert rules.allows("https://a.example/" + path) in (True, False)
    assert rules.crawl_delay is None or 0 <= rules.crawl_delay <= 60


PIECES = ["/", "a", "b", "*", "$", "%61", "%2F", "%2f", "ツ", "%E3%83%84", "?", "=", "%"]
RULES = st.lists(
    st.tuples(st.sampled_from(["Allow", "Disallow"]), st.lists(st.sampled_from(PIECES), max_size=6)), max_size=4
)


@settings(deadline=None)
@given(RULES, st.lists(st.sampled_from([piece for piece in PIECES if piece not in "*$"]), max_size=8))
def test_never_less_than_protego_forbids(rules: list[tuple[str, list[str]]], path: list[str]) -> None:
    text = "\n".join(["User-agent: *", *(f"{kind}: /{''.join(pieces)}" for kind, pieces in rules)])
    url = f"https://a.example/{''.join(path)}"
    assert Protego.parse(text).can_fetch(url, "*") or not RobotsRules(text).allows(url)
    closed = RobotsRules(text.replace("Allow:", "Disallow:") + f"\nDisallow: /{''.join(path)}")
    assert not closed.allows(url)


# ---- over a real connection

PAGE = answer(200, b"page", "Content-Type: text/html")


async def outcome(fetcher: Fetcher, url: str) -> str:
    try:
        await fetcher.fetch(url)
    except (Permanent, Temporary) as error:
        return f"{type(error).__name__} {error.outcome}"
    return "read"


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        (answer(200, b"User-agent: *\nDisallow: /private"), "read"),
        (answer(200, b"User-agent: Newsreel\nDisallow: /page"), "Permanent robots_disallowed"),
        (answer(404), "read"),
        (answer(403), "read"),
        (answer(401), "read"),
        (answer(410), "read"),
        (answer(429, b"", "Retry-After: 7"), "Temporary robots_unreachable"),
        (answer(500), "Temporary robots_unreachable"),
        (answer(503), "Temporary robots_unreachable"),
        (b"not http at all\r\n\r\n", "Temporary robots_unreachable"),
        (b"", "Temporary robots_unreachable"),
        (answer(200, b"broken", "Content-Encoding: gzip"), "Temporary robots_unreachable"),
        (answer(302, b"", "Location: /robots.txt"), "read"),  # more than five redirects: as if there were none
        (answer(301, b"", "Location: /other.txt"), "Permanent robots_disallowed"),
        (answer(200, b"User-agent: *\nDisallow: /page\n" + b"#" * 2_000_000), "Permanent robots_disallowed"),
    ],
)
async def test_what_an_answer_means(site: Site, fetcher: Fetcher, robots: bytes, expected: str) -> None:
    site.pages = {
        "/page": PAGE,
        "/robots.txt": robots,
        "/other.txt": answer(200, b"User-agent: *\nDisallow: /page"),
    }
    assert await outcome(fetcher, site.url("/page")) == expected
    assert ("/page" in site.paths()) == (expected == "read")


async def test_unreachable_says_when_to_come_back(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/robots.txt": answer(503, b"", "Retry-After: 30")}
    with pytest.raises(Temporary) as caught:
        await fetcher.fetch(site.url("/page"))
    assert caught.value.retry_after == 30
    assert caught.value.reason.endswith("answered 503 (Service Unavailable).")


async def test_asked_for_once_by_many_and_kept_for_a_day(site: Site) -> None:
    site.pages = {"/page": PAGE, "/robots.txt": answer(200, b"User-agent: *\nAllow: /")}
    now = [datetime(2025, 8, 12, tzinfo=UTC)]
    policy = Policy(gap=0, allowed_hosts=frozenset({site.place}))
    async with Fetcher(policy, clock=lambda: now[0], resolver=Names()) as fetcher:
        await asyncio.gather(*(fetcher.fetch(site.url("/page")) for _ in range(10)))
        assert site.paths().count("/robots.txt") == 1
        now[0] += timedelta(hours=23)
        await fetcher.fetch(site.url("/page"))
        assert site.paths().count("/robots.txt") == 1
        now[0] += timedelta(hours=2)
        await fetcher.fetch(site.url("/page"))
        assert site.paths().count("/robots.txt") == 2
        assert site.most_busy == 1


async def test_one_who_gives_up_leaves_it_to_the_others(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/page": PAGE, "/robots.txt": answer(200, b"User-agent: *\nAllow: /")}
    site.delay = 0.1
    first, second = (asyncio.create_task(fetcher.fetch(site.url("/page"))) for _ in range(2))
    await asyncio.sleep(0.05)
    first.cancel()
    assert (await second).body == b"page"
    assert site.paths() == ["/robots.txt", "/page"]


async def test_what_is_kept_is_bounded() -> None:
    cache = RobotsCache(lambda: datetime(2025, 8, 12, tzinfo=UTC))
    long = "User-agent: *\n" + "".join(f"Disallow: /private/place/of/many/others/{n}\n" for n in range(10_000))

    async def read() -> RobotsRules:
        return RobotsRules(long)

    for number in range(20):
        assert (await cache.rules((f"https://{number}.example:443", ""), read)).weight > 400_000
    assert 1 < len(cache) < 12

    async def short() -> RobotsRules:
        return RobotsRules()

    for number in range(3000):
        await cache.rules((f"https://{number}.example:443", ""), short)
    assert len(cache) == 2048


async def test_rules_can_be_asked_for(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/robots.txt": answer(200, b"Sitemap: https://a.example/news.xml")}
    assert (await fetcher.robots_for(site.url("/page"))).sitemaps == ("https://a.example/news.xml",)
    assert site.asked[0].headers["user-agent"].startswith("Newsreel/")


async def test_crawl_delay_is_kept(site: Site) -> None:
    site.pages = {"/page": PAGE, "/robots.txt": answer(200, b"User-agent: *\nCrawl-delay: 20")}
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(min(seconds, 0.01))
        raise InterruptedError

    async with Fetcher(Policy(gap=0, allowed_hosts=frozenset({site.place})), sleep=sleep, resolver=Names()) as fetcher:
        with pytest.raises(InterruptedError):
            await fetcher.fetch(site.url("/page"))
    assert 19 < slept[0] <= 20
