"""The catalogue's data hold their form, and are what the command makes of the facts and the lists kept by hand."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.urls import host_of, identity, is_root, site_of, split
from newsreel.sources import (
    CatalogueChannel,
    Outlet,
    Selection,
    all_channels,
    countries,
    in_catalogue,
    outlet_for,
    publisher_site,
    select,
    starters,
    topics,
)
from newsreel.sources.catalogue import KINDS, _outlets
from newsreel.sources.countries import CONTINENTS
from newsreel.sources.derive import derive
from newsreel.sources.derive_outlets import shut
from newsreel.sources.tables import rows
from tests.shared import SHARED, needs_shared

LANGUAGE = re.compile(r"[a-z]{2,3}(?:-Han[st])?")
HAN = re.compile("[一-鿿]")


@pytest.fixture(scope="module")
def outlets() -> list[Outlet]:
    return [Outlet(*row) for row in rows("outlets.tsv")]


@pytest.mark.parametrize(
    ("url", "name", "name_zh", "country"),
    [
        ("https://www.independent.co.uk/news/x", "The Independent", "独立报", "GB"),
        ("https://feeds.bbci.co.uk/news/rss.xml", "BBC", "英国广播公司", "GB"),
        ("https://www.nytimes.com/", "The New York Times", "纽约时报", "US"),
        ("http://politics.people.com.cn/n1/", "People's Daily", "人民日报", "CN"),
        ("https://timesofindia.indiatimes.com/world", "The Times of India", "印度时报", "IN"),
        ("https://abcnews.go.com/x", "ABC News", "美国广播公司新闻", "US"),
        ("https://oglobo.globo.com/rss", "O Globo", "环球报", "BR"),
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


def test_the_outlets_hold_their_form(outlets: list[Outlet]) -> None:
    assert len({outlet.domain for outlet in outlets}) == len(outlets)
    for outlet in outlets:
        assert outlet.name.strip() == outlet.name != "", outlet
        assert host_of(f"https://{outlet.domain}/") == outlet.domain, outlet
        assert outlet.country in ("", *countries()), outlet
        assert outlet.language == "" or LANGUAGE.fullmatch(outlet.language), outlet
        assert outlet.kind in KINDS, outlet
        assert split(outlet.home) is not None, outlet
        assert is_root(outlet.home), outlet
        assert outlet.name_zh == "" or HAN.search(outlet.name_zh), outlet
        assert outlet.original == "" or not outlet.original.isascii(), outlet


def test_the_channels_hold_their_form(outlets: list[Outlet]) -> None:
    channels = all_channels()
    known = {outlet.domain: outlet for outlet in outlets}
    assert len({identity(channel.url) for channel in channels}) == len(channels)
    assert len({(channel.domain, channel.language, channel.name_zh) for channel in channels}) == len(channels)
    for channel in channels:
        parts = split(channel.url)
        assert parts is not None, channel
        assert parts.port is None, channel
        assert re.search("[a-z]", host_of(channel.url).rpartition(".")[2]), f"a number, no name: {channel}"
        assert channel.name.strip() == channel.name != "", channel
        assert HAN.search(channel.name_zh), channel
        assert channel.topic in topics(), channel
        assert LANGUAGE.fullmatch(channel.language), channel
        assert known[channel.domain].country in countries(), channel


def test_how_much_of_the_world_it_holds() -> None:
    channels = all_channels()
    outlets = {channel.domain: channel.outlet for channel in channels}
    assert len(outlets) >= 1500
    assert len(channels) >= 3000
    assert sum(bool(outlet.name_zh) for outlet in outlets.values()) >= 800
    assert len({outlet.country for outlet in outlets.values()}) >= 140
    assert len({channel.language for channel in channels}) >= 60
    assert {countries()[outlet.country].continent for outlet in outlets.values()} == set(CONTINENTS)
    assert {channel.topic for channel in channels} == set(topics())


def test_no_search_engines_aggregators_or_hosters() -> None:
    named = " ".join(host_of(channel.url) for channel in all_channels())
    assert not re.search(
        r"\b(?:google|bing|yahoo|baidu|yandex|reddit|youtube|feedburner|medium|substack|blogspot)\.", named
    )
    assert not {site_of(channel.url) for channel in all_channels()} & shut()


def test_what_is_written_by_hand_goes_first(outlets: list[Outlet]) -> None:
    known = {outlet.domain: outlet for outlet in outlets}
    for row in rows("known.tsv", 7):
        outlet = known[row[0]]
        facts = [
            outlet.domain,
            outlet.name,
            outlet.name_zh,
            outlet.country,
            outlet.language,
            outlet.kind,
            outlet.original,
        ]
        assert facts == row
    for url, name in rows("kept.tsv"):
        channel = in_catalogue(url)
        assert channel is not None, url
        assert channel.name == name


def test_an_outlet_has_one_name_in_chinese(outlets: list[Outlet]) -> None:
    by_home: dict[str, set[tuple[str, str]]] = {}
    for outlet in outlets:
        by_home.setdefault(outlet.home, set()).add((outlet.name, outlet.name_zh))
    assert {home: names for home, names in by_home.items() if len(names) > 1} == {}


def test_countries() -> None:
    assert len({country.alpha3 for country in countries().values()}) == len(countries()) > 200
    for code, country in countries().items():
        assert re.fullmatch("[A-Z]{2}", code)
        assert re.fullmatch("[A-Z]{3}", country.alpha3)
        assert country.continent in CONTINENTS
        assert HAN.search(country.name_zh)
        assert country.name


def test_every_topic_names_channels_that_there_are() -> None:
    names = {row[0] for row in rows("channels.tsv")}
    stated = [name for row in rows("topics.tsv") for name in row[3].split("; ")]
    assert len(stated) == len(set(stated))
    assert names - set(stated) == set()


def test_the_selection_to_begin_with() -> None:
    chosen = starters()
    outlets = {channel.domain: channel.outlet for channel in chosen}
    assert 90 <= len(outlets) <= 120
    assert len(chosen) == len({identity(channel.url) for channel in chosen})
    continents = Counter(countries()[outlet.country].continent for outlet in outlets.values())
    assert set(continents) == set(CONTINENTS)
    assert min(continents.values()) >= 4
    assert max(Counter(outlet.country for outlet in outlets.values()).values()) <= 0.12 * len(outlets)
    assert len({channel.language for channel in chosen}) >= 20


@pytest.mark.parametrize(
    ("selection", "holds"),
    [
        (Selection(countries=("JP",)), lambda channel: channel.outlet.country == "JP"),
        (Selection(languages=("zh",)), lambda channel: channel.language.startswith("zh-Han")),
        (Selection(languages=("zh-Hans",)), lambda channel: channel.language == "zh-Hans"),
        (Selection(topics=("sport", "health")), lambda channel: channel.topic in ("sport", "health")),
        (Selection(kinds=("agency",)), lambda channel: channel.outlet.kind == "agency"),
        (Selection(continents=("oceania",)), lambda channel: channel.outlet.country in ("AU", "NZ", "SB", "PF")),
        (Selection(words="独立报"), lambda channel: "独立报" in channel.outlet.name_zh),
        (Selection(words="朝日"), lambda channel: channel.domain == "asahi.com"),
        (Selection(countries=("GB",), topics=("world",), words="guardian"), lambda c: c.domain == "theguardian.com"),
    ],
)
def test_selections(selection: Selection, holds: object) -> None:
    assert callable(holds)
    found = select(selection)
    assert found
    assert all(holds(channel) for channel in found)


def test_an_empty_selection_is_everything_and_a_strange_one_nothing() -> None:
    assert select(Selection()) == list(all_channels())
    for strange in (Selection(countries=("ZZ",)), Selection(words="no such thing"), Selection(topics=("",))):
        assert select(strange) == []


def test_where_a_publisher_is_kept() -> None:
    assert publisher_site("https://feeds.bbci.co.uk/news/rss.xml") == "bbc.co.uk"
    assert publisher_site("https://www.theguardian.com/world/rss") == "theguardian.com"
    assert publisher_site("https://oglobo.globo.com/rss/oglobo") == "oglobo.globo.com"
    assert publisher_site("https://www.nobody-knows.example/") == "nobody-knows.example"
    assert publisher_site("x") == ""


def test_a_channel_is_found_by_any_writing_of_its_address() -> None:
    channel = starters()[0]
    assert in_catalogue(channel.url.replace("https://", "http://") + "#x") == channel
    assert in_catalogue("https://nobody-knows.example/rss") is None
    assert isinstance(channel, CatalogueChannel)


def test_it_is_read_in_no_time() -> None:
    all_channels.cache_clear()
    _outlets.cache_clear()
    started = time.process_time()
    assert all_channels()[0].outlet.name
    assert time.process_time() - started < 1


@needs_shared
def test_the_tables_are_what_the_command_writes(outlets: list[Outlet]) -> None:
    found, channels = derive(SHARED / "catalogue")
    assert found == outlets
    assert channels == list(all_channels())
