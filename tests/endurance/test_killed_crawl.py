"""``newsreel crawl --once``, killed or interrupted at any moment: what is begun anew ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests.endurance.readings import requests
from tests.endurance.wholeness import articles_of, assert_evidence, assert_whole, begin_anew, unfinished
from tests.installation import Installation, Sample, fresh_database, press, wait_until
from tests.shared import needs_shared

SEED = 20261124


def start_crawl(installation: Installation) -> subprocess.Popen[bytes]:
    """A crawl whose words can be read at its end."""
    return subprocess.Popen(
        [sys.executable, "-m", "newsreel", "crawl", "--once"],
        env=installation.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def kill_when(crawl: subprocess.Popen[bytes], moment: float) -> bool:
    """Kills the crawl with all its children after some seconds; False where it had come to its end before."""
    try:
        crawl.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        os.killpg(crawl.pid, signal.SIGKILL)
        crawl.communicate()
        return True
    return False


def crawl_killed(
    installation: Installation, sample: Sample, expected: set[str], moments: random.Random, rounds: int, kills: int
) -> list[int]:
    """Rounds of a crawl from the beginning, killed a few times and then brought to its end; what was stored at each kill.

    The last moment of each round is counted from the process's start, the others from its first request: a start takes
    one second or, on a busy machine, five.
    """
    stored = []
    for _ in range(rounds):
        begin_anew(installation)
        for kill in range(kills):
            asked = requests(sample)
            crawl = start_crawl(installation)
            if kill < kills - 1:
                wait_until(lambda asked=asked: requests(sample) > asked, 60, "the first request")
            if kill_when(crawl, moments.uniform(0.0, 2.5)):
                stored.append(len(articles_of(installation)))
        done = installation.run("crawl", "--once", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["left"] == []
        assert_whole(installation, expected)
    return stored


def test_killed_twice(installation: Installation, sample: Sample, undisturbed: set[str]) -> None:
    stored = crawl_killed(installation, sample, undisturbed, random.Random(SEED), rounds=1, kills=2)
    print(f"stored at the kills: {stored} of {len(undisturbed)}")


@pytest.mark.endure
def test_killed_at_twenty_moments(
    tmp_path: Path, database_server: ServerAddress, sample: Sample, every_site: list[str], undisturbed_all: set[str]
) -> None:
    with fresh_database(database_server) as dsn:
        installation = Installation(tmp_path / "home", dsn, **sample.settings | {"NEWSREEL_CRAWL_GAP": "0.4"})
        assert installation.run("add", *every_site).returncode == 0
        stored = crawl_killed(installation, sample, undisturbed_all, random.Random(SEED + 1), rounds=7, kills=3)
        print(f"stored at the kills: {stored} of {len(undisturbed_all)}")
        assert len(stored) >= 20, f"only {len(stored)} kills found a crawl that still ran"
        inside = [count for count in stored if 0 < count < len(undisturbed_all)]
        assert len(inside) >= 10, f"the kills did not fall into the work: {stored}"


@needs_shared
@pytest.mark.endure
def test_killed_at_twenty_moments_over_the_recorded_press(tmp_path: Path, database_server: ServerAddress) -> None:
    moments = random.Random(SEED + 2)
    with (
        press(tmp_path, "--latency", "0.05") as replayed,
        fresh_database(database_server) as one,
        fresh_database(database_server) as other,
    ):
        hosts = sorted(replayed.ask("sites"))
        calm = Installation(tmp_path / "calm", one, **replayed.settings)
        shaken = Installation(tmp_path / "shaken", other, **replayed.settings)
        for installation in (calm, shaken):
            assert installation.run("add", "-", stdin="\n".join(f"https://{host}/" for host in hosts)).returncode == 0
        assert calm.run("crawl", "--once").returncode == 0
        kills = 0
        while kills < 20:
            if not kill_when(start_crawl(shaken), moments.uniform(1.0, 5.0)):
                begin_anew(shaken)
            kills += 1
        done = shaken.run("crawl", "--once", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["left"] == []
        assert articles_of(shaken) == articles_of(calm)
        assert unfinished(shaken) == 0
        assert_evidence(shaken)


def test_interrupted_it_says_so_in_one_line_and_goes_on_later(
    installation: Installation, undisturbed: set[str]
) -> None:
    installation.environment["NEWSREEL_CRAWL_GAP"] = (
        "1"  # so long that a busy machine does not come too late with its Ctrl-C
    )
    crawl = start_crawl(installation)
    wait_until(lambda: articles_of(installation), 30, "the first article")
    os.killpg(crawl.pid, signal.SIGINT)  # as a terminal does it: to all
    started = time.monotonic()
    _, said = crawl.communicate(timeout=30)
    assert time.monotonic() - started < 10
    assert crawl.returncode == 130
    assert said.decode().splitlines() == ["newsreel: interrupted; what was done is kept."]
    kept = articles_of(installation)
    assert 0 < len(kept) < len(undisturbed)
    installation.environment["NEWSREEL_CRAWL_GAP"] = "0.15"
    done = installation.run("crawl", "--once", "--json")
    assert (done.returncode, json.loads(done.stdout)["left"]) == (0, []), done.stderr
    assert set(kept) < set(articles_of(installation))
    assert_whole(installation, undisturbed)
