"""``newsreel run``, any of its processes killed at any moment: everything goes on by itself."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from newsreel.archive.embedded import ensure_server, release
from tests.endurance.house import House
from tests.endurance.wholeness import articles_of, assert_whole, begin_anew, unfinished
from tests.installation import Installation, Sample, free_port, wait_until

SEED = 20261125
RECOVERY_SECONDS = 30.0
STOP_SECONDS = 20.0


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, sample: Sample, few_sites: list[str]) -> Iterator[House]:
    """A house that watches the few; its crawl lasts some 15 gaps."""
    made = House(tmp_path / "home", sample, NEWSREEL_CRAWL_GAP=getattr(request, "param", "0.3"))
    added = made.installation.run("add", *few_sites)
    assert added.returncode == 0, added.stderr
    try:
        yield made
    finally:
        made.end()


def stored(house: House) -> int:
    """How many articles there are; -1 while the database cannot be asked."""
    try:
        return len(articles_of(house.installation))
    except psycopg.Error:
        return -1


def wait_for(house: House, expected: set[str], seconds: float = 90) -> None:
    """Until all articles are there and enriched, or nothing more happens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if len(articles_of(house.installation)) >= len(expected) and not unfinished(house.installation):
                return
        except psycopg.Error:
            pass
        time.sleep(0.2)
    missing = expected - set(articles_of(house.installation))
    raise AssertionError(
        f"after {seconds} s {len(missing)} articles are missing and {unfinished(house.installation)} not enriched;"
        f" it said: {house.last_words()}"
    )


def seconds_until_it_goes_on(house: House, before: int, whole: int) -> tuple[float, float]:
    """After how many seconds / answers 200, and an article is stored (or all are there)."""
    started, answered, storing = time.monotonic(), 0.0, 0.0
    while not (answered and storing):
        passed = time.monotonic() - started
        assert passed < 2 * RECOVERY_SECONDS, (
            f"{passed:.0f} s without {'an article' if answered else 'an answer'}; it said: {house.last_words()}"
        )
        if not answered and house.answers():
            answered = time.monotonic() - started
        if not storing and ((now := stored(house)) > before or now == whole):
            storing = time.monotonic() - started
        time.sleep(0.1)
    return answered, storing


def kill_and_wait(house: House, victim: str, whole: int) -> tuple[float, float]:
    """Kills one of its processes, and waits until all goes on; see seconds_until_it_goes_on."""
    before = stored(house)
    house.kill(victim)
    if victim == "supervisor":
        house.nothing_remains(
            RECOVERY_SECONDS
        )  # its children, and the database with the last of them, end by themselves
        house.start()
    return seconds_until_it_goes_on(house, before, whole)


def round_of_kills(house: House, expected: set[str], moments: random.Random, victims: list[str]) -> list[str]:
    """One crawl from its beginning in which some processes are killed, and which comes to its end; what each kill cost."""
    begin_anew(house.installation)
    wait_until(lambda: stored(house) > 0, 60, f"the first article ({house.last_words()})")
    costs = []
    for victim in victims:
        time.sleep(moments.uniform(0.0, 1.5))
        count = stored(house)
        answered, storing = kill_and_wait(house, victim, len(expected))
        assert max(answered, storing) <= RECOVERY_SECONDS, (
            f"{victim}: / after {answered:.1f} s, articles after {storing:.1f} s"
        )
        costs.append(f"{victim} at {count}: / {answered:.1f} s, articles {storing:.1f} s")
    wait_for(house, expected)
    assert_whole(house.installation, expected)
    return costs


VICTIMS = ["worker", "readers", "postmaster", "web", "supervisor"]
SOME = ["worker", "postmaster", "supervisor"]  # the others' ends cost little, and are in the long form


def test_killed_once(house: House, undisturbed: set[str]) -> None:
    house.start()
    wait_until(house.is_up, 60, "the start")
    a_second_run_says_why_it_does_not_start(house)
    print(round_of_kills(house, undisturbed, random.Random(SEED), SOME))
    assert house.stop() == (0, pytest.approx(0, abs=STOP_SECONDS))
    house.nothing_remains(2)


