from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.types import Moment
from newsreel.extraction.dating import clock_of
from newsreel.extraction.metadata import Metadata, read_metadata
from newsreel.extraction.page import read_whole

URL = "https://www.daily-example.co.uk/politics/bridge"
TITLE = "<h1>Council agrees on bridge</h1>"
TEXT = "<p>The council agreed late on Tuesday on the plans for a new bridge, after months of debate about what it costs.</p>"


def read(body: str = "", head: str = "", *, url: str = URL, language: str = "en-GB", **data: object) -> Metadata:
    script = (
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **data})}</script>' if data else ""
    )
    page = f"<html lang='{language}'><head>{head}{script}</head><body>{body or TITLE}{TEXT * 3}</body></html>"
    return read_metadata(read_whole(page), url)


def day(moment: Moment | None) -> date | None:
    return moment.when.date() if moment else None


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def test_json_ld_before_all_others() -> None:
    found = read(
        TITLE + '<time datetime="2025-03-09">9 March</time>', meta("article:published_time", "2025-03-08T10:00:00Z"),
        datePublished="2025-03-07T08:00:00+01:00",
    )  # fmt: skip
    assert found.published == Moment(datetime(2025, 3, 7, 8, tzinfo=timezone(timedelta(hours=1))), "time")


def test_the_pages_own_object_where_no_article_has_a_date() -> None:
    page = {
        "@context": "https://schema.org",
        "@graph": [{"@type": "WebPage", "datePublished": "2025-03-07T08:00:00+00:00"}],
    }
    assert day(read(head=f'<script type="application/ld+json">{json.dumps(page)}</script>').published) == date(
        2025, 3, 7
    )


@pytest.mark.parametrize(
    "name", ["dcterms.created", "published", "parsely-pub-date", "date", "weibo: article:create_at"]
)
def test_names_of_meta_elements(name: str) -> None:
    assert day(read(head=f'<meta name="{name}" content="2025-03-07">').published) == date(2025, 3, 7)


def test_a_time_of_the_same_day_makes_a_day_a_time() -> None:
    found = read(TITLE + '<time datetime="2025-03-07T21:14:00Z">21:14</time>', datePublished="2025-03-07")
    assert found.published == Moment(datetime(2025, 3, 7, 21, 14, tzinfo=UTC), "time")


def test_the_same_moment_in_the_pages_own_zone() -> None:
    found = read(
        TITLE + '<time datetime="2025-12-18T18:41:00-08:00">18 December</time>',
        meta("article:published_time", "2025-12-19T02:41:41+00:00"),
    )
    assert found.published == Moment(datetime(2025, 12, 18, 18, 41, 41, tzinfo=timezone(timedelta(hours=-8))), "time")


def test_the_day_of_a_move_to_another_system() -> None:
    moved = {"datePublished": "2024-02-01T09:00:00Z"}
    body = TITLE + '<span class="date">7 March 2019</span>'
    assert day(read(body, url="https://x.example/2019/03/07/bridge", **moved).published) == date(2019, 3, 7)
    assert day(read(body, url="https://x.example/bridge", **moved).published) == date(2024, 2, 1)
    assert day(read(url="https://x.example/2019/03/07/bridge", **moved).published) == date(2024, 2, 1)


def test_a_day_before_or_behind_the_address_is_the_datas() -> None:
    found = read(url="https://x.example/2025/03/08/bridge", datePublished="2025-03-07T23:30:00Z")
    assert day(found.published) == date(2025, 3, 7)


def test_the_address_tells_day_from_month() -> None:
    body = TITLE + '<span class="date">03/10/2023</span>'
    assert day(read(body, url="https://x.example/blog/2023/october/03/bridge").published) == date(2023, 10, 3)
    assert day(read(body, language="en", url="https://x.com/blog/2023/october/03/bridge").published) == date(
        2023, 10, 3
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2025/03/07/bridge", date(2025, 3, 7)),
        ("2025/mar/07/bridge", date(2025, 3, 7)),
        ("bridge-20250307.html", date(2025, 3, 7)),
        ("2025-03-07-bridge", date(2025, 3, 7)),
        ("s/5-95-2070077", None),
        ("archive/20251399", None),
    ],
)
def test_the_day_in_the_address(path: str, expected: date | None) -> None:
    assert day(read(url=f"https://x.example/{path}").published) == expected


def test_a_change_before_the_publication_is_none() -> None:
    found = read(datePublished="2025-03-07T08:00:00Z", dateModified="2025-03-01T08:00:00Z")
    assert day(found.published) == date(2025, 3, 7)
    assert found.modified is None


def test_a_change_minutes_after_it_in_another_zone_stays() -> None:
    found = read(datePublished="2025-03-07T00:10:00+02:00", dateModified="2025-03-06T22:30:00Z")
    assert found.modified == Moment(datetime(2025, 3, 6, 22, 30, tzinfo=UTC), "time")


@pytest.mark.parametrize("changed", ["Jun 10, 2025", "Jun 12, 2025"])
def test_a_templates_date_yields_to_what_readers_see(changed: str) -> None:
    body = TITLE + "<p>November 2, 2022</p>"
    found = read(body, datePublished="Jun 12, 2025", dateModified=changed)
    assert day(found.published) == date(2022, 11, 2)
    assert day(read(datePublished="Jun 12, 2025", dateModified=changed).published) == date(2025, 6, 12)


