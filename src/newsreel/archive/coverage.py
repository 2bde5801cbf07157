"""When we did not look: so that 'nothing was written of it' can be told from 'nothing was read'.

A gap is of a channel, or of everything. A channel's begins with its last good reading, and is opened once that lies back for
longer than its interval justifies (``patience``): it failed, was paused, or no worker came to it. It ends with the next
good reading, in the transaction of that reading. A gap of everything has two marks: the heartbeat, a row that every
worker touches once a minute, stood still (the machine was off, the database away); or it goes on and yet no channel of
several hosts could be read. What a gap of everything explains is not written down for each channel again.

All of it is SQL at the database's clock. Where that clock is moved, a worker sees it by its own steady one, and moves what was
noted with it; where nobody saw it, a clock that was set back shows by times that are still to come, and they go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from newsreel.archive.models import CollectionGap, Heartbeat

# Why, where it is no outcome of a reading.
OVERRUN = "overrun"  # it was read, and more had been published since the reading before than it shows
OURS = ("not_running", "not_read", "paused", "retired", OVERRUN)
PATIENCE_TIMES, PATIENCE_MORE = 2, timedelta(minutes=30)
STOOD_STILL = timedelta(minutes=5)
NOTHING_GOOD = timedelta(minutes=30)  # then hosts that fail or wait are not at fault each by itself
HOSTS_AT_LEAST = 3
CLOCK_MOVED = timedelta(minutes=3)  # less is a beat that waited for the database
SHORT, SHORT_KEPT = timedelta(hours=2), timedelta(days=90)
MOST_GAPS = 1000


@dataclass(frozen=True, slots=True)
class Gap:
    """From when to when (None: still) something was not read. ``source`` and ``channel`` None: nothing at all was. ``filled``: what
    the channel published meanwhile was found afterwards.
    """

    since: datetime
    until: datetime | None
    why: str
    source: int | None = None
    channel: int | None = None
    filled: bool = False


FIELDS = tuple(Gap.__dataclass_fields__)


def patience(interval: int) -> timedelta:
    """How long after a good reading the next one is missed, of a channel that is read every ``interval`` seconds."""
    return timedelta(seconds=interval) * PATIENCE_TIMES + PATIENCE_MORE


def gaps(source: int | None, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """The gaps of a source's channels and those of everything (None: these alone) within a time, oldest first; MOST_GAPS of
    them. A channel's row says of that channel only; ``dark`` says when a source was not read at all.
    """
    rows = CollectionGap.objects.filter(since__lt=until).exclude(until__lte=since)
    everything = rows.filter(source=None)
    chosen = everything if source is None else everything | rows.filter(source=source)
    values = chosen.order_by("since", "id").values_list(*FIELDS)
    return tuple(Gap(*row) for row in values[:MOST_GAPS])


def dark(
    found: Iterable[Gap], channels: Iterable[int], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """The times between ``since`` and ``until`` of which none of these channels was read, then or afterwards; in order and apart."""
    wanted = set(channels)
    steps: list[tuple[datetime, int, tuple[int, bool]]] = []  # when, +1 or -1, which channel (0: everything), filled
    for gap in found:
        if gap.channel is not None and gap.channel not in wanted:
            continue
        begin, end = max(gap.since, since), min(gap.until or until, until)
        if begin < end:
            which = (gap.channel or 0, gap.filled)
            steps += [(begin, 1, which), (end, -1, which)]
    spans: list[tuple[datetime, datetime]] = []
    open_: Counter[tuple[int, bool]] = Counter()
    began: datetime | None = None
    for when, step, which in sorted(steps):
        open_[which] += step
        nothing = open_[0, False] > 0
        is_dark = all(open_[one, False] or (nothing and not open_[one, True]) for one in wanted) if wanted else nothing
        if is_dark and began is None:
            began = when
        elif not is_dark and began is not None:
            if when > began:
                spans.append((began, when))
            began = None
    return _joined(spans)


def _joined(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


_EVERYTHING_UNTIL = """(SELECT e.until FROM archive_collectiongap e WHERE e.source_id IS NULL AND e.until <= now()
                        ORDER BY e.since DESC LIMIT 1)"""

# In the transaction of a good reading (counts.py), before the reading itself is counted.
CLOSE_GAPS = f"""
    WITH last AS (
        SELECT good_at FROM archive_readingday WHERE channel_id = %(channel)s AND good_at <= now() ORDER BY day DESC LIMIT 1
    ), closed AS (
        UPDATE archive_collectiongap SET until = now()
        WHERE until IS NULL AND coalesce(channel_id, 0) IN (0, %(channel)s) AND since <= now() RETURNING id
    )
    INSERT INTO archive_collectiongap (source_id, channel_id, since, until, why)
    SELECT c.source_id, c.id, last.good_at, now(), %(why)s FROM last, archive_channel c
    WHERE c.id = %(channel)s AND NOT EXISTS (SELECT FROM closed)
        AND greatest(last.good_at, {_EVERYTHING_UNTIL}) < now() - make_interval(secs => %(patience)s)
    FOR KEY SHARE OF c
