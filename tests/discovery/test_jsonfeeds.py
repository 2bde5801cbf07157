"""JSON Feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.types import Feed
from newsreel.discovery import parse_feed

URL = "https://e.org/blog/feed.json"


def read(data: Any) -> Feed:
    return parse_feed(json.dumps(data).encode(), URL, "application/feed+json")


def test_a_feed_is_read_whole() -> None:
    feed = read(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Example",
            "home_page_url": "/",
            "language": "pt_br",
            "authors": [{"name": "The desk"}],
            "items": [
                {
                    "id": 7,
                    "url": "post/7",
                    "title": "A &amp; B",
                    "content_html": '<p>Text <a href="x">x</a></p>',
                    "date_published": "2025-08-12T05:12:00-03:00",
                    "date_modified": "2025-08-13",
                    "tags": ["one", 2, "one"],
                },
                {"id": "https://e.org/8", "content_text": "1 < 2", "author": {"name": "Ann"}},
            ],
        }
    )
    assert (feed.title, feed.home_url, feed.language, feed.error) == ("Example", "https://e.org/", "pt-BR", None)
    first, second = feed.entries
    assert (first.id, first.url, first.title) == ("7", "https://e.org/blog/post/7", "A & B")
    assert first.published == datetime(2025, 8, 12, 8, 12, tzinfo=UTC)
    assert first.authors == ("The desk",)
    assert first.categories == ("one",)
    assert first.html == '<p>Text <a href="https://e.org/blog/post/x">x</a></p>'
    assert first.summary == "Text x"
    assert (second.url, second.authors, second.html) == ("https://e.org/8", ("Ann",), "1 &lt; 2")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"{", "JSON"),
        (b'{"items": 5}', "not a JSON Feed"),
        (b'{"a": 1}', "not a JSON Feed"),
        (b'{"items":' + b"[" * 100_000, "nested"),
    ],
)
def test_what_is_no_feed_is_said_in_words(body: bytes, word: str) -> None:
    feed = parse_feed(body, URL)
    assert feed.error is not None
    assert word in feed.error


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "url", "title", "tags", "name"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["title", "items", "language", "home_page_url", "authors"]), JSON),
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "url", "title", "content_html", "date_published", "tags", "authors"]), JSON
        )
    ),
)
def test_any_json_has_an_outcome(top: dict[str, Any], items: list[Any]) -> None:
    assert isinstance(read(top), Feed)
    feed = read({**top, "items": items})
    assert len(feed.entries) == len(items)
