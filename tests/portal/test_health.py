"""Source health as readers and editors see it, and as programs do."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from newsreel.archive.models import Channel, CollectionGap, ReadingDay, Source, SourceHealth
from newsreel.pipeline import diagnosis
from newsreel.portal import charts, health_words
from tests.administration.four import sign_in
from tests.portal.making import a_channel, a_source

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
REFUSED = {"name": "refused", "severity": "bad", "facts": {"status": "403", "channels": 1, "of": 1, "since": None}}
SILENT = {
    "name": "silent", "severity": "bad",
    "facts": {"since": "2025-08-12T12:00:00+00:00", "seconds": 3 * 86400, "per_day": 40.2, "expected": 120.0},
}  # fmt: skip


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def editor(db: None) -> Client:
    from newsreel.accounts import people
    from newsreel.accounts.roles import Role

    return sign_in(people.add("bob", "bob@news.test", Role.EDITOR, "a long password"))


def a_watched(name: str = "The Paper", state: str = "fine", *findings: dict[str, Any], **more: Any) -> Channel:
    """A source with a channel, a month of counts and what was told of it."""
    source = a_source(name, "")
    channel = a_channel("World", "", source=source, outcome=more.pop("outcome", "ok"), reason=more.pop("reason", ""))
    today = timezone.now().date()
    for back in range(20):
        ReadingDay.objects.create(
            channel=channel, day=today - back * DAY, readings=96, failed=90 if back < 2 else 0, articles=back, texts=back,
            latencies=[0, 96, 0, 0, 0, 0, 0, 0], hours=[0] * 24, good_at=timezone.now() - back * DAY,
        )  # fmt: skip
    SourceHealth.objects.create(source=source, state=state, findings=list(findings), **more)
    return channel


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_all_sources_and_what_is_wrong(english: Client) -> None:
    a_watched("Fine Paper", per_day=12.3, text_share=0.999, latency=0.41)
    a_watched("Silent Paper", "bad", SILENT)
    a_watched("Refusing Paper", "bad", REFUSED, SILENT)
    shown = page(english, "/health/")
    assert "<b>3</b> all" in shown
    assert "<b>2</b> at fault" in shown
    assert "no article in 3 days, usually 40 a day" in shown
    assert "403: the site refuses our crawler" in shown
    assert "99%" in shown  # and not all
    assert shown.index("Refusing Paper") < shown.index("Fine Paper")
    assert shown.count('class="bars"') == 3
    english.cookies["django_language"] = "zh-hans"
    shown = page(english, "/health/")
    assert "403：该网站拒绝我们的爬虫" in shown
    assert "已有 3 天没有新文章，平时每天 40 篇" in shown


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "CBA"), ("?state=bad", "CB"), ("?state=fine", "A"), ("?finding=silent", "B"), ("?search=paper+a", "A"),
        ("?sort=name", "ABC"), ("?sort=articles", "BAC"), ("?sort=text", "CAB"), ("?sort=latency", "ABC"),
        ("?sort=article", "BAC"), ("?state=warn", ""),
    ],
)  # fmt: skip
def test_filters_and_orders(english: Client, query: str, names: str) -> None:
    now = timezone.now()
    a_watched("Paper A", per_day=5.0, text_share=0.9, latency=3.0, article_at=now)
    a_watched("Paper B", "bad", SILENT, per_day=50.0, article_at=now - DAY)
    a_watched("Paper C", "bad", REFUSED, text_share=0.1)
    SourceHealth.objects.filter(source__name="Paper C").update(per_day=None)
    SourceHealth.objects.filter(source__name="Paper B").update(since=now)
    shown = page(english, f"/health/{query}")
    order = sorted("ABC", key=lambda name: shown.find(f"Paper {name}<"))
    found = "".join(name for name in order if f"Paper {name}<" in shown)
    if not query:  # the graver first, among them the busier
        names = "BCA"
    assert found == names if "state=bad" not in query else set(found) == set(names)


@pytest.mark.parametrize("query", ["state=x", "sort=x", "page=0", "page=9", "page=x", "format=xml", "page=9999999"])
def test_what_is_no_address(client: Client, query: str) -> None:
    a_watched()
    assert client.get(f"/health/?{query}").status_code == 404


def test_words_that_are_sought_are_text(client: Client) -> None:
    assert "<script>alert" not in page(client, '/health/?search="><script>alert(1)</script>&finding=<script>alert')


def test_a_source_that_was_paused_since_the_last_look_is_paused(english: Client) -> None:
    channel = a_watched("Silent Paper", "bad", SILENT)
    Source.objects.update(paused=True)
    assert "<b>1</b> paused" in page(english, "/health/")
    assert "paused by an editor" in page(english, f"/health/{channel.source_id}/")
    SourceHealth.objects.update(state="paused", findings=[{"name": "paused", "severity": "note", "facts": {}}])
    Source.objects.update(paused=False)
    assert "paused by an editor" not in page(english, f"/health/{channel.source_id}/")


def test_one_source_for_readers_and_for_editors(english: Client, editor: Client) -> None:
    channel = a_watched("Paper", "bad", REFUSED, outcome="forbidden", reason="n1.test answered 403 (Forbidden).")
    gap = CollectionGap.objects.create(
        source=channel.source, channel=channel, since=timezone.now() - 3 * DAY, why="forbidden"
    )
    CollectionGap.objects.create(since=gap.since - 3 * DAY, until=gap.since, why="not_running")
    shown = page(english, f"/health/{channel.source_id}/")
    assert "403: the site refuses our crawler" in shown
    assert "still" in shown
    assert "Newsreel was not running" in shown
    assert "all sources" in shown
    assert "most readings failed" in shown
    for secret in ("answered 403 (Forbidden)", channel.url, "/administration/", "Ask the publisher"):
        assert secret not in shown
    shown = page(editor, f"/health/{channel.source_id}/")
    for detail in (
        "answered 403 (Forbidden)",
        channel.url,
        f"/administration/sources/{channel.source_id}/",
        "Ask the publisher",
    ):
        assert detail in shown


def test_json_of_all(english: Client) -> None:
    a_watched("Paper A", per_day=5.0)
    a_watched("Paper B", "bad", SILENT)
    found = english.get("/health/?format=json&state=bad").json()
    assert found["counts"] == {"bad": 1, "warn": 0, "fine": 1, "new": 0, "paused": 0, "retired": 0}
    assert (found["total"], found["page"], found["pages"], found["next"]) == (1, 1, 1, None)
    (row,) = found["sources"]
    assert row["name"] == "Paper B"
    assert row["findings"] == [{**SILENT, "text": "no article in 3 days, usually 40 a day"}]


def test_json_of_one(english: Client, editor: Client) -> None:
    channel = a_watched("Paper", "bad", REFUSED, reason="Why.")
    CollectionGap.objects.create(source=channel.source, channel=channel, since=timezone.now() - DAY, why="forbidden")
    found = english.get(f"/health/{channel.source_id}/?format=json").json()
    assert len(found["days"]) == 90
    assert found["days"][-1]["day"] == timezone.now().date().isoformat()
    assert found["days"][-3] == {
        "day": (timezone.now().date() - 2 * DAY).isoformat(), "articles": 2, "readings": 96, "failed": 0, "texts": 2,
        "textless": 0, "pages": 0, "pages_failed": 0, "seconds": 0.0,
    }  # fmt: skip
    (row,) = found["channels"]
    assert row["week"] == {"readings": 672, "failed": 180, "articles": 21, "text_share": 1.0, "latency": 0.375}
    assert "url" not in row
    assert found["gaps"][0]["why"] == "forbidden"
    assert found["gaps"][0]["until"] is None
    assert found["gaps"][0]["filled"] is False
    (row,) = editor.get(f"/health/{channel.source_id}/?format=json").json()["channels"]
    assert (row["url"], row["reason"]) == (channel.url, "Why.")


def test_every_field_is_described() -> None:
    paper = (Path(__file__).parents[2] / "docs" / "health.md").read_text("utf-8")
    channel = a_watched("Paper", "bad", REFUSED)
    CollectionGap.objects.create(source=channel.source, channel=channel, since=timezone.now(), why="forbidden")
    client = Client()
    found = [client.get(path).json() for path in ("/health/?format=json", f"/health/{channel.source_id}/?format=json")]
    names: set[str] = set()

    def walk(value: Any, keys: bool = True) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                names.add(key)
                if key not in ("facts", "counts"):
                    walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(found)
    assert {name for name in names if f"`{name}`" not in paper} == set()
    assert {name for name in [*health_words._SHORT] if f"`{name}`" not in paper} == set()


def test_more_sources_cost_no_more_queries(client: Client) -> None:
    costs = []
    for some in (range(10), range(10, 20)):
        for number in some:
            channel = a_watched(f"Paper {number}", "bad", SILENT)
            CollectionGap.objects.create(source=channel.source, channel=channel, since=timezone.now(), why="forbidden")
            for _ in some:
                a_channel(source=channel.source)
        for path in ("/health/", "/health/?format=json", f"/health/{channel.source_id}/"):
            with CaptureQueriesContext(connection) as seen:
                page(client, path)
            costs.append(len(seen))
    assert costs[:3] == costs[3:]
    assert max(costs) <= 9


def test_every_finding_has_its_words() -> None:
    text = Path(diagnosis.__file__).read_text("utf-8")
    said = set(re.findall(r'(?:yield Finding|return \[?Finding)\(\s*"([a-z_]+)"', text))
    assert len(said) > 10
    assert said | set(diagnosis._NAMES.values()) | {"fault"} == set(health_words._SHORT)


@pytest.mark.parametrize(
    ("name", "facts", "english", "chinese"),
    [
        ("refused", {"status": "403", "channels": 1, "of": 1}, "403: the site refuses our crawler", "403：该网站拒绝我们的爬虫"),
        ("refused", {"status": "", "channels": 2, "of": 5}, "the site refuses our crawler (2 of 5 channels)",
         "该网站拒绝我们的爬虫（5 个频道中的 2 个）"),
        ("silent", {"seconds": 5 * 3600, "per_day": 40.2}, "no article in 5 hours, usually 40 a day",
         "已有 5 小时没有新文章，平时每天 40 篇"),
        ("silent", {"seconds": 50 * 86400, "per_day": 1 / 7}, "no article in 50 days, usually one in 7 days",
         "已有 50 天没有新文章，平时约 7 天一篇"),
        ("slower", {"per_day": 2.25, "usual": 9.7}, "2.2 a day in the last week, usually 10 a day",
         "近一周每天 2.2 篇，平时每天 10 篇"),
        ("no_text", {"since": "2025-08-12T12:00:00+00:00"}, "no page has had text since 2025-08-12",
         "自 2025-08-12 起，所有页面均未提取到正文"),
        ("text_fell", {"share": 0.4, "usual": 0.981}, "only 40% of the pages have text, usually 98%",
         "仅 40% 的页面有正文，平时 98%"),
        ("pages_fail", {"failed": 6, "pages": 10, "outcome": "forbidden"},
         "6 of 10 pages of the last days could not be had: the host does not allow us to read it",
         "近日 10 个页面中有 6 个未能获取：对方服务器拒绝访问"),
        ("latency_grew", {"seconds": 6.4, "usual": 0.5}, "answers after 6.4 s, usually after 0.5 s", "响应需 6.4 秒，平时 0.5 秒"),
        ("nothing_yet", {"days": 5}, "read for 5 days, and no article yet", "已采集 5 天，尚无文章"),
        ("channels_paused", {"channels": 1, "of": 3}, "1 of 3 channels are paused", "3 个频道中有 1 个已暂停"),
        ("fault", {"outcome": "too_large", "channels": 1, "of": 1}, "the answer is too large", "返回内容过大"),
        ("to_come", {}, "to_come", "to_come"),
    ],
)  # fmt: skip
def test_sentences(name: str, facts: dict[str, Any], english: str, chinese: str) -> None:
    with translation.override("en"):
        assert health_words.sentence(name, facts) == english
    with translation.override("zh-hans"):
        assert health_words.sentence(name, facts) == chinese


def test_bars() -> None:
    made = charts.bars([0, 10, 1, 5], [False, True, False, False], [False, False, False, True], step=4, height=13)
    assert (made.width, made.height, made.most, made.total) == (16, 13, 10, 16)
    assert made.path == "M4 0h3v10h-3zM8 9h3v1h-3zM12 5h3v5h-3z"
    assert made.ill == "M4 11h3v2h-3z"
    assert made.dark == "M12 11h3v2h-3z"
    assert charts.bars([], [], []).path == charts.bars([0], [False], [False]).path == ""
