"""Sites that readers asked for in the portal, and the answers that workers gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from newsreel.archive.claims import LEASE_SECONDS, LIVE_OWNERS, Owner
from newsreel.archive.models import AddRequest, Source
from newsreel.core.errors import Temporary

MOST_WAITING = 20
MOST_LENGTH = 2048
WAITING = (AddRequest.State.WAITING, AddRequest.State.LOOKING)
ANSWERS_STAND = timedelta(minutes=10)  # after that a failed wish at the head of the news is a nuisance


@dataclass(frozen=True, slots=True)
class Wish:
    """One claimed request."""

    pk: int
    address: str


def ask(address: str) -> AddRequest:
    """Keeps a wish. Temporary 'too_many_wishes' where enough are waiting already."""
    _refuse_too_many()
    return AddRequest.objects.create(address=_kept(address))


def claim(owner: Owner, limit: int = MOST_WAITING, *, state: str = AddRequest.State.WAITING) -> list[Wish]:
    """Wishes that wait (previews, where ``state`` is LOOKING), now ours to answer."""
    number = owner.alive()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE archive_addrequest SET claim_owner = %s, claimed_until = now() + make_interval(secs => %s)"
            " WHERE id IN (SELECT id FROM archive_addrequest WHERE state = %s AND (claim_owner IS NULL"
            f" OR claimed_until < now() OR claim_owner NOT IN {LIVE_OWNERS})"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id, address",
            [number, LEASE_SECONDS, str(state), limit],
        )
        return [Wish(*row) for row in sorted(cursor.fetchall())]


def answer(wish: Wish, state: str, *, site: str = "", outcome: str = "", reason: str = "") -> None:
    """Writes what became of a wish."""
    source = Source.objects.filter(site=site).first() if site else None
    AddRequest.objects.filter(pk=wish.pk).update(
        state=state, outcome=outcome[:40], reason=reason[:500], source=source, claim_owner=None, claimed_until=None
    )


def waiting() -> bool:
    """Whether any wish waits, or a preview."""
    return AddRequest.objects.filter(state__in=WAITING).exists()


def ask_preview(address: str) -> AddRequest:
    """Keeps the wish to see what would be read of a site. Temporary 'too_many_wishes' as above."""
    _refuse_too_many()
    return AddRequest.objects.create(address=_kept(address), preview=True, state=AddRequest.State.LOOKING)


def show(wish: Wish, found: dict[str, Any]) -> None:
    """Answers a preview with what was found."""
    AddRequest.objects.filter(pk=wish.pk).update(
        state=AddRequest.State.FOUND, found=found, claim_owner=None, claimed_until=None
    )


def keep_list(name: str, found: dict[str, Any]) -> AddRequest:
    """Keeps what a list of feeds would add, until somebody says yes: a preview that has its answer."""
    return AddRequest.objects.create(address=_kept(name), preview=True, state=AddRequest.State.FOUND, found=found)


def forget_previews(age: timedelta) -> int:
    """Removes previews that nobody will look at again; how many."""
    return AddRequest.objects.filter(preview=True, asked_at__lt=Now() - age).delete()[0]


def _refuse_too_many() -> None:
    if AddRequest.objects.filter(state__in=WAITING).count() >= MOST_WAITING:
        raise Temporary("too_many_wishes", "Enough addresses are being looked at already: try again in a minute.")


def _kept(address: str) -> str:
    return address.replace("\x00", "").strip()[:MOST_LENGTH]


def recent(limit: int = 5) -> Sequence[AddRequest]:
    """The latest wishes with their answers, the newest first: those that wait, and the answers of ``ANSWERS_STAND``."""
    fresh = Q(state=AddRequest.State.WAITING) | Q(asked_at__gte=Now() - ANSWERS_STAND)
    return list(AddRequest.objects.filter(fresh, preview=False).select_related("source").order_by("-id")[:limit])
