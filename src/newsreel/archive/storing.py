"""Storing an article: with its evidence, its change-log line and the state of its lead, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from newsreel.archive import changes
from newsreel.archive.models import Article, ArticleKeyword, ArticleTopic, Keyword, Lead, Revision, Snapshot
from newsreel.archive.snapshots import Record
from newsreel.core.types import Block, Enrichment, Precision, Response
from newsreel.core.urls import identity, is_root, same_site

Stored = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """An article as decided: what the archive is to say of it. ``statements`` is what page and feed each said."""

    url: str
    title: str
    text: str
    html: str
    canonical_url: str = ""
    blocks: Sequence[Block] = ()
    published: datetime | None = None
    published_precision: Precision = "time"
    modified: datetime | None = None
    authors: Sequence[str] = ()
    section: str = ""
    publisher_keywords: Sequence[str] = ()
    language: str = ""
    lead_image: str = ""
    statements: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    """The fetch that gave an article: where its response lies, what makes the next visit cheap, and when that is due."""

    response: Response
    record: Record
    again_in: float | None


def article_key(url: str, canonical_url: str) -> str:
    """Which address is the article's identity: the canonical one where it names a page of the same site, else its own.

    A canonical link to another site is evidence of a copy and never identity, or a page could take over another
    publisher's article; one to the front door is a common fault of templates and would make all articles one.
    """
    if canonical_url and same_site(canonical_url, url) and not is_root(canonical_url):
        return identity(canonical_url)
    return identity(url)


def store(lead: Lead, facts: ArticleFacts, visit: Visit) -> tuple[Stored, int]:
    """Stores what a lead led to. What it was ('new', 'changed', 'same'), and the article's id."""
    for attempt in (1, 2, 3):
        try:
            with transaction.atomic():
                return _store(lead, facts, visit)
        except IntegrityError:
            # Another process stored the same identity between our look and our insert: look again.
            if attempt == 3:
                raise
    raise AssertionError("unreachable")


def _store(lead: Lead, facts: ArticleFacts, visit: Visit) -> tuple[Stored, int]:
    key = article_key(facts.url, facts.canonical_url)
    digest = text_digest(facts.title, facts.text)
    article = _find({key, lead.key, identity(facts.url)}, lead)
    outcome: Stored
    if article is None:
        article = Article(
            key=key,
            url=lead.url,
            source_id=lead.channel.source_id,
            channel_id=lead.channel_id,
            first_seen=visit.response.fetched_at,
            text_sha256=digest,
        )
        _fill(article, facts)
        article.save(force_insert=True)
        outcome = "new"
        changes.record("article", [article.pk], "added")
    elif bytes(article.text_sha256) != digest:
        _keep_revision(article)
        _fill(article, facts)
        article.text_sha256 = digest
        article.state, article.attempts, article.claim_owner = Article.State.STORED, 0, None
        article.changed_at = Now()
        article.save(force_update=True)
        outcome = "changed"
        changes.record("article", [article.pk], "changed")
    else:
        outcome = "same"
    if outcome != "same":
        _snapshot(article, visit)
    _lead_done(lead, article, visit)
    return outcome, article.pk


def _find(keys: Iterable[str], lead: Lead) -> Article | None:
    """The article known under one of the identities, itself or by the address that led to it; locked."""
    wanted = list(keys)
    known = Q(key__in=wanted) | Q(
        pk__in=Lead.objects.filter(key__in=wanted, article__isnull=False).values("article_id")
    )
    found = list(
        Article.objects.select_for_update(of=("self",))
        .filter(known, source_id=lead.channel.source_id)
        .order_by("id")[:2]
    )
    if lead.article_id:
        found.sort(key=lambda article: article.pk != lead.article_id)
    return found[0] if found else None


def _fill(article: Article, facts: ArticleFacts) -> None:
    article.canonical_url = facts.canonical_url
    article.title, article.text, article.html = facts.title, facts.text, facts.html
    article.published_at, article.published_precision = facts.published, facts.published_precision
    if facts.published is not None and facts.published > article.first_seen:
        article.published_at = article.first_seen  # a date in the future is not later than the fetch
    article.modified_at = facts.modified
    article.shown_at = article.published_at or article.first_seen
    article.statements = facts.statements
    article.authors = [author[:200] for author in facts.authors[:20]]
    article.section = facts.section[:200]
    article.publisher_keywords = list(facts.publisher_keywords[:50])
    article.language = facts.language[:20]
    article.blocks = [_block_json(block) for block in facts.blocks]
    article.lead_image = facts.lead_image


