"""Leases as values: what is asked of the database, and when. The database is a fake; test_politeness.py has a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from newsreel.archive import paces
from newsreel.archive.claims import Owner
from newsreel.core.errors import Temporary
from newsreel.fetching import Pace, Pacer
from newsreel.pipeline import leases as module
from newsreel.pipeline.leases import Leases


class Database:
    """Answers a borrower as it is told, and writes down what it was asked."""

    def __init__(self, *answers: Pace | float) -> None:
        self.answers = list(answers)
        self.said: list[tuple[str, Any]] = []

    async def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        await asyncio.sleep(0)
        self.said.append((function.__name__, arguments[-1]))
        if function is paces.borrow:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return {host: Pace(2.0, 5.0) for host in arguments[-1]} if function is paces.paces else None

    def names(self) -> list[str]:
        return [name for name, _ in self.said]


def opened(*answers: Pace | float) -> tuple[Leases, Pacer, Database]:
    database, pacer = Database(*answers), Pacer(0.0)
    leases = Leases(database, Owner({}), Owner({}), pacer)
    leases.patience = 0.05
    return leases, pacer, database


async def test_a_leased_host_needs_no_loan_and_its_pace_goes_on() -> None:
    leases, pacer, database = opened(0.0)
    await leases.taken(["a.example"])
    assert pacer.pace("a.example").latency == 2.0
    async with pacer.turn("a.example", permit=leases.permit):
        pass
    await leases.give_back(["a.example"])
    assert database.names() == ["paces", "give_back"]
    ((_, known),) = database.said[1:]
    assert known["a.example"].rested < 5.0


async def test_a_host_is_given_back_when_what_is_under_way_has_ended() -> None:
    leases, pacer, database = opened(0.0)
    await leases.taken(["a.example"])
    async with pacer.turn("a.example", permit=leases.permit):
        giving = asyncio.create_task(leases.give_back(["a.example"]))
        await asyncio.sleep(0.01)
        assert "give_back" not in database.names()
    await giving
    assert database.names()[-1] == "give_back"


async def test_requests_of_one_process_share_a_loan() -> None:
    leases, pacer, database = opened(Pace(None, None))

    async def ask() -> None:
        async with pacer.turn("b.example", permit=leases.permit):
            await asyncio.sleep(0.001)

    await asyncio.gather(*(ask() for _ in range(5)))
    assert database.names() == ["borrow", "give_back"]
    await ask()
    assert database.names() == ["borrow", "give_back"] * 2


async def test_a_host_that_another_holds_is_waited_for_then_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL", 0.01)
    leases, pacer, database = opened(0.0)
    with pytest.raises(Temporary) as caught:
        async with pacer.turn("b.example", permit=leases.permit):
            raise AssertionError("spoke to it all the same")
    assert caught.value.outcome == "host_busy"
    assert caught.value.retry_after is not None
    assert 5 <= caught.value.retry_after <= 15
    assert database.names().count("borrow") > 2
    assert "give_back" not in database.names()
    database.answers = [0.0, Pace(None, None)]
    async with pacer.turn("b.example", permit=leases.permit):
        pass


async def test_those_who_wait_together_are_put_off_together() -> None:
    leases, pacer, database = opened(3600.0)

    async def ask() -> float | None:
        try:
            async with pacer.turn("b.example", permit=leases.permit):
                return None
        except Temporary as error:
            return error.retry_after

    assert await asyncio.gather(*(ask() for _ in range(4))) == [3600.0] * 4
    assert database.names() == ["borrow"]


async def test_a_request_that_ends_badly_gives_the_loan_back() -> None:
    leases, pacer, database = opened(Pace(1.0, 1.0))
    with pytest.raises(RuntimeError):
        async with pacer.turn("b.example", permit=leases.permit):
            raise RuntimeError
    task = asyncio.create_task(pacer.turn("b.example", permit=leases.permit).__aenter__())
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the database is being asked
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert database.names() == ["borrow", "give_back"] * 2
