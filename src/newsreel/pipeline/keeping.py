"""Keeping house: once an hour what is old is forgotten, in small steps, so that readers and the crawl wait for none of it."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta

from newsreel.archive import counts, coverage, housekeeping, letters, retention, subscriptions, wishes, workers
from newsreel.archive.models import Rounds
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.keeping")

CHANGES_KEPT = timedelta(days=30)
PREVIEWS_KEPT = timedelta(days=1)
MEMORIES_KEPT = timedelta(days=180)
MOST_MEMORIES = 20_000  # sites; some 40 KB each where many pages were read
LONGEST = 900.0  # seconds that articles may take in one round; the next goes on
STEPS = 20  # of keywords and channels in one round


async def keep(shop: Workshop) -> None:
    """One round. By a clock that is not yet believed (see housekeeping) nothing is forgotten that is missed later."""
    await shop.db(wishes.forget_previews, PREVIEWS_KEPT)
    await shop.db(workers.forget)
    rounds, clock = await shop.db(housekeeping.begin_round)
    if not clock.may_be_believed:
        return
    await shop.db(letters.forget)
    await shop.db(subscriptions.forget)
    await shop.db(counts.forget)
    await shop.db(coverage.forget)
    await shop.db(housekeeping.forget_changes, CHANGES_KEPT)
    await shop.db(housekeeping.forget_site_memories, MEMORIES_KEPT, MOST_MEMORIES)
    await shop.db(housekeeping.forget_site_patterns, MEMORIES_KEPT, MOST_MEMORIES)
    articles = await forget_articles(shop)
    evidence = await shop.db(retention.forget_evidence, shop.snapshots, clock.seen_at, shop.settings.snapshot_days)
    evidence += await shop.db(
        retention.forget_evidence_of_nothing, shop.snapshots, clock.seen_at, shop.settings.article_days
    )
    leads, keywords = await _step_by_step(shop, rounds)
    if articles or evidence or leads or keywords:
        log.info(
            "Forgotten by age: %d articles, %d files of evidence, %d addresses, %d keywords.",
            articles, evidence, leads, keywords,
        )  # fmt: skip


async def forget_articles(shop: Workshop, longest: float = LONGEST) -> int:
    """Removes articles by the setting, batch after batch, with a rest as long as each took; how many."""
    gone, place = 0, retention.START
    until = time.monotonic() + longest
    while time.monotonic() < until:
        started = time.monotonic()
        batch = await shop.db(retention.forget_articles, shop.settings.article_days, place)
        gone += batch.articles
        if batch.after is None:
            break
        place = batch.after
        await asyncio.sleep(time.monotonic() - started)
    return gone


async def _step_by_step(shop: Workshop, rounds: Rounds) -> tuple[int, int]:
    leads = keywords = 0
    for _ in range(STEPS):
        started = time.monotonic()
        leads += await shop.db(retention.forget_leads, rounds)
        keywords += await shop.db(retention.forget_keywords, rounds)
        if not rounds.keyword and not rounds.channel:
            break  # both have come to their ends
        await asyncio.sleep(time.monotonic() - started)
    return leads, keywords
