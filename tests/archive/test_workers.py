"""What workers say of themselves is shown while it is fresh."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from newsreel.archive import workers
from newsreel.archive.claims import Owner
from newsreel.archive.models import Worker

pytestmark = pytest.mark.django_db


def test_what_holds_up_most_comes_first() -> None:
    one, two, three = (Owner({}) for _ in range(3))
    workers.tell(one, "disk_full")
    assert [(row.outcome, row.workers) for row in workers.held()] == [("disk_full", 1)]
    workers.tell(two, "storage_slow")
    workers.tell(three, "storage_slow")
    assert [(row.outcome, row.workers) for row in workers.held()] == [("storage_slow", 2), ("disk_full", 1)]
    assert workers.at_work() == 3
    workers.tell(two, "")
    workers.leave(three)
    assert [row.outcome for row in workers.held()] == ["disk_full"]
    assert workers.at_work() == 2


def test_since_when_is_kept_while_it_lasts() -> None:
    owner = Owner({})
    workers.tell(owner, "disk_full")
    Worker.objects.update(since=Now() - timedelta(hours=1))
    since = workers.held()[0].since
    workers.tell(owner, "disk_full")
    assert workers.held()[0].since == since
    workers.tell(owner, "storage_slow")
    assert workers.held()[0].since > since


def test_an_old_word_is_not_believed_and_then_forgotten() -> None:
    workers.tell(Owner({}), "disk_full")
    Worker.objects.update(told_at=Now() - timedelta(minutes=2))
    assert (workers.held(), workers.at_work()) == ([], 0)
    assert workers.forget() == 0
    Worker.objects.update(told_at=Now() - timedelta(days=2))
    assert workers.forget() == 1