def test_a_templates_date_that_the_address_has_too_stays() -> None:
    body = TITLE + "<p>November 2, 2022</p>"
    found = read(body, url="https://x.example/2025/06/12/b", datePublished="Jun 12, 2025", dateModified="Jun 12, 2025")
    assert day(found.published) == date(2025, 6, 12)


def test_equal_dates_are_most_pages() -> None:
    found = read(datePublished="2025-03-07T08:00:00Z", dateModified="2025-03-07T08:00:00Z")
    assert found.published == found.modified == Moment(datetime(2025, 3, 7, 8, tzinfo=UTC), "time")


@pytest.mark.parametrize(
    "line",
    [
        "Published 7 March 2025, updated 9 March 2025",
        "Updated 9 March 2025, first published 7 March 2025",
        "7. März 2025, aktualisiert am 9. März 2025",
        "Publié le 7 mars 2025 - Mis à jour le 9 mars 2025",
        "Опубликовано 7 марта 2025, обновлено 9 марта 2025",
        "2025年3月7日 10:20 更新:2025年3月9日",
        "입력 2025.03.07 10:20 수정 2025.03.09 11:00",
    ],
)
def test_what_is_called_a_change_is_no_publication(line: str) -> None:
    assert day(read(TITLE + f"<p>{line}</p>").published) == date(2025, 3, 7)


def test_a_page_that_names_its_change_alone_was_out_by_then() -> None:
    found = read(TITLE + "<p>Updated on March 9, 2025</p>")
    assert day(found.published) == day(found.modified) == date(2025, 3, 9)
    assert day(read(head=meta("article:modified_time", "2025-03-09T10:00:00Z")).published) == date(2025, 3, 9)


def test_the_nearest_date_is_the_articles() -> None:
    others = "".join(f'<div class="teaser"><time datetime="2025-12-{n:02}">x</time></div>' for n in range(1, 20))
    assert day(read(others + TITLE + "<p>7 March 2025</p>" + "<p>x</p>" * 80 + others).published) == date(2025, 3, 7)


def test_dates_in_the_running_text_are_not_the_articles() -> None:
    body = (
        TITLE
        + "<p>Taxes are due on April 15, 2025, as every year, and those who forget must pay.</p>"
        + "<p>x</p>" * 80
    )
    assert day(read(body + '<time datetime="2025-01-17">17 January</time>').published) == date(2025, 1, 17)


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("de", "Do 25.04.24 | 14:07 Uhr | Von Eva Beispiel", date(2024, 4, 25)),
        ("en-US", "10/31/24", date(2024, 10, 31)),
        ("es", "Madrid, 7 de marzo de 2025", date(2025, 3, 7)),
        ("pt", "7 de março de 2025 às 10h20", date(2025, 3, 7)),
        ("tr", "07 Mart 2025 10:20", date(2025, 3, 7)),
        ("pl", "7 marca 2025, 10:20", date(2025, 3, 7)),
        ("ar", "7 مارس 2025", date(2025, 3, 7)),
        ("fa", "۷ مارس ۲۰۲۵", date(2025, 3, 7)),
        ("zh", "2025年3月7日", date(2025, 3, 7)),
        ("ja", "令和7年3月7日", date(2025, 3, 7)),
        ("ko", "2025년 3월 7일", date(2025, 3, 7)),
        ("vi", "7 tháng 3, 2025", date(2025, 3, 7)),
    ],
)
def test_visible_dates_in_the_pages_language(language: str, line: str, expected: date) -> None:
    assert day(read(TITLE + f'<div class="meta">{line}</div>', language=language).published) == expected


@pytest.mark.parametrize(
    ("url", "language", "locale", "month_first"),
    [
        ("https://x.example.com/", "en-US", "", True),
        ("https://x.example.com/", "en", "", True),
        ("https://x.example.com/", "en", "en_GB", False),
        ("https://x.example.co.uk/", "en", "en_US", True),
        ("https://x.example.co.uk/", "en", "", False),
        ("https://x.example.com/", "de", "", False),
        ("https://x.example.com/", "", "", False),
    ],
)
def test_whether_the_month_stands_first(url: str, language: str, locale: str, month_first: bool) -> None:
    assert clock_of(url, language, "A title", locale).month_first is month_first


def test_an_empty_time_element() -> None:
    assert day(read(TITLE + '<time datetime="2025-03-07"></time>').published) == date(2025, 3, 7)


def test_no_date() -> None:
    found = read()
    assert found.published is None
    assert found.modified is None


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(alphabet="0123456789-/.:TZ+ aMrch月日年令和", max_size=24), min_size=4, max_size=4))
def test_any_dates_are_read_or_left(texts: list[str]) -> None:
    body = TITLE + f'<time datetime="{texts[0]}">{texts[1]}</time><p class="date">{texts[2]}</p>'
    found = read(body, datePublished=texts[3], dateModified=texts[0])
    for moment in (found.published, found.modified):
        assert moment is None or 1990 <= moment.when.year <= 2100
