"""Identity, revisions, dates and the change log of stored articles."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from newsreel.archive import changes, registry, storing
from newsreel.archive.models import Article, ArticleKeyword, Change, Lead, Revision, Snapshot
from newsreel.core.errors import Skip
from newsreel.core.types import Block, Enrichment, Entry, Keyword, Topic
from tests.archive import making

pytestmark = pytest.mark.django_db


def test_one_article_for_one_address_however_it_is_written() -> None:
    channel = making.a_channel()
    entries = [
        Entry("1", "https://news.test/a/story?utm_source=rss"),
        Entry("2", "http://www.news.test/a/story/#top"),
        Entry("3", "https://news.test/a/story?page=2"),
    ]
    assert registry.store_leads(channel, entries) == 2
    assert registry.store_leads(channel, entries) == 0


def test_one_article_for_one_canonical_address_on_the_same_site() -> None:
    channel = making.a_channel()
    first = making.store(channel, "https://news.test/a?id=1", canonical_url="https://www.news.test/story")
    second = making.store(channel, "https://m.news.test/b", canonical_url="https://www.news.test/story")
    third = making.store(channel, "https://www.news.test/story")
    assert (first[0], second[0], third[0]) == ("new", "same", "same")
    assert first[1] == second[1] == third[1]


def test_a_canonical_link_to_another_site_takes_nothing_over() -> None:
    honest, thief = making.a_channel(), making.a_channel("https://thief.test/feed", source="Thief")
    _, ours = making.store(honest, "https://news.test/story", title="Ours")
    outcome, theirs = making.store(
        thief, "https://thief.test/x", title="Theirs", canonical_url="https://news.test/story"
    )
    assert (outcome, theirs != ours) == ("new", True)
    assert Article.objects.get(pk=ours).title == "Ours"
    assert Article.objects.get(pk=theirs).canonical_url == "https://news.test/story"


def test_an_address_that_another_source_named_first_is_the_same_article() -> None:
    digest, paper = making.a_channel("https://digest.test/feed", source="Digest"), making.a_channel()
    _, first = making.store(digest, "https://m.news.test/a?id=1", canonical_url="https://news.test/story")
    assert making.store(paper, "https://news.test/story") == ("same", first)
    assert making.store(paper, "https://news.test/story", text="Corrected.") == ("changed", first)
    assert Article.objects.get().source == digest.source


def test_what_was_found_for_a_removed_source_is_no_fault() -> None:
    channel = making.a_channel()
    lead = making.a_lead(channel, "https://news.test/a")
    registry.remove(channel.source)
    with pytest.raises(Skip) as caught:
        storing.store(lead, making.facts(lead.url), making.a_visit(lead.url))
    assert caught.value.outcome == "source_removed"
    assert not Article.objects.exists()


def test_a_new_article_with_all_its_rows_is_one_statement() -> None:
    channel = making.a_channel()
    lead = making.a_lead(channel, "https://news.test/a")
    visit = making.a_visit(lead.url, again_in=60.0)
    with CountQueries() as counted:
        _, pk = storing.store(lead, making.facts(lead.url), visit)
    assert counted.number == 1
    article = Article.objects.get(pk=pk)
    assert (article.key, article.channel_id, article.state) == ("news.test/a", channel.pk, Article.State.STORED)
    snapshot = Snapshot.objects.get(article=pk)
    assert (snapshot.file, snapshot.offset, bytes(snapshot.sha256)) == (*visit.record[:2], visit.record.sha256)
    lead.refresh_from_db()
    assert (lead.state, lead.article_id, lead.visits, lead.outcome) == (Lead.State.DONE, pk, 1, "ok")
    assert lead.next_due_at is not None
    assert [(line.ref, line.action) for line in Change.objects.filter(kind="article")] == [(pk, "added")]


def test_a_canonical_link_to_the_front_door_does_not_make_all_articles_one() -> None:
    channel = making.a_channel()
    ids = {
        making.store(channel, f"https://news.test/{n}", text=f"Text {n}", canonical_url="https://news.test/")[1]
        for n in range(3)
    }
    assert len(ids) == 3


def test_a_changed_article_keeps_what_it_said() -> None:
    channel = making.a_channel()
    _, pk = making.store(
        channel,
        "https://news.test/a",
        title="First",
        text="Ten were hurt.",
        blocks=[Block("paragraph", "Ten were hurt.")],
    )
    outcome, again = making.store(channel, "https://news.test/a", title="First", text="Two were hurt.")
    assert (outcome, again) == ("changed", pk)
    assert Article.objects.get(pk=pk).text == "Two were hurt."
    revision = Revision.objects.get(article=pk)
    assert (revision.text, revision.html, revision.blocks) == (
        "Ten were hurt.", "<p>Ten were hurt.</p>", [{"kind": "paragraph", "text": "Ten were hurt."}],
    )  # fmt: skip
    assert revision.snapshot is not None
    assert Snapshot.objects.filter(article=pk).count() == 2
    assert Article.objects.get(pk=pk).state == Article.State.STORED  # what it is about is looked at anew
    assert list(Change.objects.filter(ref=pk, kind="article").order_by("seq").values_list("action", flat=True)) == [
        "added",
        "changed",
    ]


def test_a_date_in_the_future_is_not_later_than_the_fetch() -> None:
    channel = making.a_channel()
    _, pk = making.store(channel, "https://news.test/a", published=making.NOON + timedelta(days=30))
    article = Article.objects.get(pk=pk)
    assert (article.published_at, article.shown_at) == (making.NOON, making.NOON)


def test_what_has_no_date_is_ordered_by_when_it_was_seen() -> None:
    _, pk = making.store(making.a_channel(), "https://news.test/a")
    article = Article.objects.get(pk=pk)
    assert (article.published_at, article.shown_at) == (None, making.NOON)


def test_an_edited_entry_makes_its_page_due_again() -> None:
    channel = making.a_channel()
    url = "https://news.test/a"
    making.store(channel, url)
    assert Lead.objects.get(url=url).next_due_at is None
    registry.store_leads(channel, [Entry(url, url)])
    assert Lead.objects.get(url=url).next_due_at is None
    registry.store_leads(channel, [Entry(url, url, title="New title", updated=making.NOON)])
    assert Lead.objects.get(url=url).next_due_at is not None


def test_nul_and_lone_surrogates_are_no_fault() -> None:
    channel = making.a_channel()
    lead = making.a_lead(channel, "https://news.test/a", title="a\x00b", summary="x\x00")
    assert registry.entry_of(lead).title == "ab"


def test_enrichment_is_written_in_a_fixed_number_of_statements(django_assert_num_queries: object) -> None:
    channel = making.a_channel()
    ids = [making.store(channel, f"https://news.test/{n}", text=f"Text {n}")[1] for n in range(30)]

    def found(some: list[int]) -> list[tuple[int, Enrichment]]:
        words = (Keyword("North Korea", 1.0), Keyword("north korea", 0.9), Keyword("Kursk", 0.5))
        return [(pk, Enrichment("en", words, (Topic("medtop:20000593", "medtop:11000000", 0.8),))) for pk in some]

    counts = []
    Article.objects.update(claim_owner=7)
    for some in (ids[:10], ids[10:30]):
        with CountQueries() as counted:
            storing.store_enrichments(found(some), 7)
        counts.append(counted.number)
    assert counts[0] == counts[1]
    article = Article.objects.get(pk=ids[0])
    assert (article.state, article.language) == ("enriched", "en")
    assert [row.keyword.text for row in article.keyword_rows.order_by("-weight")] == ["North Korea", "Kursk"]
    Article.objects.filter(pk=ids[0]).update(claim_owner=7, state=Article.State.STORED)
    storing.store_enrichments([(ids[0], Enrichment("fr"))], 7)
    assert article.keyword_rows.count() == 0


def test_an_enrichment_counts_only_while_its_claim_does() -> None:
    """Written twice (the end of the first time was not heard of), of a text that was changed meanwhile, of another's claim."""
    channel = making.a_channel()
    urls = [f"https://news.test/{n}" for n in range(3)]
    again, changed, others = (making.store(channel, url, text=f"Text of {url}")[1] for url in urls)
    Article.objects.update(claim_owner=7)
    found = [(pk, Enrichment("en", (Keyword("Kursk", 1.0),))) for pk in (again, changed, others)]
    storing.store_enrichments(found[:1], 7)
    Article.objects.filter(pk=others).update(claim_owner=8)
    making.store(channel, urls[1], text="Another text")
    storing.store_enrichments(found, 7)
    storing.enrichment_failed([changed, others], 0, 7)
    states = dict(Article.objects.values_list("pk", "state"))
    assert states == {again: "enriched", changed: "stored", others: "stored"}
    assert list(Change.objects.filter(action="enriched").values_list("ref", flat=True)) == [again]
    assert not ArticleKeyword.objects.exclude(article_id=again).exists()


