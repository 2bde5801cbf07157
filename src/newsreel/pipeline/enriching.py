"""Enriching: batches of stored articles become known by language, topics and keywords."""

from __future__ import annotations

import logging

from newsreel import enrichment
from newsreel.archive import claims, storing
from newsreel.archive.models import Article
from newsreel.core.types import Enrichment, Evidence

log = logging.getLogger("newsreel.enrich")
BATCH = 25


def enrich_due(owner: claims.Owner, held: list[int], batch: int = BATCH) -> int:
    """Claims one batch, computes outside any transaction, writes; how many articles it was. 0: nothing is due.

    ``held`` is the caller's memory of the batch in work: a call that broke off (the database was lost) leaves it there, and
    the next one takes it up. Its claim is this living process's own, so nobody else would before it runs out.

    An article over which the computation fails is given back and, after three attempts, left without keywords.
    """
    ids = list(held) or claims.claim_articles(owner, batch)
    if not ids:
        return 0
    held[:] = ids
    found: list[tuple[int, Enrichment]] = []
    failed: list[int] = []
    columns = ("id", "title", "text", "language", "section", "publisher_keywords", "url")
    for article in Article.objects.filter(pk__in=ids).only(*columns):
        try:
            found.append((article.pk, _enrich(article)))
        except Exception as error:
            # Whatever a library does over one text must not keep the others waiting; the type says enough for the log.
            log.warning("Article %s could not be enriched: %s", article.pk, type(error).__name__)
            failed.append(article.pk)
    if found:
        storing.store_enrichments(found)
    if failed:
        storing.enrichment_failed(failed, claims.MAX_ATTEMPTS)
    held.clear()
    return len(ids)


def _enrich(article: Article) -> Enrichment:
    evidence = Evidence(section=article.section, keywords=tuple(article.publisher_keywords), url=article.url)
    return enrichment.enrich(article.title, article.text, language_hint=article.language or None, evidence=evidence)
