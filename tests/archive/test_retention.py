"""What is forgotten by age: articles with all that is theirs, evidence, keywords, addresses; and by which clock."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from newsreel.archive import changes, housekeeping, registry, retention, storing
from newsreel.archive.housekeeping import AGREEMENT, Clock, observed
from newsreel.archive.models import (
    Article,
    ArticleKeyword,
    ArticleTopic,
    Change,
    Channel,
    Keyword,
    Lead,
    Revision,
    Rounds,
    Snapshot,
)
from newsreel.archive.snapshots import SnapshotStore
from newsreel.core.errors import Skip
from newsreel.core.types import Enrichment, Entry, Topic
from newsreel.core.types import Keyword as Word
from tests.archive import making
from tests.archive.test_snapshots import answer

NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=400)
DAYS = 365


def an_old_article(channel: Channel, url: str, *words: str, at: datetime = OLD, **more: object) -> int:
    """Stored, changed once, enriched, and long ago."""
    making.store(channel, url, at=at, text="First.")
    lead = Lead.objects.select_related("channel__source").get(url=url)
    _, pk = storing.store(lead, making.facts(url, text="Second.", **more), making.a_visit(url, at))
    keywords = tuple(Word(word, 0.5) for word in words)
    Article.objects.filter(pk=pk).update(claim_owner=7)
    storing.store_enrichments([(pk, Enrichment("en", keywords, (Topic("medtop:1", "medtop:1", 0.9),)))], 7)
    Article.objects.filter(pk=pk).update(changed_at=at)
    return pk


def rows() -> dict[str, int]:
    models = (Article, Revision, Snapshot, ArticleKeyword, ArticleTopic)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.django_db
def test_an_article_goes_with_all_that_is_its_own() -> None:
    channel = making.a_channel()
    old = an_old_article(channel, "https://news.test/old", "Kursk", "workers")
    new = an_old_article(channel, "https://news.test/new", "Kursk", at=NOW - timedelta(days=10))
    before = rows()
    Change.objects.all().delete()
    assert retention.forget_articles(0).articles == 0
    assert retention.forget_articles(DAYS).articles == 1
    assert {name: 2 * count - before[name] for name, count in rows().items() if name != "ArticleKeyword"} == {
        "Article": 0, "Revision": 0, "Snapshot": 0, "ArticleTopic": 0,
    }  # fmt: skip
    assert list(Article.objects.values_list("pk", flat=True)) == [new]
    assert [(line.kind, line.ref, line.action) for line in _lines()] == [("article", old, "removed")]
    lead = Lead.objects.get(url="https://news.test/old")
    assert (lead.state, lead.article_id, lead.next_due_at, lead.entry) == ("removed", None, None, {})
    assert retention.forget_articles(DAYS).articles == 0


def _lines() -> list[changes.Line]:
    return [
        changes.line_of((str(row.xid), row.seq, row.kind, row.ref, row.action))
        for row in Change.objects.order_by("seq")
    ]


@pytest.mark.django_db
def test_what_is_forgotten_does_not_come_anew() -> None:
    """By its own address, by its canonical one, by another that leads there, or because the feed's words were changed."""
    channel = making.a_channel()
    making.store(channel, "https://news.test/a?page=1", at=OLD, canonical_url="https://news.test/a")
    Article.objects.update(changed_at=OLD)
    assert Article.objects.get().key == "news.test/a"
    assert retention.forget_articles(DAYS).articles == 1
    urls = ("https://news.test/a?page=1", "https://news.test/a")
    entries = [Entry(url, url, title="Another title", updated=NOW) for url in urls]
    assert registry.store_leads(channel, entries) == 0
    assert not Lead.objects.filter(next_due_at__isnull=False).exists()
    other = making.a_lead(channel, "https://news.test/b")
    with pytest.raises(Skip) as caught:
        storing.store(
            other, making.facts(other.url, canonical_url="https://news.test/a?page=1"), making.a_visit(other.url)
        )
    assert caught.value.outcome == "forgotten"
    registry.lead_failed(other, "forgotten", "", None)
    assert not Article.objects.exists()
    assert set(Lead.objects.values_list("state", "outcome")) == {("removed", "ok")}