class CountQueries:
    """Counts the statements inside."""

    def __enter__(self) -> CountQueries:
        self.number = 0
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def _count(self, execute: object, *arguments: object) -> object:
        self.number += 1
        return execute(*arguments)  # type: ignore[operator]

    def __exit__(self, *error: object) -> None:
        self._wrapper.__exit__(None, None, None)


@pytest.mark.django_db(transaction=True)
def test_two_processes_store_one_article_once() -> None:
    channel = making.a_channel()
    leads = [making.a_lead(channel, f"https://news.test/{n}") for n in range(6)]
    gate, outcomes = threading.Barrier(6), []

    def work(lead: Lead) -> None:
        gate.wait()
        page = making.facts(lead.url, canonical_url="https://news.test/story")
        outcomes.append(storing.store(lead, page, making.a_visit(lead.url))[0])
        connections.close_all()

    threads = [threading.Thread(target=work, args=[lead]) for lead in leads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["new", "same", "same", "same", "same", "same"]
    assert Article.objects.count() == 1
    assert Lead.objects.filter(article__isnull=False).count() == 6


def test_a_source_that_is_removed_takes_its_articles_along_and_says_so() -> None:
    channel = making.a_channel()
    _, pk = making.store(channel, "https://news.test/a")
    assert registry.remove(channel.source) == 1
    assert Article.objects.count() == 0
    assert [(line.kind, line.action) for line in Change.objects.order_by("seq")][-2:] == [
        ("article", "removed"),
        ("source", "removed"),
    ]
    assert Change.objects.filter(kind="article", ref=pk, action="removed").exists()


def test_what_another_source_names_too_is_read_again_for_it() -> None:
    first, second = making.a_channel(), making.a_channel("https://other.test/feed", source="Other")
    making.store(first, "https://news.test/a")
    lead = making.a_lead(second, "https://www.news.test/a?x=1")
    storing.store(lead, making.facts(lead.url, canonical_url="https://news.test/a"), making.a_visit(lead.url))
    registry.remove(first.source)
    lead.refresh_from_db()
    assert (lead.state, lead.article_id) == ("new", None)
    assert lead.next_due_at is not None


def test_positions_are_written_and_read() -> None:
    assert changes.Position.parse(str(changes.Position(12345678901234, 7))) == (12345678901234, 7)
    for wrong in ("", "-", "1", "1-", "-1", "a-b", "1-2-3", "１-2", "9" * 30 + "-1", "1 -2"):
        assert changes.Position.parse(wrong) is None


def test_no_index_is_kept_for_questions_that_nobody_asks() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename IN ('archive_article', 'archive_lead')"
            " AND (indexdef LIKE '%%varchar_pattern_ops%%' OR indexdef LIKE '%%(source_id)')"
        )
        assert cursor.fetchall() == []
