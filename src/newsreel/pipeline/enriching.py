"""Enriching: batches of stored articles become known by language, topics and keywords.

The computation runs in a child of its own (isolation.Readers): it is the crawl's most costly part (45 ms an article) and
its largest memory (400 MB of models), and would keep the event loop of the crawl waiting.
"""

from __future__ import annotations

import logging

from newsreel.archive import claims, storing
from newsreel.archive.models import Article
from newsreel.core.errors import Permanent
from newsreel.core.types import Enrichment, Evidence
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.enrich")
BATCH = 25


async def enrich_due(shop: Workshop, batch: int = BATCH) -> int:
    """Claims one batch, computes outside any transaction, writes; how many articles it was. 0: nothing is due.

    ``shop.held`` is the memory of the batch in work: a call that broke off (the database was lost) leaves it there, and
    the next one takes it up. Its claim is this living process's own, so nobody else would before it runs out.

    An article over which the computation fails is given back and, after three attempts, left without keywords.
    """
    if not shop.held:
        shop.held[:] = await shop.db(claims.claim_articles, shop.owner, batch)
    if not shop.held:
        return 0
    found: list[tuple[int, Enrichment]] = []
    failed: list[int] = []
    for article in await shop.db(_articles, list(shop.held)):
        try:
            found.append((article.pk, await _enrich(shop, article)))
        except Permanent as error:
            log.warning("Article %s could not be enriched: %s", article.pk, error.reason)
            failed.append(article.pk)
    if found:
        await shop.db(storing.store_enrichments, found, shop.owner.number)
    if failed:
        await shop.db(storing.enrichment_failed, failed, claims.MAX_ATTEMPTS, shop.owner.number)
    done = len(shop.held)
    shop.held.clear()
    return done


def _articles(ids: list[int]) -> list[Article]:
    columns = ("id", "title", "text", "language", "section", "publisher_keywords", "url")
    return list(Article.objects.filter(pk__in=ids).only(*columns))


async def _enrich(shop: Workshop, article: Article) -> Enrichment:
    evidence = Evidence(section=article.section, keywords=tuple(article.publisher_keywords), url=article.url)
    async with shop.costs.stage("enrich"):
        enrichment: Enrichment = await shop.thinker.call(
            "enrich", article.title, article.text, language_hint=article.language or None, evidence=evidence
        )
    return enrichment
