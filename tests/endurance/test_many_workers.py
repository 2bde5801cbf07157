"""Three workers, any of them killed at any moment: each article once, and one request at once on a host."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests.endurance.counting import Counter, counted
from tests.endurance.crew import Crew, shake
from tests.endurance.servers import own_server
from tests.endurance.wholeness import articles_of, assert_evidence, assert_once, assert_whole, begin_anew
from tests.installation import Installation, Sample, fresh_database, press, wait_until
from tests.shared import needs_shared

SEED = 20261128
GAP = 0.15  # of the fixture's installation
LATENCY = 0.1


@contextmanager
def crew_of(installation: Installation, many: int = 3) -> Iterator[Crew]:
    crew = Crew(installation, many)
    try:
        yield crew
    finally:
        crew.end()


@pytest.fixture
def counter(installation: Installation, sample: Sample) -> Iterator[Counter]:
    """The press as this installation alone sees it, with a latency."""
    with counted(sample.port, LATENCY) as proxy:
        installation.environment["NEWSREEL_PROXY"] = proxy.proxy
        yield proxy


def test_a_worker_is_killed_and_the_others_do_its_work(
    installation: Installation, counter: Counter, undisturbed: set[str]
) -> None:
    begin_anew(installation)  # before the workers: it frees every host
    counter.seen.clear()
    with crew_of(installation) as crew:
        crew.start()
        wait_until(lambda: crew.stored() > 2, 30, "the first articles")
        found = shake(crew, random.Random(SEED), kills=1, whole=len(undisturbed), again=False)
        seconds = crew.wait_for(len(undisturbed), 60)
        print(f"stored at the kill: {found} of {len(undisturbed)}; whole after {seconds:.1f} s")
        assert_whole(installation, undisturbed)
        assert_once(installation)
        assert counter.rude(GAP) == {}
        assert crew.stop() == [0, 0]


@pytest.mark.endure
def test_killed_at_fifty_moments(
    tmp_path: Path, database_server: ServerAddress, sample: Sample, every_site: list[str], undisturbed_all: set[str]
) -> None:
    moments, kills, gap = random.Random(SEED + 1), 50, 0.5
    found: list[int] = []
    with fresh_database(database_server) as dsn, counted(sample.port, 0.2) as counter:
        settings = {"NEWSREEL_PROXY": counter.proxy, "NEWSREEL_CRAWL_GAP": "0"}
        installation = Installation(tmp_path / "home", dsn, **settings)
        assert installation.run("add", *every_site).returncode == 0
        installation.environment["NEWSREEL_CRAWL_GAP"] = str(gap)
        counter.seen.clear()
        begin_anew(installation)  # before the workers, and later when nothing is at work: it frees every host
        with crew_of(installation) as crew:
            crew.start()
            tails: list[float] = []
            while len(found) < kills:
                if tails:
                    time.sleep(2 * gap)  # to begin anew forgets that a host asked just now is to have its rest
                    begin_anew(installation)
                found += shake(crew, moments, kills - len(found), len(undisturbed_all), longest=4.0)
                crew.start()
                tails.append(round(crew.wait_for(len(undisturbed_all), 180), 1))
                assert_whole(installation, undisturbed_all)
                assert_once(installation)
                assert counter.rude(gap) == {}
            assert crew.stop() == [0, 0, 0]
    print(
        f"stored at the {len(found)} kills: {found} of {len(undisturbed_all)}; whole {tails} s after the last of a round"
    )
    print(
        f"{counter.requests()} requests of {len(counter.seen)} hosts, none two at once; shortest rest "
        f"{min(seen.shortest_rest or gap for seen in counter.seen.values()):.3f} s"
    )
    # Before the first article there is work too: robots.txt and channels are read. How much is stored at a kill hangs on how long
    # the leases of those killed just before are still waited for.
    assert sum(count < len(undisturbed_all) for count in found) >= 45, "the kills did not fall into the work"
    assert sum(0 < count < len(undisturbed_all) for count in found) >= 30, "most kills came before any article"


@needs_shared
@pytest.mark.endure
def test_killed_over_the_recorded_press(tmp_path: Path, database_server: ServerAddress) -> None:
    """By HTTPS, from many hosts; the press counts by itself how politely it is read."""
    moments, gap, latency = random.Random(SEED + 2), 0.5, 0.2
    with (
        press(tmp_path) as quick,
        fresh_database(database_server) as one,
        fresh_database(database_server) as other,
    ):
        calm = Installation(tmp_path / "calm", one, **quick.settings)
        hosts = "\n".join(f"https://{host}/" for host in sorted(quick.ask("sites")))
        assert calm.run("add", "-", stdin=hosts).returncode == 0
        assert calm.run("crawl", "--once").returncode == 0
        expected = set(articles_of(calm))
        shaken = Installation(tmp_path / "shaken", other, **quick.settings)
        assert shaken.run("add", "-", stdin=hosts).returncode == 0
        with press(tmp_path, "--latency", str(latency)) as slow, crew_of(shaken) as crew:
            shaken.environment |= slow.settings | {"NEWSREEL_CRAWL_GAP": str(gap), "NEWSREEL_CRAWL_HOSTS": "5"}
            begin_anew(shaken)
            crew.start()
            found = shake(crew, moments, 10, len(expected), longest=3.0)
            crew.start()
            seconds = crew.wait_for(len(expected), 240)
            seen = slow.ask("stats")
            assert crew.stop() == [0, 0, 0]
        assert set(articles_of(shaken)) == expected
        assert_once(shaken)
        assert_evidence(shaken)
    print(f"stored at the {len(found)} kills: {found} of {len(expected)}; whole {seconds:.0f} s after the last")
    # From start to start, and not from the end of an answer: a request takes as long as its latency at least.
    gaps = [row["shortest_gap"] for row in seen.values() if row["shortest_gap"] is not None]
    print(
        f"{sum(row['requests'] for row in seen.values())} requests of {len(seen)} hosts; shortest gap {min(gaps):.3f} s"
    )
    assert max(row["most_at_once"] for row in seen.values()) == 1
    assert min(gaps) >= gap + latency - 0.01


@pytest.mark.endure
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_database_is_restarted_under_three_workers(
    tmp_path: Path, sample: Sample, every_site: list[str], undisturbed_all: set[str], mode: str
) -> None:
    """All sessions end, and with them every lease: each worker goes on with what is still its own."""
    moments, gap = random.Random(SEED + 3), 0.5
    with own_server(tmp_path / "server") as server, counted(sample.port, 0.1) as counter:
        settings = {"NEWSREEL_PROXY": counter.proxy, "NEWSREEL_CRAWL_GAP": "0", "NEWSREEL_CRAWL_HOSTS": "3"}
        installation = Installation(tmp_path / "home", server.create("restarted"), **settings)
        assert installation.run("add", *every_site).returncode == 0
        installation.environment["NEWSREEL_CRAWL_GAP"] = str(gap)
        counter.seen.clear()
        begin_anew(installation)
        with crew_of(installation) as crew:
            crew.start()
            found, waits = [], []
            while len(found) < 5 and crew.stored() < len(undisturbed_all):
                time.sleep(moments.uniform(0.5, 4.0))
                found.append(before := crew.stored())
                server.restart(mode)
                started = time.monotonic()
                wait_until(
                    lambda before=before: crew.stored() > min(before, len(undisturbed_all) - 1), 60, "an article"
                )
                waits.append(round(time.monotonic() - started, 1))
            crew.wait_for(len(undisturbed_all), 180)
            print(f"restarted ({mode}) at {found} of {len(undisturbed_all)}, the next article after {waits} s")
            assert_whole(installation, undisturbed_all)
            assert_once(installation)
            assert counter.rude(gap) == {}
            assert crew.stop() == [0, 0, 0]
