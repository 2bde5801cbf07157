"""A full disk is named, blames no page and loses nothing; with room again, the crawl comes to its end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endurance.disks import Disk, small_disk
from tests.endurance.house import House
from tests.endurance.readings import requests
from tests.endurance.test_killed_house import wait_for
from tests.endurance.wholeness import articles_of, assert_whole
from tests.installation import Installation, Sample, wait_until

KB, MB = 1024, 1024 * 1024


def assert_named_and_nobody_blamed(installation: Installation) -> None:
    """A crawl on the full disk ends with one line, and is not remembered against a page or a channel."""
    done = installation.run("crawl", "--once", timeout=150)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("newsreel: The disk "), done.stderr
    assert "full" in last
    assert done.stdout == ""


def assert_nothing_is_blamed(installation: Installation) -> None:
    refused = "robots_disallowed"  # one address of the sample, on any disk
    assert installation.rows("SELECT url, reason FROM archive_lead WHERE attempts > 0 AND outcome <> %s", refused) == []
    assert installation.rows("SELECT url, reason FROM archive_channel WHERE failures > 0") == []


def crawl_to_the_end(installation: Installation, expected: set[str]) -> None:
    done = installation.run("crawl", "--once", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["left"] == []
    assert_whole(installation, expected)


def test_the_disk_of_the_evidence_is_full(installation: Installation, undisturbed: set[str]) -> None:
    with small_disk(installation.home / "evidence", 16) as disk:
        disk.fill(leaving=40 * KB)
        assert_named_and_nobody_blamed(installation)
        assert_nothing_is_blamed(installation)
        kept = articles_of(installation)
        assert 0 < len(kept) < len(undisturbed)
        disk.make_room()
        crawl_to_the_end(installation, undisturbed)
        assert set(kept) < undisturbed


@pytest.fixture
def full_house(tmp_path: Path, sample: Sample, few_sites: list[str]) -> Iterator[tuple[House, Disk]]:
    """A house all of whose home is on a small disk."""
    with small_disk(tmp_path / "home", 400) as disk:
        house = House(disk.folder, sample, NEWSREEL_CRAWL_GAP="0.1")
        added = house.installation.run("add", *few_sites)
        assert added.returncode == 0, added.stderr
        try:
            yield house, disk
        finally:
            house.end()


@pytest.mark.endure
@pytest.mark.parametrize("leaving", [0, 200 * KB, 2 * MB])
def test_the_disk_of_the_whole_home_is_full(
    full_house: tuple[House, Disk], undisturbed: set[str], leaving: int
) -> None:
    house, disk = full_house
    disk.fill(leaving)
    assert_named_and_nobody_blamed(house.installation)
    disk.make_room()
    house.start("worker")  # the rows can be read only while somebody serves them
    try:
        wait_until(lambda: house.find("newsreel worker"), 30, "a worker")
        wait_for(house, undisturbed)
        assert_nothing_is_blamed(house.installation)
        assert_whole(house.installation, undisturbed)
    finally:
        house.stop()


@pytest.mark.endure
def test_a_house_waits_for_room_and_goes_on_by_itself(
    full_house: tuple[House, Disk], sample: Sample, undisturbed: set[str]
) -> None:
    house, _ = full_house
    with small_disk(house.home / "evidence", 16) as evidence:
        evidence.fill(leaving=40 * KB)
        house.start()
        wait_until(lambda: "full" in house.last_words(), 60, "a word on the full disk")
        before = requests(sample)
        time.sleep(20)
        assert requests(sample) - before <= 2 * 4, "pages are fetched only to be thrown away"
        assert house.answers()
        evidence.make_room()
        wait_for(house, undisturbed, 60)
        assert_nothing_is_blamed(house.installation)
        assert_whole(house.installation, undisturbed)
        assert house.stop()[0] == 0
        house.nothing_remains(2)


@pytest.mark.endure
def test_a_house_whose_database_has_no_room_goes_on_by_itself(
    full_house: tuple[House, Disk], undisturbed: set[str]
) -> None:
    house, disk = full_house
    house.start()
    wait_until(house.is_up, 60, "the start")
    disk.fill(leaving=0)
    wait_until(lambda: "full" in house.last_words(), 90, "a word on the full disk")
    time.sleep(10)
    assert house.supervisor is not None
    assert house.supervisor.poll() is None, house.last_words()
    disk.make_room()
    started = time.monotonic()
    wait_until(house.is_up, 60, f"the portal ({house.last_words()})")
    wait_for(house, undisturbed)
    print(f"all articles there {time.monotonic() - started:.0f} s after there was room")
    assert_whole(house.installation, undisturbed)
    assert house.stop()[0] == 0
    house.nothing_remains(2)
