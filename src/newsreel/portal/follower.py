"""Follows the change log for the live stream, on one asynchronous connection of the process; also for the settings that
this process has, when somebody changes them in the portal.

A bell (NOTIFY) wakes it. A line may not be readable yet when the bell rings, because an older transaction is still
running (see archive/changes.py), and a bell may be lost with a connection: so the log is read again every half second
while its end is not reached, and every two seconds in any case.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import psycopg
from psycopg import AsyncConnection

from newsreel.archive import preferences
from newsreel.archive.changes import FOLLOW_SQL, NOTIFY_CHANNEL, Line, Position, line_of
from newsreel.archive.queries import HEADLINES_SQL, READ_UP_TO_SQL, headline_of_row
from newsreel.archive.shown import Headline
from newsreel.portal.languages import direction

logger = logging.getLogger("newsreel.live")

BATCH = 200  # lines read at once
PENDING_WAIT = 0.5  # seconds
IDLE_WAIT = 2.0
ANSWER_WAIT = 30.0  # a database that says nothing for so long is taken for gone
BACK_OFF = (0.5, 10.0)
ACTIONS = frozenset(("added", "changed", "enriched", "removed"))
Row = Any

PENDING_SQL = "SELECT EXISTS (SELECT 1 FROM archive_change WHERE (xid, seq) > (%s::text::xid8, %s))"
TAIL_SQL = """
    SELECT xid::text, seq, kind, ref, action FROM archive_change
    WHERE (xid, seq) <= (%s::text::xid8, %s) ORDER BY xid DESC, seq DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One change as readers' browsers are told it: ``frame`` is its text in the stream."""

    position: Position
    frame: bytes


class Follower:
    """Reads the log from its end on, and hands on what it reads. Survives the database's restart at its position.

    ``begin(start, end, events)`` is called once with the log's last ``tail`` lines, which lie after ``start``;
    ``publish(end, events)`` then with what comes.
    """

    def __init__(
        self,
        conninfo: Mapping[str, Any],
        begin: Callable[[Position, Position, list[Event]], None],
        publish: Callable[[Position, list[Event]], None],
        tail: int,
    ) -> None:
        self.conninfo = dict(conninfo)
        self.position: Position | None = None
        self._begin, self._publish, self._tail = begin, publish, tail
        self._down = False

    async def run(self) -> None:
        """For ever, until cancelled."""
        wait = BACK_OFF[0]
        while True:
            before = self.position
            try:
                await self._follow()
            except (psycopg.Error, TimeoutError, OSError) as error:
                if not self._down:
                    logger.warning("The live stream has lost the database (%s) and tries again.", type(error).__name__)
                self._down = True
            wait = BACK_OFF[0] if self.position != before else min(wait * 2, BACK_OFF[1])
            await asyncio.sleep(wait)

    async def _follow(self) -> None:
        async with asyncio.timeout(ANSWER_WAIT):
            connection = await AsyncConnection.connect(autocommit=True, **self.conninfo)
        async with connection:
            await _rows(connection, f"LISTEN {NOTIFY_CHANNEL}")
            position = self.position or await self._start(connection)
            await _take_up_settings(connection)
            if self._down:
                logger.info("The live stream has the database again.")
            self._down = False
            while True:
                lines = [line_of(row) for row in await _rows(connection, FOLLOW_SQL, _where(position, BATCH))]
                if any(line.kind == preferences.KIND for line in lines):
                    await _take_up_settings(connection)
                if lines:
                    events = await _events(connection, lines)
                    self.position = position = lines[-1].position
                    self._publish(position, events)
                if len(lines) < BATCH:
                    pending = await _rows(connection, PENDING_SQL, _where(position))
                    await _bell(connection, PENDING_WAIT if pending[0][0] else IDLE_WAIT)

    async def _start(self, connection: AsyncConnection[Row]) -> Position:
        end = await _rows(connection, READ_UP_TO_SQL)
        position = Position(int(end[0][0]), 0)
        rows = await _rows(connection, TAIL_SQL, _where(position, self._tail + 1))
        lines = [line_of(row) for row in reversed(rows)]
        start = Position(0, 0)
        if len(lines) > self._tail:  # the log is longer: what is known begins after the first of these
            start = lines.pop(0).position
        self._begin(start, position, await _events(connection, lines))
        self.position = position
        return position


async def _take_up_settings(connection: AsyncConnection[Row]) -> None:
    preferences.take_up_texts(await _rows(connection, preferences.ROWS_SQL))


async def _rows(connection: AsyncConnection[Row], sql: str, values: Sequence[Any] = ()) -> list[Row]:
    async with asyncio.timeout(ANSWER_WAIT):
        cursor = await connection.execute(sql.encode(), values or None)
        return await cursor.fetchall() if cursor.description else []


async def _bell(connection: AsyncConnection[Row], seconds: float) -> None:
    async for _ in connection.notifies(timeout=seconds, stop_after=1):
        pass


def _where(position: Position, *more: int) -> list[Any]:
    return [str(position.xid), position.seq, *more]


async def _events(connection: AsyncConnection[Row], lines: Sequence[Line]) -> list[Event]:
    """The lines about articles as events; an article that is gone again by now has none but 'removed'."""
    told = [line for line in lines if line.kind == "article" and line.action in ACTIONS]
    ids = list({line.ref for line in told if line.action != "removed"})
    rows = await _rows(connection, HEADLINES_SQL, [ids]) if ids else []
    known = {row[0]: _as_json(headline_of_row(row)) for row in rows}
    events = []
    for line in told:
        data = json.dumps({"id": line.ref}) if line.action == "removed" else known.get(line.ref)
        if data is not None:
            events.append(Event(line.position, frame(line.action, data, line.position)))
    return events


def frame(name: str, data: str, position: Position | None = None) -> bytes:
    """An event's text in the stream. ``data`` is one line."""
    first = f"id: {position}\n" if position is not None else ""
    return f"{first}event: {name}\ndata: {data}\n\n".encode()


def _as_json(headline: Headline) -> str:
    outlet = headline.outlet
    when = headline.when.astimezone(UTC)
    item = {
        "id": headline.id,
        "url": f"/article/{headline.id}/",
        "title": headline.title,
        "source": outlet.source.name,
        "source_zh": outlet.source.name_zh,
        "source_id": outlet.source_id,
        "channel": outlet.channel.name,
        "channel_zh": outlet.channel.name_zh,
        "channel_id": outlet.channel_id,
        "time": when.date().isoformat() if headline.precision == "day" else when.isoformat(),
        "precision": headline.precision,
        "collected": headline.collected,
        "language": headline.language,
        "direction": direction(headline.language),
    }
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))
