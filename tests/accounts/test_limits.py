from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone

from newsreel.accounts import limits
from newsreel.accounts.limits import Limit
from newsreel.accounts.models import Attempt

THREE = Limit("three", 3, 300)


@pytest.mark.django_db
def test_so_many_and_no_more_in_any_window() -> None:
    assert [limits.take(THREE, "alice") for _ in range(5)] == [True, True, True, False, False]
    assert limits.used(THREE, "alice") == 3
    assert limits.take(THREE, "bob"), "another is not concerned"
    _pass(200)
    assert not limits.take(THREE, "alice")
    _pass(101)
    assert [limits.take(THREE, "alice") for _ in range(4)] == [True, True, True, False]
    assert Attempt.objects.get(key=THREE.key("alice")).times.__len__() == 3, "old times are let go"


@pytest.mark.django_db
def test_who_goes_on_trying_does_not_prolong_it() -> None:
    for _ in range(3):
        limits.take(THREE, "alice")
    _pass(250)
    for _ in range(20):
        assert not limits.take(THREE, "alice")
    _pass(51)
    assert limits.take(THREE, "alice")


@pytest.mark.django_db
def test_given_back_and_forgotten() -> None:
    assert all(limits.take(THREE, "alice") for _ in range(3))
    limits.give_back(THREE, "alice")
    assert limits.take(THREE, "alice")
    assert not limits.take(THREE, "alice")
    limits.forget(THREE, "alice")
    assert limits.used(THREE, "alice") == 0
    limits.give_back(THREE, "nobody")


@pytest.mark.django_db
def test_swept() -> None:
    limits.take(THREE, "alice")
    assert limits.sweep() == 0
    _pass(301)
    assert limits.sweep() == 1
    assert not Attempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_at_once() -> None:
    """Forty threads, each with a connection of its own, as web processes have."""
    let = []

    def attempt() -> None:
        try:
            let.append(limits.take(THREE, "alice"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let) == 3
    connection.close()


def _pass(seconds: int) -> None:
    """Time goes by: what was counted is that much older."""
    older = timedelta(seconds=seconds)
    for row in Attempt.objects.all():
        row.times = [moment - older for moment in row.times]
        row.save(update_fields=["times"])
    Attempt.objects.update(until=F("until") - older)
    assert timezone.now()
