"""Sites that readers asked for in the portal, and the answers that workers gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from newsreel.archive.claims import LEASE_SECONDS, LIVE_OWNERS, Owner
from newsreel.archive.models import AddRequest, Source
from newsreel.core.errors import Temporary

MOST_WAITING = 20
MOST_LENGTH = 2048
ANSWERS_STAND = timedelta(minutes=10)  # after that a failed wish at the head of the news is a nuisance


@dataclass(frozen=True, slots=True)
class Wish:
    """One claimed request."""

    pk: int
    address: str


def ask(address: str) -> AddRequest:
    """Keeps a wish. Temporary 'too_many_wishes' where enough are waiting already."""
    if AddRequest.objects.filter(state=AddRequest.State.WAITING).count() >= MOST_WAITING:
        raise Temporary("too_many_wishes", "Enough addresses are being looked at already: try again in a minute.")
    return AddRequest.objects.create(address=address.replace("\x00", "").strip()[:MOST_LENGTH])


def claim(owner: Owner, limit: int = MOST_WAITING) -> list[Wish]:
    """Wishes that wait, now ours to answer."""
    number = owner.alive()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE archive_addrequest SET claim_owner = %s, claimed_until = now() + make_interval(secs => %s)"
            " WHERE id IN (SELECT id FROM archive_addrequest WHERE state = 'waiting' AND (claim_owner IS NULL"
            f" OR claimed_until < now() OR claim_owner NOT IN {LIVE_OWNERS})"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id, address",
            [number, LEASE_SECONDS, limit],
        )
        return [Wish(*row) for row in sorted(cursor.fetchall())]


def answer(wish: Wish, state: str, *, site: str = "", outcome: str = "", reason: str = "") -> None:
    """Writes what became of a wish."""
    source = Source.objects.filter(site=site).first() if site else None
    AddRequest.objects.filter(pk=wish.pk).update(
        state=state, outcome=outcome[:40], reason=reason[:500], source=source, claim_owner=None, claimed_until=None
    )


def waiting() -> bool:
    """Whether any wish waits."""
    return AddRequest.objects.filter(state=AddRequest.State.WAITING).exists()


def recent(limit: int = 5) -> Sequence[AddRequest]:
    """The latest wishes with their answers, the newest first: those that wait, and the answers of ``ANSWERS_STAND``."""
    fresh = Q(state=AddRequest.State.WAITING) | Q(asked_at__gte=Now() - ANSWERS_STAND)
    return list(AddRequest.objects.filter(fresh).select_related("source").order_by("-id")[:limit])
