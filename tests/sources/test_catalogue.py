"""What is known of the world's outlets."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.urls import host_of, is_root, site_of
from newsreel.sources import Outlet, outlet_for, starter_feeds
from newsreel.sources.derive import derive
from newsreel.sources.tables import rows
from tests.shared import SHARED, needs_shared


@pytest.mark.parametrize(
    ("url", "name", "name_zh", "country"),
    [
        ("https://www.independent.co.uk/news/x", "The Independent", "独立报", "GB"),
        ("https://feeds.bbci.co.uk/news/rss.xml", "BBC", "英国广播公司", "GB"),
        ("https://www.nytimes.com/", "The New York Times", "纽约时报", "US"),
        ("http://politics.people.com.cn/n1/", "People's Daily", "人民日报", "CN"),
        ("https://timesofindia.indiatimes.com/world", "The Times of India", "印度时报", "IN"),
        ("https://abcnews.go.com/x", "ABC News", "美国广播公司新闻", "US"),
    ],
)
def test_an_outlet_by_any_of_its_addresses(url: str, name: str, name_zh: str, country: str) -> None:
    outlet = outlet_for(url)
    assert outlet is not None
    assert (outlet.name, outlet.name_zh, outlet.country) == (name, name_zh, country)


@pytest.mark.parametrize(
    "url", ["https://nobody-knows.example/", "https://notbbc.co.uk/", "https://go.com/", "http://[::1]/", "x", ""]
)
def test_who_is_not_known_is_none(url: str) -> None:
    assert outlet_for(url) is None


@given(st.text(max_size=40))
def test_any_text_has_an_outcome(text: str) -> None:
    assert outlet_for(text) is None
    assert outlet_for(f"https://{text}.independent.co.uk/") in (None, outlet_for("https://independent.co.uk/"))


def test_the_table_is_sound() -> None:
    table = [Outlet(*row) for row in rows("outlets.tsv")]
    assert len(table) > 800
    assert sum(bool(outlet.name_zh) for outlet in table) >= 250
    assert len({outlet.domain for outlet in table}) == len(table)
    for outlet in table:
        assert outlet.name
        assert host_of(f"https://{outlet.domain}/") == outlet.domain
        assert re.fullmatch(r"(?:[A-Z]{2})?", outlet.country), outlet
        assert re.fullmatch(r"(?:[a-z]{2}(?:-Han[st])?)?", outlet.language), outlet


def test_what_is_written_by_hand_is_in_the_table() -> None:
    assert {tuple(row) for row in rows("known.tsv")} <= {tuple(row) for row in rows("outlets.tsv")}


@needs_shared
def test_the_table_is_what_the_command_writes() -> None:
    media = json.loads((SHARED / "catalogue" / "kite_media_data.json").read_text(encoding="utf-8"))
    assert derive(media) == rows("outlets.tsv")


def test_the_feeds_to_begin_with_are_of_known_outlets() -> None:
    feeds = starter_feeds()
    assert 15 <= len(feeds) <= 30
    assert len({feed.url for feed in feeds}) == len(feeds)
    outlets = [outlet_for(feed.url) for feed in feeds]
    for feed, outlet in zip(feeds, outlets, strict=True):
        assert feed.url.startswith("https://")
        assert not is_root(feed.url)
        assert outlet is not None, site_of(feed.url)
        assert outlet.name == feed.outlet
        assert feed.channel
    assert len({outlet.country for outlet in outlets if outlet}) >= 10
    assert len({outlet.language for outlet in outlets if outlet}) >= 6
