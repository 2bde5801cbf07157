"""What a reading of a channel leaves behind: the one place where its outcome is written, and where a channel moves or is retired."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from newsreel.archive import changes, counts, coverage
from newsreel.archive.claims import ensure_hosts
from newsreel.archive.models import Channel, Source
from newsreel.archive.subscriptions import PUSH_GAP
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a channel without fault. ``wait``: seconds until the next; ``entries``: how many it named (None: it is the same as
    last time), how many of them are ``new``; ``seconds``: how long fetching and reading it took; ``back``: what became of a gap that it
    showed.
    """

    channel: Channel
    then: AfterReading
    wait: float
    entries: int | None
    new: int
    seconds: float
    back: coverage.PagedBack | None = None


# One that a hub pushed since the channel was loaded may have been read before that: it is read again soon.
_READ = f"""
    UPDATE archive_channel c SET etag = r.etag, last_modified = r.last_modified, digest = r.digest, "window" = r."window",
        unmodified = r.unmodified, distrusted = r.distrusted, refresh_seconds = r.refresh_seconds, moved_to = r.moved_to,
        moved_since = r.moved_since, gone_since = NULL, interval = r.interval, failures = 0, outcome = 'ok', reason = '',
        last_read_at = now(), last_ok_at = now(),
        last_new_at = CASE WHEN r.new > 0 THEN now() ELSE c.last_new_at END,
        whole_at = CASE WHEN r.whole THEN now() ELSE c.whole_at END,
        next_due_at = now() + make_interval(secs => CASE WHEN c.pushed_at IS NOT NULL
            AND (r.pushed_at IS NULL OR c.pushed_at > r.pushed_at) THEN least(r.wait, {PUSH_GAP}) ELSE r.wait END)
    FROM jsonb_to_recordset(%s::jsonb) AS r(id bigint, etag text, last_modified text, digest text, "window" int, unmodified int,
        distrusted boolean, refresh_seconds int, moved_to text, moved_since timestamptz, interval int, new int, whole boolean,
        pushed_at timestamptz, wait float8)
    WHERE c.id = r.id
"""  # noqa: S608 - a constant of ours


@transaction.atomic
def channels_read(readings: Sequence[Reading]) -> None:
    """Channels were read without fault: all of them in a few statements, for with thousands of hosts single ones were the larger
    part of what a reading cost (benchmarks/crawl.py).
    """
    ordered = sorted(readings, key=lambda one: one.channel.pk)  # two who write the same rows do so in one order
    counts.readings([_counted(one) for one in ordered])
    coverage.paged_back(one.back for one in ordered if one.back is not None)
    with connection.cursor() as cursor:
        cursor.execute(_READ, [json.dumps([_row(one) for one in ordered], default=str)])
    for one in ordered:
        if one.then.move:
            _move(one.channel, one.then.moved_to)


def _counted(one: Reading) -> counts.Counted:
    outcome = "unchanged" if one.entries is None else "ok"
    channel = one.channel
    return counts.Counted(
        channel.pk, outcome, one.entries or 0, one.new, one.seconds, channel.interval, channel.outcome
    )


def _row(one: Reading) -> dict[str, Any]:
    then = one.then
    return {
        "id": one.channel.pk,
        "etag": then.etag[:1000],
        "last_modified": then.last_modified[:200],
        "digest": then.digest,
        "window": then.window,
        "unmodified": then.unmodified,
        "distrusted": then.distrusted,
        "refresh_seconds": then.refresh_seconds,
        "moved_to": then.moved_to,
        "moved_since": then.moved_since,
        "interval": then.interval,
        "new": one.new,
        "whole": then.whole,
        "pushed_at": one.channel.pushed_at,
        "wait": one.wait,
    }


@dataclass(frozen=True, slots=True)
class Failure:
    """A reading of a channel that failed: why, and the ``seconds`` that it took."""

    channel: Channel
    then: AfterFailure
    outcome: str
    reason: str
    seconds: float


_FAILED = """
    UPDATE archive_channel c SET failures = c.failures + 1, outcome = f.outcome, reason = f.reason, gone_since = f.gone_since,
        last_read_at = now(), next_due_at = now() + make_interval(secs => f.wait)
    FROM jsonb_to_recordset(%s::jsonb) AS f(id bigint, outcome text, reason text, gone_since timestamptz, wait float8)
    WHERE c.id = f.id
"""


@transaction.atomic
def channels_failed(failures: Sequence[Failure]) -> None:
    """Channels could not be read: all of them in a few statements."""
    ordered = sorted(failures, key=lambda one: one.channel.pk)
    counts.readings(
        [
            counts.Counted(one.channel.pk, one.outcome, 0, 0, one.seconds, one.channel.interval, one.channel.outcome)
            for one in ordered
        ]
    )
    rows = [
        {
            "id": one.channel.pk,
            "outcome": one.outcome,
            "reason": one.reason[:500],
            "gone_since": one.then.gone_since,
            "wait": one.then.wait,
        }
        for one in ordered
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, [json.dumps(rows, default=str)])
    for one in ordered:
        if one.then.retire:
            _retire(one.channel, GONE, f"{one.reason} It said so twice, hours apart: it is not read any more.")


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
