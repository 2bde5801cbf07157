"""Storing an article: with its evidence, its change-log line and the state of its lead, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from psycopg.types.json import Jsonb

from newsreel.archive import changes, counts
from newsreel.archive.models import Article, ArticleKeyword, ArticleTopic, Keyword, Lead, Revision, Snapshot
from newsreel.archive.snapshots import Record
from newsreel.core.errors import Skip, Temporary
from newsreel.core.types import Block, Enrichment, Precision, Response
from newsreel.core.urls import identity, is_root, same_site

Stored = Literal["new", "changed", "same"]
ATTEMPTS = 3


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
    """Stores what a lead led to. What it was ('new', 'changed', 'same'), and the article's id.

    Skip 'source_removed' where the lead is no more, 'forgotten' where the article was there and went by its age (retention.py);
    Temporary 'store_contended' where others were always quicker.
    """
    telling = _telling(lead, facts, visit)
    for _ in range(ATTEMPTS):
        try:
            stored = _add(lead, telling, visit) or _update(lead, telling, visit)
        except IntegrityError:
            continue  # the source was removed between our look and our insert: look again
        if stored is not None:
            return stored
        if not Lead.objects.filter(pk=lead.pk).exists():
            raise Skip("source_removed", "Its source was removed meanwhile.")
        if Lead.objects.filter(key__in=telling.keys, state=Lead.State.REMOVED).exists():
            Lead.objects.filter(pk=lead.pk).update(state=Lead.State.REMOVED, next_due_at=None, outcome="ok", reason="")
            raise Skip("forgotten", "The article was kept for as long as the settings say, and is not read anew.")
    raise Temporary("store_contended", "Others changed the same article at the same moment.")


# A new article, with all that belongs to it, is one statement: one way to the server and one commit. It asks the
# archive itself whether the article is known, and does nothing then. Statement by statement through the ORM the same
# took six ways (docs/benchmarks.md says what it costs now).
_ADD = """
    WITH known AS (
        SELECT id FROM archive_article WHERE key = ANY(%(keys)s)
        UNION ALL SELECT article_id FROM archive_lead WHERE key = ANY(%(keys)s) AND article_id IS NOT NULL
        UNION ALL SELECT id FROM archive_lead WHERE key = ANY(%(keys)s) AND state = 'removed'
    ), added AS (
        INSERT INTO archive_article (source_id, channel_id, url, key, first_seen, text_sha256, state, attempts, {names})
        SELECT c.source_id, c.id, l.url, %(key)s, %(first_seen)s, %(digest)s, 'stored', 0, {values}
        FROM archive_lead l JOIN archive_channel c ON c.id = l.channel_id
        WHERE l.id = %(lead)s AND l.visits = %(visits)s AND NOT EXISTS (SELECT FROM known)
        ON CONFLICT (key) DO NOTHING RETURNING id, channel_id
    ), evidence AS (
        INSERT INTO archive_snapshot (article_id, url, fetched_at, status, content_type, file, "offset", length, sha256)
        SELECT id, %(final_url)s, %(first_seen)s, %(status)s, %(content_type)s, %(file)s, %(offset)s, %(length)s, %(sha256)s
        FROM added
    ), logged AS (
        INSERT INTO archive_change (kind, ref, action) SELECT 'article', id, 'added' FROM added
    ), done AS (
        UPDATE archive_lead l SET state = 'done', article_id = added.id, outcome = 'ok', reason = '', attempts = 0,
            visits = l.visits + 1, next_due_at = now() + make_interval(secs => %(again_in)s::float8),
            etag = %(etag)s, last_modified = %(last_modified)s
        FROM added WHERE l.id = %(lead)s
    ), counted AS ({counted}
    ) SELECT id FROM added
