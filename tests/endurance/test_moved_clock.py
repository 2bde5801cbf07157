"""A clock that ran ahead or behind for a while: nothing waits for ever, nothing is fetched in a storm."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.endurance.house import House
from tests.endurance.readings import requests
from tests.endurance.test_killed_house import wait_for
from tests.endurance.wholeness import assert_whole, begin_anew
from tests.installation import Installation, Sample, wait_until

DAY = 86400
YEAR = 365 * DAY
DEAD = 77  # an owner that no session is


def move(installation: Installation, seconds: int) -> None:
    """Writes all times as a database would have whose clock was so much ahead, with claims of one that died then."""
    with psycopg.connect(installation.dsn) as connection:
        connection.execute(
            "UPDATE archive_channel SET next_due_at = now() + make_interval(secs => %s),"
            " last_read_at = now() + make_interval(secs => %s)",
            [seconds, seconds],
        )
        connection.execute(
            "UPDATE archive_lead SET next_due_at = now() + make_interval(secs => %s) WHERE next_due_at IS NOT NULL",
            [seconds],
        )
        connection.execute(
            "UPDATE archive_host SET next_due_at = now() + make_interval(secs => %s), lease_owner = %s,"
            " leased_until = now() + make_interval(secs => %s)",
            [seconds, DEAD, seconds],
        )
        connection.execute(
            "UPDATE archive_article SET state = 'stored', claim_owner = %s, claimed_until = now() + make_interval(secs => %s)",
            [DEAD, seconds],
        )


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(DAY, id="a day ahead"),
        pytest.param(YEAR, id="a year ahead", marks=pytest.mark.endure),
        pytest.param(-DAY, id="a day behind", marks=pytest.mark.endure),
        pytest.param(-YEAR, id="a year behind", marks=pytest.mark.endure),
    ],
)
def test_the_clock_of_the_database(
    installation: Installation, sample: Sample, undisturbed: set[str], seconds: int
) -> None:
    installation.environment["NEWSREEL_CRAWL_GAP"] = "0"  # nothing is killed here: no need to be slow
    assert installation.run("crawl", "--once").returncode == 0
    move(installation, seconds)
    before = requests(sample)
    done = installation.run("crawl", "--once", "--json")
    assert (done.returncode, json.loads(done.stdout)["left"]) == (0, []), done.stderr
    assert_whole(installation, undisturbed)
    # One look at each channel and each page (the sample has robots.txt besides), and no more.
    channels, leads, hosts = (
        installation.rows(f"SELECT count(*) FROM archive_{name}")[0][0] for name in ("channel", "lead", "host")
    )
    asked = requests(sample) - before
    assert 0 < asked <= channels + leads + hosts
    far = "WHERE next_due_at > now() + interval '8 days'"
    assert [installation.rows(f"SELECT count(*) FROM archive_{name} {far}")[0][0] for name in ("channel", "lead")] == [
        0,
        0,
    ]
    again = requests(sample)
    assert installation.run("crawl", "--once").returncode == 0
    assert requests(sample) == again


@pytest.fixture
def house_with_a_clock(tmp_path: Path, sample: Sample, few_sites: list[str]) -> Iterator[tuple[House, Path]]:
    """A house, and the file that says by how many seconds its worker's clock is wrong."""
    house = House(tmp_path / "home", sample)
    wrong_by = tmp_path / "wrong-by"
    wrong_by.write_text("0")
    added = house.installation.run("add", *few_sites)
    assert added.returncode == 0, added.stderr
    try:
        yield house, wrong_by
    finally:
        house.end()


@pytest.mark.endure
@pytest.mark.parametrize("seconds", [YEAR, -YEAR], ids=["set forward", "set back"])
def test_the_clock_of_a_running_worker(
    house_with_a_clock: tuple[House, Path], undisturbed: set[str], seconds: int
) -> None:
    house, wrong_by = house_with_a_clock
    house.start_as([sys.executable, str(Path(__file__).with_name("wrong_clock.py")), str(wrong_by), "worker"])
    wait_until(lambda: "is ready" in house.last_words(), 30, "the worker's start")
    wait_for(house, undisturbed)
    for moved in (seconds, 0):
        wrong_by.write_text(str(moved))
        begin_anew(house.installation)
        wait_for(house, undisturbed, 45)
        assert_whole(house.installation, undisturbed)
        assert house.installation.rows("SELECT count(*) FROM procrastinate_jobs")[0][0] < 10
    assert house.stop()[0] == 0
