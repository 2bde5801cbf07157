"""A clock that ran ahead for a while: what is due then keeps its distance, and is due neither at once nor in a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from newsreel.archive import claims, clock, workers
from newsreel.archive.claims import Owner
from newsreel.archive.models import Channel, Host, Lead, Worker
from tests.archive import making

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


def written_ahead(by: timedelta) -> None:
    """A channel that is due in ten minutes, a lead in an hour, a host in a minute: by a clock that is so much ahead."""
    lead = making.a_lead(making.a_channel(), "https://news.test/a")
    Channel.objects.update(last_read_at=Now() + by, next_due_at=Now() + by + timedelta(minutes=10))
    Lead.objects.filter(pk=lead.pk).update(next_due_at=Now() + by + timedelta(hours=1))
    Host.objects.update(next_due_at=Now() + by + timedelta(minutes=1))


def seconds_ahead(model: type[Channel] | type[Lead] | type[Host]) -> float:
    return float(model.objects.values_list(F("next_due_at") - Now(), flat=True)[0].total_seconds())


@pytest.mark.parametrize("by", [A_DAY, timedelta(days=365), timedelta(minutes=5)])
def test_what_was_written_ahead_keeps_its_distance(by: timedelta) -> None:
    written_ahead(by)
    assert clock.mend() == pytest.approx(by, abs=timedelta(seconds=2))
    assert [seconds_ahead(model) for model in (Channel, Lead, Host)] == pytest.approx([600, 3600, 60], abs=2)
    assert not claims.hosts_due()
    assert clock.mend() is None


def test_a_worker_is_a_witness_too() -> None:
    written_ahead(A_DAY)
    Channel.objects.update(last_read_at=None)
    workers.tell(Owner({}), "")
    assert clock.mend() is None
    Worker.objects.update(told_at=Now() + A_DAY)
    assert clock.mend() == pytest.approx(A_DAY, abs=timedelta(seconds=2))
    assert workers.at_work() == 1
    assert seconds_ahead(Channel) == pytest.approx(600, abs=2)


def test_a_clock_that_is_right_moves_nothing() -> None:
    written_ahead(timedelta(seconds=-5))
    assert clock.mend() is None
    assert seconds_ahead(Channel) == pytest.approx(595, abs=2)


def test_the_databases_time_between_two_looks() -> None:
    ours = clock.DatabaseClock()
    ours.look()
    assert abs(clock.database_time() - ours()) < timedelta(seconds=1)