@pytest.mark.django_db
def test_a_visit_under_way_does_not_bring_a_forgotten_address_back() -> None:
    channel = making.a_channel()
    an_old_article(channel, "https://news.test/a")
    lead = Lead.objects.select_related("channel__source").get()
    retention.forget_articles(DAYS)
    with pytest.raises(Skip):
        storing.store(lead, making.facts(lead.url, text="Third."), making.a_visit(lead.url))
    registry.lead_unchanged(lead, 3600)
    registry.lead_failed(lead, "timed_out", "", 60)
    lead.refresh_from_db()
    assert (lead.state, lead.next_due_at) == ("removed", None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kept",
    [
        {"first_seen": NOW - timedelta(days=10)},  # an old page that was found lately
        {"changed_at": NOW - timedelta(days=1)},  # still being changed, or stored by a machine with a wrong clock
        {"claim_owner": 7, "claimed_until": NOW + timedelta(minutes=3)},  # being enriched
    ],
)
def test_what_is_kept(kept: dict[str, object]) -> None:
    pk = an_old_article(making.a_channel(), "https://news.test/a")
    Article.objects.filter(pk=pk).update(**kept)
    assert retention.forget_articles(DAYS).articles == 0


@pytest.mark.django_db
def test_a_batch_is_one_statement_whatever_it_holds() -> None:
    channel = making.a_channel()
    for number in range(7):
        an_old_article(channel, f"https://news.test/{number}", "Kursk", at=OLD + timedelta(minutes=number))
    counts = []
    place, gone = retention.START, []
    while place is not None:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            batch = retention.forget_articles(DAYS, place, batch=3)
        counts.append(len(queries))
        gone.append(batch.articles)
        place = batch.after
    assert gone == [3, 3, 1]
    assert counts == [1, 1, 1]


@pytest.mark.django_db
def test_keywords_that_no_article_has_go() -> None:
    channel = making.a_channel()
    an_old_article(channel, "https://news.test/old", "Kursk", "workers")
    an_old_article(channel, "https://news.test/new", "Kursk", at=NOW)
    retention.forget_articles(DAYS)
    round_, _ = housekeeping.begin_round()
    assert retention.forget_keywords(round_) == 1
    assert list(Keyword.objects.values_list("key", flat=True)) == ["kursk"]
    assert round_.keyword > 0
    assert retention.forget_keywords(round_) == 0
    assert Rounds.objects.get().keyword == 0  # it begins anew


@pytest.mark.django_db
def test_addresses_go_when_their_channel_has_long_named_others() -> None:
    channel = making.a_channel()
    quiet = making.a_channel("https://quiet.test/feed", "Quiet", "Quiet")
    urls = ("gone", "failed", "waiting", "article", "named")
    for name in urls:
        making.a_lead(channel, f"https://news.test/{name}")
    making.a_lead(quiet, "https://quiet.test/failed")
    failed = Lead.objects.exclude(url__endswith="waiting")
    failed.update(state="failed", next_due_at=None, outcome="gone", named_at=NOW - timedelta(days=100))
    Lead.objects.filter(url__endswith="waiting").update(named_at=NOW - timedelta(days=100))
    making.store(channel, "https://news.test/article")
    Lead.objects.filter(url__endswith="article").update(named_at=NOW - timedelta(days=100))
    round_, _ = housekeeping.begin_round()
    assert retention.forget_leads(round_) == 0  # nothing was named since: nothing is known of what is named
    registry.store_leads(channel, [Entry(url, url) for url in ("https://news.test/named",)])
    Rounds.objects.update(channel=0)
    round_, _ = housekeeping.begin_round()
    assert retention.forget_leads(round_) == 2
    left = {url.rsplit("/", 1)[1] for url in Lead.objects.values_list("url", flat=True)}
    assert left == {"waiting", "article", "named", "failed"}
    assert Lead.objects.get(url__endswith="failed").channel_id == quiet.pk


@pytest.mark.django_db
def test_a_reading_writes_what_it_names_once_a_week() -> None:
    channel = making.a_channel()
    entries = [Entry(f"https://news.test/{n}", f"https://news.test/{n}") for n in range(20)]
    registry.store_leads(channel, entries)
    with CaptureQueriesContext(connection) as queries:
        registry.store_leads(channel, entries)
    assert not [query for query in queries if "named_at" in query["sql"] and query["sql"].startswith("UPDATE")]
    Lead.objects.update(named_at=NOW - timedelta(days=8))
    registry.store_leads(channel, entries[:10])
    assert Lead.objects.filter(named_at__gte=NOW - timedelta(days=1)).count() == 10


