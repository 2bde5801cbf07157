"""The portal that the tests of stream and pages in a browser share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests import browser as chromium
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from newsreel.archive.embedded import ServerAddress


@pytest.fixture(scope="session")
def portal(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """The portal on the test's database. A test that uses it commits its rows: django_db(transaction=True)."""
    running = Portal(tmp_path_factory.mktemp("portal"), database_server.dsn_of(connection.settings_dict["NAME"]))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser(portal: Portal) -> Iterator[Browser]:
    """A Chromium, for the tests of one file only: while it runs, its event loop is the main thread's.

    Django would refuse the database in that thread, and an asynchronous test could not run there.
    """
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.chromium_path(),
            args=[*quiet, "--disable-gpu", "--disable-quic", *(["--no-sandbox"] if root else [])],
        )
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield running
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        running.close()
