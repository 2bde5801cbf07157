"""Mails to be sent, and what became of them. Rows say what is due: a worker claims letters, sends each and answers it.

A letter's text may hold a link that lets somebody in, so it goes as soon as the letter needs it no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models
from django.db.models.functions import Now

from newsreel.archive.claims import LEASE_SECONDS, LIVE_OWNERS, MAX_AHEAD, Owner
from newsreel.archive.models import Letter

GIVE_UP = timedelta(days=3)  # as long as the links in letters hold
KEPT = timedelta(days=14)  # a letter without its text, for whoever asks whether it was sent
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 7200.0  # seconds

_DUE = f"state = 'waiting' AND (next_due_at <= now() OR next_due_at > now() + {MAX_AHEAD})"
_FREE = f"""(claim_owner IS NULL OR claimed_until < now() OR claimed_until > now() + {MAX_AHEAD}
             OR claim_owner NOT IN {LIVE_OWNERS})"""


@dataclass(frozen=True, slots=True)
class Post:
    """One claimed letter. ``attempts`` counts this one too."""

    pk: int
    recipient: str
    subject: str
    text: str
    html: str
    attempts: int
    written_at: datetime


def claim(owner: Owner, limit: int) -> list[Post]:
    """Letters that are due, the oldest first, now ours to send."""
    number = owner.alive()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE archive_letter SET claim_owner = %s, claimed_until = now() + make_interval(secs => %s),"
            " attempts = attempts + 1"
            f" WHERE id IN (SELECT id FROM archive_letter WHERE {_DUE} AND {_FREE}"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)"
            " RETURNING id, recipient, subject, text, html, attempts, written_at",
            [number, LEASE_SECONDS, limit],
        )
        return sorted((Post(*row) for row in cursor.fetchall()), key=lambda post: post.pk)


def sent(owner: Owner, post: Post, outcome: str = "sent") -> None:
    """The letter is on its way (or 'printed'); its text is gone."""
    _answer(owner, post, state=Letter.State.SENT, outcome=outcome, reason="", text="", html="")


def failed(owner: Owner, post: Post, outcome: str, reason: str) -> None:
    """It cannot be sent and is not tried again; its text is gone too."""
    _answer(owner, post, state=Letter.State.FAILED, outcome=outcome[:40], reason=reason[:500], text="", html="")


def again(owner: Owner, post: Post, outcome: str, reason: str, pause: float | None = None) -> None:
    """It is tried again: after ``pause`` seconds, or after ever longer ones. One older than ``GIVE_UP`` has failed."""
    seconds = min(FIRST_PAUSE * 2 ** min(post.attempts - 1, 20), LONGEST_PAUSE) if pause is None else pause
    old = _ours(owner, post).filter(written_at__lt=Now() - GIVE_UP)
    if old.update(**_FREED, state=Letter.State.FAILED, outcome=outcome[:40], reason=reason[:500], text="", html=""):
        return
    due = Now() + timedelta(seconds=seconds)
    _answer(owner, post, next_due_at=due, outcome=outcome[:40], reason=reason[:500])


def give_back(owner: Owner, posts: list[Post]) -> None:
    """Claimed, but not tried after all: due at once, and the attempt does not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE archive_letter SET claim_owner = NULL, claimed_until = NULL, attempts = attempts - 1"
            " WHERE id = ANY(%s) AND claim_owner = %s AND state = 'waiting'",
            [[post.pk for post in posts], owner.number],
        )


def due() -> bool:
    """Whether a worker would find a letter to send."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM archive_letter WHERE {_DUE} AND {_FREE})")
        return bool(cursor.fetchone()[0])


def forget(age: timedelta = KEPT) -> int:
    """Removes letters that wait no more and are older; how many."""
    return Letter.objects.exclude(state=Letter.State.WAITING).filter(written_at__lt=Now() - age).delete()[0]


_FREED = {"claim_owner": None, "claimed_until": None}


def _ours(owner: Owner, post: Post) -> models.QuerySet[Letter]:
    # Where another took it after our claim ran out, the answer is the other's.
    return Letter.objects.filter(pk=post.pk, claim_owner=owner.number, state=Letter.State.WAITING)


def _answer(owner: Owner, post: Post, **columns: object) -> None:
    _ours(owner, post).update(**_FREED, **columns)
