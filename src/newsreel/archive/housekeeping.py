"""What the archive forgets by age, and whether the clock may be believed that says how old things are.

A clock that jumps a year ahead for a moment would make everything old. So nothing is forgotten before the database's clock
has gone steadily through AGREEMENT of running time: each round notes what it says. A step of more than LONGEST_STEP, or
one back, begins the count anew; a step in which nothing was running (a night, a weekend) counts for nothing and spoils nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now

from newsreel.archive.models import Change, Rounds, SiteMemory, SitePatterns

AGREEMENT = timedelta(hours=24)
LONGEST_STEP = timedelta(days=4)  # a long weekend
COUNTED_STEP = timedelta(hours=2)  # rounds are an hour apart
STEP_BACK = timedelta(minutes=5)  # a clock that is set right


@dataclass(frozen=True, slots=True)
class Clock:
    """What was seen of the clock: its last time, and for how long it has gone steadily while somebody looked."""

    seen_at: datetime
    agreed: timedelta

    @property
    def may_be_believed(self) -> bool:
        """Whether things may be forgotten by it."""
        return self.agreed >= AGREEMENT


def observed(before: Clock | None, now: datetime) -> Clock:
    """What is known of the clock after it has been looked at once more."""
    if before is None:
        return Clock(now, timedelta())
    step = now - before.seen_at
    if step < -STEP_BACK or step > LONGEST_STEP:
        return Clock(now, timedelta())
    counted = step if timedelta() < step <= COUNTED_STEP else timedelta()
    return Clock(now, min(before.agreed + counted, AGREEMENT * 30))


@transaction.atomic
def begin_round() -> tuple[Rounds, Clock]:
    """Looks at the database's clock and notes it; the round's row."""
    now: datetime = _database_time()
    row = Rounds.objects.select_for_update().order_by("id").first()
    clock = observed(Clock(row.seen_at, row.agreed) if row else None, now)
    if row is None:
        row, _ = Rounds.objects.get_or_create(pk=1, defaults={"seen_at": now, "agreed": clock.agreed})
    row.seen_at, row.agreed = clock.seen_at, clock.agreed
    row.save(update_fields=["seen_at", "agreed"])
    return row, clock


def _database_time() -> datetime:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment


def forget_changes(age: timedelta) -> int:
    """Removes lines of the change log that no follower can still want; a follower that was away longer starts anew."""
    return Change.objects.filter(at__lt=Now() - age).delete()[0]


def forget_site_memories(age: timedelta, most: int) -> int:
    """Removes what was learned of sites not read for ``age``, and of those longest ago beyond ``most`` sites; how many."""
    stale = SiteMemory.objects.filter(updated_at__lt=Now() - age).delete()[0]
    beyond = SiteMemory.objects.order_by("-updated_at", "site").values("site")[most:]
    return stale + SiteMemory.objects.filter(site__in=list(beyond.values_list("site", flat=True))).delete()[0]


def forget_site_patterns(age: timedelta, most: int) -> int:
    """The same of sites' addresses, but for what an editor has corrected; how many."""
    rows = SitePatterns.objects.filter(corrected=False)
    stale = rows.filter(updated_at__lt=Now() - age).delete()[0]
    beyond = rows.order_by("-updated_at", "site").values_list("site", flat=True)[most:]
    return stale + rows.filter(site__in=list(beyond)).delete()[0]
