"""The line before the desk."""

from __future__ import annotations

import asyncio

import pytest

from newsreel.site.line import AWAY, Line


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_is_served_at_a_time_and_the_oldest_first() -> None:
    line = Line(rest=0)
    assert await line.turn(5.0)
    later, sooner = asyncio.create_task(line.turn(9.0)), asyncio.create_task(line.turn(1.0))
    await _settled()
    assert not later.done()
    assert not sooner.done()
    line.done()
    await _settled()
    assert sooner.done()
    assert not later.done()
    line.done()
    assert await later


async def test_where_too_many_wait_the_youngest_is_sent_away() -> None:
    line = Line(most=2, rest=0)
    await line.turn(0)
    first, second = asyncio.create_task(line.turn(1)), asyncio.create_task(line.turn(3))
    await _settled()
    assert await line.turn(4) is False
    returned = asyncio.create_task(line.turn(2))  # was there before the second: takes its place
    assert await second is False
    line.done()
    assert await first
    line.done()
    assert await returned


async def test_where_others_wait_the_desk_rests() -> None:
    line = Line(rest=0.05)
    await line.turn(0)
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(line.turn(1))
    await _settled()
    line.done()
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await asyncio.wait_for(waiting, 1)
    line.done()
    assert await asyncio.wait_for(line.turn(2), 0.02)


async def test_nobody_waits_longer_than_patience() -> None:
    line = Line(patience=0.05, rest=0)
    await line.turn(0)
    assert await line.turn(1) is False
    line.done()
    assert await line.turn(2)


@pytest.mark.parametrize("called", [False, True])
async def test_who_leaves_holds_up_nobody(called: bool) -> None:
    line = Line(rest=0)
    await line.turn(0)
    leaving, staying = asyncio.create_task(line.turn(1)), asyncio.create_task(line.turn(2))
    await _settled()
    if called:
        line.done()  # called in the moment in which it leaves
    leaving.cancel()
    served = (await asyncio.gather(leaving, return_exceptions=True))[0]
    if served is True or not called:
        line.done()
    assert await asyncio.wait_for(staying, 1)


async def test_those_sent_away_are_given_times_of_their_own() -> None:
    line = Line(rest=0)
    times = [line.come_again() for _ in range(500)]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (AWAY[0], 50)  # at 0.1 s each, until more is known
    assert max(line.come_again() for _ in range(4000)) == AWAY[1]


def test_who_has_waited_is_not_put_behind_those_who_came_after() -> None:
    line = Line(rest=0)
    for _ in range(500):
        line.come_again()
    assert line.come_again() == 51
    assert line.come_again(waited=12) == AWAY[0]
