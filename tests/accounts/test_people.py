"""Accounts: alice reads, bob edits, charlie administers."""

from __future__ import annotations

import threading

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client

from newsreel.accounts import people, personal
from newsreel.accounts.models import AuditEntry, User
from newsreel.accounts.roles import Role
from newsreel.core.errors import Permanent
from tests.accounts.making import an_account, log_in

pytestmark = pytest.mark.django_db


def test_found_by_any_of_its_names() -> None:
    alice = an_account("Alice")
    EmailAddress.objects.create(user=alice, email="second@example.org", verified=True)
    for login in ("alice", "ALICE", " ａｌｉｃｅ ", "alice@example.org", "Alice@Example.ORG", "second@example.org"):
        assert people.find(login) == alice, login
    for login in ("alic", "alice@", "bob", "", "@", "x" * 1000, "\x00"):
        assert people.find(login) is None, login


def test_a_confirmed_address_comes_before_one_that_is_not() -> None:
    alice, bob = an_account("alice"), an_account("bob")
    EmailAddress.objects.create(user=alice, email="same@example.org", verified=False)
    EmailAddress.objects.create(user=bob, email="same@example.org", verified=True)
    assert people.find("same@example.org") == bob


@pytest.mark.parametrize(
    ("name", "email"),
    [("ALICE", "new@example.org"), ("new", "alice@example.org"), ("new", "nothing"), ("a@b", "n@example.org")],
)
def test_what_cannot_be_added(name: str, email: str) -> None:
    an_account("alice")
    with pytest.raises(Permanent):
        people.add(name, email, Role.READER)
    assert User.objects.count() == 1


def test_the_last_administrator_stays() -> None:
    charlie = an_account("charlie", Role.ADMINISTRATOR)
    for act in (
        lambda: people.set_role(charlie, Role.READER),
        lambda: people.disable(charlie),
        lambda: people.delete(charlie),
    ):
        with pytest.raises(Permanent, match="last administrator"):
            act()
    an_account("dora", Role.ADMINISTRATOR)
    people.set_role(charlie, Role.READER)
    assert not charlie.may(Role.EDITOR)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_disable_each_other_at_once() -> None:
    for _ in range(5):
        User.objects.all().delete()
        both = [an_account(name, Role.ADMINISTRATOR) for name in ("charlie", "dora")]
        outcomes = []

        def act(user: User, outcomes: list[str] = outcomes) -> None:
            try:
                people.disable(user)
                outcomes.append("done")
            except Permanent as error:
                outcomes.append(error.outcome)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=act, args=(user,)) for user in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["done", "last_administrator"]
        assert people.has_administrator()


def test_a_disabled_account_is_out_at_once() -> None:
    alice, other = an_account("alice"), an_account("bob")
    mine, another, bobs = log_in("alice"), log_in("alice"), log_in("bob")
    assert mine.get("/account/").status_code == another.get("/account/").status_code == 200
    people.disable(alice)
    for client in (mine, another):
        assert client.get("/account/").status_code == 302
    assert bobs.get("/account/").status_code == 200
    log_in("alice", succeeds=False)
    people.enable(alice)
    assert mine.get("/account/").status_code == 302, "sessions that were ended stay ended"
    assert log_in("alice").get("/account/").status_code == 200
    assert other.is_active


def test_sessions_of_others_stay() -> None:
    alice = an_account("alice")
    log_in("alice")
    stranger = SessionStore()
    stranger.create()
    assert people.end_sessions([alice.pk]) == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == [stranger.session_key]


def test_a_link_to_set_the_password_works_once(client: Client) -> None:
    alice = an_account("alice")
    path = "/" + people.reset_link(alice).split("/", 3)[3]
    page = client.get(path, follow=True)
    new = {"password1": "another long one 7", "password2": "another long one 7"}
    done = client.post(page.redirect_chain[-1][0], new, follow=True)
    assert done.status_code == 200
    assert User.objects.get(pk=alice.pk).check_password("another long one 7")
    again = Client().get(path, follow=True)
    assert b"password1" not in again.content


def test_all_that_is_kept_is_told_and_no_secret() -> None:
    alice = an_account("alice")
    client = log_in("alice")
    AuditEntry.objects.create(actor=alice, actor_name="alice", act="invited", about="someone")
    told = personal.data_of(alice)
    assert (told["name"], told["role"], told["addresses"][0]["email"]) == ("alice", "reader", "alice@example.org")
    assert len(told["sessions"]) == 1
    assert told["acts"][0]["act"] == "invited"
    assert "argon2" not in str(told)
    assert client.get("/account/export/").json()["name"] == "alice"


def test_deleted_by_its_owner() -> None:
    alice = an_account("alice")
    client = log_in("alice")
    AuditEntry.objects.create(actor=alice, actor_name="alice", act="invited")
    assert client.get("/account/delete/").status_code == 200
    assert User.objects.filter(pk=alice.pk).exists()
    assert client.post("/account/delete/").status_code == 302
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not EmailAddress.objects.exists()
    assert list(AuditEntry.objects.order_by("id").values_list("actor_name", "act")) == [
        ("alice", "invited"),
        ("alice", "account_deleted"),
    ]
    assert client.get("/account/").status_code == 302
    an_account("alice")  # name and address are free again


def test_the_last_administrator_cannot_delete_the_account() -> None:
    an_account("charlie", Role.ADMINISTRATOR)
    client = log_in("charlie")
    assert client.post("/account/delete/").status_code == 409
    assert User.objects.count() == 1
