from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsreel.archive.models import Article, Channel, Revision
from tests.portal.making import NOON, a_channel, a_source, an_article, many_articles

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def _page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_home_is_the_newest_first_in_chinese(client: Client) -> None:
    channel = a_channel()
    an_article(channel, "older", published=NOON)
    an_article(channel, "newer", published=NOON + timedelta(hours=1), topics=["medtop:11000000"])
    page = _page(client, "/")
    assert page.index("newer") < page.index("older")
    assert '<html lang="zh-Hans"' in page
    assert "<h1>最新资讯</h1>" in page
    assert "独立报" in page
    assert "世界新闻" in page
    assert "政治" in page


def test_an_accept_language_does_not_choose(client: Client) -> None:
    answer = client.get("/", headers={"accept-language": "en,fr;q=0.5"})
    assert "<h1>最新资讯</h1>" in answer.content.decode()
    assert answer.headers["Content-Language"] == "zh-hans"


def _time(iso: str, text: str) -> str:
    return f'<time datetime="{iso}" data-precision="time" data-form="long">{text}</time>'


def test_times_by_what_is_known(client: Client) -> None:
    channel = a_channel()
    timed = an_article(channel, published=datetime(2025, 8, 11, 23, 30, tzinfo=UTC))
    day = an_article(channel, published=datetime(2025, 8, 11, tzinfo=UTC), precision="day")
    unknown = an_article(channel, published=None, seen=datetime(2025, 8, 12, 1, 2, tzinfo=UTC))
    assert _time("2025-08-11T23:30:00+00:00", "2025-08-12 07:30") in _page(client, f"/article/{timed.id}/")
    shown = _page(client, f"/article/{day.id}/")
    assert '<span class="when"><time datetime="2025-08-11" data-precision="day">2025-08-11</time></span>' in shown
    assert '<span class="when">收录时间 <time datetime="2025-08-12T01:02:00+00:00"' in _page(
        client, f"/article/{unknown.id}/"
    )
    client.cookies["timezone"] = "America/Los_Angeles"
    assert "2025-08-11 16:30" in _page(client, f"/article/{timed.id}/")
    assert '<span class="when"><time datetime="2025-08-11" data-precision="day">2025-08-11</time></span>' in _page(
        client, f"/article/{day.id}/"
    )


def test_the_first_day_of_time_can_be_shown(client: Client) -> None:
    made = an_article(a_channel(), published=datetime(1, 1, 1, tzinfo=UTC), seen=NOON)
    client.cookies["timezone"] = "America/Los_Angeles"
    assert _page(client, f"/article/{made.id}/")
    assert _page(client, "/")


def test_an_article_not_yet_enriched(client: Client) -> None:
    made = an_article(a_channel(), state=Article.State.STORED, html="", text="", language="")
    page = _page(client, f"/article/{made.id}/")
    assert "综合" in page
    assert "正在分析" in page
    assert "未能取得正文" in page


def test_an_article_in_arabic_is_written_from_the_right(client: Client) -> None:
    made = an_article(a_channel(), "الأمم المتحدة", language="ar", html="<p>حذرت</p>")
    assert '<h1 lang="ar" dir="rtl">الأمم المتحدة</h1>' in _page(client, f"/article/{made.id}/")


def test_earlier_versions_and_statements(english: Client) -> None:
    made = an_article(
        a_channel(),
        statements={"page": {"title": "As the page has it"}, "feed": {"title": "As the feed <b>has it"}, "odd": [1]},
    )
    Revision.objects.create(
        article=made,
        title="Earlier title",
        text="",
        html='<p onclick="x()">Earlier</p><script>x</script>',
        replaced_at=NOON,
    )
    page = _page(english, f"/article/{made.id}/")
    assert "1 earlier version" in page
    assert "Earlier title" in page
    assert "<p>Earlier</p>" in page
    assert "As the feed &lt;b&gt;has it" in page
    assert "the feed" in page


def test_what_a_publisher_writes_is_text(client: Client) -> None:
    evil = '"><script>alert(1)</script>'
    channel = a_channel(name=evil, name_zh=evil, source=a_source(name=evil, name_zh=evil))
    made = an_article(channel, evil, authors=[evil], keywords=[evil], language='en" onload="x', html="<p>x</p>")
    for path in ("/", f"/article/{made.id}/", f"/source/{channel.source_id}/", f"/channel/{channel.id}/", "/sources/"):
        page = _page(client, path)
        assert "<script>alert" not in page
        assert '" onload' not in page


def test_addresses_with_a_scheme_of_scripts_are_no_links(client: Client) -> None:
    made = an_article(a_channel())
    Article.objects.filter(pk=made.id).update(url="javascript:alert(1)")
    assert 'href="javascript:' not in _page(client, f"/article/{made.id}/")