"""

# In the same transaction, where older pages were read for what the reading had missed: the gap that it has just closed, or one of its own.
_PAGED_BACK = """
    WITH closed AS (
        UPDATE archive_collectiongap SET filled = %(filled)s WHERE channel_id = %(channel)s AND until = now() RETURNING id
    )
    INSERT INTO archive_collectiongap (source_id, channel_id, since, until, why, filled)
    SELECT c.source_id, c.id, %(since)s, now(), %(why)s, %(filled)s FROM archive_channel c
    WHERE c.id = %(channel)s AND %(since)s::timestamptz < now() AND NOT EXISTS (SELECT FROM closed)
    FOR KEY SHARE OF c
"""

# The last good reading may be older than the counts: then the channel's row says it, while it is in order.
_OPEN = f"""
    INSERT INTO archive_collectiongap (source_id, channel_id, since, why)
    SELECT f.source_id, f.id, coalesce(f.good_at, now()), f.why
    FROM (SELECT c.id, c.source_id, c.interval, c.outcome, g.good_at,
              CASE WHEN s.retired_at IS NOT NULL THEN 'retired' WHEN s.paused OR c.paused THEN 'paused'
                   WHEN c.outcome NOT IN ('', 'ok') THEN c.outcome ELSE 'not_read' END AS why
          FROM archive_channel c JOIN archive_source s ON s.id = c.source_id
          LEFT JOIN LATERAL (
              SELECT coalesce(
                  (SELECT d.good_at FROM archive_readingday d WHERE d.channel_id = c.id AND d.good_at <= now()
                   ORDER BY d.day DESC LIMIT 1),
                  CASE WHEN c.outcome = 'ok' THEN least(c.last_read_at, now()) END) AS good_at) g ON true
          WHERE NOT EXISTS (SELECT FROM archive_collectiongap o WHERE o.channel_id = c.id AND o.until IS NULL)) f
    WHERE CASE WHEN f.good_at IS NULL THEN f.why <> 'not_read'
               ELSE greatest(f.good_at, {_EVERYTHING_UNTIL})
                   < now() - make_interval(secs => {PATIENCE_TIMES} * f.interval + {PATIENCE_MORE.total_seconds()}) END
    ON CONFLICT DO NOTHING
"""
_EVERYTHING = f"""
    WITH last AS (
        SELECT max(good_at) AS good_at FROM archive_readingday
        WHERE day >= (now() AT TIME ZONE 'UTC')::date - 90 AND good_at <= now()
    ), found AS (
        SELECT count(DISTINCT c.host) FILTER (WHERE {{tried}}) AS tried,
            mode() WITHIN GROUP (ORDER BY c.outcome) FILTER (WHERE {{tried}}) AS why,
            count(DISTINCT c.host) FILTER (WHERE c.next_due_at < now() - %(long)s AND h.next_due_at <= clock_timestamp()) AS overdue
        FROM archive_channel c JOIN archive_source s ON s.id = c.source_id JOIN archive_host h ON h.name = c.host
        WHERE NOT s.paused AND NOT c.paused
    )
    INSERT INTO archive_collectiongap (since, why)
    SELECT last.good_at, coalesce(%(why)s, CASE WHEN tried >= %(hosts)s THEN found.why END, 'not_read')
    FROM last, found
    WHERE greatest(last.good_at, {_EVERYTHING_UNTIL}) < now() - %(long)s AND (tried >= %(hosts)s OR overdue >= %(hosts)s)
    ON CONFLICT DO NOTHING
