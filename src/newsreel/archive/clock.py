"""The database's clock, by which everything here is timed; and what is done when it turns out to have been wrong.

While a clock runs ahead, what is written is due at times that, once it is set right, lie too far ahead: nothing would be
read until then. Nobody writes of the future that something *was* done; where a row does, the clock has gone back since,
by at least as much, and what is due is moved by that. So everything keeps its distance: nothing stalls, and there is no
storm. What a clock that is set forward makes due at once is read once, host by host, as after a day without power.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

SET_BACK_SECONDS = 60  # less is the drift of a clock that a time service corrects

_BACK = """
    SELECT seen - clock_timestamp() FROM (SELECT greatest((SELECT max(told_at) FROM archive_worker),
        (SELECT max(last_read_at) FROM archive_channel)) AS seen) AS s WHERE seen > clock_timestamp() + make_interval(secs => %s)
"""
_MENDING = 0x434C4F43  # 'CLOC': the key of the lock under which one worker mends and the others find it done
_MOVED = (
    "UPDATE archive_channel SET next_due_at = next_due_at - make_interval(secs => %(back)s) WHERE next_due_at > now()",
    "UPDATE archive_channel SET last_read_at = now() WHERE last_read_at > now()",
    "UPDATE archive_lead SET next_due_at = next_due_at - make_interval(secs => %(back)s) WHERE next_due_at > now()",
    "UPDATE archive_host SET next_due_at = next_due_at - make_interval(secs => %(back)s) WHERE next_due_at > now()",
    "UPDATE archive_letter SET next_due_at = next_due_at - make_interval(secs => %(back)s) WHERE next_due_at > now()",
    "UPDATE archive_worker SET told_at = now() WHERE told_at > now()",
)


def mend() -> timedelta | None:
    """Moves what is due, where the clock was set back; by how much, or None. Any number of workers may call it."""
    if _back() is None:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MENDING])
        back = _back()
        if back is not None:
            for statement in _MOVED:
                cursor.execute(statement, {"back": back.total_seconds()})
    return back


def _back() -> timedelta | None:
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [SET_BACK_SECONDS])
        row = cursor.fetchone()
    return row[0] if row else None


def database_time() -> datetime:
    """What the database's clock says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)


class DatabaseClock:
    """The database's time between two looks at it, whatever this machine's clock says: what is fetched is dated by it."""

    def __init__(self) -> None:
        self._at, self._says = time.monotonic(), datetime.now(UTC)

    def look(self) -> None:
        """Asks the database."""
        before = time.monotonic()
        self._says, self._at = database_time(), before

    def __call__(self) -> datetime:
        """The time, aware."""
        return self._says + timedelta(seconds=time.monotonic() - self._at)
