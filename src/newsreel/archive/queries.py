"""The reading side of the archive, for pages: each function gives what one page shows, in a fixed number of queries.

Lists are paged by key, not by offset: a cursor is the place (``shown_at``, ``id``) of a row, so a page costs the same
at the end as at the start, and a new article does not push another onto the next page. Lists never load bodies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Left

from newsreel.archive.changes import Position
from newsreel.archive.cursors import Cursor
from newsreel.archive.models import (
    Article,
    ArticleKeyword,
    ArticleTopic,
    Channel,
    Keyword,
    Revision,
    Snapshot,
    Source,
)
from newsreel.archive.shown import (
    NAMELESS,
    ChannelState,
    Earlier,
    FullArticle,
    Headline,
    Item,
    Listing,
    Name,
    Outlet,
    Recorded,
    SourceState,
)
from newsreel.archive.snapshots import Record
from newsreel.core.types import Precision

PAGE_SIZE = 30
ROLLING_SIZE = 20
LEAD_LENGTH = 180  # characters of the body under a title in a list
REVISIONS_SHOWN = 20
_UNSHOWN = ("etag", "last_modified", "key", "reason", "digest", "moved_to")  # columns of a channel


HEADLINE_FIELDS = (
    "id",
    "title",
    "published_at",
    "published_precision",
    "first_seen",
    "shown_at",
    "language",
    "source__id",
    "source__name",
    "source__name_zh",
    "channel__id",
    "channel__name",
    "channel__name_zh",
)
# The same columns for the live stream, which reads on an asynchronous connection of its own.
HEADLINES_SQL = """
    SELECT a.id, a.title, a.published_at, a.published_precision, a.first_seen, a.language,
           s.id, s.name, s.name_zh, c.id, c.name, c.name_zh
    FROM archive_article a JOIN archive_source s ON s.id = a.source_id LEFT JOIN archive_channel c ON c.id = a.channel_id
    WHERE a.id = ANY(%s)
"""


# Everything that can be read now lies before this place of the change log. Unlike the last line's own position it
# is also right where the log is empty or its old lines were removed.
READ_UP_TO_SQL = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"


def read_up_to() -> Position:
    """Where a live page goes on in the change log. To be asked before the page's articles are read."""
    with connection.cursor() as cursor:
        cursor.execute(READ_UP_TO_SQL)
        row = cursor.fetchone()
    return Position(int(row[0]), 0) if row else Position(0, 0)


def _headline(
    id_: int,
    title: str,
    published_at: datetime | None,
    precision: str,
    first_seen: datetime,
    language: str,
    outlet: Outlet,
) -> Headline:
    collected = published_at is None
    day = precision == "day" and not collected
    return Headline(id_, title, outlet, published_at or first_seen, "day" if day else "time", collected, language)


def headline_of_row(row: Sequence[Any]) -> Headline:
    """A row of HEADLINES_SQL."""
    outlet = Outlet(row[6], Name(row[7], row[8]), row[9], Name(row[10] or "", row[11] or ""))
    return _headline(row[0], row[1], row[2], row[3], row[4], row[5], outlet)


def headline_of(article: Article) -> Headline:
    """An article read with HEADLINE_FIELDS."""
    channel = article.channel
    outlet = Outlet(
        article.source.id,
        Name(article.source.name, article.source.name_zh),
        channel.id if channel else None,
        Name(channel.name, channel.name_zh) if channel else NAMELESS,
    )
    return _headline(
        article.id,
        article.title,
        article.published_at,
        article.published_precision,
        article.first_seen,
        article.language,
        outlet,
    )