@pytest.mark.django_db
def test_evidence_is_forgotten_days_at_a_time_and_not_while_it_is_written(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    records = [store.write(answer(b"x", at=NOW - timedelta(days=100 - number))) for number in range(10)]
    channel = making.a_channel()
    for number, record in enumerate(records):
        making.store(channel, f"https://news.test/{number}", text="x")
        Snapshot.objects.filter(pk=Snapshot.objects.latest("id").pk).update(file=record.file)
    assert retention.forget_evidence(store, NOW, 30) == 0  # they were written at this moment
    store.close()
    for record in records[1:]:
        os.utime(tmp_path / record.file, (0, 0))
    assert retention.forget_evidence(store, NOW, 0) == 0
    assert retention.forget_evidence(store, NOW, 30) == retention.MOST_DAYS
    assert Snapshot.objects.count() == len(records) - retention.MOST_DAYS
    assert retention.forget_evidence(store, NOW, 30) == 2
    assert {path.name for path in tmp_path.glob("*/*")} == {records[0].file.split("/")[1]}
    assert list(Snapshot.objects.values_list("file", flat=True)) == [records[0].file]


@pytest.mark.django_db
def test_evidence_that_only_forgotten_articles_had_goes_with_them(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    named, unnamed, late = (store.write(answer(b"x", at=NOW - timedelta(days=days))) for days in (420, 410, 20))
    store.close()
    for record in (named, unnamed, late):
        os.utime(tmp_path / record.file, (0, 0))
    making.store(making.a_channel(), "https://news.test/a")
    Snapshot.objects.update(file=named.file)
    assert retention.forget_evidence_of_nothing(store, NOW, 0) == 0
    assert retention.forget_evidence_of_nothing(store, NOW, DAYS) == 1
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*")} == {named.file, late.file}


HOUR = timedelta(hours=1)


def after(steps: list[timedelta], start: datetime = NOW) -> Clock:
    clock, now = observed(None, start), start
    for step in steps:
        now += step
        clock = observed(clock, now)
    return clock


def test_a_clock_is_believed_after_a_day_of_rounds() -> None:
    assert not after([HOUR] * 23).may_be_believed
    assert after([HOUR] * 24).may_be_believed


def test_a_laptop_that_sleeps_at_night_and_over_the_weekend_is_believed() -> None:
    week = ([HOUR] * 8 + [timedelta(hours=16)]) * 4 + [HOUR] * 8 + [timedelta(hours=64)]
    assert after(week).may_be_believed


@pytest.mark.parametrize("jump", [timedelta(days=365), timedelta(days=5), -timedelta(days=365), -timedelta(hours=1)])
def test_a_clock_that_jumps_is_not_believed_for_a_day(jump: timedelta) -> None:
    assert not after([HOUR] * 100 + [jump]).may_be_believed
    assert not after([HOUR] * 100 + [jump, HOUR, -jump]).may_be_believed
    assert after([HOUR] * 100 + [jump] + [HOUR] * 24).may_be_believed


@given(st.lists(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)), max_size=30))
def test_whatever_a_clock_does_belief_is_earned_by_a_day_of_small_steps(steps: list[timedelta]) -> None:
    clock = after(steps)
    small = sum((step for step in steps if timedelta() < step <= housekeeping.COUNTED_STEP), timedelta())
    assert clock.agreed <= small
    assert clock.may_be_believed <= (small >= AGREEMENT)


@pytest.mark.django_db
def test_a_round_notes_the_databases_clock() -> None:
    first, clock = housekeeping.begin_round()
    assert not clock.may_be_believed
    Rounds.objects.update(seen_at=NOW - HOUR, agreed=AGREEMENT)
    second, clock = housekeeping.begin_round()
    assert second.pk == first.pk
    assert clock.may_be_believed
    Rounds.objects.update(seen_at=NOW - timedelta(days=365))
    assert not housekeeping.begin_round()[1].may_be_believed
