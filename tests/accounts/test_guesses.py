"""A hundred guesses at one account, against two web processes on one database."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from newsreel.accounts import limits, people
from newsreel.accounts.models import Attempt
from tests.accounts.making import PASSWORD, an_account
from tests.accounts.visiting import Visitor, open_portals
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from newsreel.archive.embedded import ServerAddress

pytestmark = pytest.mark.django_db(transaction=True)
LOGIN = "/account/login/"
ENOUGH, WRONG = "尝试次数过多", "用户名或密码"
NAMES = (
    "Alice", "alice", "ALICE", "aLiCe", "Ａｌｉｃｅ", "ａｌｉｃｅ", "ＡＬＩＣＥ", " alice ", "alice@example.org",
    "ALICE@EXAMPLE.ORG", "Alice@Example.Org", " alice@example.org  ",
)  # fmt: skip


@pytest.fixture(scope="module")
def portals(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Portal]]:
    with open_portals(database_server, tmp_path_factory.mktemp("portals"), 2) as running:
        yield running


def _pass_minutes(minutes: int) -> None:
    """The clock goes on for what was counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_attempt SET until = until - make_interval(mins => %(m)s), "
            "times = ARRAY(SELECT t - make_interval(mins => %(m)s) FROM unnest(times) t)",
            {"m": minutes},
        )


def _guesses(portals: list[Portal], count: int) -> int:
    """How many of so many guesses, by every name and from everywhere, reached the password."""
    # Strangers from one address are counted together, which would hide what is counted for the account.
    Attempt.objects.filter(key=limits.LOGIN_CLIENT.key("127.0.0.1")).delete()
    visitors = [Visitor() for _ in range(10)]
    forms = [
        visitors[number % 10].prepared(
            portals[number // 3 % 2],
            LOGIN,
            login=name,
            password=f"guess {number}",
            X_Forwarded_For=f"203.0.113.{number}",
        )
        for number, name in zip(range(count), itertools.cycle(NAMES), strict=False)
    ]
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda send: send(), forms))
    assert {answer.status for answer in answers} == {200}
    assert all(WRONG in answer.page or ENOUGH in answer.page for answer in answers)
    return sum(ENOUGH not in answer.page for answer in answers)


def test_of_a_hundred_guesses_five_are_looked_at(portals: list[Portal]) -> None:
    an_account("Alice")
    assert _guesses(portals, 100) == 5
    assert ENOUGH in Visitor().login(portals[0], "alice", PASSWORD).page  # the right one too, from a strange browser


def test_in_any_five_minutes(portals: list[Portal]) -> None:
    an_account("Alice")
    assert _guesses(portals, 3) == 3
    _pass_minutes(4)
    assert _guesses(portals, 20) == 2
    _pass_minutes(2)  # the first three are six minutes old, the two others two
    assert _guesses(portals, 20) == 3


def test_the_owner_comes_in_after_the_window(portals: list[Portal]) -> None:
    an_account("Alice")
    _guesses(portals, 8)
    _pass_minutes(6)
    assert Visitor().login(portals[1], "alice", PASSWORD).status == 302


def test_the_owner_comes_in_at_once_from_a_browser_that_was_used_before(portals: list[Portal]) -> None:
    an_account("Alice")
    owner = Visitor()
    assert owner.login(portals[0], "alice", PASSWORD).status == 302
    del owner.cookies["sessionid"]
    _guesses(portals, 8)
    again = Visitor()
    again.cookies["device"] = owner.cookies["device"]
    assert again.login(portals[1], "alice@example.org", PASSWORD).status == 302


def test_that_browser_has_five_guesses_of_its_own(portals: list[Portal]) -> None:
    an_account("Alice")
    owner = Visitor()
    owner.login(portals[0], "alice", PASSWORD)
    thief = Visitor()
    thief.cookies["device"] = owner.cookies["device"]
    pages = [thief.login(portals[n % 2], "alice", f"guess {n}").page for n in range(12)]
    assert [ENOUGH in page for page in pages] == [False] * 5 + [True] * 7


def test_a_mark_of_ones_own_making_counts_for_nothing(portals: list[Portal]) -> None:
    an_account("Alice")
    an_account("Mallory")
    mallory = Visitor()
    mallory.login(portals[0], "mallory", PASSWORD)
    own = mallory.cookies["device"]
    _guesses(portals, 8)
    for forged in (own, own[:-1] + ("A" if own[-1] != "A" else "B"), "e30:1abc:xyz", "{}", "x" * 5000):
        stranger = Visitor()
        stranger.cookies["device"] = forged
        assert ENOUGH in stranger.login(portals[0], "alice", PASSWORD).page


def test_the_owner_comes_in_at_once_after_a_reset(portals: list[Portal]) -> None:
    user = an_account("Alice")
    _guesses(portals, 8)
    owner = Visitor()
    path = people.reset_link(user).split("/account/", 1)[1]
    moved = owner.get(portals[0], f"/account/{path}")
    new = "quite another long one 2"
    done = owner.post(portals[1], moved.headers["Location"], captcha=False, password1=new, password2=new)
    assert done.status == 302, done.page
    assert Visitor().login(portals[0], "alice", new).status == 302


def test_after_another_password_the_browsers_are_strangers(portals: list[Portal]) -> None:
    user = an_account("Alice")
    owner = Visitor()
    owner.login(portals[0], "alice", PASSWORD)
    user.set_password("quite another long one 2")
    user.save()
    _guesses(portals, 8)
    again = Visitor()
    again.cookies["device"] = owner.cookies["device"]
    assert ENOUGH in again.login(portals[1], "alice", "quite another long one 2").page