def _headlines(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.select_related("source", "channel").only(*HEADLINE_FIELDS)


def rolling(count: int = ROLLING_SIZE) -> tuple[Headline, ...]:
    """滚动新闻: the articles as they came in, the last first. The live stream goes on where this ends."""
    return tuple(headline_of(article) for article in _headlines(Article.objects.order_by("-id"))[:count])


def newest(before: Cursor | None = None, after: Cursor | None = None, size: int = PAGE_SIZE) -> Listing:
    """最新资讯: all articles, newest first; from a cursor on, or (``after``) the page just newer than a cursor."""
    return _listing(Article.objects.all(), before, after, size)


def of_source(source: int, before: Cursor | None = None, after: Cursor | None = None, size: int = PAGE_SIZE) -> Listing:
    """The articles of a source."""
    return _listing(Article.objects.filter(source_id=source), before, after, size)


def of_channel(
    channel: int, before: Cursor | None = None, after: Cursor | None = None, size: int = PAGE_SIZE
) -> Listing:
    """The articles of a channel."""
    return _listing(Article.objects.filter(channel_id=channel), before, after, size)


def of_topic(code: str, before: Cursor | None = None, after: Cursor | None = None, size: int = PAGE_SIZE) -> Listing:
    """The articles of a topic, those of the topics below a top level included."""
    rows = ArticleTopic.objects.filter(Q(code=code) | Q(top=code), article=OuterRef("pk"))
    return _listing(Article.objects.filter(Exists(rows)), before, after, size)


def of_keyword(
    keyword: int, before: Cursor | None = None, after: Cursor | None = None, size: int = PAGE_SIZE
) -> Listing:
    """The articles that a keyword names."""
    rows = ArticleKeyword.objects.filter(keyword_id=keyword, article=OuterRef("pk"))
    return _listing(Article.objects.filter(Exists(rows)), before, after, size)


def _listing(articles: QuerySet[Article], before: Cursor | None, after: Cursor | None, size: int) -> Listing:
    if before is not None:
        rows = list(_rows(_older_than(articles, before))[: size + 1])
        return Listing(_items(rows[:size]), _cursor(rows[0]) if rows else None, _next(rows, size))
    if after is not None:
        newer = list(_rows(_newer_than(articles, after), newest_first=False)[: size + 1])
        if len(newer) > size:
            rows = newer[:size][::-1]
            return Listing(_items(rows), _cursor(rows[0]), _cursor(rows[-1]))
        # Fewer are newer than a page holds: the first page, full, instead of a short one.
    rows = list(_rows(articles)[: size + 1])
    return Listing(_items(rows[:size]), None, _next(rows, size))


def _rows(articles: QuerySet[Article], newest_first: bool = True) -> QuerySet[Article]:
    order = ("-shown_at", "-id") if newest_first else ("shown_at", "id")
    topics = ArticleTopic.objects.order_by("-weight", "code").only("code", "top", "article_id")
    return (
        _headlines(articles)
        .annotate(lead=Left("text", LEAD_LENGTH * 2))
        .prefetch_related(Prefetch("topic_rows", topics))
        .order_by(*order)
    )


def _older_than(articles: QuerySet[Article], cursor: Cursor) -> QuerySet[Article]:
    # The first condition alone bounds the index scan; the second is exact.
    return articles.filter(shown_at__lte=cursor.shown_at).filter(
        Q(shown_at__lt=cursor.shown_at) | Q(shown_at=cursor.shown_at, id__lt=cursor.id)
    )


def _newer_than(articles: QuerySet[Article], cursor: Cursor) -> QuerySet[Article]:
    return articles.filter(shown_at__gte=cursor.shown_at).filter(
        Q(shown_at__gt=cursor.shown_at) | Q(shown_at=cursor.shown_at, id__gt=cursor.id)
    )


def _cursor(article: Article) -> Cursor:
    return Cursor(article.shown_at, article.id)


def _next(rows: Sequence[Article], size: int) -> Cursor | None:
    return _cursor(rows[size - 1]) if len(rows) > size else None


def _items(rows: Iterable[Article]) -> tuple[Item, ...]:
    return tuple(Item(headline_of(row), row.lead, _first_topic(row)) for row in rows)  # type: ignore[attr-defined]


def _first_topic(article: Article) -> str:
    return next((row.top for row in article.topic_rows.all()), "")


def article(id_: int) -> FullArticle | None:
    """An article's page, or None where there is no such article."""
    keywords = ArticleKeyword.objects.select_related("keyword").order_by("-weight", "id")
    topics = ArticleTopic.objects.order_by("-weight", "code")
    revisions = Revision.objects.defer("blocks").order_by("-replaced_at", "-id")[:REVISIONS_SHOWN]
    found = (
        Article.objects.select_related("source", "channel")
        .defer("blocks", "text_sha256")
        .prefetch_related(
            Prefetch("keyword_rows", keywords),
            Prefetch("topic_rows", topics),
            Prefetch("revisions", revisions, "shown_revisions"),
        )
        .filter(pk=id_)
        .first()
    )
    return None if found is None else _full(found)


def _full(found: Article) -> FullArticle:
    return FullArticle(
        headline=headline_of(found),
        url=found.url,
        html=found.html,
        text=found.text,
        authors=tuple(str(author) for author in found.authors) if isinstance(found.authors, list) else (),
        section=found.section,
        first_seen=found.first_seen,
        modified_at=found.modified_at,
        enriched=found.state == Article.State.ENRICHED,
        statements=found.statements if isinstance(found.statements, dict) else {},
        topics=tuple(dict.fromkeys(row.top for row in found.topic_rows.all())),
        keywords=tuple((row.keyword.id, row.keyword.text) for row in found.keyword_rows.all()),
        revisions=tuple(_earlier(row) for row in found.shown_revisions),  # type: ignore[attr-defined]
        lead_image=found.lead_image,
    )


def _earlier(row: Revision) -> Earlier:
    precision: Precision = "day" if row.published_precision == "day" else "time"
    return Earlier(row.id, row.title, row.html, row.text, row.published_at, precision, row.replaced_at)


def recorded(article: int) -> Recorded | None:
    """The page of an article as it was fetched last, or None where none is kept."""
    row = Snapshot.objects.filter(article_id=article).order_by("-id").first()
    if row is None:
        return None
    record = Record(row.file, row.offset, row.length, bytes(row.sha256))
    return Recorded(row.url, row.fetched_at, row.content_type, record)


def source_names() -> list[tuple[int, Name]]:
    """Every source's id and name, unsorted: the page sorts by the name that it shows (PostgreSQL has no ICU here)."""
    return [(row[0], Name(row[1], row[2])) for row in Source.objects.values_list("id", "name", "name_zh")]


def sources(ids: Sequence[int]) -> tuple[SourceState, ...]:
    """These sources with the state of their channels, in this order."""
    channels = Channel.objects.order_by("name", "id").defer(*_UNSHOWN)
    rows = Source.objects.filter(pk__in=ids).defer("proxy", "ca_file", "allowed_ports")
    found = {row.id: _source(row) for row in rows.prefetch_related(Prefetch("channels", channels))}
    return tuple(found[id_] for id_ in ids if id_ in found)


def source(id_: int) -> SourceState | None:
    """A source with its channels, or None."""
    channels = Channel.objects.order_by("name", "id").defer(*_UNSHOWN)
    found = Source.objects.filter(pk=id_).prefetch_related(Prefetch("channels", channels)).first()
    return None if found is None else _source(found)


def _source(row: Source) -> SourceState:
    return SourceState(
        row.id,
        Name(row.name, row.name_zh),
        row.site,
        row.home_url,
        row.country,
        row.language,
        row.paused,
        tuple(channel_state(channel) for channel in row.channels.all()),
        row.retired_at is not None,
    )


def channel_state(row: Channel) -> ChannelState:
    """A channel's row."""
    return ChannelState(
        row.id,
        Name(row.name, row.name_zh),
        row.kind,
        row.url,
        row.outcome,
        row.failures,
        row.last_read_at,
        row.last_new_at,
        row.next_due_at,
    )


def channel(id_: int) -> tuple[Outlet, ChannelState] | None:
    """A channel with its source, or None."""
    found = Channel.objects.select_related("source").filter(pk=id_).first()
    if found is None:
        return None
    name = Name(found.name, found.name_zh)
    outlet = Outlet(found.source.id, Name(found.source.name, found.source.name_zh), found.id, name)
    return outlet, channel_state(found)


def keyword(id_: int) -> str | None:
    """A keyword's text, or None."""
    return Keyword.objects.filter(pk=id_).values_list("text", flat=True).first()


def totals() -> dict[str, int]:
    """How much is here: sources, channels, and articles (the planner's estimate: counting millions takes seconds)."""
    counts = Source.objects.aggregate(sources=Count("id", distinct=True), channels=Count("channels"))
    last = Article.objects.aggregate(last=Max("id"))["last"] or 0
    if last <= 10_000:
        return {**counts, "articles": Article.objects.count()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'archive_article'::regclass")
        row = cursor.fetchone()
    return {**counts, "articles": int(row[0]) if row else 0}


def answers() -> bool:
    """Whether the database answers. Raises django.db.Error where it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() is not None
