"""What a reading of a channel leaves behind: the one place where its outcome is written, and where a channel moves or is retired."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Now

from newsreel.archive import changes
from newsreel.archive.claims import ensure_hosts
from newsreel.archive.models import Channel, Source
from newsreel.archive.subscriptions import due_after
from newsreel.core.rsshub import SCHEME, feed_host, feed_identity
from newsreel.core.urls import host_of

log = logging.getLogger("newsreel.archive")

GONE = "gone_for_good"
MERGED = "merged"


@dataclass(frozen=True, slots=True)
class AfterReading:
    """What is to be done after a reading without fault (pipeline/polling.py decides it). ``wait`` and ``interval`` in seconds: until the
    next reading, and what is kept as the channel's own. ``whole``: a body came. ``move``: it is at ``moved_to`` from now on.
    """

    wait: float
    interval: int
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    window: int = 0
    whole: bool = True
    unmodified: int = 0
    distrusted: bool = False
    refresh_seconds: int | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    move: bool = False


@dataclass(frozen=True, slots=True)
class AfterFailure:
    """What is to be done after a reading that failed. ``wait`` in seconds; ``retire``: it is read no more."""

    wait: float
    gone_since: datetime | None = None
    retire: bool = False


def database_now() -> datetime:
    """The time by which all rows are dated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment: datetime = cursor.fetchone()[0]
    return moment


@transaction.atomic
def channel_read(
    channel: Channel, then: AfterReading, *, status: int, entries: int | None, new: int, seconds: float
) -> None:
    """A channel was read without fault.

    ``status`` of the answer (200, 304), how many ``entries`` it named (None: it is the same as last time) and how many of them are ``new``,
    and the ``seconds`` that fetching and reading it took.
    """
    values: dict[str, Any] = {
        "etag": then.etag[:1000],
        "last_modified": then.last_modified[:200],
        "digest": then.digest,
        "window": then.window,
        "unmodified": then.unmodified,
        "distrusted": then.distrusted,
        "refresh_seconds": then.refresh_seconds,
        "moved_to": then.moved_to,
        "moved_since": then.moved_since,
        "gone_since": None,
        "interval": then.interval,
        "failures": 0,
        "outcome": "ok",
        "reason": "",
        "last_read_at": Now(),
        "last_ok_at": Now(),
        "next_due_at": due_after(channel, then.wait),
    }
    if new:
        values["last_new_at"] = Now()
    if then.whole:
        values["whole_at"] = Now()
    Channel.objects.filter(pk=channel.pk).update(**values)
    if then.move:
        _move(channel, then.moved_to)


@transaction.atomic
def channel_failed(
    channel: Channel, then: AfterFailure, *, outcome: str, reason: str, status: int, seconds: float
) -> None:
    """A channel could not be read: why, the ``status`` of the answer that says so (0: there was none), and the ``seconds`` that it took."""
    Channel.objects.filter(pk=channel.pk).update(
        failures=F("failures") + 1,
        outcome=outcome,
        reason=reason[:500],
        gone_since=then.gone_since,
        last_read_at=Now(),
        next_due_at=Now() + Value(timedelta(seconds=then.wait)),
    )
    if then.retire:
        _retire(channel, GONE, f"{reason} It said so twice, hours apart: it is not read any more.")


def read_again(channels: QuerySet[Channel]) -> None:
    """Reads retired channels again, as if they had never been read: what they said then holds no longer."""
    channels.update(
        paused=False,
        retired_at=None,
        gone_since=None,
        moved_to="",
        moved_since=None,
        distrusted=False,
        etag="",
        last_modified="",
        digest="",
        failures=0,
        outcome="",
        reason="",
        next_due_at=Now(),
    )


def settle_rsshub(instance: str) -> int:
    """Has all channels of RSSHub read from an instance ('' is none) from now on, where they are not already; how many moved.

    What the instance before has said (validators, failures) is not asked about at another.
    """
    host = feed_host(SCHEME, instance)
    ensure_hosts([host])
    return Channel.objects.filter(~Q(host=host), url__startswith=SCHEME).update(
        host=host, etag="", last_modified="", digest="", distrusted=False, failures=0, next_due_at=Now()
    )


def _move(channel: Channel, url: str) -> None:
    """A channel is at another address from now on; its history stays. Where another channel has that address, this one ends."""
    key, place = feed_identity(url), host_of(url)
    other = Channel.objects.select_related("source").filter(key=key).exclude(pk=channel.pk).first()
    if other is None:
        ensure_hosts([place])
        try:
            with transaction.atomic():
                Channel.objects.filter(pk=channel.pk).update(
                    url=url, key=key, host=place, moved_to="", moved_since=None, distrusted=False
                )
        except IntegrityError:  # another came there at this moment
            other = Channel.objects.select_related("source").get(key=key)
    if other is not None:
        if other.retired_at is not None:
            read_again(Channel.objects.filter(pk=other.pk))
            Source.objects.filter(pk=other.source_id, retired_at__isnull=False).update(paused=False, retired_at=None)
        _retire(channel, MERGED, f"It has moved to {url[:200]}, where a channel is already: {str(other)[:200]}.")
        return
    changes.record("source", [channel.source_id], "changed")
    log.info("A channel of %s has moved to %s.", channel.source.site, place)


def _retire(channel: Channel, outcome: str, reason: str) -> None:
    """A channel is read no more, and its source neither where no other is left. What it has named is still visited while the source is."""
    Channel.objects.filter(pk=channel.pk).update(
        paused=True, retired_at=Now(), outcome=outcome, reason=reason[:500], moved_to="", moved_since=None
    )
    if not Channel.objects.filter(source=channel.source_id, retired_at=None).exists():
        Source.objects.filter(pk=channel.source_id, retired_at=None).update(paused=True, retired_at=Now())
    changes.record("source", [channel.source_id], "changed")
    log.info("A channel of %s is read no more: %s.", channel.source.site, outcome)
