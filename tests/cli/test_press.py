"""The whole line over the recorded press: from sites' addresses to stored articles, politely, whatever is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from newsreel.archive.embedded import ServerAddress
from newsreel.core.text import tokens
from newsreel.core.urls import identity
from tests.installation import Installation, Press, fresh_database, press
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared


def recorded() -> dict[str, dict[str, Any]]:
    """The corpus: identity of its address -> row."""
    with (SHARED / "corpus" / "fundus" / "index.jsonl").open(encoding="utf-8") as lines:
        return {identity(row["url"]): row for row in map(json.loads, lines)}


FORMS = [
    pytest.param((4,), id="every fourth site"),
    pytest.param((1,), marks=pytest.mark.endure, id="full"),
    pytest.param((1, "--bare"), marks=pytest.mark.endure, id="bare"),
]


@pytest.fixture(scope="module", params=FORMS)
def crawled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, database_server: ServerAddress
) -> Iterator[tuple[bool, Installation, Press, dict[str, Any]]]:
    """Every so many of the sites added and crawled once."""
    folder = tmp_path_factory.mktemp("press")
    every, *options = request.param
    with press(folder, *options) as replayed, fresh_database(database_server) as dsn:
        installation = Installation(folder / "home", dsn, **replayed.settings)
        hosts = sorted(replayed.ask("sites"))[::every]
        added = installation.run("add", "--json", stdin="\n".join(f"https://{host}/" for host in hosts))
        results = json.loads(added.stdout)["results"]
        assert [result for result in results if result["status"] == "failed"] == [], added.stderr
        assert added.returncode == 0
        crawl = installation.run("crawl", "--once", "--json", "--costs")
        assert crawl.returncode == 0, crawl.stderr
        print(crawl.stderr)
        yield bool(options), installation, replayed, json.loads(crawl.stdout) | {"hosts": hosts}


def the_articles_are_there_each_once(crawled: tuple[bool, Installation, Press, dict[str, Any]]) -> None:
    _, installation, replayed, result = crawled
    sites = replayed.ask("sites")
    articles, wanted = (
        installation.exported(),
        {identity(url) for host in result["hosts"] for url in sites[host]["articles"]},
    )
    found = [identity(article["url"]) for article in articles]
    missing = sorted(wanted - set(found))
    assert len(missing) <= 0.03 * len(wanted), (missing, result["failed"])
    assert len(found) == len(set(found))
    assert all(article["title"] and article["text"] for article in articles)


def titles_and_days(crawled: tuple[bool, Installation, Press, dict[str, Any]]) -> None:
    bare, installation, _, _ = crawled
    wanted = recorded()
    titles, days = [], []
    for article in installation.exported():
        row = wanted.get(identity(article["url"]))
        if row is None:
            continue
        if row.get("title"):
            titles.append(tokens(row["title"]) == tokens(article["title"]))
        if row.get("published"):
            days.append(
                (
                    same_day(row["published"], article["published"]),
                    article["url"],
                    row["published"],
                    article["published"],
                )
            )
    right_titles, right_days = sum(titles) / len(titles), sum(day for day, *_ in days) / len(days)
    print(f"titles {right_titles:.3f} of {len(titles)}, days {right_days:.3f} of {len(days)}")
    assert right_titles >= 0.85
    assert right_days >= (0.90 if bare else 0.98), [row for row in days if not row[0]]


def same_day(one: str, other: str | None) -> bool:
    """The same day in either zone: a page may state a day where the corpus has a time."""
    if other is None:
        return False
    if len(other) == 10:
        return one[:10] == other
    first, second = (datetime.fromisoformat(text) for text in (one, other))
    return first.date() == second.date() or (
        first.tzinfo is not None and second.tzinfo is not None and abs(first - second).total_seconds() < 86400
    )


def never_two_requests_at_once(crawled: tuple[bool, Installation, Press, dict[str, Any]]) -> None:
    _, _, replayed, result = crawled
    stats = replayed.ask("stats")
    assert len(stats) >= len(result["hosts"])
    assert {host: row["most_at_once"] for host, row in stats.items() if row["most_at_once"] != 1} == {}


def a_second_crawl_finds_nothing_new(crawled: tuple[bool, Installation, Press, dict[str, Any]]) -> None:
    _, installation, _, _ = crawled
    before = len(installation.exported())
    installation.rows("UPDATE archive_channel SET next_due_at = now() RETURNING id")
    again = json.loads(installation.run("crawl", "--once", "--json").stdout)
    assert again["new"] == 0
    assert len(installation.exported()) == before


def test_the_whole_press(crawled: tuple[bool, Installation, Press, dict[str, Any]]) -> None:
    """One test, so that workers that share the tests do not each crawl it."""
    the_articles_are_there_each_once(crawled)
    titles_and_days(crawled)
    never_two_requests_at_once(crawled)
    a_second_crawl_finds_nothing_new(crawled)


@pytest.mark.endure
def test_killed_at_any_moment_nothing_is_lost_and_nothing_comes_twice(
    tmp_path: Path, database_server: ServerAddress
) -> None:
    moments = random.Random(20251124)
    with press(tmp_path, "--latency", "0.02") as replayed, fresh_database(database_server) as dsn:
        installation = Installation(tmp_path / "home", dsn, **replayed.settings)
        hosts = sorted(replayed.ask("sites"))[:60]
        assert installation.run("add", "-", stdin="\n".join(f"https://{host}/" for host in hosts)).returncode == 0
        expected = {identity(url) for host in hosts for url in replayed.ask("sites")[host]["articles"]}
        for _ in range(3):
            crawl = installation.start("crawl", "--once")
            time.sleep(2.0 + moments.random() * 3.0)
            os.killpg(crawl.pid, signal.SIGKILL)
            crawl.wait()
        done = installation.run("crawl", "--once", "--json")
        assert done.returncode == 0, done.stderr
        found = [identity(article["url"]) for article in installation.exported()]
        assert len(found) == len(set(found))
        assert len(expected - set(found)) <= 2, (sorted(expected - set(found)), done.stdout)
        assert json.loads(done.stdout)["left"] == []
        # Nothing waits for a dead worker: every stored article is also enriched.
        assert installation.rows("SELECT count(*) FROM archive_article WHERE state <> 'enriched'") == [(0,)]