"""


def _add(lead: Lead, telling: _Telling, visit: Visit) -> tuple[Stored, int] | None:
    """Stores a new article; None, and nothing done, where it is known already or its lead is gone."""
    response, record, columns = visit.response, visit.record, telling.columns
    values = {
        **{name: _jsonb(value) if name in _JSON else value for name, value in columns.items()},
        "keys": telling.keys,
        "key": telling.keys[0],
        "digest": telling.digest,
        "lead": lead.pk,
        "visits": lead.visits,
        "first_seen": response.fetched_at,
        "final_url": response.url,
        "status": response.status,
        "content_type": (response.content_type or "")[:200],
        **record._asdict(),
        "again_in": visit.again_in,
        **_validators(visit),
    }
    names = ", ".join(columns)
    statement = _ADD.format(names=names, values=", ".join(f"%({name})s" for name in columns), counted=counts.ARTICLE)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return ("new", row[0]) if row else None


@transaction.atomic
def _update(lead: Lead, telling: _Telling, visit: Visit) -> tuple[Stored, int] | None:
    """Stores what a known article says now; None where it is not known. Nothing is stored where another visit was written
    since this one began: a worker may be late whose lease another has.
    """
    article = _find(telling.keys, lead)
    if article is None:
        return None
    if not Lead.objects.select_for_update(of=("self",)).filter(pk=lead.pk, visits=lead.visits).exists():
        return "same", article.pk
    outcome: Stored = "same"
    if bytes(article.text_sha256) != telling.digest:
        outcome = "changed"
        _keep_revision(article)
        for name, value in {**telling.columns, **_dates(telling.facts, article.first_seen)}.items():
            setattr(article, name, value)
        article.text_sha256 = telling.digest
        article.state, article.attempts, article.claim_owner = Article.State.STORED, 0, None
        article.changed_at = Now()
        article.save(force_update=True)
        changes.record("article", [article.pk], "changed")
        _snapshot(article, visit)
    _lead_done(lead, article, visit)
    counts.page(lead.channel_id, "changed" if outcome == "changed" else "unchanged")
    return outcome, article.pk


def _find(keys: Sequence[str], lead: Lead) -> Article | None:
    """The article known under one of the identities, itself or by the address that led to it; locked.

    Whichever source named it first has it: an address is an article's identity, not the feed that names it.
    """
    known = Q(key__in=keys) | Q(pk__in=Lead.objects.filter(key__in=keys, article__isnull=False).values("article_id"))
    found = list(Article.objects.select_for_update(of=("self",)).filter(known).order_by("id")[:2])
    if lead.article_id:
        found.sort(key=lambda article: article.pk != lead.article_id)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Telling:
    """What is to be stored, made ready: ``keys`` are all its identities, its own first."""

    facts: ArticleFacts
    keys: list[str]
    digest: bytes
    columns: dict[str, Any]


def _telling(lead: Lead, facts: ArticleFacts, visit: Visit) -> _Telling:
    # A redirect within the site names the page that was read; one to another site would let a feed claim its articles.
    url = visit.response.url if same_site(visit.response.url, facts.url) else facts.url
    keys = list(dict.fromkeys([article_key(url, facts.canonical_url), lead.key, identity(url)]))
    columns = _columns(facts, visit.response.fetched_at)
    return _Telling(facts, keys, text_digest(facts.title, facts.text), columns)


_JSON = frozenset({"statements", "authors", "publisher_keywords", "blocks"})


def _columns(facts: ArticleFacts, first_seen: datetime) -> dict[str, Any]:
    """What an article says, by column."""
    return {
        "canonical_url": facts.canonical_url,
        "title": facts.title,
        "text": facts.text,
        "html": facts.html,
        **_dates(facts, first_seen),
        "statements": facts.statements,
        "authors": [author[:200] for author in facts.authors[:20]],
        "section": facts.section[:200],
        "publisher_keywords": list(facts.publisher_keywords[:50]),
        "language": facts.language[:20],
        "blocks": [_block_json(block) for block in facts.blocks],
        "lead_image": facts.lead_image,
    }


def _dates(facts: ArticleFacts, first_seen: datetime) -> dict[str, Any]:
    # A date in the future is not later than the fetch.
    published = min(facts.published, first_seen) if facts.published is not None else None
    return {
        "published_at": published,
        "published_precision": facts.published_precision,
        "modified_at": facts.modified,
        "shown_at": published or first_seen,
    }


def _jsonb(value: Any) -> Jsonb:
    return Jsonb(value, dumps=_dumps)


_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def _validators(visit: Visit) -> dict[str, str]:
    """What makes the next visit cheap."""
    response = visit.response
    return {
        "etag": (response.header("etag") or "")[:1000],
        "last_modified": (response.header("last-modified") or "")[:200],
    }


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
        **_validators(visit),
    )


def text_digest(title: str, text: str) -> bytes:
    """What says whether an article was changed: SHA-256 of its title and text."""
    return hashlib.sha256(f"{title}\x00{text}".encode("utf-8", "surrogatepass")).digest()


_BLOCK_FIELDS = tuple(part.name for part in fields(Block))


def _block_json(block: Block) -> dict[str, Any]:
    # asdict copies deeply, which took a third of the time in Python of storing an article.
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in _BLOCK_FIELDS
        if (value := getattr(block, name))
    }


@transaction.atomic
def store_enrichments(found: Sequence[tuple[int, Enrichment]], owner: int) -> None:
    """Writes what articles are about (id, enrichment), in place of what was known before; six statements for any number.

    Of an article whose claim is the owner's no more nothing is written: its text was changed meanwhile and is to be looked at anew,
    another has claimed it, or this was written already, by a transaction whose end a lost database kept from us.
    """
    ids = _still_claimed([pk for pk, _ in found], owner)
    found = [(pk, enrichment) for pk, enrichment in found if pk in ids]
    texts: dict[str, str] = {}
    for _, enrichment in found:
        for word in enrichment.keywords:
            texts.setdefault(keyword_key(word.text), word.text[:120])
    Keyword.objects.bulk_create(
        [Keyword(key=key, text=text) for key, text in sorted(texts.items())], ignore_conflicts=True
    )
    rows = _keyword_rows(list(texts))
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
    _enriched(found)
    changes.record("article", ids, "enriched")


def _enriched(found: Sequence[tuple[int, Enrichment]]) -> None:
    """Articles are done with, until their text changes."""
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


def _still_claimed(ids: Sequence[int], owner: int) -> list[int]:
    """Those of articles that the owner holds, locked until the end of the transaction."""
    rows = Article.objects.filter(pk__in=ids, claim_owner=owner, state=Article.State.STORED)
    return list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


def _keyword_rows(keys: list[str]) -> dict[str, int]:
    """Ids of keywords, held until the end of the transaction: housekeeping removes those that nothing refers to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, id FROM archive_keyword WHERE key = ANY(%s) FOR KEY SHARE", [keys])
        return dict(cursor.fetchall())


def keyword_key(text: str) -> str:
    """Under which a keyword is known: its case does not make another one."""
    return text[:120].casefold()[:120]


def enrichment_failed(ids: Sequence[int], most_attempts: int, owner: int) -> None:
    """Gives articles back that the owner still holds, after a fault; those tried too often stay as they are, without keywords."""
    rows = Article.objects.filter(pk__in=ids, claim_owner=owner)
    rows.filter(attempts__gte=most_attempts).update(state=Article.State.FAILED, claim_owner=None, claimed_until=None)
    rows.filter(attempts__lt=most_attempts).update(claim_owner=None, claimed_until=None)
