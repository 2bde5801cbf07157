"""What the archive forgets, by its settings."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.db.models.functions import Now

from newsreel.archive.models import Change, SiteMemory, SitePatterns, Snapshot
from newsreel.archive.snapshots import SnapshotStore, oldest_day_kept


def forget_evidence(store: SnapshotStore, now: datetime, days: int) -> int:
    """Removes evidence older than ``days`` with the rows that name it; how many files. 0 days: nothing, ever; and nothing
    where none would be left: either nothing was collected for so long, or ``now`` is of a clock that is wrong.
    """
    newest = Snapshot.objects.aggregate(at=Max("fetched_at"))["at"]
    if days <= 0 or (newest is not None and newest < now - timedelta(days=days)):
        return 0
    gone = store.forget_before(oldest_day_kept(now, days))
    Snapshot.objects.filter(file__in=gone).delete()
    return len(gone)


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
