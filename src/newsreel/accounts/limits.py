"""Limits on how often something may be tried, kept in the database: all web processes share them.

A limit holds in every window of its length, not only in fixed ones: a row keeps the times of the attempts that were
let through, at most as many as are allowed. One that is refused is not written, so whoever goes on trying does not keep
the others out for longer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` in any ``seconds``. ``name`` keeps limits apart from each other."""

    name: str
    most: int
    seconds: int

    def key(self, who: str) -> bytes:
        """The row's key for one whom it is counted against. It does not say who that is."""
        return hashlib.sha256(f"{self.name}\x00{who}".encode()).digest()


LOGIN_ACCOUNT = Limit("login account", 5, 300)
LOGIN_DEVICE = Limit("login device", 5, 300)  # of a browser from which the account has been used before
LOGIN_CLIENT = Limit("login client", 60, 300)  # failures only: a whole office may come from one address
REGISTER_CLIENT = Limit("register client", 20, 3600)
RESET_CLIENT = Limit("reset client", 20, 3600)
MAIL_ADDRESS = Limit("mail address", 5, 3600)
CAPTCHA_CLIENT = Limit("captcha client", 900, 60)  # 500 people of one office who log in on a Monday morning
CAPTCHA_SESSION = Limit("captcha session", 30, 60)
SECOND_FACTOR = Limit("second factor", 5, 300)

# The row's lock makes those who come at once wait for each other; the guard makes of an update that finds no room none.
_TAKE = """
    INSERT INTO accounts_attempt AS a (key, times, until)
    VALUES (%(key)s, ARRAY[clock_timestamp()], clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (key) DO UPDATE SET
        times = ARRAY(SELECT t FROM unnest(a.times) t WHERE t > clock_timestamp() - make_interval(secs => %(seconds)s))
            || clock_timestamp(),
        until = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE (SELECT count(*) FROM unnest(a.times) t WHERE t > clock_timestamp() - make_interval(secs => %(seconds)s))
        < %(most)s
    RETURNING 1
"""
_LEFT = """
    SELECT count(*) FROM accounts_attempt a, unnest(a.times) t
    WHERE a.key = %s AND t > clock_timestamp() - make_interval(secs => %s)
"""


def take(limit: Limit, who: str) -> bool:
    """Counts an attempt; False, and not counted, where there were enough. One statement, committed with what it is part of."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": limit.key(who), "seconds": limit.seconds, "most": limit.most})
        return cursor.fetchone() is not None


def used(limit: Limit, who: str) -> int:
    """How many attempts the last window saw."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [limit.key(who), limit.seconds])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def give_back(limit: Limit, who: str) -> None:
    """Takes back what was counted last: it was no failure."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_attempt SET times = times[1 : cardinality(times) - 1] WHERE key = %s", [limit.key(who)]
        )


def forget(limit: Limit, who: str) -> None:
    """As if nothing had been tried: after a password was reset by mail."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_attempt WHERE key = %s", [limit.key(who)])


def sweep() -> int:
    """Removes the rows that say nothing any more; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_attempt WHERE until < clock_timestamp()")
        return int(cursor.rowcount)
