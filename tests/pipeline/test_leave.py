"""Leave to speak to hosts: kept while it is certain, broken off when it is lost, borrowed where nothing is due."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import psycopg
import pytest
from django.db import connections

from newsreel.archive import leases
from newsreel.archive.claims import Owner
from newsreel.core.errors import Temporary
from newsreel.pipeline.leave import LeaseLost, Leave

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "news.test"


@pytest.fixture
def owners() -> Iterator[list[Owner]]:
    parameters = connections["default"].get_connection_params()
    known = {key: str(parameters[key]) for key in ("host", "dbname", "user") if parameters.get(key)}
    made = [Owner(known) for _ in range(2)]
    yield made
    for owner in made:
        owner.close()


def hold(owner: Owner, leave: Leave) -> None:
    """As the crawl does by a claim."""
    asked = leave.clock()
    assert leases.borrow(owner, HOST)
    leave.take([HOST], asked)


def holder(owner: Owner) -> int | None:
    """Who holds the host, as the database says."""
    found = owner.on_session(lambda session: session.execute("SELECT lease_owner FROM archive_host").fetchone())
    return found[0] if found else None


async def test_what_is_under_way_is_broken_off_when_the_lease_is_lost(owners: list[Owner]) -> None:
    leave = Leave(owners[0])

    async def ask() -> None:
        async with leave.speak(HOST):
            owners[1].on_session(
                lambda session: session.execute("UPDATE archive_host SET lease_owner = %s", [owners[1].number])
            )
            await asyncio.sleep(60)

    async with leave.kept():
        hold(owners[0], leave)
        async with leave.speak(HOST):
            pass
        started = time.monotonic()
        with pytest.raises(LeaseLost):
            await ask()
        assert time.monotonic() - started < leases.VALID_SECONDS
        assert not leave.holds(HOST)


async def test_it_lasts_as_long_as_it_is_confirmed_and_is_given_back_then(owners: list[Owner]) -> None:
    leave = Leave(owners[0])
    async with leave.kept():
        hold(owners[0], leave)
        async with leave.speak(HOST):
            await asyncio.sleep(leases.VALID_SECONDS + 0.5)
        assert holder(owners[1]) == owners[0].number
        leave.finish(HOST)
        for _ in range(100):
            if not leave.holds(HOST):
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.2)
        assert holder(owners[1]) is None


class Slow:
    """An owner whose answers are long on their way, once ``asked``: until ``arrive``."""

    def __init__(self, owner: Owner) -> None:
        self._owner, self.number, self.sessions = owner, owner.number, owner.sessions
        self.asked, self.arrive = threading.Event(), threading.Event()

    def on_session(self, work: Callable[[psycopg.Connection], Any]) -> Any:
        found = self._owner.on_session(work)
        self.asked.set()
        self.arrive.wait(5)
        return found


async def test_a_confirmation_that_was_asked_for_before_a_claim_came_back_says_nothing_of_it(
    owners: list[Owner],
) -> None:
    slow = Slow(owners[0])
    leave = Leave(cast("Owner", slow))
    claimed_at = leave.clock()  # the claim is begun, then the confirmation; the claim is committed and comes back first
    leave.take(["other.test"], claimed_at)
    async with leave.kept():
        await asyncio.to_thread(slow.asked.wait, 5)
        assert leases.borrow(owners[0], HOST)
        leave.take([HOST], claimed_at)
        slow.arrive.set()
        await asyncio.sleep(0.3)
        assert leave.holds(HOST)
        assert not leave.holds("other.test"), "what was known before and is not confirmed is lost"


async def test_a_host_is_borrowed_when_its_holder_gives_it_back(owners: list[Owner]) -> None:
    one, two = Leave(owners[0]), Leave(owners[1])

    async def ask() -> None:
        async with two.speak(HOST):
            assert two.holds(HOST)

    async with two.kept():
        async with one.kept(), one.speak(HOST):
            waiting = asyncio.create_task(ask())
            await asyncio.sleep(0.5)
            assert not waiting.done()
        await asyncio.wait_for(waiting, 10)


async def test_nobody_waits_for_ever_for_a_host(owners: list[Owner]) -> None:
    leases.borrow(owners[1], HOST)
    moments = iter(range(0, 10_000, 20))
    leave = Leave(owners[0], clock=lambda: float(next(moments)))
    with pytest.raises(Temporary) as caught:
        await leave.speak(HOST).__aenter__()
    assert caught.value.outcome == "host_busy"
