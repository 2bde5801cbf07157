"""What workers say of themselves: where they are, and what keeps them from their work."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from newsreel.archive.claims import Owner
from newsreel.archive.models import Worker

FRESH = timedelta(seconds=90)  # what a worker said longer ago is no longer so
FORGOTTEN = timedelta(days=1)

_TELL = """
    INSERT INTO archive_worker AS w (owner, place, trouble) VALUES (%s, %s, %s)
    ON CONFLICT (owner) DO UPDATE SET told_at = now(), trouble = excluded.trouble,
        since = CASE WHEN w.trouble = excluded.trouble THEN w.since ELSE now() END
"""


@dataclass(frozen=True, slots=True)
class Held:
    """Work that is held up: on how many workers, by what (an outcome), since when, and on which machines (five at most)."""

    outcome: str
    workers: int
    since: datetime
    places: Sequence[str]


def tell(owner: Owner, trouble: str) -> None:
    """Says that this worker is there, and what keeps it from its work ('' for nothing)."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [owner.number, socket.gethostname()[:255], trouble[:40]])


def leave(owner: Owner) -> None:
    """Says that it goes."""
    Worker.objects.filter(pk=owner.number).delete()


def at_work() -> int:
    """How many have told of themselves within the last FRESH."""
    return Worker.objects.filter(told_at__gte=Now() - FRESH).count()


def held() -> Sequence[Held]:
    """What keeps workers from their work now, what holds up most of them first; one statement."""
    fresh = Worker.objects.filter(told_at__gte=Now() - FRESH).filter(~Q(trouble=""))
    found: dict[str, list[Worker]] = {}
    for row in fresh.order_by("since", "owner")[:1000]:
        found.setdefault(row.trouble, []).append(row)
    ranked = sorted(found.items(), key=lambda item: -len(item[1]))
    return [
        Held(outcome, len(rows), rows[0].since, sorted({row.place for row in rows})[:5]) for outcome, rows in ranked
    ]


def forget() -> int:
    """Removes what workers said that are long gone; how many."""
    gone = Worker.objects.filter(Q(told_at__lt=Now() - FORGOTTEN) | Q(told_at__gt=Now() + FORGOTTEN))
    return gone.delete()[0]
