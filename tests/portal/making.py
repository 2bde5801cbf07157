"""Rows for pages: written as the archive's tables hold them, with the change log's line in the same transaction."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from newsreel.archive import changes
from newsreel.archive.models import Article, ArticleKeyword, ArticleTopic, Channel, Keyword, Source

NOON = datetime(2025, 8, 12, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)

BODY = (
    '<p>The shortage stems from losses, and an <a href="/topic/exodus">exodus of workers</a>.</p>'
    "<h2>A fraction of what others earn</h2><blockquote><p>Waking up was terrifying.</p></blockquote>"
    "<ul><li>5,000 workers</li></ul><table><tbody><tr><th>Year</th><td>2024</td></tr></tbody></table>"
    "<figure><pre>A map</pre><figcaption>A fire in Bilozerske</figcaption></figure>"
    "<pre><code>x = 1</code></pre>"
)


def a_channel(name: str = "World", name_zh: str = "世界新闻", **more: Any) -> Channel:
    """A channel of The Independent, or of the source given."""
    source = more.pop("source", None) or a_source()
    n = next(_numbers)
    return Channel.objects.create(
        source=source,
        kind="feed",
        name=name,
        name_zh=name_zh,
        url=f"https://{source.site}/{n}.xml",
        key=f"{source.site}/{n}.xml",
        host=source.site,
        **more,
    )


def a_source(name: str = "The Independent", name_zh: str = "独立报", **more: Any) -> Source:
    """A source with a site of its own."""
    site = f"n{next(_numbers)}.test"
    return Source.objects.create(site=site, name=name, name_zh=name_zh, home_url=f"https://{site}/", **more)


def an_article(
    channel: Channel,
    title: str = "Title",
    *,
    published: datetime | None = NOON,
    precision: str = "time",
    seen: datetime | None = None,
    keywords: Sequence[str] = (),
    topics: Sequence[str] = (),
    html: str = BODY,
    text: str = "The shortage stems from losses.",
    language: str = "en",
    **more: Any,
) -> Article:
    """An article that the channel brought, committed with its line in the change log."""
    n = next(_numbers)
    first_seen = seen or (published or NOON) + timedelta(minutes=5)
    with transaction.atomic():
        made = Article.objects.create(
            key=f"https://{channel.source.site}/{n}",
            url=f"https://{channel.source.site}/news/{n}.html",
            source=channel.source,
            channel=channel,
            title=title,
            published_at=published,
            published_precision=precision,
            first_seen=first_seen,
            shown_at=min(published, first_seen) if published else first_seen,
            html=html,
            text=text,
            text_sha256=hashlib.sha256(text.encode()).digest(),
            language=language,
            **{"state": Article.State.ENRICHED, **more},
        )
        for place, word in enumerate(keywords):
            keyword = Keyword.objects.get_or_create(key=word.casefold(), defaults={"text": word})[0]
            ArticleKeyword.objects.create(article=made, keyword=keyword, weight=1 / (place + 1))
        for place, code in enumerate(topics):
            ArticleTopic.objects.create(article=made, code=code, top="medtop:11000000", weight=1 / (place + 1))
        changes.record("article", [made.id], "added")
    return made


def many_articles(channel: Channel, count: int, **more: Any) -> list[Article]:
    """Articles a minute apart, the first one the oldest."""
    return [an_article(channel, f"Title {n}", published=NOON + timedelta(minutes=n), **more) for n in range(count)]
