"""The generated world of benchmarks/crawl.py says what it is said to say, and the report's sums are right."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.crawl_report import Poll, Wait, section
from benchmarks.crawl_world import BAD, World, address, behaviour
from newsreel.discovery import parse_feed


def test_every_host_is_a_loopback_address_of_its_own() -> None:
    found = [address(host) for host in range(2_000)]
    assert len(set(found)) == 2_000
    assert all(place.startswith("127.") and all(int(part) < 255 for part in place.split(".")) for place in found)


def test_three_of_ten_hosts_are_bad_in_equal_parts() -> None:
    found = Counter(behaviour(host) for host in range(2_000))
    assert found == Counter(dict.fromkeys(BAD, 120)) + Counter({"live": 1_400})


def test_feeds_are_read_as_they_were_made() -> None:
    world = World(10, 40, seed=1)
    for number in range(40):
        feed = parse_feed(world.body(number), "http://x.test/")
        assert feed.error is None
        assert len(feed.entries) == 20 + number * 31 % 21
        assert all(entry.title and entry.published and entry.html for entry in feed.entries)
        assert {entry.url.split("/")[2] for entry in feed.entries} == {f"www.site{number % 10}.test"}


def test_a_round_brings_three_entries_to_one_feed_in_twenty() -> None:
    world = World(10, 1_000, seed=1)
    before = [world.tag(number) for number in range(1_000)]
    first = {entry.url for entry in parse_feed(world.body(0), "http://x.test/").entries}
    world.turn(2, "", bad=False)
    kinds = Counter(world.kind(number) for number in range(1_000))
    assert kinds == {"304": 850, "unchanged": 100, "new": 50}
    assert sum(world.tag(number) != tag for number, tag in enumerate(before)) == 50
    world.turn(3, "new", bad=False)
    again = {entry.url for entry in parse_feed(world.body(0), "http://x.test/").entries}
    assert len(again - first) in (3, 6)


def test_the_report_s_sums() -> None:
    plain = Poll("mixed", 100, 1.0, {"own": 0.4}, 2**20)
    ours = Poll("mixed", 100, 1.6, {"ours": 0.2, "readers": 0.3, "database": 0.1}, 2**20, 2**20, 2**20)
    wait = Wait("live", False, [1.0, 2.0, 3.0], 4.0, 0, 2**20)
    slow = Wait("alone, later", False, [2.0, 3.0, 4.0], 5.0, 0, 2**20)
    beside = Wait("beside bad ones", True, [2.0, 2.75, 3.5], 5.0, 9, 2**20)
    text = section([(plain, ours)] * 2, [wait, beside, slow], 100, 10)
    assert "| 100 | 62 | **0.62** | 4.00 ms | 6.00 ms | 1.50 |" in text
    assert "| all of them once an hour | 50.0 | 0.30 | 0.30 |" in text
    assert "| beside bad ones | 2.75 s | **+10.0%** | 2.75 s | 3.50 s | 3.50 s | 9 |" in text
    assert "| live | 2.00 s |  |" in text
    assert wait.at(0.5) == pytest.approx(2.0)
