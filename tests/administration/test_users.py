"""What administrators do to accounts, groups and invitations; each act leaves its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from newsreel.accounts import invitations
from newsreel.accounts.models import AuditEntry, Invitation, User
from newsreel.accounts.roles import Role
from newsreel.archive.models import Letter
from newsreel.core import settings as ours
from tests.administration.four import Four

pytestmark = pytest.mark.django_db
Named = Callable[[str], User]


def act(client: Client, user: User, what: str, **data: Any) -> str:
    """Posts an act; what the page then says."""
    answer = client.post(f"/administration/users/{user.pk}/{what}/", data, follow=True)
    assert answer.status_code == 200
    found = re.search(r'<ul class="said"[^>]*>(.*?)</ul>', answer.content.decode(), re.DOTALL)
    return re.sub("<[^>]+>", "", found[1]).strip() if found else ""


def test_a_role_is_given_and_recorded(four: Four, named: Named) -> None:
    assert act(four.charlie, named("alice"), "role", role="editor") == "The role is changed."
    assert named("alice").role == Role.EDITOR
    line = AuditEntry.objects.get()
    assert (line.actor_name, line.act, line.about) == ("charlie", "user_role", "alice")
    assert line.details == {"before": "reader", "after": "editor"}
    assert line.address == "127.0.0.1"


@pytest.mark.parametrize(("what", "data"), [("role", {"role": "reader"}), ("disable", {}), ("delete", {})])
def test_the_last_administrator_stays(what: str, data: dict[str, str], four: Four, named: Named) -> None:
    said = act(four.charlie, named("charlie"), what, **data)
    assert said == "This is the last administrator: name another one first."
    assert named("charlie").may(Role.ADMINISTRATOR)
    assert not AuditEntry.objects.exists()


def test_a_role_that_is_none(four: Four, named: Named) -> None:
    assert act(four.charlie, named("alice"), "role", role="king") == "There is no such role."


def test_a_disabled_account_is_out_at_once(four: Four, named: Named) -> None:
    assert four.bob.get("/administration/").status_code == 200
    act(four.charlie, named("bob"), "disable")
    assert four.bob.get("/administration/").status_code == 302
    assert not UserSession.objects.filter(user=named("bob")).exists()
    act(four.charlie, named("bob"), "enable")
    assert named("bob").is_active
    assert [line.act for line in AuditEntry.objects.order_by("pk")] == ["user_disabled", "user_enabled"]


def test_sessions_are_ended(four: Four, named: Named) -> None:
    four.alice.get("/account/")
    assert act(four.charlie, named("alice"), "sessions") == "1 session is ended."
    assert four.alice.get("/account/").status_code == 302


def test_second_factors_are_removed(four: Four, named: Named) -> None:
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=named("alice"), type=kind, data={})
    assert "1" in four.charlie.get(f"/administration/users/{named('alice').pk}/").content.decode()
    act(four.charlie, named("alice"), "factors")
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.get().details == {"many": 1}


def test_a_letter_to_set_a_new_password(four: Four, named: Named) -> None:
    said = act(four.charlie, named("alice"), "reset")
    assert said == "The letter is written, but there is no mail server that would take it."
    letter = Letter.objects.get()
    assert letter.recipient == "alice@news.test"
    link = re.search(r"http://localhost:8000(/account/password/reset/key/\S+)", letter.text)
    assert link is not None
    assert four.nobody.get(link[1], follow=True).status_code == 200
    assert link[1] not in str(AuditEntry.objects.get().details)


def test_groups(four: Four, named: Named) -> None:
    for name in ("Desk", "Desk", "", "x" * 151):
        four.charlie.post("/administration/groups/add/", {"name": name})
    desk = Group.objects.get()
    act(four.charlie, named("alice"), "groups", group=[str(desk.pk), "999", "x"])
    assert list(named("alice").groups.all()) == [desk]
    four.charlie.post(f"/administration/groups/{desk.pk}/delete/")
    assert not Group.objects.exists()
    assert [line.act for line in AuditEntry.objects.order_by("pk")] == ["group_added", "user_groups", "group_deleted"]


def test_an_account_is_deleted_and_its_line_stays(four: Four, named: Named) -> None:
    assert act(four.charlie, named("alice"), "delete") == "The account alice is deleted."
    assert not User.objects.filter(username="alice").exists()
    assert AuditEntry.objects.get().about == "alice"


def test_accounts_are_found(four: Four) -> None:
    def found(query: str) -> set[str]:
        page = four.charlie.get(f"/administration/users/?{query}").content.decode()
        return {name for name in ("alice", "bob", "charlie") if f"<bdi>{name}</bdi></a>" in page}

    assert found("") == {"alice", "bob", "charlie"}
    assert found("search=ALI") == {"alice"}
    assert found("search=bob@news") == {"bob"}
    assert found("role=editor") == {"bob"}
    assert found("state=disabled") == set()
    assert four.charlie.get("/administration/users/?role=king").status_code == 404
    assert four.charlie.get("/administration/users/?page=9").status_code == 404


def made(client: Client, **data: str) -> str:
    """The link of a new invitation."""
    answer = client.post("/administration/invitations/make/", {"role": "reader", "days": "7", "email": "", **data})
    found = re.search(r'value="http://localhost:8000(/account/invitation/[^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def test_an_invitation_is_shown_once_mailed_and_leads_to_the_registration(four: Four) -> None:
    ours.use(ours.settings().model_copy(update={"registration": "invitation"}))
    desk = Group.objects.create(name="Desk")
    link = made(four.charlie, role="editor", email="dora@news.test", group=str(desk.pk))
    assert link not in four.charlie.get("/administration/invitations/").content.decode()
    letter = Letter.objects.get()
    assert letter.recipient == "dora@news.test"
    assert link in letter.text
    line = AuditEntry.objects.get()
    assert (line.act, line.about, line.details) == (
        "invited", "dora@news.test", {"role": "editor", "days": 7, "groups": ["Desk"]},
    )  # fmt: skip
    answer = four.nobody.get(link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/register/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert four.nobody.session[invitations.SESSION_KEY]
    assert b"password1" in four.nobody.get("/account/register/").content


def test_an_invitation_that_does_not_hold(four: Four) -> None:
    link = made(four.charlie)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    for path in (link, "/account/invitation/nothing/"):
        answer = four.nobody.get(path)
        assert answer.status_code == 404
        assert "This invitation does not hold" in answer.content.decode()
    assert invitations.SESSION_KEY not in four.nobody.session


def test_a_withdrawn_invitation_leads_nowhere_a_used_one_stays(four: Four, named: Named) -> None:
    link = made(four.charlie)
    one = Invitation.objects.get()
    four.charlie.post(f"/administration/invitations/{one.pk}/withdraw/")
    assert four.nobody.get(link).status_code == 404
    made(four.charlie)
    Invitation.objects.update(used_at=timezone.now(), used_by=named("alice"))
    four.charlie.post(f"/administration/invitations/{Invitation.objects.get().pk}/withdraw/")
    assert Invitation.objects.count() == 1
    assert [line.act for line in AuditEntry.objects.order_by("pk")] == ["invited", "invitation_withdrawn", "invited"]


@pytest.mark.parametrize(
    "data",
    [
        {"role": "king"}, {"days": "0"}, {"days": "366"}, {"days": "x"}, {"email": "not an address"},
        {"email": "a@b.test\nBcc: c@d.test"},
    ],
)  # fmt: skip
def test_an_invitation_that_cannot_be_made(data: dict[str, str], four: Four) -> None:
    answer = four.charlie.post("/administration/invitations/make/", {"role": "reader", "days": "7", "email": ""} | data)
    assert answer.status_code == 302
    assert not Invitation.objects.exists()
    assert not Letter.objects.exists()
