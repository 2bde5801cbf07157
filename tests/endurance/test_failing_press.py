"""A press of which every tenth answer is 'try later': every article arrives, and nobody is asked before the time it named."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests.endurance.wholeness import articles_of, assert_once, unfinished
from tests.installation import Installation, Press, fresh_database, press
from tests.shared import needs_shared

FEW = ("www.waz.de", "www.faz.net")


def read_whole(installation: Installation, sites: list[str], rounds: int = 5) -> float:
    """Adds and crawls until nothing is left; how many seconds the crawls took."""
    for _ in range(rounds):
        added = installation.run("add", "-", "--json", stdin="\n".join(sites))
        if all(row["status"] != "failed" for row in json.loads(added.stdout)["results"]):
            break
    started = time.monotonic()
    for _ in range(rounds):
        done = installation.run("crawl", "--once", "--json", timeout=900)
        assert done.returncode == 0, done.stderr
        if not json.loads(done.stdout)["left"]:
            break
    return time.monotonic() - started


def compare(tmp_path: Path, server: ServerAddress, failing: Press, calm: Press, sites: list[str]) -> str:
    with fresh_database(server) as one, fresh_database(server) as other:
        quiet = Installation(tmp_path / "quiet", one, **calm.settings)
        shaken = Installation(tmp_path / "shaken", other, **failing.settings)
        read_whole(quiet, sites)
        seconds = read_whole(shaken, sites)
        expected = articles_of(quiet)
        assert len(expected) >= len(sites) // 2
        assert articles_of(shaken) == expected
        assert unfinished(shaken) == 0
        assert_once(shaken)
        assert max(row["most_at_once"] for row in failing.ask("stats").values()) == 1
        return f"{len(expected)} articles of {len(sites)} sites, all of them, in {seconds:.0f} s"


@pytest.mark.endure
@needs_shared
def test_two_sites_of_a_press_that_often_fails(tmp_path: Path, database_server: ServerAddress) -> None:
    with press(tmp_path, "--failing", "0.25", "--seed", "7") as failing, fresh_database(database_server) as dsn:
        named = failing.ask("sites")
        installation = Installation(tmp_path / "home", dsn, **failing.settings)
        seconds = read_whole(installation, [f"https://{host}/" for host in FEW])
        found = articles_of(installation)
        assert found == sorted(url for host in FEW for url in named[host]["articles"])
        print(f"{len(found)} articles in {seconds:.0f} s")


@needs_shared
@pytest.mark.endure
def test_every_article_arrives(tmp_path: Path, database_server: ServerAddress) -> None:
    with press(tmp_path) as calm, press(tmp_path, "--failing", "0.1", "--latency", "0.2") as failing:
        sites = [f"https://{host}/" for host in sorted(calm.ask("sites"))]
        print(compare(tmp_path, database_server, failing, calm, sites))