def test_lists_by_source_channel_topic_and_keyword(client: Client) -> None:
    channel = a_channel()
    made = an_article(channel, "here", keywords=["Kursk"], topics=["medtop:11000000"])
    an_article(a_channel("Other", "其他"), "elsewhere")
    keyword = made.keyword_rows.get().keyword_id
    for path in (
        f"/source/{channel.source_id}/",
        f"/channel/{channel.id}/",
        "/topic/medtop:11000000/",
        f"/keyword/{keyword}/",
    ):
        items = _page(client, path).split('<ol class="items">')[1].split("</ol>")[0]
        assert "here" in items
        assert "elsewhere" not in items


def test_older_and_newer_lead_through_all(client: Client) -> None:
    many_articles(a_channel(), 65)
    seen: list[str] = []
    path = "/"
    for _ in range(3):
        page = _page(client, path)
        items = page.split('<ol class="items">')[1].split("</ol>")[0]
        seen += [piece.split("<")[0] for piece in items.split('dir="ltr">Title ')[1:]]
        if 'rel="next" href="' not in page:
            break
        path = "/" + page.split('rel="next" href="')[1].split('"')[0]
    assert seen == [str(n) for n in range(64, -1, -1)]
    back = _page(client, "/" + page.split('rel="prev" href="')[1].split('"')[0])
    assert "Title 34" in back


def test_a_topic_of_the_table_without_articles_is_a_page_an_unknown_one_is_not(client: Client) -> None:
    assert "暂无文章" in _page(client, "/topic/medtop:11000000/")
    assert _page(client, "/topic/medtop:99999999/", 404)


def test_sources_say_in_words_how_reading_goes(client: Client) -> None:
    a_channel(outcome="ok", last_read_at=NOON)
    a_channel("Sport", "体育", outcome="robots_disallowed", source=a_source("Paused", "暂停报", paused=True))
    a_channel("Odd", "怪", outcome="a_new_one")
    page = _page(client, "/sources/")
    for words in ("正常", "2025-08-12 20:00", "不允许抓取", "已暂停", "读取失败（a_new_one）"):
        assert words in page


def test_many_sources_are_paged(client: Client) -> None:
    for n in range(101):
        a_source(f"Paper {n:03}", "", language="ar")
    first = _page(client, "/sources/")
    assert "共 101 家来源" in first
    assert "阿拉伯语" in first
    assert "Paper 099" in first
    assert "Paper 100" not in first
    assert "?page=2" in first
    assert "Paper 100" in _page(client, "/sources/?page=2")
    for number in ("0", "3", "-1", "x", "", "1%00", "9" * 50):
        _page(client, f"/sources/?page={number}", 404)


def _many(count: int) -> tuple[Article, Channel]:
    channel = a_channel()
    words = [f"word {n}" for n in range(count)]
    for n in range(count):
        an_article(a_channel(f"C{n}", "", source=channel.source), f"{n}", keywords=words, topics=["medtop:11000000"])
    made = an_article(channel, keywords=words, topics=["medtop:11000000"])
    for n in range(count):
        a_channel(f"S{n}")
        Revision.objects.create(article=made, title=f"{n}", text="", html="", replaced_at=NOON)
        an_article(channel, keywords=words[:1])
    return made, channel


@pytest.mark.parametrize(
    "path",
    [
        lambda made, channel: "/",
        lambda made, channel: f"/article/{made.id}/",
        lambda made, channel: f"/source/{channel.source_id}/",
        lambda made, channel: f"/channel/{channel.id}/",
        lambda made, channel: "/topic/medtop:11000000/",
        lambda made, channel: f"/keyword/{made.keyword_rows.first().keyword_id}/",
        lambda made, channel: "/sources/",
        lambda made, channel: "/about/",
    ],
    ids=["home", "article", "source", "channel", "topic", "keyword", "sources", "about"],
)
def test_a_page_asks_as_often_for_ten_rows_as_for_twenty(client: Client, path: Callable[..., str]) -> None:
    asked = []
    for _ in range(2):
        made, channel = _many(10)
        address = path(made, channel)
        with CaptureQueriesContext(connection) as captured:
            _page(client, address)
        asked.append(len(captured))
    assert asked[0] == asked[1]
    assert asked[0] <= 12


def test_the_position_is_read_before_the_articles(client: Client) -> None:
    made = an_article(a_channel())
    for path in ("/", f"/article/{made.id}/"):
        with CaptureQueriesContext(connection) as captured:
            page = _page(client, path)
        assert "pg_snapshot_xmin" in captured[0]["sql"]
        assert 'data-position="' in page


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(client: Client) -> None:
    made = an_article(a_channel())
    for path in ("/", f"/article/{made.id}/", "/sources/", "/about/", "/nothing"):
        page = client.get(path).content.decode()
        assert "style=" not in page
        assert "<style" not in page
        scripts = re.findall(r"<script[^>]*>[^<]*", page)
        assert scripts[0] == '<script src="/static/portal/newsreel.js">'
        assert [
            one
            for one in scripts
            if not re.fullmatch(r'<script src="/static/(portal|accounts)/\w+\.js"( defer)?>', one)
        ] == []
        assert "<img" not in re.sub(
            r"<template>.*?</template>", "", page, flags=re.DOTALL
        )  # the captcha's, until the box is touched
        assert 'src="http' not in page


def test_healthz(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
