"""The rules that choose, beside what they choose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsreel.core.errors import Permanent, Skip, Temporary
from newsreel.core.types import Article, Entry, PageSigns
from newsreel.pipeline import decisions

MORNING = datetime(2025, 8, 12, 10, 30, tzinfo=UTC)
DAY = datetime(2025, 8, 12, tzinfo=UTC)


def page(**known: object) -> Article:
    return Article("https://a.test/1", **known)  # type: ignore[arg-type]


def entry(**known: object) -> Entry:
    return Entry("1", "https://a.test/1", **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on_page", "in_feed", "kind", "expected"),
    [
        ("Page title here", "Feed title here", "feed", "Feed title here"),
        ("Page title here", "", "feed", "Page title here"),
        ("", "Feed title here", "feed", "Feed title here"),
        ("Page title here", "https://a.test/1", "feed", "Page title here"),
        ("A long headline about the harbour", "A long headline …", "feed", "A long headline about the harbour"),
        ("A long headline about the harbour", "A long headline...", "sitemap", "A long headline about the harbour"),
        ("Page title here", "Read more about it", "frontpage", "Page title here"),
        ("", "Teaser text", "frontpage", "Teaser text"),
    ],
)
def test_title(on_page: str, in_feed: str, kind: str, expected: str) -> None:
    assert decisions.choose_title(page(title=on_page), entry(title=in_feed), kind) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on_page", "in_feed", "expected"),
    [
        ((MORNING, "time"), (MORNING + timedelta(hours=3), "time"), (MORNING, "time")),
        ((None, "time"), (MORNING, "time"), (MORNING, "time")),
        ((DAY, "day"), (None, "time"), (DAY, "day")),
        ((DAY, "day"), (MORNING, "time"), (MORNING, "time")),  # the feed completes the day
        ((DAY, "day"), (MORNING + timedelta(days=3), "time"), (DAY, "day")),  # edited later
        (
            (MORNING + timedelta(days=2), "time"),
            (MORNING, "time"),
            (MORNING, "time"),
        ),  # published after it was named: no
        ((None, "time"), (None, "time"), (None, "time")),
    ],
)
def test_date(on_page: tuple, in_feed: tuple, expected: tuple) -> None:
    article = page(published=on_page[0], published_precision=on_page[1])
    assert decisions.choose_date(article, entry(published=in_feed[0], published_precision=in_feed[1])) == expected


def test_what_a_front_page_names_must_read_as_an_article() -> None:
    long, short = "word " * 80, "word " * 25
    assert decisions.is_article(page(text=long), entry(), "frontpage")
    assert not decisions.is_article(page(text=short), entry(), "frontpage")
    assert decisions.is_article(page(text=short, published=MORNING), entry(), "frontpage")
    assert decisions.is_article(page(text="Short."), entry(), "feed")
    assert not decisions.is_article(page(text=""), entry(), "feed")


TEASED = PageSigns(teased=1.0, teasers=9)
LISTS = PageSigns(lists=True, og_type="article")


@pytest.mark.parametrize(
    ("words", "signs", "dated", "expected"),
    [
        (80, PageSigns(), False, True),
        (80, PageSigns(og_type="website"), False, False),  # a page about the site, a section
        (80, PageSigns(og_type="website"), True, True),
        (80, PageSigns(og_type="website", article=True), False, True),
        (25, PageSigns(article=True), False, True),
        (25, PageSigns(lists=True), True, False),
        (300, TEASED, True, False),
        (300, TEASED._replace(og_type="article"), True, False),
        (300, TEASED._replace(article=True), True, False),
        (300, PageSigns(teased=0.5, teasers=2), False, True),  # two links to others in a short article
        (300, PageSigns(teased=0.3, teasers=7), False, True),  # a long one with some
        (300, PageSigns(linked=0.9), True, False),  # whole teasers are links
        (300, PageSigns(linked=0.4), False, True),
        (300, LISTS, False, False),
        (300, LISTS._replace(article=True), False, True),
    ],
)
def test_the_evidence_of_a_page(words: int, signs: PageSigns, dated: bool, expected: bool) -> None:
    article = page(text="word " * words, published=MORNING if dated else None)
    assert decisions.is_article(article, entry(), "frontpage", signs) is expected
    assert decisions.is_article(article, entry(), "feed", signs)


def test_an_editor_s_word_counts_before_the_page_s_evidence() -> None:
    short, long = page(text="Two words."), page(text="word " * 300)
    assert decisions.is_article(short, entry(), "frontpage", said="yes")
    assert not decisions.is_article(page(text=""), entry(), "frontpage", said="yes")
    assert not decisions.is_article(long, entry(), "feed", said="no")


def test_who_vouches_for_an_article() -> None:
    assert decisions.is_vouched_for(entry(), "feed")
    assert not decisions.is_vouched_for(entry(title="T", published=MORNING), "frontpage")
    assert [decisions.is_vouched_for(one, "sitemap") for one in (entry(), entry(title="T"), entry(published=DAY), entry(updated=DAY))] == [
        False, True, True, False]  # fmt: skip


def test_retries() -> None:
    busy = Temporary("rate_limited", "Too many requests.", retry_after=7)
    down = Temporary("server_error", "Down.")
    assert decisions.retry_in(busy, 0) == 7
    assert [decisions.retry_in(down, n) for n in range(6)] == [60, 300, 1800, 10800, 43200, None]
    assert decisions.retry_in(Permanent("gone", "Gone."), 0) is None
    assert decisions.retry_in(Skip("not_article", "No."), 0) is None
    assert decisions.retry_in(Temporary("rate_limited", "x", retry_after=1e12), 0) == 86400


def test_a_host_that_says_in_a_second_for_ever_is_believed_five_times() -> None:
    busy = Temporary("server_error", "Busy.", retry_after=1)
    assert [decisions.retry_in(busy, n) for n in range(11)] == [1] * 5 + [60, 300, 1800, 10800, 43200, None]
    assert [decisions.names_its_time(busy, n) for n in (0, 4, 5)] == [True, True, False]
    assert not decisions.names_its_time(Temporary("server_error", "Busy."), 0)
    patient = Temporary("rate_limited", "Later.", retry_after=7200)
    assert decisions.retry_in(patient, 5) == 7200


def test_both_statements_are_kept() -> None:
    facts = decisions.facts_of(
        page(title="On the page", text="Text.", published=DAY, published_precision="day"),
        entry(title="In the feed", published=MORNING),
        "feed",
        "en",
    )
    assert facts.statements == {
        "page": {"title": "On the page", "published": "2025-08-12"},
        "feed": {"title": "In the feed", "published": MORNING.isoformat()},
    }
    assert (facts.title, facts.published, facts.published_precision) == ("In the feed", MORNING, "time")
