from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from newsreel.archive import queries
from newsreel.archive.cursors import Cursor
from newsreel.archive.models import Article, Revision
from newsreel.archive.shown import Listing
from tests.portal.making import NOON, a_channel, a_source, an_article, many_articles

pytestmark = pytest.mark.django_db


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), st.integers(0, 10**18 - 1))  # noqa: DTZ001
def test_a_cursor_survives_its_text(when: datetime, id_: int) -> None:
    cursor = Cursor(when.replace(tzinfo=UTC), id_)
    assert Cursor.parse(str(cursor)) == cursor


@given(st.one_of(st.text(), st.from_regex(r"-?\d{0,30}\.\d{0,30}")))
def test_whatever_a_cursor_says_is_one_or_none(text: str) -> None:
    cursor = Cursor.parse(text)
    assert cursor is None or Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "text",
    ["", ".", "1", "1.", ".1", "1.-1", "1e3.1", "١.١", "1.1\x00", " 1.1", "9" * 18 + ".1", "-" + "9" * 18 + ".1"],
)
def test_no_cursor(text: str) -> None:
    assert Cursor.parse(text) is None


def test_pages_hold_every_article_once_whatever_the_ties() -> None:
    channel = a_channel()
    for n in range(23):
        an_article(channel, f"T{n}", published=NOON + timedelta(hours=n // 5))
    seen: list[int] = []
    before = None
    pages = 0
    while True:
        page = queries.newest(before, size=4)
        seen += [item.headline.id for item in page.items]
        pages += 1
        if page.older is None:
            break
        before = page.older
    assert pages == 6
    assert seen == list(Article.objects.order_by("-shown_at", "-id").values_list("id", flat=True))


def test_newer_goes_back_the_same_way() -> None:
    many_articles(a_channel(), 12)
    first = queries.newest(size=4)
    second = queries.newest(first.older, size=4)
    third = queries.newest(second.older, size=4)
    assert third.older is None
    assert queries.newest(after=third.newer, size=4).items == second.items
    assert queries.newest(after=second.newer, size=4).items == first.items
    assert first.newer is None


def test_a_page_older_than_everything_is_empty() -> None:
    many_articles(a_channel(), 2)
    page = queries.newest(Cursor(NOON - timedelta(days=1), 1))
    assert (page.items, page.newer, page.older) == ((), None, None)


def test_the_time_shown_is_the_published_one_or_the_first_seen() -> None:
    channel = a_channel()
    an_article(channel, "known", published=NOON)
    an_article(channel, "day", published=datetime(2025, 8, 11, tzinfo=UTC), precision="day")
    an_article(channel, "unknown", published=None, precision="day", seen=NOON + timedelta(hours=1))
    shown = {item.headline.title: item.headline for item in queries.newest().items}
    assert (shown["known"].when, shown["known"].precision, shown["known"].collected) == (NOON, "time", False)
    assert (shown["day"].precision, shown["day"].collected) == ("day", False)
    assert (shown["unknown"].when, shown["unknown"].precision) == (NOON + timedelta(hours=1), "time")
    assert shown["unknown"].collected


def test_lists_by_source_channel_topic_and_keyword() -> None:
    source = a_source()
    world, home = a_channel(source=source), a_channel("Home", source=source)
    first = an_article(world, "first", keywords=["Kursk"], topics=["medtop:20000593", "medtop:20000574"])
    second = an_article(home, "second", keywords=["Kursk", "Korea"], topics=["medtop:11000000"])
    an_article(a_channel(), "elsewhere")
    kursk = first.keyword_rows.get().keyword_id

    def titles(page: Listing) -> list[str]:
        return [item.headline.title for item in page.items]

    assert titles(queries.of_source(source.id)) == ["second", "first"]
    assert titles(queries.of_channel(world.id)) == ["first"]
    assert titles(queries.of_topic("medtop:20000593")) == ["first"]
    assert titles(queries.of_topic("medtop:11000000")) == ["second", "first"]  # each once, though one has two below it
    assert titles(queries.of_keyword(kursk)) == ["second", "first"]
    assert [item.topic for item in queries.of_source(source.id).items] == ["medtop:11000000", "medtop:11000000"]
    assert second.id in {headline.id for headline in queries.rolling()}


def test_rolling_is_in_the_order_of_arrival() -> None:
    channel = a_channel()
    an_article(channel, "new", published=NOON)
    an_article(channel, "old but just come in", published=NOON - timedelta(days=9))
    assert [headline.title for headline in queries.rolling()] == ["old but just come in", "new"]


def test_lists_do_not_load_bodies() -> None:
    an_article(a_channel())
    with CaptureQueriesContext(connection) as captured:
        queries.newest()
        queries.rolling()
    said = " ".join(query["sql"] for query in captured)
    assert "shown_at" in said
    assert '"html"' not in said
    assert '"blocks"' not in said
    assert '"statements"' not in said


def test_an_article_with_everything() -> None:
    made = an_article(
        a_channel(),
        "Title",
        keywords=["Kursk", "Korea"],
        topics=["medtop:20000593"],
        authors=["A. Writer"],
        statements={"page": {"title": "T"}},
    )
    Revision.objects.create(article=made, title="Earlier", text="t", html="<p>t</p>", replaced_at=NOON)
    page = queries.article(made.id)
    assert page is not None
    assert [text for _, text in page.keywords] == ["Kursk", "Korea"]
    assert page.topics == ("medtop:11000000",)
    assert page.authors == ("A. Writer",)
    assert [earlier.title for earlier in page.revisions] == ["Earlier"]
    assert page.headline.outlet.source == ("The Independent", "独立报")
    assert page.headline.outlet.channel == ("World", "世界新闻")


def test_what_is_not_there_is_none() -> None:
    assert queries.article(10**17) is None
    assert queries.source(10**17) is None
    assert queries.channel(10**17) is None
    assert queries.keyword(10**17) is None
    assert queries.newest().items == ()


def test_an_article_outlives_its_channel() -> None:
    channel = a_channel()
    made = an_article(channel)
    channel.delete()
    page = queries.article(made.id)
    assert page is not None
    assert page.headline.outlet.channel_id is None
    assert queries.newest().items[0].headline.outlet.channel == ("", "")


def test_totals() -> None:
    source = a_source()
    an_article(a_channel(source=source))
    a_channel("Home", source=source)
    assert queries.totals() == {"sources": 1, "channels": 2, "articles": 1}
