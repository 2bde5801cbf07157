"""Who works on what.

A claim is one short committed UPDATE (SKIP LOCKED) that writes the owner and an expiry on the row; no transaction is
held over the work. An owner lives as long as its session holds an advisory lock, so the rows of a killed worker are
free again at once (a host after a short rest: leases.py); the expiry is for one that hangs. All times are the
database's, so machines need not agree.

A time further ahead than anything that we ever write (MAX_AHEAD) is the mark of a clock that was wrong for a while:
it counts as past, so that a moved clock costs one early visit and not a silent week.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import psycopg
from django.db import connection

R = TypeVar("R")

LOCK_CLASS = 0x4E455753  # 'NEWS': the class of our advisory locks
LEASE_SECONDS = 180
MAX_AHEAD = "interval '26 hours'"  # nothing is ever put off for more than a day
STRANGERS_WAIT = "interval '30 s'"
MAX_ATTEMPTS = 3

LIVE_OWNERS = f"""(SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND classid::bigint = {LOCK_CLASS} AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
DUE = f"({{0}} <= now() OR {{0}} > now() + {MAX_AHEAD})"
# A lease whose owner is dead is first made free, with a rest: leases.free_the_dead.
_FREE_HOST = f"(h.lease_owner IS NULL AND (h.rest_until IS NULL OR {DUE.format('h.rest_until')}))"
# A claim whose answer was lost on its way is our own, and nothing of ours works on it.
_LOST_CLAIM = "(h.lease_owner = %s AND h.name <> ALL(%s))"
_CHANNEL_DUE = f"""EXISTS (SELECT 1 FROM archive_channel c JOIN archive_source s ON s.id = c.source_id
                   WHERE c.host = h.name AND NOT s.paused AND NOT c.paused AND {DUE.format("c.next_due_at")})"""
_LEAD_DUE = f"""EXISTS (SELECT 1 FROM archive_lead l JOIN archive_channel c ON c.id = l.channel_id
                JOIN archive_source s ON s.id = c.source_id
                WHERE l.host = h.name AND NOT s.paused AND {DUE.format("l.next_due_at")})"""

# Those that have waited the longest first: next_due_at is also when a host was last given back. One that never answered us stands
# behind those of half a minute after it: a thousand addresses added at once, a third of them dead, delay no source that we know.
_SOME_HOSTS = f"""
    SELECT h.name FROM archive_host h
    WHERE h.failures {{0}} 0 AND {DUE.format("h.next_due_at")} AND ({_FREE_HOST} OR {_LOST_CLAIM}) AND ({_CHANNEL_DUE} OR {_LEAD_DUE})
    ORDER BY h.next_due_at + CASE WHEN h.has_answered THEN interval '0' ELSE {STRANGERS_WAIT} END LIMIT %s FOR UPDATE OF h SKIP LOCKED
"""
_CLAIM_HOSTS = f"""
    WITH answering AS ({_SOME_HOSTS.format("=")}), failing AS ({_SOME_HOSTS.format(">")})
    UPDATE archive_host SET lease_owner = %s, leased_until = now() + make_interval(secs => %s)
    WHERE name IN (SELECT name FROM answering UNION ALL SELECT name FROM failing)
    RETURNING name
"""
_DUE_ON_HOSTS = f"""
    SELECT h.name, h.failures > 0 OR h.waiting_for_host, NOT h.has_answered,
        ARRAY(SELECT c.id FROM archive_channel c JOIN archive_source s ON s.id = c.source_id
              WHERE c.host = h.name AND NOT s.paused AND NOT c.paused AND {DUE.format("c.next_due_at")}
              ORDER BY c.next_due_at LIMIT %s),
        ARRAY(SELECT l.id FROM archive_lead l JOIN archive_channel c ON c.id = l.channel_id JOIN archive_source s ON s.id = c.source_id
              WHERE l.host = h.name AND NOT s.paused AND {DUE.format("l.next_due_at")}
              ORDER BY l.visits, l.attempts, l.id DESC LIMIT %s)
    FROM archive_host h WHERE h.name = ANY(%s)
"""
# An attempt is counted before the work starts, and not again where its worker was killed: that was not the article's fault.
_CLAIM_ARTICLES = f"""
    UPDATE archive_article SET claim_owner = %s, claimed_until = now() + make_interval(secs => %s),
        attempts = attempts + (claim_owner IS NULL)::int
    WHERE id IN (SELECT id FROM archive_article
                 WHERE state = 'stored' AND (claim_owner IS NULL OR claimed_until < now()
                       OR claimed_until > now() + {MAX_AHEAD} OR claim_owner NOT IN {LIVE_OWNERS})
                 ORDER BY id DESC LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
_SOONEST = """
    SELECT extract(epoch FROM min(greatest(h.next_due_at, h.rest_until, l.due)) - now())::float8
    FROM archive_host h
    JOIN (SELECT host, next_due_at AS due FROM archive_channel c JOIN archive_source s ON s.id = c.source_id AND NOT s.paused
          WHERE NOT c.paused
          UNION ALL
          SELECT l.host, l.next_due_at FROM archive_lead l JOIN archive_channel c ON c.id = l.channel_id
          JOIN archive_source s ON s.id = c.source_id AND NOT s.paused WHERE l.next_due_at IS NOT NULL) AS l ON l.host = h.name
    WHERE h.waiting_for_host OR l.due <= now()
"""


# A session to a machine that is gone is given up by both sides within seconds, and not after the system's two hours.
_WATCHFUL = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
_WATCHED = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;"
    " SET tcp_user_timeout = 10000; SET statement_timeout = '20s'"
)


class Owner:
    """This process as an owner of claims, for as long as its own session lives. Usable from any thread.

    ``sessions`` counts the sessions that it has had: another number than before says that the lock was not held for a while.
    """

    def __init__(self, conninfo: dict[str, str]) -> None:
        self.number = secrets.randbelow(2**31 - 1) + 1
        self.sessions = 0
        self._conninfo = conninfo
        self._connection: psycopg.Connection | None = None
        self._guard = threading.Lock()

    def alive(self) -> int:
        """The owner's number, once its lock is surely held (after a restart of the server it is taken anew)."""
        return self.on_session(lambda session: self.number)

    def on_session(self, work: Callable[[psycopg.Connection], R]) -> R:
        """Does something on the session that holds the lock, once it surely does."""
        with self._guard:
            if self._connection is not None:
                try:
                    self._connection.execute("SELECT 1")
                except psycopg.Error:
                    self._forget()
            if self._connection is None:
                self._connection = self._session()
                self.sessions += 1
            return work(self._connection)

    def _session(self) -> psycopg.Connection:
        known = {**_WATCHFUL, **self._conninfo}
        fresh = psycopg.connect(**known, autocommit=True, application_name="newsreel owner")  # type: ignore[arg-type]
        fresh.execute(_WATCHED)
        fresh.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, self.number])
        return fresh

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Gives everything back."""
        with self._guard:
            self._forget()


def claim_hosts(owner: Owner, limit: int, working: Iterable[str] = (), failing: int | None = None) -> list[str]:
    """At most ``limit`` hosts with something due, now leased to us. ``working``: those that we hold already.

    Of hosts that failed last time at most ``failing`` come besides (None: as many again).
    """
    number, held = owner.alive(), list(working)
    with connection.cursor() as cursor:
        more = limit if failing is None else failing
        cursor.execute(_CLAIM_HOSTS, [number, held, limit, number, held, more, number, LEASE_SECONDS])
        return [row[0] for row in cursor.fetchall()]


def ensure_hosts(hosts: Iterable[str]) -> None:
    """A row for each host, so that it can be leased."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_host (name, waiting_for_host, failures) SELECT name, false, 0 FROM unnest(%s::text[]) AS name"
            " ORDER BY name ON CONFLICT DO NOTHING",
            [sorted(set(hosts))],
        )


