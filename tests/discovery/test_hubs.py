"""Who pushes a channel's news: Link headers, then what the feed or the page itself says."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.types import Offer
from newsreel.discovery import find_hubs, parse_feed
from newsreel.discovery.hubs import MAX_ADDRESS, MAX_HUBS, header_links

URL = "https://news.test/feed"
HUB, TOPIC = "https://hub.test/", "https://news.test/feed.xml"
OFFER = Offer((HUB,), TOPIC)
ITEM = "<item><title>t</title><link>https://news.test/1</link>{}</item>"
RSS = '<rss version="2.0" {}><channel><title>t</title>{}' + ITEM.format("") + "</channel></rss>"
ATOM_LINKS = f'<link rel="hub" href="{HUB}"/><link rel="self" href="{TOPIC}"/>'
PREFIXED = ATOM_LINKS.replace("<link", "<atom:link")
NAMESPACE = 'xmlns:atom="http://www.w3.org/2005/Atom"'
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{ATOM_LINKS}<entry><title>e</title></entry></feed>'
PAGE = f"<!DOCTYPE html><html><head><title>t</title>{ATOM_LINKS}</head><body>x</body></html>"
HEADER = f'<{HUB}>; rel="hub", <{TOPIC}>; rel=self'


def offer(body: str = "", links: str = "", content_type: str | None = None) -> Offer:
    return find_hubs(body.encode(), links, URL, content_type)


@pytest.mark.parametrize(
    "body",
    [
        RSS.format(NAMESPACE, PREFIXED),
        RSS.format("", ATOM_LINKS),
        RSS.format('xmlns:a10="http://www.w3.org/2005/Atom"', ATOM_LINKS.replace("<link", "<a10:link")),
        RSS.format(NAMESPACE, ITEM.format("") + PREFIXED),
        ATOM,
        ATOM.replace("hub", "HUB  other", 1),
        PAGE,
        f'{{"version": "https://jsonfeed.org/version/1.1", "feed_url": "{TOPIC}", "items": [],'
        f' "hubs": [{{"type": "rssCloud", "url": "https://no.test/"}}, {{"type": "WebSub", "url": "{HUB}"}}, 7]}}',
    ],
)
def test_a_body_says_it(body: str) -> None:
    assert offer(body) == OFFER


def test_what_a_feed_says_comes_with_it() -> None:
    feed = parse_feed(RSS.format(NAMESPACE, PREFIXED).encode(), URL)
    assert (feed.hubs, feed.topic, len(feed.entries)) == ((HUB,), TOPIC, 1)
    assert parse_feed(RSS.format("", "").encode(), URL).hubs == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        RSS.format("", ""),
        RSS.format("", f'<link rel="hub" href="{HUB}"/>'),  # without a topic
        RSS.format("", f'<link rel="self" href="{TOPIC}"/>'),
        f"<rss><channel>{ITEM.format(ATOM_LINKS)}</channel></rss>",  # of an entry
        f"<html><head></head><body>{ATOM_LINKS}</body></html>",  # a reader's comment, perhaps
        f'<html><head><script>"{ATOM_LINKS}"</script><!-- {ATOM_LINKS} --></head></html>',
        ATOM.replace(HUB, "ftp://hub.test/"),
        ATOM.replace(HUB, "javascript:alert(1)"),
        ATOM.replace(HUB, "https://hub.test/" + "x" * MAX_ADDRESS),
        '{"version": "https://jsonfeed.org/version/1.1", "feed_url": 5, "items": [], "hubs": {"a": 1}}',
    ],
)
def test_a_body_says_nothing(body: str) -> None:
    assert offer(body) == Offer()


@pytest.mark.parametrize(
    "links",
    [
        HEADER,
        f"<{TOPIC}>;rel=self,<{HUB}>;rel=hub",
        f'<{HUB}>; title="a, <b>; rel=self"; REL="next HUB" , <{TOPIC}>;rel="self"; rel="hub"',
        f"nonsense, <>; rel=hub, {HEADER}",
        f'<https://no.test/>; rel="hub"; anchor="#other", {HEADER}',
        f"<{HUB}>; rel=hub, </feed.xml>; rel=self",  # relative to the answer's address
    ],
)
def test_a_header_says_it(links: str) -> None:
    assert offer(links=links) == OFFER


def test_the_header_goes_first_and_whole() -> None:
    other = ATOM.replace(HUB, "https://other.test/").replace(TOPIC, "https://news.test/other.xml")
    assert offer(other, HEADER) == OFFER
    half = f"<{HUB}>; rel=hub"
    assert offer(other, half) == Offer(("https://other.test/",), "https://news.test/other.xml")


def test_a_topic_is_kept_as_it_is_spelled() -> None:
    for topic in ("https://News.test/a%7Eb/../c?x=1&y=2", "https://news.test/feed#part", "https://news.test/?"):
        assert offer(links=f"<{HUB}>;rel=hub,<{topic}>;rel=self").topic == topic


def test_hubs_are_few() -> None:
    many = "".join(f'<link rel="hub" href="https://h{n}.test/"/>' for n in range(30))
    found = offer(ATOM.replace("<title>", many + "<title>"))
    assert found.hubs[:2] == ("https://h0.test/", "https://h1.test/")
    assert len(found.hubs) == MAX_HUBS


HOSTILE = {
    "open angles": "<" * 200_000,
    "commas": "," * 200_000,
    "open quotes": '<a>;x="' * 30_000,
    "escapes": '<a>;x="\\' * 30_000,
    "parameters": "<a>" + ";x" * 100_000,
    "spaces": "<a>" + " " * 200_000,
    "links": "<a>;rel=hub," * 20_000,
    "anchors": "<a>;anchor=x," * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_header_takes_long(name: str) -> None:
    started = time.process_time()
    offer(links=HOSTILE[name])
    offer(f"<html><head>{HOSTILE[name]}")
    assert time.process_time() - started < 1


@given(
    st.lists(
        st.sampled_from(["<", ">", ";", ",", '"', "\\", "=", " ", "rel", "hub", "self", "anchor", HUB, "é", "\x00"]),
        max_size=60,
    )
)
def test_a_header_of_anything_is_an_offer_or_none(parts: list[str]) -> None:
    text = "".join(parts)
    found = offer(links=text)
    assert bool(found.hubs) == bool(found.topic)
    assert all(address.startswith("http") for address in (*found.hubs, *[found.topic] * bool(found.topic)))
    assert len(list(header_links(text))) <= text.count("<")


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "<html><head>", "<rss><channel>", ATOM[:60], '{"items": [], "hubs": ']),
)
def test_a_body_of_anything_is_an_offer_or_none(tail: bytes, head: str) -> None:
    found = find_hubs(head.encode() + tail + ATOM_LINKS.encode(), "", URL)
    assert bool(found.hubs) == bool(found.topic)
