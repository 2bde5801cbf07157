"""Leases: one owner at a time, free again at once when the owner dies, and proof against a clock that was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsreel.archive import claims, leases, reading, registry, storing
from newsreel.archive.claims import Owner
from newsreel.archive.models import Article, Channel, Host, Lead
from newsreel.core.types import Enrichment
from tests.archive import making

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owners() -> Iterator[list[Owner]]:
    parameters = connections["default"].get_connection_params()
    known = {key: str(parameters[key]) for key in ("host", "dbname", "user", "port", "password") if parameters.get(key)}
    made = [Owner(known) for _ in range(3)]
    yield made
    for owner in made:
        owner.close()


def rest_over() -> None:
    """As if the rest after a lost lease had passed."""
    Host.objects.update(rest_until=Now())


def test_a_host_has_one_owner(owners: list[Owner]) -> None:
    making.a_channel()
    assert claims.claim_hosts(owners[0], 10) == ["news.test"]
    assert claims.claim_hosts(owners[1], 10) == []
    assert not claims.hosts_due()
    leases.give_back(owners[1], {"news.test": 0.0})  # not its to give
    assert claims.claim_hosts(owners[1], 10) == []
    leases.give_back(owners[0], {"news.test": 0.0})
    assert claims.claim_hosts(owners[1], 10) == ["news.test"]


def test_a_claim_whose_answer_was_lost_is_found_again(owners: list[Owner]) -> None:
    making.a_channel()
    assert claims.claim_hosts(owners[0], 10) == ["news.test"]
    assert claims.claim_hosts(owners[0], 10, ["news.test"]) == []
    assert claims.claim_hosts(owners[1], 10) == []
    assert claims.claim_hosts(owners[0], 10) == ["news.test"]


def test_an_owner_takes_its_lock_anew_after_the_server_was_restarted(owners: list[Owner]) -> None:
    making.a_channel()
    number = owners[0].alive()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'newsreel owner'"
        )
    assert owners[0].alive() == number
    assert claims.claim_hosts(owners[0], 10) == ["news.test"]
    assert claims.claim_hosts(owners[1], 10) == []


def test_only_what_is_due_is_claimed(owners: list[Owner]) -> None:
    channel = making.a_channel()
    making.was_read(channel)
    assert claims.claim_hosts(owners[0], 10) == []
    lead = making.a_lead(channel, "https://www.news.test/a")
    assert claims.claim_hosts(owners[0], 10) == ["www.news.test"]
    assert claims.due_on_host("www.news.test", 10) == claims.DueWork([], [lead.pk], stranger=True)
    registry.set_paused(channel.source, True)
    assert claims.due_on_host("www.news.test", 10) == claims.DueWork([], [], stranger=True)


def test_a_host_that_asked_for_patience_is_waited_for(owners: list[Owner]) -> None:
    channel = making.a_channel()
    registry.hosts_wait([registry.Wait("news.test", 30, named_by_host=True)])
    assert claims.claim_hosts(owners[0], 10) == []
    assert claims.seconds_to_next() == pytest.approx(30, abs=2)
    Host.objects.update(next_due_at=Now())
    making.was_read(channel)
    registry.hosts_answered(["news.test"])
    assert claims.seconds_to_next() is None


def test_a_host_that_does_not_answer_is_asked_less_and_less() -> None:
    making.a_channel()
    waits = []
    for _ in range(4):
        registry.hosts_wait([registry.Wait("news.test", 60, named_by_host=False)])
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM next_due_at - now()) FROM archive_host")
            waits.append(float(cursor.fetchone()[0]))
    assert waits == pytest.approx([60, 120, 240, 480], rel=0.21)
    assert waits != pytest.approx([60, 120, 240, 480], abs=0.05), "those that went silent together come apart"


def test_times_from_a_clock_that_ran_ahead_count_as_past(owners: list[Owner]) -> None:
    making.a_channel()
    Channel.objects.update(next_due_at=Now() + timedelta(days=400))
    Host.objects.update(
        next_due_at=Now() + timedelta(days=400),
        rest_until=Now() + timedelta(days=400),
        lease_owner=owners[1].alive(),
        leased_until=Now() + timedelta(days=400),
    )
    assert leases.free_the_dead(owners[0]) == ["news.test"]
    rest_over()
    assert claims.claim_hosts(owners[0], 10) == ["news.test"]


def test_articles_are_claimed_once_and_given_up_after_three_attempts(owners: list[Owner]) -> None:
    channel = making.a_channel()
    ids = [making.store(channel, f"https://news.test/{n}", text=f"Text {n}")[1] for n in range(5)]
    assert claims.claim_articles(owners[0], 3) == sorted(ids, reverse=True)[:3]
    assert claims.claim_articles(owners[1], 3) == sorted(ids, reverse=True)[3:]
    assert not claims.articles_due()
    storing.enrichment_failed([ids[0]], 3, owners[1].number)
    assert claims.claim_articles(owners[0], 3) == [ids[0]]
    storing.enrichment_failed([ids[0]], 2, owners[0].number)
    assert Article.objects.get(pk=ids[0]).state == Article.State.FAILED
    storing.store_enrichments([(ids[1], Enrichment("en"))], owners[1].number)
    owners[0].close()
    owners[1].close()
    assert set(claims.claim_articles(owners[2], 10)) == set(ids[2:])
    assert set(Article.objects.filter(pk__in=ids[2:]).values_list("attempts", flat=True)) == {
        1
    }  # nobody's fault but theirs


def test_second_visits_come_after_new_addresses() -> None:
    channel = making.a_channel()
    making.store(channel, "https://news.test/old")
    Lead.objects.update(next_due_at=Now())
    fresh = making.a_lead(channel, "https://news.test/fresh")
    assert claims.due_on_host("news.test", 10).leads[0] == fresh.pk


def test_hosts_that_failed_have_places_of_their_own(owners: list[Owner]) -> None:
    for number in range(6):
        making.a_channel(f"https://host{number}.test/feed")
    for number in range(3):
        registry.hosts_wait([registry.Wait(f"host{number}.test", 60, named_by_host=False)])
    Host.objects.update(next_due_at=Now())
    found = claims.claim_hosts(owners[0], 2, (), 1)
    assert sorted(host < "host3" for host in found) == [False, False, True]
    due = claims.due_on_hosts(found, 10)
    assert {host: work.failing for host, work in due.items()} == {host: host < "host3" for host in found}
    assert all(len(work.channels) == 1 for work in due.values())


def test_who_never_answered_stands_behind_those_of_half_a_minute_later(owners: list[Owner]) -> None:
    for name in ("stranger", "known", "later", "much-later"):
        making.a_channel(f"https://{name}.test/feed")
    registry.hosts_answered(["known.test", "later.test", "much-later.test"])
    now = timezone.now()
    for name, seconds in (("stranger", 60), ("known", 60), ("later", 40), ("much-later", 20)):
        Host.objects.filter(name=f"{name}.test").update(next_due_at=now - timedelta(seconds=seconds))
    order: list[str] = []
    for _ in range(4):
        order += claims.claim_hosts(owners[0], 1, order)
    assert order == ["known.test", "later.test", "stranger.test", "much-later.test"]
    assert [claims.due_on_host(host, 1).stranger for host in order] == [False, False, True, False]


def test_a_host_that_was_given_back_goes_to_the_end_of_the_line(owners: list[Owner]) -> None:
    for number in range(3):
        making.a_channel(f"https://host{number}.test/feed")
    served = []
    for _ in range(6):
        (host,) = claims.claim_hosts(owners[0], 1)
        served.append(host)
        leases.give_back(owners[0], {host: 0.0})
    assert sorted(served[:3]) == ["host0.test", "host1.test", "host2.test"]
    assert served[:3] == served[3:]


def test_a_wait_survives_the_giving_back(owners: list[Owner]) -> None:
    making.a_channel()
    claims.claim_hosts(owners[0], 1)
    registry.hosts_wait([registry.Wait("news.test", 60, named_by_host=False)])
    leases.give_back(owners[0], {"news.test": 0.0})
    assert claims.claim_hosts(owners[0], 1) == []


def test_many_readings_are_written_together() -> None:
    channels = [making.a_channel(f"https://host{number}.test/feed") for number in range(3)]
    making.was_not_read(channels[0], "timed_out", "It did not answer.")
    readings = [
        reading.Reading(channel, reading.AfterReading(60, 600 + n, f'"{n}"'), 60, 20, n, 0.1)
        for n, channel in enumerate(channels)
    ]
    queries = CaptureQueriesContext(connection)
    with queries:
        reading.channels_read(readings)
    one = CaptureQueriesContext(connection)
    with one:
        reading.channels_read(readings[:1])
    assert sum("UPDATE archive_channel" in query["sql"] for query in queries) == 1
    assert len(queries) == len(one)
    rows = list(Channel.objects.order_by("pk").values_list("etag", "interval", "failures", "outcome", "last_new_at"))
    assert [row[:4] for row in rows] == [('"0"', 600, 0, "ok"), ('"1"', 601, 0, "ok"), ('"2"', 602, 0, "ok")]
    assert [row[4] is None for row in rows] == [True, False, False]
