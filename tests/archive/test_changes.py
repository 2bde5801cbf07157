"""A follower of the change log misses nothing, whatever order transactions commit in."""

from __future__ import annotations

import random
import time

import psycopg
import pytest
from django.db import connections

from newsreel.archive import changes
from newsreel.archive.changes import Position

pytestmark = pytest.mark.django_db(transaction=True)

INSERT = "INSERT INTO archive_change (kind, ref, action) VALUES ('article', %s, 'added')"


def others_are_done(seconds: float = 90.0) -> None:
    """Waits until no transaction runs that began before now: those of other tests' databases hold this follower back as well."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (now,) = cursor.fetchone()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8", [now])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("another transaction has run all the time")


def connect() -> psycopg.Connection:
    """A connection of its own."""
    parameters = connections["default"].get_connection_params()
    return psycopg.connect(
        **{key: parameters[key] for key in ("host", "dbname", "user", "port", "password") if parameters.get(key)}
    )


def test_a_line_is_not_passed_by_one_that_committed_earlier() -> None:
    start = changes.position()
    slow, quick = connect(), connect()
    slow.execute(INSERT, [1])
    quick.execute(INSERT, [2])
    quick.commit()
    # The quick one's line is visible, but an older transaction still runs: a follower that read on now would miss line 1.
    assert changes.read(start) == []
    slow.commit()
    others_are_done()
    assert [line.ref for line in changes.read(start)] == [1, 2]
    slow.close()
    quick.close()


def test_a_position_goes_on_where_it_was() -> None:
    start = changes.position()
    changes.record("article", [1, 2, 3], "added")
    others_are_done()
    lines = changes.read(start, limit=2)
    assert [line.ref for line in lines] == [1, 2]
    assert [line.ref for line in changes.read(lines[-1].position)] == [3]
    assert changes.position() > start


@pytest.mark.parametrize("seed", range(3))
def test_no_interleaving_loses_a_line(seed: int) -> None:
    chance = random.Random(seed)
    position, seen, written = changes.position(), [], 0
    writers = [connect() for _ in range(5)]
    for _ in range(150):
        writer = chance.choice(writers)
        written += 1
        writer.execute(INSERT, [written])
        if chance.random() < 0.5:
            writer.commit()
        if chance.random() < 0.4:
            for line in changes.read(position, limit=chance.randint(1, 20)):
                seen.append(line.ref)
                position = line.position
    for writer in writers:
        writer.commit()
        writer.close()
    others_are_done()
    seen += [line.ref for line in changes.read(position)]
    assert sorted(seen) == list(range(1, written + 1))


def test_a_bell_rings_when_lines_are_committed() -> None:
    listener = connect()
    listener.autocommit = True
    listener.execute(f"LISTEN {changes.NOTIFY_CHANNEL}")
    changes.record("article", [1, 2], "added")
    assert [notice.channel for notice in listener.notifies(timeout=5, stop_after=1)] == [changes.NOTIFY_CHANNEL]
    listener.close()


def test_an_empty_log_has_a_position() -> None:
    assert changes.read(Position(0, 0)) == []
    assert changes.position() == (0, 0)
