"""Where a site keeps its feeds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.discovery import FeedLink, common_places, find_feeds

URL = "https://www.example.com/news/"
PAGE = """<html><head>
<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="Example &amp; Co" href="/feed/">
<LINK REL=Alternate TYPE='application/atom+xml; charset=utf-8' HREF=../atom.xml>
<link rel="alternate" type="application/feed+json" href="https://www.example.com/feed.json">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">
<link rel="alternate" type="text/xml" href="/rss/all.xml">
<link rel="alternate" hreflang="fr" href="https://fr.example.com/">
<link rel="alternate stylesheet" type="text/css" href="/feed.css">
<link rel="alternate" type="application/rss+xml" href="">
<link rel="alternate" type="application/rss+xml" href="javascript:feed()">
</head><body><a href="/feed/">RSS</a> <a href="/rss/world.xml">World <b>RSS</b></a> <a href="https://other.org/feed">Theirs</a>
<a href="https://feeds.example.net/all">All</a> <a href="/feed-your-cat-well">Feed your cat</a> <a href="/help/rss">What is RSS?</a>
</body></html>"""


def test_all_that_a_page_names_best_first() -> None:
    assert find_feeds(PAGE.encode(), URL, "text/html") == (
        FeedLink("https://www.example.com/feed/", "Example & Co", "rss"),
        FeedLink("https://www.example.com/atom.xml", "", "atom"),
        FeedLink("https://www.example.com/feed.json", "", "json"),
        FeedLink("https://www.example.com/rss/all.xml", "", "rss"),
        FeedLink("https://www.example.com/rss/world.xml", "World RSS", "rss"),
        FeedLink("https://www.example.com/comments/feed/", "Comments Feed", "rss"),
    )


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ('<link rel="alternate" type="application/rdf+xml" href="/index.rdf">', "rss"),
        ('<link rel="feed" href="/feed">', "unknown"),
        ('<link rel="alternate" type="application/x-rss+xml" href="//www.example.com/f">', "rss"),
        ('<a href="/index.php?format=feed&amp;type=rss">Feed</a>', "rss"),
        ('<a href="https://rss.example.org/feed/news.rss">Feed</a>', "rss"),
        ('<base href="https://www.example.com/deep/"><a href="rss">RSS</a>', "rss"),
    ],
)
def test_forms_of_naming_a_feed(link: str, kind: str) -> None:
    (found,) = find_feeds(link.encode(), URL)
    assert found.kind == kind


def test_common_places_are_few_and_of_the_site() -> None:
    home = common_places("https://www.example.com/")
    section = common_places("https://user:secret@www.example.com:8080/world/?x=1#y")
    assert home[:2] == ("https://www.example.com/feed", "https://www.example.com/rss")
    assert section[0] == "https://www.example.com:8080/world/feed"
    assert len(home) <= len(section) <= 8
    assert common_places("mailto:x@example.com") == ()
    assert len(set(section)) == len(section)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            ["<link rel=alternate ", "href='/feed'", ">", "<a href=/rss>", "type='application/rss+xml' ", "'"]
        )
    )
    .map("".join)
    .map(str.encode)
)
def test_any_bytes_have_an_outcome(body: bytes) -> None:
    assert all(link.url.startswith("http") for link in find_feeds(body, URL))
