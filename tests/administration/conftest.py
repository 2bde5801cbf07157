"""What the tests of the administration share. Django is set up after this file is read: it is imported where it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from newsreel.accounts.models import User
    from tests.administration.four import Four


@pytest.fixture
def four(db: None) -> Four:
    from django.db import connection

    from tests.administration.four import make_four

    with connection.cursor() as cursor:  # a bell that another test rang and nobody heard would break this transaction
        cursor.execute("DELETE FROM procrastinate_jobs")
    return make_four()


@pytest.fixture
def named(four: Four) -> Callable[[str], User]:
    from newsreel.accounts.models import User

    return lambda name: User.objects.get(username=name)


@pytest.fixture(autouse=True)
def letters(settings: SettingsWrapper) -> None:
    """Mail goes where it goes in an installation; pytest-django would keep it in memory."""
    settings.EMAIL_BACKEND = "newsreel.accounts.letters.LetterBackend"


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    """What a test changes in the portal holds for this test alone."""
    from newsreel.core import settings as ours
    from newsreel.portal.administration import findings

    before = ours.own_settings()
    findings.forget()
    yield
    ours.use(before)
    findings.forget()
