"""The portal and the browser of the portal's own tests; and portals with settings of a test's choice, on the same database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests.portal.conftest import browser, portal
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from newsreel.archive.embedded import ServerAddress

__all__ = ["browser", "portal"]
OpenPortal = Callable[..., Portal]


@pytest.fixture(scope="module")
def open_portal(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenPortal]:
    """Starts a portal in a process of its own, with settings. It asks for no captcha until a login has failed."""
    home = tmp_path_factory.mktemp("portal")
    dsn = database_server.dsn_of(connection.settings_dict["NAME"])
    with ExitStack() as stack:

        def opened(**settings: str) -> Portal:
            made = Portal(home, dsn)
            made.environment |= {"NEWSREEL_CAPTCHA": "after_failures", "NEWSREEL_SECRET_KEY": "a key of the tests"}
            made.environment |= settings
            made.start()
            stack.callback(made.stop)
            return made

        yield opened


@pytest.fixture(scope="module")
def easy_portal(open_portal: OpenPortal) -> Portal:
    """One with the settings' defaults, but for the captcha."""
    return open_portal()
