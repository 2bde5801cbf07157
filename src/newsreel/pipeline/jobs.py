"""The bells: jobs that say 'do what is due', and the watch that rings them should one have been lost.

Rows alone say what is due (see archive.claims). A bell waits at most once (queueing_lock), is rung after the commit that
makes it necessary, and is worth nothing once it has rung: finished and stalled jobs are simply deleted.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from procrastinate import App, Blueprint, JobContext

from newsreel.archive import claims, clock, letters, preferences, subscriptions, wishes, workers
from newsreel.archive.models import AddRequest
from newsreel.archive.reading import settle_rsshub
from newsreel.core import settings as ours
from newsreel.core.errors import NewsreelError
from newsreel.pipeline.adding import add_all
from newsreel.pipeline.bells import NAMESPACE, ring
from newsreel.pipeline.crawling import Crawl, Tally
from newsreel.pipeline.enriching import enrich_due
from newsreel.pipeline.keeping import keep
from newsreel.pipeline.overseeing import Overseer
from newsreel.pipeline.previewing import look_at
from newsreel.pipeline.pushing import base_of
from newsreel.pipeline.sending import send_due
from newsreel.pipeline.subscribing import reconcile, subscribe_due
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.jobs")

bells = Blueprint()
SWEEP_SECONDS = 5.0
HOUSEKEEPING_SECONDS = 3600.0
SUBSCRIBE_SECONDS = 60.0  # between two looks at what channels offer
OVERSEEING_SECONDS = 60.0
HOUSE_REST_SECONDS = 30.0  # after a full disk: to try sooner would be to fetch pages only to throw them away
STALLED_SECONDS = 900


def configure(app: App) -> None:
    """Lets procrastinate's app answer the bells; once in a process."""
    if f"{NAMESPACE}:crawl" not in app.tasks:
        app.add_tasks_from(bells, namespace=NAMESPACE)


async def _ring_when_it_can(shop: Workshop, bell: str) -> None:
    """Rings, or lets it be where the database is not there for long: the watch rings for what is due."""
    try:
        await shop.db(ring, bell)
    except NewsreelError as error:
        log.error("A bell could not be rung: %s", error)


@bells.task(name="crawl", queueing_lock="crawl", pass_context=True)
async def crawl(context: JobContext) -> None:
    """Reads what is due, until nothing is left to start."""
    shop = _shop(context)
    if shop.crawling.locked() or time.monotonic() < shop.rest_until:
        return  # the crawl that runs here looks for due hosts itself
    async with shop.crawling:
        crawl = Crawl(shop, progress=_ring_enrich(shop))
        try:
            tally = await crawl.run(to_the_end=False)
        except NewsreelError as error:
            log.error("The crawl stopped: %s", error)
            shop.rest_until, shop.fault = time.monotonic() + HOUSE_REST_SECONDS, error.outcome
            return
        shop.fault = ""
    if tally.new or tally.changed:
        await _ring_when_it_can(shop, "enrich")
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
            task = asyncio.create_task(_ring_when_it_can(shop, "enrich"))
            waiting.add(task)
            task.add_done_callback(waiting.discard)

    return progress


@bells.task(name="enrich", queueing_lock="enrich", pass_context=True)
async def enrich(context: JobContext) -> None:
    """Enriches what is due, batch after batch."""
    shop = _shop(context)
    async with shop.enriching:
        try:
            while await enrich_due(shop):
                pass
        except NewsreelError as error:
            log.error("Enriching stopped: %s", error)


@bells.task(name="add", queueing_lock="add", pass_context=True)
async def add_wishes(context: JobContext) -> None:
    """Looks for the channels of the sites that readers asked for, and for what a preview would show."""
    shop = _shop(context)
    while claimed := await shop.db(wishes.claim, shop.owner):
        for wish, result in zip(claimed, await add_all(shop, [wish.address for wish in claimed]), strict=True):
            await shop.db(
                wishes.answer, wish, result.status, site=result.site, outcome=result.outcome, reason=result.reason
            )
        await shop.db(ring, "crawl")
    while claimed := await shop.db(wishes.claim, shop.owner, state=AddRequest.State.LOOKING):
        await asyncio.gather(*(look_at(shop, wish) for wish in claimed))


