"""The endurance suite: real processes, killed at seeded moments. Its long forms are marked ``endure``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests import database
from tests.endurance.wholeness import articles_of
from tests.installation import Installation, Sample, fresh_database, sample_press

# A feed and a news sitemap, English and Chinese: enough for what is about processes.
FEW = ("meridian-post", "wangyang-morning")


@pytest.fixture(scope="session")
def sample() -> Iterator[Sample]:
    """One press for all: an article's address is the same for every installation."""
    with sample_press() as served:
        yield served


@pytest.fixture(scope="session")
def every_site() -> list[str]:
    from newsreel.sample.outlets import outlets

    return [f"http://{outlet.host}/" for outlet in outlets().values()]


@pytest.fixture(scope="session")
def few_sites(every_site: list[str]) -> list[str]:
    few = [site for site in every_site if any(name in site for name in FEW)]
    assert len(few) == len(FEW)
    return few


@pytest.fixture(scope="session")
def undisturbed(database_server: ServerAddress, sample: Sample, few_sites: list[str]) -> set[str]:
    """The addresses of all articles of the few, as a crawl finds them that nobody disturbs."""
    return crawled("undisturbed", database_server, sample, few_sites)


@pytest.fixture(scope="session")
def undisturbed_all(database_server: ServerAddress, sample: Sample, every_site: list[str]) -> set[str]:
    """The same of all outlets."""
    return crawled("undisturbed_all", database_server, sample, every_site)


def crawled(name: str, server: ServerAddress, sample: Sample, sites: list[str]) -> set[str]:
    """What a crawl of the sites finds: made once for all workers of the run."""

    def fill(dsn: str) -> None:
        installation = watching(database.folder(name), dsn, sample, sites)
        done = installation.run("crawl", "--once")
        assert done.returncode == 0, done.stderr

    dsn = server.dsn_of(database.once(name, fill, database.migrated()))
    found = articles_of(Installation(database.folder(name), dsn))
    assert len(found) > 15
    return set(found)


def watching(home: Path, dsn: str, sample: Sample, sites: list[str]) -> Installation:
    """An installation that watches some sites, and has read nothing yet."""
    made = Installation(home, dsn, **sample.settings | {"NEWSREEL_CRAWL_GAP": "0.15"})
    added = made.run("add", *sites)
    assert added.returncode == 0, added.stderr
    return made


@pytest.fixture
def installation(
    tmp_path: Path, database_server: ServerAddress, sample: Sample, few_sites: list[str]
) -> Iterator[Installation]:
    """An installation on the run's server that watches the few, and has read nothing yet."""

    def fill(dsn: str) -> None:
        watching(database.folder("watching_few"), dsn, sample, few_sites)

    few = database.once("watching_few", fill, database.migrated())
    shutil.copytree(database.folder(few), tmp_path / "home")
    with fresh_database(database_server, few) as dsn:
        yield Installation(tmp_path / "home", dsn, **sample.settings | {"NEWSREEL_CRAWL_GAP": "0.15"})
