"""Installations for tests of the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests import database
from tests.installation import Installation, Sample, fresh_database, sample_press


@pytest.fixture(scope="module")
def sample() -> Iterator[Sample]:
    with sample_press() as served:
        yield served


@pytest.fixture
def installation(tmp_path: Path, database_server: ServerAddress, sample: Sample) -> Iterator[Installation]:
    """An empty installation that reads the sample press."""
    with fresh_database(database_server) as dsn:
        yield Installation(tmp_path / "home", dsn, **sample.settings)


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory, database_server: ServerAddress, sample: Sample
) -> Iterator[Installation]:
    """An installation with three outlets of the sample press, crawled: a copy for each file of one that is made once."""

    def fill(dsn: str) -> None:
        made = Installation(database.folder("filled"), dsn, **sample.settings)
        sites = (
            "http://www.meridian-post.example/",
            "http://www.hengchuan-times.example/",
            "http://www.wangyang-morning.example/",
        )
        assert made.run("add", *sites).returncode == 0
        assert made.run("crawl", "--once").returncode == 0

    once = database.once("newsreel_filled", fill, database.migrated())
    home = tmp_path_factory.mktemp("filled") / "home"
    shutil.copytree(database.folder("filled"), home)
    with fresh_database(database_server, once) as dsn:
        yield Installation(home, dsn, **sample.settings)