""".format(tried="c.outcome NOT IN ('', 'ok') AND c.last_read_at > now() - %(long)s")


@dataclass(frozen=True, slots=True)
class PagedBack:
    """A reading of a channel that met nothing of what earlier ones had named, ``since`` the last good one (None: not known), and went
    through older pages; ``filled``: until it had all.
    """

    channel: int
    since: datetime | None
    filled: bool


def paged_back(found: Iterable[PagedBack]) -> None:
    """Writes down what became of gaps, in the transaction of the readings, after these were counted."""
    values = [{"channel": one.channel, "since": one.since, "filled": one.filled, "why": OVERRUN} for one in found]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(_PAGED_BACK, values)


def look(why: str = "") -> None:
    """Opens the gaps that there are now. ``why``: an outcome that says what keeps this house from reading, where that is known."""
    _do(_EVERYTHING, {"long": NOTHING_GOOD, "hosts": HOSTS_AT_LEAST, "why": why[:40] or None})
    if not CollectionGap.objects.filter(source=None, until=None).exists():
        _do(_OPEN)


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat as one process made it: the database's time then, and its own steady clock's seconds."""

    at: datetime
    steady: float


@transaction.atomic
def beat(last: Beat | None, steady: Callable[[], float], why: str = "") -> Beat:
    """Says that the house stands; what to give as ``last`` the next time. Where the beat stood still, that is a gap of everything.

    ``steady``: the seconds of a clock that nobody sets, and that goes on while the machine sleeps. ``why``: see ``look``.
    """
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO archive_heartbeat (id) VALUES (1) ON CONFLICT DO NOTHING")
        cursor.execute("SELECT at, now() FROM archive_heartbeat WHERE id = 1 FOR UPDATE")
        at, now = cursor.fetchone()
    made = Beat(now, steady())
    moved = clock_moved(last, made)
    if now - at > STOOD_STILL or at - now > CLOCK_MOVED:
        if moved and (moved > timedelta()) == (now > at):
            _move(moved, at, now)
            at += moved
        elif at > now:
            _forget_what_is_to_come()
        if now - at > STOOD_STILL:
            CollectionGap.objects.filter(source=None, until=None).delete()  # it goes on in this one
            CollectionGap.objects.create(since=at, until=now, why=why[:40] or "not_running")
    Heartbeat.objects.filter(pk=1).update(at=now)
    return made


def clock_moved(last: Beat | None, now: Beat) -> timedelta:
    """By how much the database's clock was moved between two beats of a process; nothing, where it was by less than CLOCK_MOVED."""
    if last is None:
        return timedelta()
    moved = (now.at - last.at) - timedelta(seconds=now.steady - last.steady)
    return moved if abs(moved) > CLOCK_MOVED else timedelta()


def _move(by: timedelta, at: datetime, now: datetime) -> None:
    """The clock was moved since ``at``: what was noted before and still counts moves with it, so that lengths stay true."""
    _do(
        "UPDATE archive_readingday SET good_at = least(good_at + %s, %s) WHERE good_at BETWEEN %s AND %s",
        [by, now, at - timedelta(days=3), at],
    )
    if by < timedelta():
        _do("UPDATE archive_collectiongap SET since = since + %s WHERE until IS NULL", [by])
        _forget_what_is_to_come()
        return
    _do(  # those that readings have closed since are as much too long
        "UPDATE archive_collectiongap SET since = since + %s WHERE since <= %s AND (until IS NULL OR until > %s)",
        [by, at, at + timedelta(minutes=2)],
    )
    _do("DELETE FROM archive_collectiongap WHERE until - since < %s AND until > %s", [PATIENCE_MORE, at])


def _forget_what_is_to_come() -> None:
    """The clock ran ahead for a while: times that are still to come were written then, and are wrong."""
    _do("DELETE FROM archive_collectiongap WHERE until > now() OR (until IS NULL AND since > now())")
    _do("UPDATE archive_readingday SET good_at = NULL WHERE good_at > now()")
    _do("UPDATE archive_readingday SET article_at = NULL WHERE article_at > now()")


def forget() -> int:
    """Removes gaps of less than SHORT that lie SHORT_KEPT back: the long ones are kept as long as the archive; how many."""
    statement = "DELETE FROM archive_collectiongap WHERE until < now() - %s AND until - since < %s"
    return _do(statement, [SHORT_KEPT, SHORT])


def _do(statement: str, values: Any = None) -> int:
    """How many rows it was about."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
