"""A worker: rings and answers the bells until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress

from procrastinate import exceptions

from newsreel.archive import workers
from newsreel.core.errors import NewsreelError
from newsreel.pipeline.startup import Archive
from newsreel.pipeline.workshop import Workshop, open_workshop

log = logging.getLogger("newsreel.worker")

GRACE_SECONDS = 8.0
CONCURRENCY = 7  # one for each bell, and one for a second of those that wait for the first


async def work(archive: Archive) -> None:
    """Works until SIGTERM or SIGINT; a crawl that is under way is given up then, and what it holds is free again.

    A database that is lost is waited for, and the work begins again.
    """
    from newsreel.pipeline.jobs import watch

    # Of a lost database it logs whole traces; what it costs us is said here in one line.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with open_workshop(archive.settings, archive.recover) as shop:
        watching = asyncio.create_task(watch(shop))
        try:
            while not stopping.is_set():
                await _until_stopped_or_lost(shop, stopping)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await _say_goodbye(shop)


async def _until_stopped_or_lost(shop: Workshop, stopping: asyncio.Event) -> None:
    """Answers bells. Returns when told to stop, and when the database has been lost and answers again."""
    answering = asyncio.create_task(_answer_bells(shop))
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait({answering, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not stopping.is_set():
        log.warning("The database was lost: the worker goes on when it answers.")
    answering.cancel()
    (end,) = await asyncio.gather(answering, return_exceptions=True)
    if isinstance(end, Exception) and not isinstance(end, (exceptions.ConnectorException, NewsreelError)):
        raise end
    if not stopping.is_set():
        await asyncio.wait(
            {asyncio.create_task(shop.db(_answers)), told := asyncio.create_task(stopping.wait())},
            return_when=asyncio.FIRST_COMPLETED,
        )
        told.cancel()


async def _say_goodbye(shop: Workshop) -> None:
    """A worker that ends in order is not waited for; where the database is not there at this moment, its word grows old."""
    with suppress(NewsreelError, TimeoutError):
        async with asyncio.timeout(2.0):
            await shop.db(workers.leave, shop.owner)


async def _answer_bells(shop: Workshop) -> None:
    from procrastinate.contrib.django import app

    from newsreel.pipeline.jobs import configure

    configure(app)
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        log.info("Worker %d is ready.", shop.owner.number)
        await worker_app.run_worker_async(
            concurrency=CONCURRENCY,
            delete_jobs="always",
            shutdown_graceful_timeout=GRACE_SECONDS,
            additional_context={"shop": shop},
            install_signal_handlers=False,
            fetch_job_polling_interval=2.0,
        )


def _answers() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
