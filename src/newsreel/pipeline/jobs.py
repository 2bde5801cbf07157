"""The bells: jobs that say 'do what is due', and the sweep that rings them should one have been lost.

Rows alone say what is due (see archive.claims). A bell waits at most once (queueing_lock), is rung after the commit that
makes it necessary, and is worth nothing once it has rung: finished and stalled jobs are simply deleted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from procrastinate import App, Blueprint, JobContext
from procrastinate.exceptions import AlreadyEnqueued

from newsreel.archive import claims, housekeeping
from newsreel.core.errors import NewsreelError
from newsreel.pipeline.crawling import Crawl, Tally
from newsreel.pipeline.enriching import enrich_due
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.jobs")

bells = Blueprint()
SWEEP_CRON = "* * * * * */5"  # every five seconds; croniter's sixth column is the seconds
HOUSEKEEPING_CRON = "17 * * * *"
STALLED_SECONDS = 900


def configure(app: App) -> None:
    """Called by procrastinate's Django app when it is ready (settings.PROCRASTINATE_ON_APP_READY)."""
    app.add_tasks_from(bells, namespace="newsreel")


def ring(bell: str) -> None:
    """Rings a bell, unless it is waiting already. Not inside a transaction: the second writer would wait and fail."""
    from procrastinate.contrib.django import app

    try:
        app.configure_task(f"newsreel:{bell}", queueing_lock=bell).defer()
    except AlreadyEnqueued:
        return


@bells.task(name="crawl", queueing_lock="crawl", pass_context=True)
async def crawl(context: JobContext) -> None:
    """Reads what is due, until nothing is left to start."""
    shop = _shop(context)
    if shop.crawling.locked():
        return  # the crawl that runs here looks for due hosts itself
    async with shop.crawling:
        crawl = Crawl(shop, progress=_ring_enrich(shop))
        try:
            tally = await crawl.run(to_the_end=False)
        except NewsreelError as error:
            log.error("The crawl stopped: %s", error)
            return
    if tally.new or tally.changed:
        await shop.db(ring, "enrich")
    if tally.channels or tally.pages:
        log.info(
            "Read %d channels and %d pages: %d new, %d changed.", tally.channels, tally.pages, tally.new, tally.changed
        )


def _ring_enrich(shop: Workshop) -> Callable[[Tally], None]:
    """Rings for enrichment about once a second while the crawl brings articles."""
    loop = asyncio.get_running_loop()
    waiting: set[asyncio.Task[None]] = set()
    last = {"at": loop.time(), "stored": 0}

    def progress(tally: Tally) -> None:
        stored = tally.new + tally.changed
        if stored > last["stored"] and loop.time() - last["at"] > 1.0:
            last.update(at=loop.time(), stored=stored)
            task = asyncio.create_task(shop.db(ring, "enrich"))
            waiting.add(task)
            task.add_done_callback(waiting.discard)

    return progress


@bells.task(name="enrich", queueing_lock="enrich", pass_context=True)
async def enrich(context: JobContext) -> None:
    """Enriches what is due, batch after batch."""
    shop = _shop(context)
    async with shop.enriching:
        while await shop.db(enrich_due, shop.owner):
            pass


@bells.periodic(cron=SWEEP_CRON)
@bells.task(name="sweep", queueing_lock="sweep", pass_context=True)
async def sweep(context: JobContext, timestamp: int) -> None:
    """Rings for whatever is due: a bell may have been lost with the worker that was to ring it."""
    shop = _shop(context)
    for bell in await shop.db(_due_bells):
        await shop.db(ring, bell)


@bells.periodic(cron=HOUSEKEEPING_CRON)
@bells.task(name="housekeeping", queueing_lock="housekeeping", pass_context=True)
async def keep_house(context: JobContext, timestamp: int) -> None:
    """Forgets old evidence by the setting, old changes, and the jobs of workers that died."""
    shop = _shop(context)
    await shop.db(housekeeping.forget_evidence, shop.snapshots, timezone.now(), shop.settings.snapshot_days)
    await shop.db(housekeeping.forget_changes, timedelta(days=30))
    await shop.db(_delete_stalled)


def _shop(context: JobContext) -> Workshop:
    shop: Any = context.additional_context["shop"]
    return shop  # type: ignore[no-any-return]


def _due_bells() -> list[str]:
    due = []
    if claims.hosts_due():
        due.append("crawl")
    if claims.articles_due():
        due.append("enrich")
    return due


def _delete_stalled() -> None:
    """A killed worker's jobs stay 'doing' for ever; as bells they have no other use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'doing' AND id IN (SELECT job_id FROM procrastinate_events"
            " WHERE type = 'started' AND at < now() - make_interval(secs => %s))"
            " AND (worker_id IS NULL OR worker_id NOT IN (SELECT id FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - interval '1 minute'))",
            [STALLED_SECONDS],
        )
