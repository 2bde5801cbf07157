"""Many channels at once: all or none, few statements, and fast."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsreel.archive import registry
from newsreel.archive.models import Change, Channel, Host, Source
from newsreel.archive.registering import Registered, register_many, watched_keys
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.pipeline.selecting import facts_of, switch_on
from newsreel.sources import all_channels, starters

pytestmark = pytest.mark.django_db


def some(count: int, start: int = 0) -> list[tuple[SourceFacts, ChannelFacts]]:
    """Channels of half as many sources."""
    return [
        (
            SourceFacts(f"n{n // 2}.test", f"Paper {n // 2}", f"https://n{n // 2}.test/", "报", "GB", "en"),
            ChannelFacts(f"https://n{n // 2}.test/{n}.xml", "feed", f"Page {n}", "版"),
        )
        for n in range(start, start + count)
    ]


def test_sources_channels_hosts_and_the_change_log() -> None:
    assert register_many(some(4), 900) == Registered(new=4, known=0, sources=2)
    assert list(
        Source.objects.order_by("id").values_list("site", "name", "name_zh", "country", "language", "home_url")
    ) == [
        ("n0.test", "Paper 0", "报", "GB", "en", "https://n0.test/"),
        ("n1.test", "Paper 1", "报", "GB", "en", "https://n1.test/"),
    ]
    assert [channel.interval for channel in Channel.objects.all()] == [900] * 4
    assert set(Host.objects.values_list("name", flat=True)) == {"n0.test", "n1.test"}
    assert set(Change.objects.values_list("kind", "action")) == {("source", "added")}
    assert Change.objects.count() == 2


def test_what_is_known_is_let_be_and_a_retired_source_is_read_again() -> None:
    register_many(some(4), 900)
    Channel.objects.filter(name="Page 0").update(interval=77, paused=True)
    registry.retire(Source.objects.get(site="n1.test"))
    assert watched_keys(channel.url for _source, channel in some(6)) == {"n0.test/0.xml", "n0.test/1.xml"}
    assert register_many(some(6), 900) == Registered(new=2, known=4, sources=1)
    kept = Channel.objects.get(name="Page 0")
    assert (kept.interval, kept.paused) == (77, True)
    assert not Source.objects.exclude(retired_at=None).exists()


def test_two_ways_of_writing_an_address_are_one_channel() -> None:
    (facts, channel), *_ = some(1)
    other = ChannelFacts("http://www.n0.test/0.xml?utm_source=x", "feed", "Other")
    assert register_many([(facts, channel), (facts, other)], 900) == Registered(new=1, known=0, sources=1)
    assert Channel.objects.get().name == "Page 0"


def test_nothing_at_all() -> None:
    assert register_many([], 900) == Registered(0, 0, 0)


def test_twenty_cost_as_many_queries_as_ten() -> None:
    costs = []
    for count, start in ((10, 0), (20, 10)):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            register_many(some(count, start), 900)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12


def test_the_whole_catalogue_is_switched_on_within_seconds() -> None:
    started = time.process_time()  # of our own: how long a database beside other tests takes says nothing
    done = switch_on(all_channels(), 900)
    took = time.process_time() - started
    assert (done.new, done.known) == (len(all_channels()), 0)
    assert done.sources == Source.objects.count() > 2000
    assert took < 10, took
    assert switch_on(starters(), 900) == Registered(0, len(starters()), 0)


def test_a_channel_of_the_catalogue_as_the_archive_keeps_it() -> None:
    channel = next(channel for channel in all_channels() if channel.domain == "bbc.co.uk" and channel.name == "World")
    source, kept = facts_of(channel)
    assert (source.site, source.name, source.name_zh, source.country) == ("bbc.co.uk", "BBC", "英国广播公司", "GB")
    assert (kept.kind, kept.name, kept.name_zh) == ("feed", "World", "世界新闻")
