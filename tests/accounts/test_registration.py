"""Who may register: everybody, whoever holds an invitation, or nobody; and that the answer tells nothing of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client

from newsreel.accounts import invitations, limits
from newsreel.accounts.models import Attempt, Invitation, User
from newsreel.accounts.roles import Role
from newsreel.core import settings as ours
from newsreel.core.errors import Permanent
from tests.accounts.making import an_account
from tests.accounts.test_challenges import answer_of

pytestmark = pytest.mark.django_db
PAGE = "/account/register/"
NEW = {"username": "李雷", "email": "lilei@example.org", "password1": "long enough 1 x", "password2": "long enough 1 x"}


@pytest.fixture
def setting() -> Iterator[Callable[..., None]]:
    before = ours.settings()
    yield lambda **values: ours.use(before.model_copy(update=values))
    ours.use(before)


def register(client: Client, **fields: str) -> HttpResponse:
    """Fills the form as a person does, captcha included."""
    token = re.findall(r'name="captcha_token" value="([^"]+)"', client.get(PAGE).content.decode())[0]
    return client.post(PAGE, {**NEW, **fields, "captcha_token": token, "captcha": answer_of(token)[0]})


def mails(outbox: list[object]) -> list[str]:
    return [f"{mail.to[0]}: {mail.subject} {mail.body}" for mail in outbox]  # type: ignore[attr-defined]


def test_open(client: Client, mailoutbox: list[object]) -> None:
    answer = register(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/confirm-email/")
    user = User.objects.get()
    assert (user.username, user.role) == ("李雷", "reader")
    assert not EmailAddress.objects.get().verified
    link = re.search(r"/account/confirm-email/\S+", mails(mailoutbox)[0])
    assert link
    assert client.get(link[0]).status_code == 200
    assert not EmailAddress.objects.get().verified, "looking at a page confirms nothing"
    client.post(link[0])
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "请联系本站管理员代为开通账户"), ("en", "an administrator of this portal can make")],
)
def test_the_page_says_what_those_do_who_can_use_no_captcha(client: Client, language: str, said: str) -> None:
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    assert said in client.get(PAGE).content.decode()


@pytest.mark.parametrize("role", ["administrator", "editor"])
def test_nobody_registers_with_a_role(client: Client, role: str) -> None:
    register(client, role=role, is_active="1", is_superuser="1", groups="1")
    user = User.objects.get()
    assert (user.role, user.is_superuser, user.groups.count()) == ("reader", False, 0)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "confirm"),
        ({"email": "ALICE@example.org"}, "alice@example.org"),
        ({"username": "ALICE"}, "lilei@example.org"),
        ({"username": "ａlice", "email": "alice@example.org"}, "alice@example.org"),
    ],
)
def test_known_or_not_the_answer_is_the_same(
    client: Client, mailoutbox: list[object], fields: dict[str, str], told: str
) -> None:
    an_account("alice")
    answer = register(client, **fields)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/confirm-email/")
    page = client.get(answer.headers["Location"]).content.decode()
    address = fields.get("email", NEW["email"]).lower()
    shown = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(address, "ADDRESS")
    another = Client()
    fresh = another.get(register(another, username="new", email="new@example.org").headers["Location"]).content.decode()
    assert shown == re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", fresh).replace("new@example.org", "ADDRESS")
    assert len(mailoutbox) == 2
    assert told in mails(mailoutbox)[0]
    assert User.objects.filter(key="alice").count() == 1


def test_closed(client: Client, setting: Callable[..., None]) -> None:
    setting(registration="closed")
    assert "password1" not in client.get(PAGE).content.decode()
    client.post(PAGE, NEW)
    assert not User.objects.exists()


def test_by_invitation(client: Client, setting: Callable[..., None]) -> None:
    setting(registration="invitation")
    assert "password1" not in client.get(PAGE).content.decode()
    client.post(PAGE, NEW)
    assert not User.objects.exists()
    invitation, token = invitations.make(None, Role.EDITOR, "lilei@example.org")
    session = client.session
    session[invitations.SESSION_KEY] = token
    session.save()
    assert register(client, email="other@example.org").status_code == 200
    assert not User.objects.exists()
    assert register(client).status_code == 302
    assert User.objects.get().role == "editor"
    invitation.refresh_from_db()
    assert invitation.used_by == User.objects.get()
    assert invitations.of_token(token) is None


def test_an_invitation_is_used_once_and_only_in_time(client: Client, setting: Callable[..., None]) -> None:
    setting(registration="invitation")
    _, token = invitations.make(None, Role.READER)
    for number, client_ in enumerate((client, Client())):
        session = client_.session
        session[invitations.SESSION_KEY] = token
        session.save()
        if number == 0:
            register(client_)
        else:
            assert "password1" not in client_.get(PAGE).content.decode()
    _, late = invitations.make(None, Role.READER, days=-1)
    assert invitations.of_token(late) is None
    assert invitations.of_token("rubbish") is None
    assert Invitation.objects.count() == 2
    assert token not in str(Invitation.objects.values_list()), "the token itself is not kept"


def test_registrations_from_one_address_are_bounded(client: Client) -> None:
    for _ in range(limits.REGISTER_CLIENT.most):
        limits.take(limits.REGISTER_CLIENT, "127.0.0.1")
    assert register(client).status_code == 200
    assert not User.objects.exists()
    Attempt.objects.all().delete()
    assert register(client).status_code == 302


def test_mails_to_one_address_are_bounded(mailoutbox: list[object]) -> None:
    an_account("alice")
    for _ in range(limits.MAIL_ADDRESS.most + 3):
        assert Client().post("/account/password/reset/", {"email": "alice@example.org"}).status_code == 302
    assert len(mailoutbox) == limits.MAIL_ADDRESS.most


def test_a_used_invitation_gives_nothing(client: Client) -> None:
    alice = an_account("alice")
    _, token = invitations.make(None, Role.ADMINISTRATOR)
    Invitation.objects.update(used_at="2026-01-01T00:00Z")
    request = client.get(PAGE).wsgi_request
    request.session[invitations.SESSION_KEY] = token
    with pytest.raises(Permanent):
        invitations.use(request, alice)
    alice.refresh_from_db()
    assert alice.role == "reader"
