"""Sitemaps, news sitemaps, indexes, plain lists."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.types import Sitemap
from newsreel.discovery import parse_sitemap

URL = "https://e.org/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://e.org/old?a=1&amp;b=2 </loc><lastmod>2025-08-10</lastmod></url>
<url><loc>https://e.org/new</loc>
<image:image><image:loc>https://e.org/p.jpg</image:loc><image:title>Picture</image:title></image:image>
<n:news><n:publication><n:name>E</n:name><n:language>en</n:language></n:publication>
<n:publication_date>2025-08-12T05:12:00+02:00</n:publication_date><n:title><![CDATA[Tom & Jerry]]></n:title>
<n:keywords>war, peace</n:keywords></n:news></url>
<url><loc>mailto:x@e.org</loc></url><url><lastmod>2025-01-01</lastmod></url>
<url><loc>/undated</loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://e.org/s1.xml</loc><lastmod>2024-01-01</lastmod></sitemap>
<sitemap><loc>https://e.org/s2.xml.gz</loc><lastmod>2025-08-12T05:00:00Z</lastmod></sitemap></sitemapindex>"""


def test_a_news_sitemap_is_read_newest_first() -> None:
    found = parse_sitemap(NEWS.encode(), URL)
    assert found.error is None
    assert [entry.url for entry in found.entries] == [
        "https://e.org/new",
        "https://e.org/old?a=1&b=2",
        "https://e.org/undated",
    ]
    first, second, _ = found.entries
    assert (first.title, first.language, first.categories) == ("Tom & Jerry", "en", ("war", "peace"))
    assert first.published == datetime(2025, 8, 12, 3, 12, tzinfo=UTC)
    assert (second.published, second.updated) == (None, datetime(2025, 8, 10, tzinfo=UTC))


def test_an_index_names_its_sitemaps_newest_first() -> None:
    found = parse_sitemap(INDEX.encode(), URL)
    assert found.entries == ()
    assert found.children == (
        ("https://e.org/s2.xml.gz", datetime(2025, 8, 12, 5, tzinfo=UTC)),
        ("https://e.org/s1.xml", datetime(2024, 1, 1, tzinfo=UTC)),
    )


@pytest.mark.parametrize("pack", [gzip.compress, lambda body: gzip.compress(body)[:-6], lambda body: b"\n\n" + body])
def test_compressed_cut_and_indented(pack) -> None:
    assert len(parse_sitemap(pack(NEWS.encode()), URL).entries) == 3


def test_a_plain_list() -> None:
    found = parse_sitemap(b"\xef\xbb\xbfhttps://e.org/a\r\nhttps://e.org/b\r\n\r\nnonsense:x\n", URL)
    assert [entry.url for entry in found.entries] == ["https://e.org/a", "https://e.org/b"]


def test_a_feed_may_be_a_sitemap() -> None:
    body = b"<rss><channel><item><title>T</title><link>https://e.org/a</link></item></channel></rss>"
    assert [entry.title for entry in parse_sitemap(body, URL).entries] == ["T"]


def test_what_stands_before_a_fault_is_read() -> None:
    body = b"<urlset><url><loc>https://e.org/a?x=1&y=2&copy;</loc></url><url><loc>https://e.org/b</oops>"
    found = parse_sitemap(body, URL)
    assert [entry.url for entry in found.entries] == ["https://e.org/a?x=1&y=2©"]
    assert found.error is not None
    assert "well-formed" in found.error


def test_of_a_long_list_the_newest_are_read() -> None:
    rows = "".join(
        f"<url><loc>https://e.org/{n}</loc><lastmod>2025-01-{n % 28 + 1:02}T00:00:{n % 60:02}Z</lastmod></url>"
        for n in range(5_000)
    )
    found = parse_sitemap(f"<urlset>{rows}</urlset>".encode(), URL)
    assert len(found.entries) == 2_000
    assert found.entries[0].updated == datetime(2025, 1, 28, 0, 0, 59, tzinfo=UTC)
    assert found.error is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE urlset [<!ENTITY a "b">]><urlset><url><loc>https://e.org/&a;</loc></url></urlset>',
        '<!DOCTYPE urlset SYSTEM "x>y" [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>',
        '<!DOCTYPE x [<!ENTITY a "b">]><root>&a;</root>',
    ],
)
def test_document_types_with_entities_are_refused(text: str, encoding: str) -> None:
    found = parse_sitemap(text.encode(encoding), URL)
    assert found.entries == ()
    assert found.error is not None
    assert "entities" in found.error


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "empty"),
        (b"<html><body>404</body></html>", "web page"),
        (b"words", "not a sitemap"),
        (b"\x1f\x8bnonsense", "compressed"),
        (b"<urlset></urlset>", "no addresses"),
    ],
)
def test_what_is_no_sitemap_is_said_in_words(body: bytes, word: str) -> None:
    found = parse_sitemap(body, URL)
    assert found.error is not None
    assert word in found.error


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from(["<url>", "<loc>", "</loc>", "</url>", "&", "<", "x", "\x00"]))
    .map("".join)
    .map(str.encode)
)
def test_any_bytes_have_an_outcome(inside: bytes) -> None:
    assert isinstance(parse_sitemap(inside, URL), Sitemap)
    assert isinstance(parse_sitemap(b"<urlset>" + inside, URL), Sitemap)
