"""What an owner may believe of its leases, and what becomes of those of a dead one."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.db.models.functions import Now

from newsreel.archive import claims, leases, registry
from newsreel.archive.claims import Owner
from newsreel.archive.models import Host, Lead
from tests.archive import making
from tests.archive.test_claims import owners, rest_over

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["owners"]  # a fixture

HOST = "news.test"


def held(owner: Owner) -> None:
    making.a_channel()
    assert claims.claim_hosts(owner, 10) == [HOST]


def end_session(owner: Owner) -> None:
    """As a restarted server does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = %s", [owner.number])
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE objid = %s", [owner.number])
            if cursor.fetchone()[0] == 0:
                return


def test_a_dead_owners_hosts_are_free_after_a_rest(owners: list[Owner]) -> None:
    held(owners[0])
    assert leases.free_the_dead(owners[1]) == []
    owners[0].close()  # as the kernel does for a killed process
    assert claims.claim_hosts(owners[1], 10) == []
    assert leases.free_the_dead(owners[1]) == [HOST]
    assert leases.free_the_dead(owners[1]) == []
    assert claims.claim_hosts(owners[1], 10) == []
    assert not leases.borrow(owners[1], HOST)
    assert claims.seconds_to_next() == pytest.approx(leases.REST_SECONDS, abs=1.5)
    rest_over()
    assert claims.claim_hosts(owners[1], 10) == [HOST]


def test_the_rest_is_longer_than_what_an_owner_believes() -> None:
    assert leases.REST_SECONDS > leases.VALID_SECONDS > 2 * leases.CONFIRM_SECONDS


def test_a_lease_that_was_not_prolonged_ends(owners: list[Owner]) -> None:
    held(owners[0])
    assert leases.confirm(owners[0], prolong=False) == {HOST}
    Host.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert leases.free_the_dead(owners[1]) == [HOST]
    assert leases.confirm(owners[0], prolong=False) == set()
    assert leases.confirm(owners[0], prolong=True) == set()


@pytest.mark.parametrize("seconds", [-1, 1, 86400 * 400])
def test_a_lease_with_a_doubtful_time_is_prolonged(owners: list[Owner], seconds: int) -> None:
    held(owners[0])
    Host.objects.update(leased_until=Now() + timedelta(seconds=seconds))
    assert leases.confirm(owners[0], prolong=False) == {HOST}
    until = Host.objects.get().leased_until
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM %s - now())", [until])
        assert float(cursor.fetchone()[0]) == pytest.approx(claims.LEASE_SECONDS, abs=5)


def test_after_a_lost_session_a_lease_is_ours_only_if_nobody_took_it(owners: list[Owner]) -> None:
    held(owners[0])
    sessions = owners[0].sessions
    end_session(owners[0])
    assert leases.confirm(owners[0], prolong=True) == {HOST}
    assert owners[0].sessions == sessions + 1
    end_session(owners[0])
    assert leases.free_the_dead(owners[1]) == [HOST]
    assert leases.confirm(owners[0], prolong=True) == set()


def test_an_owner_that_comes_back_waits_for_who_frees_its_host(owners: list[Owner]) -> None:
    """The other's statement is done but not yet committed: what the owner sees of its row must not deceive it."""
    held(owners[0])
    end_session(owners[0])
    other = psycopg.connect(
        **{k: str(v) for k, v in connection.get_connection_params().items() if k in ("host", "dbname", "user")}
    )  # type: ignore[arg-type]
    with other:
        other.execute("UPDATE archive_host SET lease_owner = NULL, leased_until = NULL")
        found: list[set[str]] = []
        asking = threading.Thread(target=lambda: found.append(leases.confirm(owners[0], prolong=True)))
        asking.start()
        time.sleep(0.3)
        assert found == []
        other.commit()
        asking.join(10)
    other.close()
    assert found == [set()]


def test_a_host_is_borrowed_whether_or_not_it_is_known(owners: list[Owner]) -> None:
    assert leases.borrow(owners[0], "other.test")
    assert leases.borrow(owners[0], "other.test")
    assert not leases.borrow(owners[1], "other.test")
    leases.give_back(owners[1], {"other.test": 0.0})  # not its to give
    assert not leases.borrow(owners[1], "other.test")
    leases.give_back(owners[0], {"other.test": 30.0})
    assert not leases.borrow(owners[1], "other.test")
    rest_over()
    assert leases.borrow(owners[1], "other.test")


def test_what_a_worker_writes_late_is_nothing() -> None:
    channel = making.a_channel()
    lead = making.a_lead(channel, "https://news.test/a")
    late = Lead.objects.get(pk=lead.pk)
    assert making.store(channel, "https://news.test/a", text="As the new holder reads it.")[0] == "new"
    from newsreel.archive import storing

    text = making.facts("https://news.test/a", "Title", "As the old holder read it.")
    assert storing.store(late, text, making.a_visit("https://news.test/a"))[0] == "same"
    registry.lead_failed(late, "timed_out", "late", None)
    registry.lead_unchanged(late, 1.0)
    now = Lead.objects.select_related("article").get()
    assert (now.state, now.visits, now.outcome, now.article.text) == ("done", 1, "ok", "As the new holder reads it.")
