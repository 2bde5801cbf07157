"""Forms with a captcha, as a browser sends them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from newsreel.accounts import limits
from newsreel.accounts.captcha import is_asked_at_login
from newsreel.accounts.hashing import Argon2id
from newsreel.accounts.models import Attempt, Challenge, User
from newsreel.core import settings as ours
from tests.accounts.making import PASSWORD, an_account
from tests.accounts.test_challenges import answer_of

pytestmark = pytest.mark.django_db

LOGIN, REGISTER = "/account/login/", "/account/register/"
WRONG = "验证码不正确或已失效"
BAD_PASSWORD = "用户名或密码"
ALICE = {"login": "alice", "password": PASSWORD}
NEWCOMER = {
    "username": "dora",
    "email": "dora@example.org",
    "password1": "a long enough one 2",
    "password2": "a long enough one 2",
}


class Counting(Argon2id):
    """Counts what it costs."""

    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append("x")
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        self.hashed.append("x")
        return super().verify(password, encoded)


@pytest.fixture(autouse=True)
def _alice(db: None) -> None:
    an_account("alice")


def token_in(page: str) -> str:
    found = re.findall(r'name="captcha_token" value="([^"]+)"', page)
    assert len(found) == 1, page
    return str(found[0])


def asked(client: Client, path: str = LOGIN) -> dict[str, str]:
    """The captcha that a page shows, with its right answer."""
    token = token_in(client.get(path).text)
    return {"captcha_token": token, "captcha": answer_of(token)[0]}


def test_login_with_a_right_answer() -> None:
    client = Client()
    answer = client.post(LOGIN, ALICE | asked(client))
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200


def test_the_digits_that_were_heard_do_as_well() -> None:
    client = Client()
    given = asked(client)
    assert client.get(f"/account/captcha/{given['captcha_token']}/sound.wav").status_code == 200
    digits = answer_of(given["captcha_token"])[1]
    assert client.post(LOGIN, ALICE | given | {"captcha": digits}).status_code == 302


def _stale(client: Client) -> dict[str, str]:
    given = asked(client)
    Challenge.objects.update(expires_at="2020-01-01T00:00:00Z")
    return given


def _used(client: Client) -> dict[str, str]:
    given = asked(client)
    client.post(LOGIN, {"login": "alice", "password": "wrong"} | given)
    return given


@pytest.mark.parametrize(
    "given",
    [
        lambda client: asked(client) | {"captcha": "WRONG"},
        lambda client: asked(client) | {"captcha": ""},
        lambda client: asked(client) | {"captcha_token": ""},
        lambda client: asked(client) | {"captcha_token": "unknown"},
        lambda client: asked(client) | {"captcha_token": "\x00é" * 500, "captcha": "\x00"},
        lambda client: {"captcha_token": token_in(client.get(LOGIN).text)},
        lambda client: asked(Client()),
        _stale,
        _used,
    ],
    ids=["wrong", "empty", "no token", "unknown", "rubbish", "missing", "of another browser", "expired", "replayed"],
)
def test_all_that_is_not_right_is_told_in_one_way(given: Any) -> None:
    client = Client()
    fields = given(client)
    attempts = limits.used(limits.LOGIN_CLIENT, "127.0.0.1")
    page = client.post(LOGIN, ALICE | fields)
    assert page.status_code == 200
    assert WRONG in page.text
    assert 'value="alice"' in page.text, "what was typed is kept"
    assert PASSWORD not in page.text
    assert token_in(page.text) != fields.get("captcha_token"), "a new one is shown"
    assert BAD_PASSWORD not in page.text.replace("用户名或邮箱", "")
    assert limits.used(limits.LOGIN_CLIENT, "127.0.0.1") == attempts
    assert client.get("/account/").status_code == 302


def test_a_wrong_captcha_costs_no_hash_and_is_no_attempt_at_a_password(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    client = Client()
    user = User.objects.get(key="alice")
    user.set_password(PASSWORD)
    user.save()
    Counting.hashed.clear()
    for _ in range(8):
        assert WRONG in client.post(LOGIN, ALICE | asked(client) | {"captcha": "WRONG"}).text
        assert WRONG in client.post(REGISTER, NEWCOMER | asked(client) | {"captcha": "WRONG"}).text
        Attempt.objects.filter(key=limits.CAPTCHA_SESSION.key("")).delete()
        client = Client()
    assert Counting.hashed == []
    assert (
        limits.used(limits.LOGIN_ACCOUNT, f"account {user.pk}") == limits.used(limits.REGISTER_CLIENT, "127.0.0.1") == 0
    )
    assert client.post(LOGIN, ALICE | asked(client)).status_code == 302
    assert Counting.hashed == ["x"]


def test_registration_keeps_name_and_address_and_asks_anew() -> None:
    client = Client()
    page = client.post(REGISTER, NEWCOMER | asked(client, REGISTER) | {"captcha": "WRONG"}).text
    assert WRONG in page
    assert 'value="dora"' in page
    assert 'value="dora@example.org"' in page
    assert not User.objects.filter(key="dora").exists()
    again = {"captcha_token": token_in(page), "captcha": answer_of(token_in(page))[0]}
    assert client.post(REGISTER, NEWCOMER | again).status_code == 302
    assert User.objects.filter(key="dora").exists()


def test_the_box_without_a_script_is_asked_and_not_scolded() -> None:
    client = Client()
    page = client.post(LOGIN, ALICE | {"next": "/sources/"}).text
    assert WRONG not in page
    assert 'role="alert"' not in page
    assert 'value="alice"' in page
    answer = {"captcha_token": token_in(page), "captcha": answer_of(token_in(page))[0]}
    assert client.post(LOGIN, ALICE | {"next": "/sources/"} | answer).headers["Location"] == "/sources/"


def test_another_one_without_a_script() -> None:
    client = Client()
    given = asked(client, REGISTER)
    page = client.post(REGISTER, NEWCOMER | given | {"captcha": "", "captcha_another": "1", "email": "not yet"}).text
    assert 'value="dora"' in page
    assert 'value="not yet"' in page
    assert 'class="fault' not in page
    assert token_in(page) != given["captcha_token"]


def test_who_asks_for_too_many_is_told_on_the_page() -> None:
    client = Client()
    for _ in range(limits.CAPTCHA_SESSION.most + 1):
        client.get(LOGIN)
    page = client.get(LOGIN)
    assert page.status_code == 200
    assert "获取验证码过于频繁" in page.text
    assert 'name="captcha_token"' not in page.text


class Typed(TestCase):
    """Whatever is sent is answered."""

    @settings(max_examples=60, deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(["login", "password", "captcha", "captcha_token"]),
            st.text(st.characters(exclude_categories=["Cs"])),
        )
    )
    def test_whatever_is_sent(self, fields: dict[str, str]) -> None:
        assert Client().post(LOGIN, fields).status_code == 200


@pytest.fixture
def only_after_failures() -> Iterator[None]:
    """The setting."""
    before = ours.settings()
    ours.use(before.model_copy(update={"captcha": "after_failures"}))
    yield
    ours.use(before)


def _asks(login: str, address: str) -> bool:
    request: HttpRequest = RequestFactory().get("/", REMOTE_ADDR=address)
    return is_asked_at_login(request, login)


def test_always() -> None:
    assert _asks("", "192.0.2.1")
    assert _asks("alice", "192.0.2.1")


@pytest.mark.usefixtures("only_after_failures")
def test_after_failures_of_the_account_or_from_the_address() -> None:
    assert not _asks("alice", "192.0.2.1")
    client = Client(REMOTE_ADDR="192.0.2.1")
    page = client.get(LOGIN).text
    assert "captcha_token" not in page.split("<main")[1]
    failed = client.post(LOGIN, ALICE | {"password": "wrong"}).text
    assert "captcha_token" in failed.split("<main")[1], "asked for at once"
    assert _asks("alice", "198.51.100.7"), "the account"
    assert _asks("alice@example.org", "198.51.100.7"), "by its other name"
    assert _asks("nobody", "192.0.2.1"), "the address"
    assert not _asks("bob", "198.51.100.7")
    assert not _asks("", "198.51.100.7")
    assert _asks("nobody2", "192.0.2.1")


@pytest.mark.usefixtures("only_after_failures")
def test_after_failures_a_login_goes_through_without_one() -> None:
    assert Client().post(LOGIN, ALICE).status_code == 302


@pytest.mark.usefixtures("only_after_failures")
def test_after_failures_of_the_account_a_login_from_elsewhere_is_asked() -> None:
    Client(REMOTE_ADDR="192.0.2.1").post(LOGIN, ALICE | {"password": "wrong"})
    client = Client(REMOTE_ADDR="198.51.100.7")
    page = client.post(LOGIN, ALICE).text
    assert WRONG not in page
    answer = {
        "captcha_token": token_in(page.split("<main")[1]),
        "captcha": answer_of(token_in(page.split("<main")[1]))[0],
    }
    assert client.post(LOGIN, ALICE | answer).status_code == 302
