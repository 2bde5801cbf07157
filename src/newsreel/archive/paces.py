"""A host's pace across workers: what one knew of it when it gave the host back, and short leases for single requests.

The lease of claims.py is for a host with work. A redirect leads to hosts on which there may be none, or which another
worker holds: before such a request its host is **borrowed**, a lease like the other, under an owner of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection

from newsreel.archive.claims import DUE, FREE_HOST, LEASE_SECONDS, Owner
from newsreel.fetching import Pace

_RESTED = "extract(epoch FROM now() - asked_at)::float8"
_BORROW = f"""
    INSERT INTO archive_host AS h (name, waiting_for_host, failures, lease_owner, leased_until)
    VALUES (%s, false, 0, %s, now() + make_interval(secs => %s))
    ON CONFLICT (name) DO UPDATE SET lease_owner = EXCLUDED.lease_owner, leased_until = EXCLUDED.leased_until,
        asked_at = CASE WHEN h.lease_owner IS NULL THEN h.asked_at ELSE now() END
    WHERE {DUE.format("h.next_due_at")} AND {FREE_HOST}
    RETURNING latency, {_RESTED}
"""
_GIVE_BACK = """
    UPDATE archive_host h SET lease_owner = NULL, leased_until = NULL, latency = coalesce(p.latency, h.latency),
        asked_at = coalesce(now() - make_interval(secs => p.rested), h.asked_at)
    FROM unnest(%s::text[], %s::float8[], %s::float8[]) AS p(name, latency, rested)
    WHERE h.name = p.name AND h.lease_owner = %s
"""


def paces(hosts: Iterable[str]) -> dict[str, Pace]:
    """What is known of these hosts, each of which somebody has just leased. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, latency, {_RESTED} FROM archive_host WHERE name = ANY(%s)", [list(hosts)])
        return {name: Pace(latency, rested) for name, latency, rested in cursor.fetchall()}


def give_back(owner: Owner, known: Mapping[str, Pace]) -> None:
    """Gives leases back, with what is known of the hosts now. One statement."""
    names = sorted(known)  # in one order, so that two workers never wait for each other
    latencies, rests = [known[name].latency for name in names], [known[name].rested for name in names]
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [names, latencies, rests, owner.number])


def borrow(owner: Owner, host: str) -> Pace | float:
    """A lease of one host for one request, and what is known of it. A number where there is none to be had: 0.0 because
    another holds it, else the seconds for which the host is to be left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BORROW, [host, owner.alive(), LEASE_SECONDS])
        if row := cursor.fetchone():
            return Pace(*row)
        cursor.execute(
            "SELECT greatest(extract(epoch FROM next_due_at - now()), 0)::float8 FROM archive_host WHERE name = %s",
            [host],
        )
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0
