"""What all tests share: a real PostgreSQL, and a real browser where there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest
from pytest_django.plugin import blocking_manager_key

from tests import browser as chromium
from tests import database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from newsreel.archive.embedded import ServerAddress

TESTS = Path(__file__).resolve().parent
# The rooms that know no Django: their tests run without it, and a run of them alone never loads it.
PURE_ROOMS = {"core", "sources", "discovery", "fetching", "extraction", "enrichment", "sample"}

# Before Django's settings are read. That is also why pyproject.toml does not name them: pytest-django would read them
# before this file.
_home = database.claim_environment()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> None:
    """Set Django up before the first test file that needs it is imported."""
    room = file_path.relative_to(TESTS).parts[0] if file_path.is_relative_to(TESTS) else ""
    if file_path.name.startswith("test_") and room not in PURE_ROOMS and "DJANGO_SETTINGS_MODULE" not in os.environ:
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsreel.site.settings"
        django.setup()
        parent.config.stash[blocking_manager_key].block()  # as pytest-django does: no database but by its mark


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _leave_out_long_forms(config, items)
    if chromium.chromium_path() is not None:
        return
    marked = [item for item in items if item.get_closest_marker("browser")]
    if marked and chromium.required():
        raise pytest.UsageError("NEWSREEL_REQUIRE_BROWSER is set, and there is no Chromium on this machine.")
    for item in marked:
        item.add_marker(pytest.mark.skip(reason=chromium.REASON))


def _leave_out_long_forms(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked ``endure`` runs only where it is asked for by name (``make endure``): ``-m endure``."""
    if "endure" in (config.option.markexpr or ""):
        return
    long = [item for item in items if item.get_closest_marker("endure")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("endure")]


def pytest_unconfigure() -> None:
    if _home is not None:
        database.remove(_home)


@pytest.fixture(scope="session")
def database_server() -> Iterator[ServerAddress]:
    """The run's PostgreSQL, running: for tests that start Newsreel's own processes on it, without Django's fixtures."""
    yield database.start()
    database.leave()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, database_server: ServerAddress
) -> None:
    """pytest-django asks for this before it makes the test database: the server runs from here on, and has one to copy."""
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = database.migrated()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file; each opens its own context in it.

    While it runs, its event loop is the main thread's: Django would refuse the database there, and an asynchronous
    test could not run. A file with such tests makes what they need in another thread or process.
    """
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.chromium_path(),
            args=[*quiet, "--disable-gpu", "--disable-quic", *(["--no-sandbox"] if root else [])],
        )
        yield running
        running.close()
