"""Lists of feeds, whatever they come as: whole or refused."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.sources import FeedList, ListedFeed, csv_of, opml_of, parse_list
from newsreel.sources.lists import names_of
from newsreel.sources.spreadsheets import KINDS
from tests.shared import SHARED, needs_shared

TABLE = """outlet,outlet_zh,channel,channel_zh,kind,language,country,home,address
The Guardian,卫报,World,世界新闻,feed,en,GB,https://www.theguardian.com/,https://www.theguardian.com/world/rss
News,,,,sitemap,,,,https://news.test/sitemap.xml
News,,Again,,sitemap,,,,http://www.news.test/sitemap.xml
"""


def test_a_table_is_read_whole() -> None:
    found = parse_list(TABLE.encode())
    assert (found.error, found.repeated) == (None, 1)
    assert found.feeds == (
        ListedFeed(
            "https://www.theguardian.com/world/rss", "The Guardian", "卫报", "World", "世界新闻", "feed", "en", "GB",
            "https://www.theguardian.com/",
        ),
        ListedFeed("https://news.test/sitemap.xml", "News", kind="sitemap"),
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_tables_of_other_spreadsheets(encoding: str, mark: str) -> None:
    text = f"媒体{mark}频道{mark}网址\r\n卫报{mark}国际新闻频道{mark}https://a.test/f\r\n\r\n人民日报{mark}体育{mark}https://b.test/f"
    found = parse_list(text.encode(encoding))
    assert [(feed.outlet, feed.channel, feed.url) for feed in found.feeds] == [
        ("卫报", "国际新闻频道", "https://a.test/f"),
        ("人民日报", "体育", "https://b.test/f"),
    ]


def test_addresses_alone_are_a_table_too() -> None:
    found = parse_list(b"https://a.test/1\n\nhttps://a.test/2\nhttps://a.test/1\n")
    assert ([feed.url for feed in found.feeds], found.repeated) == (["https://a.test/1", "https://a.test/2"], 1)


def test_ten_thousand_rows_at_once() -> None:
    rows = [ListedFeed(f"https://n{n}.test/feed", f"Paper {n}", channel="World") for n in range(10_000)]
    for text in (csv_of(rows), opml_of(rows)):
        started = time.process_time()
        found = parse_list(text.encode())
        assert time.process_time() - started < 5
        assert (len(found.feeds), found.error) == (10_000, None)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "list_empty"),
        (b" \n\n", "list_empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "list_unknown"),
        (b"Dear reader, this is a letter.\n", "list_unknown"),
        (b"outlet,address\n", "list_no_feeds"),
        (b"outlet,address\nA,not an address\n", "list_odd"),
        (b"outlet,address\nA,https://a.test/f\nB,file:///etc/passwd\n", "list_odd"),
        (b'address\n"https://a.test/', "list_broken"),
        (b"address\n" + b"a," * 200 + b"\n", "list_broken"),
        (b"address\n" + b"https://a.test/" + b"a" * 20_000, "list_broken"),
        (b"address\n" + b"https://a.test/f\n" * 60_000, "list_too_long"),
        (b"address\n" + b"https://a.test/f\n" * 600_000, "list_too_large"),
        (b"<opml><body><outline text='x'/></body></opml>", "list_no_feeds"),
        (b"<opml><body><outline xmlUrl='ftp://a.test/f'/></body></opml>", "list_odd"),
        (b"<opml><body><outline xmlUrl='https://a.test/f'/><oops</body>", "list_broken"),
        (b"<html><body/></html>", "list_unknown"),
        (b"<opml><body>" + b"<outline xmlUrl='https://a.test/f'/>" * 100_000 + b"</body></opml>", "list_too_long"),
        (b"<opml><body>" + b"<outline text='x'>" * 10_000 + b"</outline>" * 10_000 + b"</body></opml>", "list_too_deep"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline xmlUrl="https://a.test/&a;"/></body></opml>', "list_entities"),
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_whole_in_one_line(body: bytes, fault: str) -> None:
    started = time.process_time()
    found = parse_list(body)
    assert time.process_time() - started < 2
    assert (found.fault, found.feeds) == (fault, ())
    assert found.error is not None
    assert len(found.error.splitlines()) == 1


def test_no_cell_is_a_formula_and_all_of_it_comes_back() -> None:
    odd = ["=HYPERLINK(1)", "+1", "-1", "@A1", "'quoted", "a\tb", 'say "x", y']
    feeds = [ListedFeed(f"https://a.test/{n}", outlet=text, channel=text) for n, text in enumerate(odd)]
    table = csv_of(feeds)
    assert not [cell for row in csv.reader(io.StringIO(table)) for cell in row if cell[:1] in "=+-@" and cell]
    back = parse_list(table.encode()).feeds
    assert [feed.channel for feed in back] == ["=HYPERLINK(1)", "+1", "-1", "@A1", "'quoted", "a b", 'say "x", y']


TEXT = st.text(max_size=20)
FEEDS = st.lists(
    st.builds(
        ListedFeed,
        st.integers(0, 10**6).map(lambda n: f"https://e.org/{n}?a=1&b='\"<"),
        TEXT, TEXT, TEXT, TEXT, st.sampled_from(KINDS), st.just("en"), st.just("GB"), st.just("https://e.org/"),
    ),
    min_size=1, max_size=5, unique_by=lambda feed: feed.url,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(FEEDS)
def test_what_is_written_is_read_again(feeds: list[ListedFeed]) -> None:
    back = parse_list(csv_of(feeds).encode())
    assert back.error is None
    assert [(feed.url, feed.kind, feed.country) for feed in back.feeds] == [
        (feed.url, feed.kind, feed.country) for feed in feeds
    ]
    kept = [feed.url for feed in feeds if feed.kind == "feed"]
    assert sorted(feed.url for feed in parse_list(opml_of(feeds).encode()).feeds) == sorted(kept)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"<", b"address\n", b"outlet;address\n", b'"', b"\xff\xfe"]))
def test_any_bytes_have_an_outcome(inside: bytes, before: bytes) -> None:
    found = parse_list(before + inside)
    assert isinstance(found, FeedList)
    assert bool(found.feeds) != bool(found.error)
    assert bool(found.error) == bool(found.fault)


@pytest.mark.parametrize(
    ("feed", "outlet", "name"),
    [
        (ListedFeed("https://a.test/f", title="The Independent-World"), "The Independent", "World"),
        (ListedFeed("https://a.test/f", title="The Independent"), "The Independent", ""),
        (ListedFeed("https://a.test/f", outlet="A", channel="World"), "A", "World"),
        (ListedFeed("https://a.test/f", title="World"), "", "World"),
    ],
)
def test_what_a_list_calls_a_channel(feed: ListedFeed, outlet: str, name: str) -> None:
    assert names_of(feed, outlet) == name


@needs_shared
def test_the_lists_of_other_readers() -> None:
    counts = {}
    for path in sorted((SHARED / "suites" / "opml").iterdir()):
        found = parse_list(path.read_bytes())
        assert found.error is None, (path.name, found.error)
        counts[path.name] = len(found.feeds)
    assert counts["Subs.opml"] == counts["SubsNoTitleAttributes.opml"] > 50
    assert all(counts.values())
