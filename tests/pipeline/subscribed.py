"""Rows of subscriptions for tests, and what hubs do with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from django.db import connection, connections
from django.db.models.functions import Now
from django.utils import timezone

from newsreel.archive import callbacks, registry, subscriptions
from newsreel.archive.models import Subscription
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core.settings import Settings
from newsreel.pipeline import pushing
from newsreel.pipeline.subscribing import reconcile, subscribe_due

PORTAL = "https://portal.test"
TOPIC = "https://news.test/feed.xml"
HERE = Settings(url=PORTAL)


async def db(work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Work on the database in a thread, whose connection ends with it."""

    def run() -> Any:
        try:
            return work(*arguments, **options)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def watch(count: int = 1, hub: str = "", topic: str = TOPIC) -> list[int]:
    """Channels that offer a hub."""
    made = []
    for n in range(count):
        _, (channel,) = registry.register(
            SourceFacts(f"n{n}.test", "N", f"https://n{n}.test/"),
            [ChannelFacts(f"https://n{n}.test/feed", "feed")],
            900,
        )
        subscriptions.offered(channel, hub, topic if count == 1 else f"{topic}?{n}")
        made.append(channel.pk)
    return made


def rows() -> list[tuple[str, str, str]]:
    return list(Subscription.objects.order_by("pk").values_list("mode", "state", "outcome"))


def no_bells() -> None:
    """Bells that nobody heard would be heard by another test: the tables of jobs are not emptied between them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def the_row() -> Subscription:
    return Subscription.objects.get()


def due_again() -> None:
    Subscription.objects.filter(next_due_at__isnull=False).update(next_due_at=Now())


async def step(shop: Any, chosen: Settings = HERE) -> int:
    await reconcile(shop, chosen)
    done = 0
    while batch := await subscribe_due(shop, chosen):
        done += batch
    return done


def hear(row: Subscription, query: str) -> pushing.Verdict | None:
    """A hub's GET, with what it does."""
    known = callbacks.known(row.token)
    assert known is not None
    verdict = pushing.verdict(known, query.encode())
    if verdict is not None and verdict.what == "verified":
        callbacks.verified(known, verdict.lease, pushing.renew_in(verdict.lease, 0.5))
    elif verdict is not None and verdict.what == "ended":
        callbacks.ended(known)
    return verdict


def verify(row: Subscription, lease: int = 86400, mode: str = "subscribe") -> None:
    verdict = hear(row, f"hub.mode={mode}&hub.topic={row.topic}&hub.challenge=abc&hub.lease_seconds={lease}")
    assert verdict is not None
    assert verdict.challenge == b"abc"


def days_until(moment: Any) -> float:
    return round((moment - timezone.now()).total_seconds() / 86400, 2)
