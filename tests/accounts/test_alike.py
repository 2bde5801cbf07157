"""Known or not: login, registration and reset answer alike, in words and in time, over real HTTP."""

from __future__ import annotations

import os
import random
import re
import sys
from collections.abc import Callable, Iterator
from statistics import median
from typing import TYPE_CHECKING

import pytest

from newsreel.accounts.models import Attempt, User
from tests.accounts.making import an_account
from tests.accounts.visiting import Answer, Visitor, open_portals
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from newsreel.archive.embedded import ServerAddress

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EACH = int(os.environ.get("ALIKE_EACH", "8"))  # requests of a kind; ALIKE_EACH=60 for figures
NEW = "quite another long one 2"


@pytest.fixture(scope="module")
def portal(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    with open_portals(database_server, tmp_path_factory.mktemp("portal"), 1) as running:
        yield running[0]


def _login(name: str) -> dict[str, str]:
    return {"login": name, "password": "not the password 1"}


def _register(name: str, email: str) -> dict[str, str]:
    return {"username": name, "email": email, "password1": NEW, "password2": NEW}


# What is sent by kind, the number of the request being given. Accounts: alice, disabled, passwordless.
Kind = Callable[[int], dict[str, str]]
DOORS: dict[str, dict[str, Kind]] = {
    "/account/login/": {
        "known": lambda n: _login("alice"),
        "unknown": lambda n: _login(f"nobody{n}"),
        "known by address": lambda n: _login("alice@example.org"),
        "disabled": lambda n: _login("disabled"),
        "without a password": lambda n: _login("passwordless"),
    },
    "/account/register/": {
        "new": lambda n: _register(f"fresh{n}", f"fresh{n}@example.org"),
        "known address": lambda n: _register(f"other{n}", "alice@example.org"),
        "known name": lambda n: _register("alice", f"other{n}@example.org"),
    },
    "/account/password/reset/": {
        "known": lambda n: {"email": "alice@example.org"},
        "unknown": lambda n: {"email": f"nobody{n}@example.org"},
        "disabled": lambda n: {"email": "disabled@example.org"},
    },
}


def _said(answer: Answer, sent: dict[str, str]) -> tuple[int, str, str]:
    """What a reader is told, without what they typed themselves and what differs each time."""
    page = re.sub(r'(name="(?:captcha_token|csrfmiddlewaretoken)" value=|/account/captcha/)[^\s>]+', "", answer.page)
    for text in sent.values():
        page = page.replace(text, "…")
    return answer.status, answer.headers.get("Location", ""), page


@pytest.mark.parametrize(
    "path", [path if path == "/account/login/" else pytest.param(path, marks=pytest.mark.endure) for path in DOORS]
)
def test_alike_in_words_and_in_time(portal: Portal, path: str) -> None:
    for name in ("alice", "disabled", "passwordless"):
        an_account(name)
    User.objects.filter(username="disabled").update(is_active=False)
    User.objects.filter(username="passwordless").update(password="!")
    kinds = DOORS[path]
    Visitor().get(portal, path)  # starts the child
    order = [(kind, number) for number in range(EACH + 2) for kind in kinds]
    random.Random(20260101).shuffle(order)
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    said: dict[str, set[tuple[int, str, str]]] = {kind: set() for kind in kinds}
    for place, (kind, number) in enumerate(order):
        Attempt.objects.all().delete()
        sent = kinds[kind](number)
        answer = Visitor().post(portal, path, **sent)
        said[kind].add(_said(answer, sent))
        if place >= len(kinds):  # the first ones fill caches
            times[kind].append(answer.took)
    medians = {kind: median(times[kind]) for kind in kinds}
    ratio = max(medians.values()) / min(medians.values())
    print(f"{path}: {ratio:.3f}", {kind: f"{1000 * value:.1f} ms" for kind, value in medians.items()}, file=sys.stderr)
    words = set.union(*said.values())
    assert len(words) == 1, {kind: [(*one[:2], len(one[2])) for one in told] for kind, told in said.items()}
    assert ratio < 1.1