class DueWork(NamedTuple):
    """Ids of what is due on one host, the more urgent first. ``failing``: it did not answer last time, or asked for patience.
    ``stranger``: it never answered us.
    """

    channels: list[int]
    leads: list[int]
    failing: bool = False
    stranger: bool = False


def due_on_hosts(hosts: Sequence[str], limit: int) -> dict[str, DueWork]:
    """What the holder of leases has to do now, by host, at most ``limit`` of a kind: channels first, then new addresses, the
    newest first, then second visits.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE_ON_HOSTS, [limit, limit, list(hosts)])
        return {
            host: DueWork(channels, leads, failing, stranger)
            for host, failing, stranger, channels, leads in cursor.fetchall()
        }


def due_on_host(host: str, limit: int) -> DueWork:
    """The same for one host."""
    return due_on_hosts([host], limit).get(host, DueWork([], []))


def claim_articles(owner: Owner, limit: int) -> list[int]:
    """Ids of articles to enrich, newest first, now claimed by us. Their attempts are counted before the work starts."""
    number = owner.alive()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_ARTICLES, [number, LEASE_SECONDS, limit])
        return sorted((row[0] for row in cursor.fetchall()), reverse=True)


def seconds_to_next() -> float | None:
    """Seconds until something is due on a host that named the time itself (Retry-After), or is due and leased by
    another: what a crawl that goes to the end has to wait for. None where there is nothing; negative is overdue.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SOONEST)
        row = cursor.fetchone()
    return None if row is None or row[0] is None else float(row[0])


def hosts_due() -> bool:
    """Whether a worker would find a host to read."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM archive_host h WHERE {DUE.format('h.next_due_at')}"
            f" AND {_FREE_HOST} AND ({_CHANNEL_DUE} OR {_LEAD_DUE}))"
        )
        return bool(cursor.fetchone()[0])


def articles_due() -> bool:
    """Whether a worker would find an article to enrich."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM archive_article WHERE state = 'stored' AND (claim_owner IS NULL"
            f" OR claimed_until < now() OR claimed_until > now() + {MAX_AHEAD} OR claim_owner NOT IN {LIVE_OWNERS}))"
        )
        return bool(cursor.fetchone()[0])
