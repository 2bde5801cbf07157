"""The change log and how to follow it.

``record`` writes in the transaction that makes the change, and a trigger rings ``NOTIFY newsreel_changes``. Sequence
numbers become visible out of order (a transaction that took its number first may commit last), so a position is
the pair (xid, seq) and a follower reads only rows whose transaction is older than the oldest one still running
(``pg_snapshot_xmin``). Every later row then has a greater position: none is missed, none comes twice.

The SQL is here as text because the live stream reads it on an asynchronous connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from newsreel.archive.models import Change

NOTIFY_CHANNEL = "newsreel_changes"

# The columns are named with their table: a cast keeps its column's name, and ORDER BY would sort by the text.
POSITION_SQL = """
    SELECT coalesce(last.xid::text, '0'), coalesce(last.seq, 0)
    FROM (SELECT 1) AS always LEFT JOIN LATERAL (
        SELECT c.xid, c.seq FROM archive_change c WHERE c.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY c.xid DESC, c.seq DESC LIMIT 1) AS last ON true
"""
FOLLOW_SQL = """
    SELECT c.xid::text, c.seq, c.kind, c.ref, c.action FROM archive_change c
    WHERE c.xid < pg_snapshot_xmin(pg_current_snapshot()) AND (c.xid, c.seq) > (%s::text::xid8, %s)
    ORDER BY c.xid, c.seq LIMIT %s
"""


class Position(NamedTuple):
    """A place in the change log: the transaction, and the line's number."""

    xid: int
    seq: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Position | None:
        """The position that ``str`` wrote, or None for anything else."""
        xid, dash, seq = text.partition("-")
        if not dash or not (xid.isdecimal() and xid.isascii() and seq.isdecimal() and seq.isascii()):
            return None
        if len(xid) > 19 or len(seq) > 18:
            return None
        return cls(int(xid), int(seq))


class Line(NamedTuple):
    """One change: ``kind`` 'article' or 'source', ``ref`` its id, ``action`` 'added', 'changed', 'enriched' or 'removed'."""

    position: Position
    kind: str
    ref: int
    action: str


def line_of(row: tuple[str, int, str, int, str]) -> Line:
    """A row of FOLLOW_SQL."""
    return Line(Position(int(row[0]), row[1]), row[2], row[3], row[4])


def record(kind: str, refs: Iterable[int], action: str) -> None:
    """Writes one line for each id, in the caller's transaction."""
    Change.objects.bulk_create([Change(kind=kind, ref=ref, action=action) for ref in refs])


def position() -> Position:
    """The last position that a follower could have read."""
    with connection.cursor() as cursor:
        cursor.execute(POSITION_SQL)
        row = cursor.fetchone()
    return Position(int(row[0]), row[1]) if row else Position(0, 0)


def read(after: Position, limit: int = 1000) -> list[Line]:
    """The next changes after a position, oldest first, at most ``limit``."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_SQL, [str(after.xid), after.seq, limit])
        return [line_of(row) for row in cursor.fetchall()]
