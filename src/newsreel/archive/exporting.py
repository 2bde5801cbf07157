"""Articles as flat rows, for whoever takes them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from newsreel.archive.models import Article, ArticleKeyword, ArticleTopic
from newsreel.core.dates import iso

COLUMNS = (
    "url", "canonical_url", "title", "published", "modified", "published_precision", "first_seen", "source", "channel",
    "language", "authors", "topics", "keywords", "text",
)  # fmt: skip
CHUNK = 500


def articles(since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Every article (added or changed since a time) as a row of COLUMNS, oldest first; memory stays that of one chunk."""
    rows = Article.objects.select_related("source", "channel").defer("html", "blocks", "statements").order_by("id")
    rows = rows.prefetch_related(
        Prefetch("keyword_rows", ArticleKeyword.objects.select_related("keyword").order_by("-weight", "id")),
        Prefetch("topic_rows", ArticleTopic.objects.order_by("-weight", "id")),
    )
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    for article in rows.iterator(chunk_size=CHUNK):
        yield _row(article)


def _row(article: Article) -> dict[str, Any]:
    published = article.published_at
    return {
        "url": article.url,
        "canonical_url": article.canonical_url or None,
        "title": article.title,
        "published": iso(published, article.published_precision),
        "modified": iso(article.modified_at),
        "published_precision": article.published_precision if published else None,
        "first_seen": article.first_seen.isoformat(),
        "source": article.source.name,
        "channel": article.channel.name if article.channel else "",
        "language": article.language,
        "authors": article.authors,
        "topics": [row.code for row in article.topic_rows.all()],
        "keywords": [row.keyword.text for row in article.keyword_rows.all()],
        "text": article.text,
    }