@bells.task(name="send", queueing_lock="send", pass_context=True)
async def send(context: JobContext) -> None:
    """Sends the letters that are due, batch after batch."""
    shop = _shop(context)
    async with shop.sending:
        try:
            while await send_due(shop, shop.settings):
                pass
        except NewsreelError as error:
            log.error("Sending stopped: %s", error)


@bells.task(name="subscribe", queueing_lock="subscribe", pass_context=True)
async def subscribe(context: JobContext) -> None:
    """Asks hubs for what channels offer, batch after batch."""
    shop = _shop(context)
    async with shop.subscribing:
        try:
            await reconcile(shop, shop.settings)
            while await subscribe_due(shop, shop.settings):
                pass
        except NewsreelError as error:
            log.error("Subscribing stopped: %s", error)


async def watch(shop: Workshop, pause: float = SWEEP_SECONDS, housekeeping: float = HOUSEKEEPING_SECONDS) -> None:
    """Every few seconds, until it is cancelled, takes up settings that were changed and rings for whatever is due: a bell
    may have been lost with the worker that was to ring it. Once a minute it notes gaps and looks over the sources. By the
    monotonic clock and not by procrastinate's periodic tasks: those stand still after the machine's clock was set back, and
    make up for every missed tick after it was set forward.
    """
    house_kept: float | None = None
    instance: str | None = None  # of RSSHub, by which its channels' hosts are set
    subscribed: float | None = None
    overseen: float | None = None
    overseer = Overseer()
    while True:
        try:
            if overseen is None or time.monotonic() - overseen > OVERSEEING_SECONDS:
                await shop.db(overseer.step, shop.fault)
                overseen = time.monotonic()
            if await shop.db(preferences.take_up):
                shop.follow(ours.settings())
            if instance != shop.settings.rsshub:
                await shop.db(settle_rsshub, shop.settings.rsshub)
                instance = shop.settings.rsshub
            await shop.db(shop.clock.look)
            if (back := await shop.db(clock.mend)) is not None:
                log.warning("The database's clock was set back by %s: what is due was moved with it.", back)
            await shop.db(workers.tell, shop.owner, shop.trouble)
            for bell in await shop.db(_due_bells):
                await shop.db(ring, bell)
            if house_kept is None or time.monotonic() - house_kept > housekeeping:
                await shop.db(ring, "housekeeping")
                house_kept = time.monotonic()
            if base_of(shop.settings.url) and (subscribed is None or time.monotonic() - subscribed > SUBSCRIBE_SECONDS):
                await shop.db(ring, "subscribe")
                subscribed = time.monotonic()
        except NewsreelError as error:
            shop.fault = error.outcome
            log.error("Nothing can be rung: %s", error)
        except Exception as error:
            # Without this watch nothing would ever be read again, and nobody would see why.
            log.error("Nothing could be rung this time: %s", type(error).__name__)
        await asyncio.sleep(pause)


@bells.task(name="housekeeping", queueing_lock="housekeeping", pass_context=True)
async def keep_house(context: JobContext) -> None:
    """Forgets what is old by the settings, and the jobs of workers that died."""
    shop = _shop(context)
    try:
        await keep(shop)
        await shop.db(_delete_stalled)
    except NewsreelError as error:
        log.error("Old things are not forgotten: %s", error)


def _shop(context: JobContext) -> Workshop:
    shop: Any = context.additional_context["shop"]
    return shop  # type: ignore[no-any-return]


def _due_bells() -> list[str]:
    due = []
    if claims.hosts_due():
        due.append("crawl")
    if claims.articles_due():
        due.append("enrich")
    if wishes.waiting():
        due.append("add")
    if letters.due():
        due.append("send")
    if base_of(ours.settings().url) and subscriptions.due():
        due.append("subscribe")
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
