"""Who may do what: every address of the administration by everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from newsreel.accounts.models import AuditEntry, User
from newsreel.archive.models import AddRequest
from newsreel.portal.access import RULES, Access
from newsreel.portal.administration.urls import urlpatterns
from tests.administration.four import Four, sign_in
from tests.portal.making import a_channel

pytestmark = pytest.mark.django_db

NUMBER = {
    "source": 999_999,
    "channel": 999_999,
    "user": 999_999,
    "group": 999_999,
    "invitation": 999_999,
    "preview": 999_999,
    "listing": 999_999,
}
WORDS = {"kind": "page", "outcome": "timed_out", "name": "crawl_gap", "part": "crawl", "form": "opml"}
POSTED = {
    "preview_ask", "preview_add", "source_pause", "source_resume", "source_retire", "channel_pause", "channel_resume",
    "failure_retry", "user_role", "user_disable", "user_enable", "user_sessions", "user_factors", "user_reset",
    "user_groups", "user_delete", "group_add", "group_delete", "invitation_make", "invitation_withdraw",
    "settings_change", "settings_reset", "source_pace", "source_way", "source_robots", "source_correct", "sources_look", "sources_take",
}  # fmt: skip
NAMES = [str(pattern.name) for pattern in urlpatterns]


def address(name: str, **numbers: Any) -> str:
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    wanted = pattern.pattern.converters
    values = {part: {**NUMBER, **WORDS, **numbers}[part] for part in wanted}
    return reverse(f"administration:{name}", kwargs=values)


def ask(client: Client, name: str, **numbers: Any) -> int:
    path = address(name, **numbers)
    return client.post(path).status_code if name in POSTED else client.get(path).status_code


@pytest.mark.parametrize("name", NAMES)
def test_only_who_may_comes_in(name: str, four: Four) -> None:
    rule = RULES[f"administration:{name}"]
    assert rule in (Access.EDITOR, Access.ADMINISTRATOR)
    assert ask(four.nobody, name) == (403 if name in POSTED else 302)
    assert ask(four.alice, name) == 403
    allowed = ask(four.bob, name)
    assert (allowed == 403) == (rule is Access.ADMINISTRATOR)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # a second bell would break the test's own transaction
    assert ask(four.charlie, name) in (200, 302, 404)
    assert AuditEntry.objects.exclude(act="failures_retried").count() == 0


def test_acts_are_posted(four: Four) -> None:
    answers = {name: four.charlie.get(address(name)) for name in POSTED}
    assert {
        name: (answer.status_code, answer.headers.get("Allow")) for name, answer in answers.items()
    } == dict.fromkeys(POSTED, (405, "POST"))


def test_pages_are_only_read(four: Four) -> None:
    read = set(NAMES) - POSTED
    assert {name: four.charlie.post(address(name)).status_code for name in read} == dict.fromkeys(read, 405)


def test_acts_need_the_token_of_a_form(four: Four) -> None:
    client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    client.cookies = four.charlie.cookies
    assert {name: client.post(address(name)).status_code for name in POSTED} == dict.fromkeys(POSTED, 403)


def test_what_is_not_there_is_not_there(four: Four) -> None:
    names = ["source", "user", "preview", "source_pause", "channel_pause", "user_role", "user_delete"]
    assert {name: ask(four.charlie, name) for name in names} == dict.fromkeys(names, 404)


def test_a_readers_wish_is_no_preview(four: Four) -> None:
    wish = AddRequest.objects.create(address="news.test")
    assert ask(four.bob, "preview", preview=wish.pk) == 404
    assert ask(four.bob, "preview_add", preview=wish.pk) == 404


@pytest.mark.parametrize(
    "name", ["user_role", "user_disable", "user_sessions", "user_factors", "user_reset", "user_groups", "user_delete", "invitation_make"]
)  # fmt: skip
def test_dangerous_acts_ask_for_the_password(name: str, four: Four, named: Any) -> None:
    charlie = sign_in(named("charlie"), lately=False)
    answer = charlie.post(address(name, user=named("alice").pk), {"role": "editor", "days": "3"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert not AuditEntry.objects.exists()
    assert User.objects.get(username="alice").role == "reader"


def test_after_the_password_the_act_is_done(four: Four, named: Any) -> None:
    charlie = sign_in(named("charlie"), lately=False)
    answer = charlie.post(address("user_role", user=named("alice").pk), {"role": "editor"})
    charlie.post(answer.headers["Location"], {"password": "a long password"})
    assert named("alice").role == "editor"
    assert AuditEntry.objects.get().act == "user_role"


def test_the_header_leads_there_for_who_may(four: Four) -> None:
    a_channel()
    shown = {name: "/administration/" in client.get("/").content.decode() for name, client in four}
    assert shown == {"nobody": False, "alice": False, "bob": True, "charlie": True}


def test_an_editor_sees_the_pages_of_editors_in_the_menu(four: Four) -> None:
    page = four.bob.get("/administration/").content.decode()
    assert "/administration/sources/" in page
    assert "/administration/users/" not in page
    assert "no-store" in four.bob.get("/administration/").headers["Cache-Control"]