@pytest.mark.endure
@pytest.mark.parametrize("house", ["1.5"], indirect=True, ids=["slow press"])
def test_each_process_killed_at_twenty_moments(house: House, undisturbed: set[str]) -> None:
    moments = random.Random(SEED + 1)
    house.start()
    wait_until(house.is_up, 60, "the start")
    inside = 0
    for number in range(20):
        costs = round_of_kills(house, undisturbed, moments, moments.sample(VICTIMS, len(VICTIMS)))
        inside += sum(f" at {len(undisturbed)}:" not in cost for cost in costs)
        print(number + 1, "; ".join(costs), flush=True)
    assert inside >= 50, f"only {inside} of 100 kills fell into the work"
    assert house.stop() == (0, pytest.approx(0, abs=STOP_SECONDS))
    house.nothing_remains(2)


@pytest.mark.endure
@pytest.mark.parametrize("house", ["1.0"], indirect=True, ids=["slow press"])
def test_postgresql_killed_under_a_lone_crawl(house: House, undisturbed: set[str]) -> None:
    """Nobody watches over the server of a ``newsreel crawl --once`` but the crawl itself."""
    moments = random.Random(SEED + 2)
    ensure_server(house.home)  # so that the rows can be looked at when the crawl has ended
    waits = []
    try:
        for _ in range(5):
            begin_anew(house.installation)
            house.start("crawl", "--once")
            assert house.supervisor is not None
            wait_until(lambda: stored(house) > 0, 60, f"the first article ({house.last_words()})")
            for _ in range(4):
                time.sleep(moments.uniform(0.0, 1.0))
                before = stored(house)
                if before == len(undisturbed):
                    break
                house.kill("postmaster")
                killed = time.monotonic()
                wait_until(
                    lambda before=before: stored(house) > before, RECOVERY_SECONDS, f"an article ({house.last_words()})"
                )
                waits.append(round(time.monotonic() - killed, 1))
            assert house.supervisor.wait(120) == 0, house.last_words()
            assert "Traceback" not in house.last_words()
            assert_whole(house.installation, undisturbed)
        print(f"seconds from the kill to the next article: {waits}")
        assert len(waits) >= 15, f"only {len(waits)} kills fell into the work"
    finally:
        release(house.home)
    house.nothing_remains(2)


@pytest.mark.endure
@pytest.mark.parametrize(("number", "to_all"), [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGINT, True)])
@pytest.mark.parametrize("after", [0.3, 1.5, 3.0, 8.0])
def test_told_to_stop_it_ends_in_order(
    house: House, undisturbed: set[str], number: signal.Signals, to_all: bool, after: float
) -> None:
    """At any moment of its start or its work, by a service manager or a terminal (which tells all processes)."""
    house.start()
    time.sleep(after)
    code, seconds = house.stop(number, to_all=to_all)
    house.nothing_remains(2)
    assert seconds < STOP_SECONDS
    # Before it listens to signals (Python is still reading its modules) it ends as every program does.
    if code == 0 or after >= 3.0:
        assert (code, "Traceback" in house.last_words()) == (0, False), house.last_words()
    else:
        assert code in (130, -number), house.last_words()
    house.start()
    wait_until(house.is_up, 60, f"the next start ({house.last_words()})")
    wait_for(house, undisturbed)
    assert house.stop()[0] == 0
    house.nothing_remains(2)


def a_second_run_says_why_it_does_not_start(house: House) -> None:
    """On the same data folder, by whatever port, and on the same port: one line, and nothing is changed."""
    before = house.find("newsreel web") + house.find("newsreel worker")
    own = dict(house.installation.environment)
    second = Installation(house.home, "", **own)
    for settings, word in (
        ({}, "data folder"),
        ({"NEWSREEL_PORT": str(free_port())}, "data folder"),
        ({"NEWSREEL_HOME": str(house.home.parent / "another")}, "Port"),
    ):
        second.environment = own | settings
        refused = second.run("run", timeout=60)
        assert (refused.returncode, refused.stdout) == (1, "")
        (line,) = refused.stderr.splitlines()
        assert word in line
    assert house.is_up()
    assert house.find("newsreel web") + house.find("newsreel worker") == before
