"""The pages themselves: a fixed number of queries, nothing run that somebody wrote, what is wrong now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsreel.accounts import audit, invitations, people
from newsreel.accounts.models import AuditEntry, User
from newsreel.accounts.roles import Role
from newsreel.archive import storage
from newsreel.archive.models import AddRequest, Article, Channel, Lead, Letter, Preference
from newsreel.archive.preferences import take_up
from newsreel.core import settings as ours
from newsreel.portal.administration import findings
from tests.administration.four import Four
from tests.portal.making import a_channel, a_source, an_article

pytestmark = pytest.mark.django_db
PAGES = (
    "", "sources/", "work/", "failures/", "failures/page/gone/", "failures/channel/timed_out/", "users/", "groups/",
    "invitations/", "settings/", "storage/", "record/",
)  # fmt: skip
EVIL = '"><script>alert(1)</script>'


def fill(count: int, text: str = "x") -> None:
    """So many of everything."""
    for n in range(count):
        channel = a_channel(name=text, source=a_source(name=f"{text}{n}"), outcome="timed_out", reason=text)
        Lead.objects.create(
            key=f"k{channel.pk}", url=f"https://news.test/{n}?{text}", host="news.test", channel=channel,
            state="failed", outcome="gone", reason=text,
        )  # fmt: skip
        user = people.add(f"reader{channel.pk}", f"r{channel.pk}@news.test", Role.READER)
        user.groups.add(Group.objects.create(name=f"{text}{channel.pk}"))
        invitation, _ = invitations.make(user, Role.READER, groups=Group.objects.all()[:2])
        invitation.used_by = user
        invitation.save()
        audit.record("invited", text, note=text)


@pytest.mark.parametrize("path", PAGES)
def test_ten_rows_cost_as_many_queries_as_twenty(path: str, four: Four) -> None:
    four.charlie.get("/administration/")  # the first page of a session writes down where it is used
    asked = []
    for _ in range(2):
        fill(10)
        findings.forget()
        with CaptureQueriesContext(connection) as captured:
            assert four.charlie.get(f"/administration/{path}").status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1]
    assert asked[0] <= 26


def test_one_source_and_one_user_cost_the_same_whatever_they_have(four: Four, named: Callable[[str], User]) -> None:
    source = a_source()
    four.charlie.get("/administration/")
    asked = []
    for _ in range(2):
        for _ in range(10):
            an_article(a_channel(source=source))
            named("alice").groups.add(Group.objects.create(name=f"g{Group.objects.count()}"))
        findings.forget()
        with CaptureQueriesContext(connection) as captured:
            assert four.charlie.get(f"/administration/sources/{source.pk}/").status_code == 200
            assert four.charlie.get(f"/administration/users/{named('alice').pk}/").status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_what_others_wrote_is_text(four: Four, named: Callable[[str], User]) -> None:
    fill(2, EVIL)
    Preference.objects.create(name="oidc_name", value=EVIL)
    Preference.objects.create(name="contact", value=EVIL)
    Preference.objects.create(name="name", value=EVIL)
    take_up()
    channel = Channel.objects.all()[0]
    failed = AddRequest.objects.create(address=EVIL, preview=True, state="failed", outcome=EVIL[:40], reason=EVIL)
    found = AddRequest.objects.create(
        address=EVIL, preview=True, state="found",
        found={"name": EVIL, "site": EVIL, "language": EVIL, "channels": [
            {"url": f"javascript:{EVIL}", "kind": "feed", "name": EVIL, "titles": [{"title": EVIL}], "entries": 1}]},
    )  # fmt: skip
    more = (
        f"sources/{channel.source_id}/", f"sources/preview/{failed.pk}/", f"sources/preview/{found.pk}/",
        f"users/{named('alice').pk}/", f"sources/?search={EVIL}", f"users/?search={EVIL}", f"record/?person={EVIL}",
    )  # fmt: skip
    for path in (*PAGES, *more):
        answer = four.charlie.get(f"/administration/{path}")
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert "<script>alert" not in page, path
        assert 'href="javascript' not in page, path
        assert "style=" not in page
        assert "onclick" not in page


def test_the_record_is_read_by_person_and_act_from_the_latest_on(four: Four, named: Callable[[str], User]) -> None:
    for n in range(60):
        audit.record("group_added" if n % 2 else "group_deleted", f"group {n}")
    AuditEntry.objects.create(actor=named("charlie"), actor_name="charlie", act="invited", about="dora")
    page = four.charlie.get("/administration/record/").content.decode()
    assert page.count("<li><p><time") == 50
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = four.charlie.get(f"/administration/record/{older}").content.decode()
    assert rest.count("<li><p><time") == 11
    assert "dora" in four.charlie.get("/administration/record/?person=charlie").content.decode()
    only = four.charlie.get("/administration/record/?act=group_added").content.decode()
    assert "group 59" in only
    assert "group 58" not in only
    assert four.charlie.get("/administration/record/?before=x").status_code == 404


def wrong(four: Four) -> str:
    findings.forget()
    return four.bob.get("/administration/").content.decode()


def a_worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


def test_nothing_is_wrong(four: Four, tmp_path: Path) -> None:
    ours.use(ours.settings().model_copy(update={"registration": "closed", "home": tmp_path}))
    a_worker()
    a_channel(outcome="ok", next_due_at=timezone.now() + timedelta(hours=1))
    assert "Nothing is wrong" in wrong(four)
    assert 'class="count"' not in wrong(four)


def test_what_is_wrong_is_told(four: Four, tmp_path: Path) -> None:
    ours.use(ours.settings().model_copy(update={"home": tmp_path, "url": "http://localhost"}))
    (tmp_path / "state.json").write_text('{"phase": "no_network", "because": "", "leave": false}')
    for outcome in ("ok", "timed_out"):
        a_channel(outcome=outcome, next_due_at=timezone.now() - timedelta(hours=2))
    late = an_article(a_channel(outcome="ok"), state=Article.State.STORED)
    Article.objects.filter(pk=late.pk).update(changed_at=timezone.now() - timedelta(hours=1))
    Letter.objects.create(recipient="a@b.test", subject="", text="", state="failed")
    AddRequest.objects.create(address="news.test", asked_at=timezone.now() - timedelta(minutes=5))
    page = wrong(four)
    for words in (
        "No worker has told of itself", "No network", "1 source cannot be read.", "should have been read long ago",
        "Articles wait for their topics", "there is no mail server", "1 letter of the last day", "Sites that somebody asked",
    ):  # fmt: skip
        assert words in page, words
    assert '<span class="count" aria-label="8 faults">8</span>' in page


def test_evidence_is_counted_within_bounds(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    for day in ("20260101", "20260301", "nonsense"):
        (tmp_path / "2026" / f"newsreel-{day}-host-1-abc.warc.gz").write_bytes(b"x" * 10)
    found = storage.count_evidence(tmp_path)
    assert (found.files, found.size, found.whole) == (3, 30, True)
    assert (str(found.oldest), str(found.newest)) == ("2026-01-01", "2026-03-01")
    assert storage.count_evidence(tmp_path, most=2).whole is False
    assert storage.count_evidence(tmp_path / "nowhere").files == 0


def test_every_field_has_a_label_and_every_table_heads(four: Four, named: Any) -> None:
    import re

    fill(1)
    for path in (*PAGES, f"users/{named('alice').pk}/"):
        page = four.charlie.get(f"/administration/{path}").content.decode()
        main = page.split('<div class="office-page">')[1]
        for field in re.findall(r"<(?:input|select)[^>]*>", main):
            if 'type="hidden"' in field or 'type="checkbox"' in field:
                continue
            name = re.search(r'id="([^"]+)"', field)
            assert name, (path, field)
            assert f'for="{name[1]}"' in main, (path, field)
