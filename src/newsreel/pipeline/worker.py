"""A worker: rings and answers the bells until it is told to stop."""

from __future__ import annotations

import asyncio
import logging

from newsreel.pipeline.startup import Archive
from newsreel.pipeline.workshop import open_workshop

log = logging.getLogger("newsreel.worker")

GRACE_SECONDS = 8.0
CONCURRENCY = 4


async def work(archive: Archive) -> None:
    """Works until SIGTERM or SIGINT; a crawl that is under way is given up then, and what it holds is free again."""
    from procrastinate.contrib.django import app

    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with open_workshop(archive.settings, archive.recover) as shop, worker_app.open_async():
        log.info("Worker %d is ready.", shop.owner.number)
        await worker_app.run_worker_async(
            concurrency=CONCURRENCY,
            delete_jobs="always",
            shutdown_graceful_timeout=GRACE_SECONDS,
            additional_context={"shop": shop},
            install_signal_handlers=True,
            fetch_job_polling_interval=2.0,
        )
        await asyncio.sleep(0)
