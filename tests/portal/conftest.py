"""The portal that the tests of stream and pages in a browser share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection

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
def browser(portal: Portal, browser: Browser) -> Iterator[Browser]:
    """The Chromium, for tests that also use Django's database in the main thread; the portal was started before it."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield browser
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
