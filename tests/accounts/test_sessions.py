"""Sessions end: idle, old, logged out, with the password, and one whose owner confirms who they are gets another key."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from newsreel.accounts import sessions
from newsreel.accounts.models import User
from tests.accounts.making import PASSWORD, an_account, log_in

pytestmark = pytest.mark.django_db


def in_(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def turn_back(client: Client, seconds: float) -> None:
    session = client.session
    for name in ("begun", "seen"):
        session[name] -= seconds
    session.save()


def test_one_that_is_not_used_ends() -> None:
    an_account("alice")
    client = log_in("alice")
    assert in_(client)
    turn_back(client, sessions.IDLE_REMEMBERED - 600)
    assert in_(client)
    turn_back(client, sessions.IDLE_REMEMBERED + 60)
    assert not in_(client)
    assert not Session.objects.exists()


def test_one_that_was_not_to_be_remembered_ends_within_the_day() -> None:
    an_account("alice")
    client = log_in("alice")
    session = client.session
    session.set_expiry(0)
    session.save()
    assert in_(client)
    turn_back(client, sessions.IDLE - 600)
    assert in_(client)
    turn_back(client, sessions.IDLE + 60)
    assert not in_(client)


def test_it_ends_however_much_it_is_used() -> None:
    an_account("alice")
    client = log_in("alice")
    assert in_(client)
    for _ in range(2):
        turn_back(client, sessions.LONGEST / 3)
        session = client.session
        session["seen"] += sessions.LONGEST / 3
        session.save()
        assert in_(client)
    turn_back(client, sessions.LONGEST / 3 + 60)
    assert not in_(client)


def test_its_use_is_noted_at_most_every_five_minutes() -> None:
    an_account("alice")
    client = log_in("alice")
    assert in_(client)
    before = UserSession.objects.get().last_seen_at
    assert in_(client)
    assert UserSession.objects.get().last_seen_at == before
    turn_back(client, 301)
    assert in_(client)
    assert UserSession.objects.get().last_seen_at > before


def test_confirming_who_one_is_changes_the_key() -> None:
    an_account("alice")
    client = log_in("alice")
    before = client.session.session_key
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    after = client.session.session_key
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()
    assert UserSession.objects.get().session_key == after
    assert in_(client)


def test_logging_out_is_by_post_and_final() -> None:
    an_account("alice")
    client = log_in("alice")
    key = client.session.session_key
    assert client.get("/account/logout/").status_code == 200
    assert in_(client)
    client.post("/account/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies["sessionid"] = str(key)
    assert not in_(client)


def test_a_new_password_ends_the_other_sessions() -> None:
    alice = an_account("alice")
    mine, another = log_in("alice"), log_in("alice")
    new = {"oldpassword": PASSWORD, "password1": "quite another one 2", "password2": "quite another one 2"}
    assert mine.post("/account/password/change/", new).status_code == 302
    assert User.objects.get(pk=alice.pk).check_password("quite another one 2")
    assert in_(mine)
    assert not in_(another)


def test_one_is_ended_by_its_owner_and_nobody_else() -> None:
    an_account("alice")
    an_account("bob")
    alice, elsewhere, bob = log_in("alice"), log_in("alice"), log_in("bob")
    row = UserSession.objects.get(session_key=elsewhere.session.session_key)
    assert bob.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert in_(elsewhere)
    assert alice.get(f"/account/sessions/{row.pk}/end/").status_code == 405
    assert alice.post(f"/account/sessions/{row.pk}/end/").status_code == 302
    assert not in_(elsewhere)
    assert in_(alice)
    assert alice.post(f"/account/sessions/{row.pk}/end/").status_code == 404