def _keep_revision(article: Article) -> None:
    last = Snapshot.objects.filter(article=article).order_by("-id").first()
    Revision.objects.create(
        article=article,
        title=article.title,
        text=article.text,
        html=article.html,
        blocks=article.blocks,
        published_at=article.published_at,
        published_precision=article.published_precision,
        modified_at=article.modified_at,
        snapshot=last,
    )


def _snapshot(article: Article, visit: Visit) -> None:
    response, record = visit.response, visit.record
    Snapshot.objects.create(
        article=article,
        url=response.url,
        fetched_at=response.fetched_at,
        status=response.status,
        content_type=(response.content_type or "")[:200],
        file=record.file,
        offset=record.offset,
        length=record.length,
        sha256=record.sha256,
    )


def _lead_done(lead: Lead, article: Article, visit: Visit) -> None:
    due = None if visit.again_in is None else Now() + Value(timedelta(seconds=visit.again_in))
    Lead.objects.filter(pk=lead.pk).update(
        state=Lead.State.DONE,
        article=article,
        outcome="ok",
        reason="",
        attempts=0,
        visits=F("visits") + 1,
        next_due_at=due,
        etag=(visit.response.header("etag") or "")[:1000],
        last_modified=(visit.response.header("last-modified") or "")[:200],
    )


def text_digest(title: str, text: str) -> bytes:
    """What says whether an article was changed: SHA-256 of its title and text."""
    return hashlib.sha256(f"{title}\x00{text}".encode("utf-8", "surrogatepass")).digest()


def _block_json(block: Block) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(block).items() if value}


@transaction.atomic
def store_enrichments(found: Sequence[tuple[int, Enrichment]]) -> None:
    """Writes what articles are about (id, enrichment), in place of what was known before; five statements for any number."""
    ids = [pk for pk, _ in found]
    texts: dict[str, str] = {}
    for _, enrichment in found:
        for word in enrichment.keywords:
            texts.setdefault(keyword_key(word.text), word.text[:120])
    Keyword.objects.bulk_create(
        [Keyword(key=key, text=text) for key, text in sorted(texts.items())], ignore_conflicts=True
    )
    rows = dict(Keyword.objects.filter(key__in=list(texts)).values_list("key", "pk"))
    ArticleKeyword.objects.filter(article_id__in=ids).delete()
    ArticleTopic.objects.filter(article_id__in=ids).delete()
    keywords: dict[tuple[int, int], ArticleKeyword] = {}
    for pk, enrichment in found:
        for word in enrichment.keywords:
            row = rows.get(keyword_key(word.text))
            if row is not None:
                keywords.setdefault((pk, row), ArticleKeyword(article_id=pk, keyword_id=row, weight=word.weight))
    ArticleKeyword.objects.bulk_create(keywords.values(), batch_size=1000)
    topics = {
        (pk, topic.code): ArticleTopic(article_id=pk, code=topic.code, top=topic.top, weight=topic.weight)
        for pk, enrichment in found
        for topic in enrichment.topics
    }
    ArticleTopic.objects.bulk_create(topics.values(), batch_size=1000)
    articles = [
        Article(
            pk=pk,
            language=enrichment.language,
            state=Article.State.ENRICHED,
            claim_owner=None,
            claimed_until=None,
            changed_at=Now(),
        )
        for pk, enrichment in found
    ]
    Article.objects.bulk_update(articles, ["language", "state", "claim_owner", "claimed_until", "changed_at"])
    changes.record("article", ids, "enriched")


def keyword_key(text: str) -> str:
    """Under which a keyword is known: its case does not make another one."""
    return text[:120].casefold()[:120]


def enrichment_failed(ids: Sequence[int], most_attempts: int) -> None:
    """Gives articles back after a fault; those tried too often stay as they are, without keywords."""
    rows = Article.objects.filter(pk__in=ids)
    rows.filter(attempts__gte=most_attempts).update(state=Article.State.FAILED, claim_owner=None, claimed_until=None)
    rows.filter(attempts__lt=most_attempts).update(claim_owner=None, claimed_until=None)
