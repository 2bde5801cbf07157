"""Who may speak to a host: what an owner asks to be sure of its leases, and what becomes of those whose owner is dead.

Never are two requests under way at one host, although an owner's session may die while its process lives on, and what
died with the session is another's to take. So an owner believes in a lease for VALID_SECONDS after it *asked* and was
told that lease and session stand, by a clock of its own that cannot be set; with the last of them it breaks off what is
under way. And a lease that its owner did not give back itself is followed by REST_SECONDS in which nobody speaks to
that host. As the rest begins after the last answer could be given, and is the longer of the two, they do not meet.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from newsreel.archive.claims import DUE, LEASE_SECONDS, LIVE_OWNERS, MAX_AHEAD, Owner

CONFIRM_SECONDS = 1.0  # between two times of asking
VALID_SECONDS = 5.0
REST_SECONDS = 6.0

_OURS = """
    SELECT name, leased_until > now() + make_interval(secs => %s) AND leased_until <= now() + make_interval(secs => %s)
    FROM archive_host WHERE lease_owner = %s
"""
# Waits for one who frees the host at this moment, and finds it free then.
_PROLONG = (
    "UPDATE archive_host SET leased_until = now() + make_interval(secs => %s) WHERE lease_owner = %s RETURNING name"
)
# Compared once more where the row was changed meanwhile (its owner came back and prolonged it): then it is let be.
_FREE = f"""
    WITH gone AS MATERIALIZED (
        SELECT name, lease_owner, leased_until FROM archive_host
        WHERE lease_owner IS NOT NULL AND (leased_until IS NULL OR leased_until < now() OR leased_until > now() + {MAX_AHEAD}
              OR lease_owner NOT IN {LIVE_OWNERS})
        ORDER BY name
    )
    UPDATE archive_host h SET lease_owner = NULL, leased_until = NULL,
        rest_until = clock_timestamp() + make_interval(secs => %s)
    FROM gone WHERE h.name = gone.name AND h.lease_owner = gone.lease_owner
        AND h.leased_until IS NOT DISTINCT FROM gone.leased_until
    RETURNING h.name
"""  # noqa: S608 - constants of ours
_BORROW = f"""
    INSERT INTO archive_host AS h (name, lease_owner, leased_until, waiting_for_host, failures)
    VALUES (%s, %s, now() + make_interval(secs => %s), false, 0)
    ON CONFLICT (name) DO UPDATE SET lease_owner = excluded.lease_owner, leased_until = excluded.leased_until
    WHERE h.lease_owner = excluded.lease_owner OR (h.lease_owner IS NULL
        AND (NOT h.waiting_for_host OR {DUE.format("h.next_due_at")})
        AND (h.rest_until IS NULL OR h.rest_until <= now() OR h.rest_until > now() + {MAX_AHEAD}))
    RETURNING name
"""  # noqa: S608 - constants of ours
# A host goes to the end of the line of those that may be claimed.
_GIVE_BACK = f"""
    UPDATE archive_host h SET lease_owner = NULL, leased_until = NULL,
        next_due_at = CASE WHEN {DUE.format("h.next_due_at")} THEN now() ELSE h.next_due_at END,
        rest_until = CASE WHEN given.rest > 0 THEN now() + make_interval(secs => given.rest) END
    FROM unnest(%s::text[], %s::float8[]) AS given (name, rest) WHERE h.name = given.name AND h.lease_owner = %s
"""  # noqa: S608 - constants of ours


def confirm(owner: Owner, *, prolong: bool) -> set[str]:
    """The hosts that are surely ours for VALID_SECONDS from the moment of this call. ``prolong``: their leases begin anew."""

    def ask(session: psycopg.Connection) -> set[str]:
        if not prolong:
            rows = session.execute(_OURS, [VALID_SECONDS, LEASE_SECONDS + 60, owner.number]).fetchall()
            if all(stands for _, stands in rows):
                return {name for name, _ in rows}
        return {name for (name,) in session.execute(_PROLONG, [LEASE_SECONDS, owner.number])}

    return owner.on_session(ask)


def free_the_dead(owner: Owner) -> list[str]:
    """Frees the hosts whose owner is no more, or did not prolong its lease; their names. Each has its rest first."""
    found = owner.on_session(lambda session: session.execute(_FREE, [REST_SECONDS]).fetchall())
    return sorted(name for (name,) in found)


def borrow(owner: Owner, host: str) -> bool:
    """Leases one host for a request or two, whether or not anything is due there; whether it is ours now. None that has asked
    to be left alone (Retry-After).
    """
    return bool(
        owner.on_session(lambda session: session.execute(_BORROW, [host, owner.number, LEASE_SECONDS]).fetchall())
    )


def give_back(owner: Owner, rests: Mapping[str, float]) -> None:
    """Gives leases back: hosts, with the seconds for which nobody is to speak to each yet."""
    if rests:
        owner.on_session(lambda session: session.execute(_GIVE_BACK, [list(rests), list(rests.values()), owner.number]))
