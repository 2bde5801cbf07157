"""Ringing: a job that says 'do what is due' to whichever worker is there (jobs.py answers it).

Apart from the answers, for a portal and a command only ring: with the answers come the crawl, the extractor and their
libraries, half of the time that a command needs to start.
"""

from __future__ import annotations

from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

NAMESPACE = "newsreel"


def ring(bell: str) -> None:
    """Rings a bell, unless it is waiting already. Not inside a transaction: the second writer would wait and fail."""
    from procrastinate.contrib.django import app

    try:
        app.configure_task(f"{NAMESPACE}:{bell}", queueing_lock=bell).defer()
    except AlreadyEnqueued:
        return
    except ConnectorException as error:
        # What the database said, so that a lost one is waited for as everywhere.
        raise error.__cause__ or error from None
