"""How a source is reached: who may change what, what is shown of it, and what stands in the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from newsreel.accounts.models import AuditEntry, User
from newsreel.archive import manners, registry
from newsreel.archive.manners import HIDDEN, hidden
from newsreel.archive.models import Source
from tests.administration.four import Four, sign_in
from tests.portal.making import a_source

pytestmark = pytest.mark.django_db
SECRET = "subscriber=4711"


@pytest.fixture
def source(four: Four) -> Source:
    return a_source()


def post(client: Client, source: Source, part: str, status: int = 200, **data: Any) -> str:
    answer = client.post(f"/administration/sources/{source.pk}/{part}/", data, follow=True)
    assert answer.status_code == status
    source.refresh_from_db()
    return answer.content.decode()


def record() -> list[tuple[str, str, dict[str, Any]]]:
    return list(AuditEntry.objects.order_by("pk").values_list("actor_name", "act", "details"))


def test_an_editor_changes_gap_and_headers(four: Four, source: Source) -> None:
    page = post(four.bob, source, "pace", gap="4.5", headers=f"Cookie: {SECRET}\nX-Key: k")
    assert "The gap and the headers are changed." in page
    assert (source.gap, source.headers) == (4.5, [["Cookie", SECRET], ["X-Key", "k"]])
    told = {"source": source.pk, "before": None, "after": 4.5, "headers": ["Cookie", "X-Key"]}
    assert record() == [("bob", "source_pace", told)]


def test_a_header_s_value_is_shown_to_nobody(four: Four, source: Source) -> None:
    post(four.bob, source, "pace", gap="", headers=f"Cookie: {SECRET}")
    paths = [
        f"/administration/sources/{source.pk}/",
        "/administration/sources/",
        "/administration/record/",
        "/sources/",
    ]
    for _name, client in four:
        for path in (*paths, f"/source/{source.pk}/"):
            assert SECRET not in client.get(path, follow=True).content.decode()
    assert f"Cookie: {HIDDEN}" in four.bob.get(paths[0]).content.decode()
    assert SECRET not in json.dumps(registry.overview(), default=str)


def test_a_header_left_as_it_stands_is_kept_and_one_left_out_goes(four: Four, source: Source) -> None:
    post(four.bob, source, "pace", gap="", headers=f"Cookie: {SECRET}\nX-Key: k")
    post(four.bob, source, "pace", gap="", headers=f"cookie: {HIDDEN}\nX-New: n")
    assert source.headers == [["cookie", SECRET], ["X-New", "n"]]
    page = post(four.bob, source, "pace", 422, gap="", headers=f"X-Unknown: {HIDDEN}")
    assert "A header is written as Name: value" in page
    assert source.headers == [["cookie", SECRET], ["X-New", "n"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"gap": "-1", "headers": ""}, "A gap is a number of seconds"),
        ({"gap": "0.1", "headers": ""}, "Only an administrator may have a source asked more often"),
        ({"gap": "", "headers": "Host: evil.test"}, "is the crawler&#x27;s own"),
        ({"gap": "", "headers": "X: a\x00"}, "A header is written as"),
    ],
)
def test_what_is_not_taken_is_shown_again_with_its_reason(
    four: Four, source: Source, data: dict[str, str], words: str
) -> None:
    page = post(four.bob, source, "pace", 422, **data)
    assert words in page
    assert (source.gap, source.headers) == (None, [])
    assert record() == []
    if data["gap"]:
        assert f'value="{data["gap"]}"' in page


def test_an_administrator_may_have_a_source_asked_more_often(four: Four, source: Source) -> None:
    post(four.charlie, source, "pace", gap="0.1", headers="")
    assert source.gap == 0.1
    post(four.bob, source, "pace", gap="0.1", headers="X-Key: k")  # an editor leaves it so
    assert (source.gap, source.headers) == (0.1, [["X-Key", "k"]])


def test_an_administrator_changes_the_proxy_whose_password_is_hidden(four: Four, source: Source) -> None:
    post(four.charlie, source, "way", proxy="http://me:word@proxy.test:3128", ports="8443")
    assert (source.proxy, source.allowed_ports) == ("http://me:word@proxy.test:3128", [8443])
    page = post(four.charlie, source, "way", proxy=f"http://{HIDDEN}@proxy.test:3128", ports="")
    assert (source.proxy, source.allowed_ports) == ("http://me:word@proxy.test:3128", [])
    assert "word@" not in page
    assert "word" not in json.dumps([details for _, _, details in record()])
    assert "written as http://host:port" in post(four.charlie, source, "way", 422, proxy="proxy.test", ports="")


@pytest.mark.parametrize("proxy", ["", "http://proxy.test:3128"])
def test_a_proxy_without_a_password_is_shown(proxy: str) -> None:
    assert hidden(proxy) == proxy


def test_an_exception_from_robots_txt_is_an_administrator_s_on_record_and_in_plain_sight(
    four: Four, source: Source
) -> None:
    post(four.bob, source, "robots", 403, paths="/", reason="I want it")
    assert source.free_paths == []
    assert "needs a reason" in post(four.charlie, source, "robots", 422, paths="/open/", reason=" ")
    page = post(four.charlie, source, "robots", paths="/open/\n/新闻/", reason="Letter of Ms Roe, 2025-08-12")
    assert (source.free_paths, source.free_by) == (["/open/", "/新闻/"], "charlie")
    assert source.free_since is not None
    told = {"source": source.pk, "before": [], "after": ["/open/", "/新闻/"], "reason": "Letter of Ms Roe, 2025-08-12"}
    assert record() == [("charlie", "robots_excepted", told)]
    for seen in (page, four.bob.get(f"/administration/sources/{source.pk}/").content.decode()):
        assert '<div class="exception"' in seen
        assert "Letter of Ms Roe" in seen
    page = post(four.charlie, source, "robots", paths="", reason="")
    assert '<div class="exception"' not in page
    assert (source.free_paths, source.free_reason, source.free_by, source.free_since) == ([], "", "", None)
    assert record()[-1][1] == "robots_obeyed"


def test_an_exception_ends_with_its_source(four: Four, source: Source) -> None:
    manners.set_free_paths(source, ["/"], "agreed", "charlie")
    page = post(four.bob, source, "retire")
    assert (source.free_paths, source.free_reason) == ([], "")
    assert '<div class="exception"' not in page
    assert [act for _, act, _ in record()] == ["source_retired", "robots_obeyed"]
    post(four.charlie, source, "robots", 422, paths="/", reason="agreed")
    registry.set_paused(source, False)
    source.refresh_from_db()
    assert source.free_paths == []


def test_the_weighty_ones_ask_for_the_password(four: Four, source: Source, named: Callable[[str], User]) -> None:
    charlie = sign_in(named("charlie"), lately=False)
    for part, data in (("way", {"proxy": "http://p.test:1"}), ("robots", {"paths": "/", "reason": "agreed"})):
        answer = charlie.post(f"/administration/sources/{source.pk}/{part}/", data)
        assert answer.status_code == 302
        assert "reauthenticate" in answer["Location"]
    source.refresh_from_db()
    assert (source.proxy, source.free_paths) == ("", [])


def test_editors_see_no_form_that_is_not_theirs(four: Four, source: Source) -> None:
    page = four.bob.get(f"/administration/sources/{source.pk}/").content.decode()
    assert 'id="reach-gap"' in page
    assert "reach-proxy" not in page
    assert "reach-paths" not in page


def test_what_somebody_wrote_is_text(four: Four, source: Source) -> None:
    evil = '"><script>alert(1)</script>'
    manners.set_free_paths(source, ["/"], evil, evil)
    for part, data in (("pace", {"gap": evil, "headers": evil}), ("way", {"proxy": evil, "ports": evil})):
        assert "<script>alert" not in post(four.charlie, source, part, 422, **data)
