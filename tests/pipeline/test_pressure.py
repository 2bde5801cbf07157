"""Fewer pages at once where storing one takes long, one where it takes very long; all again when it does not."""

from __future__ import annotations

import asyncio

import pytest

from newsreel.pipeline.pressure import PAUSE_SECONDS, STORAGE_SLOW, Pressure, allowed


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("delay", "most", "expected"),
    [(0.0, 16, 16), (1.0, 16, 16), (2.0, 16, 8), (4.9, 16, 3), (5.0, 16, 1), (600.0, 16, 1), (3.0, 1, 1), (4.0, 2, 1)],
)
def test_how_many_pages_at_once(delay: float, most: int, expected: int) -> None:
    assert allowed(delay, most) == expected


def test_a_page_that_is_still_being_stored_counts_by_its_age() -> None:
    clock = Clock()
    pressure = Pressure(clock)
    with pressure.storing():
        clock.now += PAUSE_SECONDS
        assert (pressure.delay, pressure.trouble) == (PAUSE_SECONDS, STORAGE_SLOW)
    assert pressure.trouble == STORAGE_SLOW
    with pressure.storing():
        pass
    assert (0 < pressure.delay < PAUSE_SECONDS, pressure.trouble) == (True, "")


def test_it_recovers_within_a_few_pages() -> None:
    clock = Clock()
    pressure = Pressure(clock)
    for _ in range(20):
        with pressure.storing():
            clock.now += 20.0
    assert pressure.trouble == STORAGE_SLOW
    pages = 0
    while pressure.trouble or allowed(pressure.delay, 16) < 16:
        pages += 1
        with pressure.storing():
            clock.now += 0.01
    assert pages <= 10


def test_what_breaks_off_says_nothing_of_speed() -> None:
    clock = Clock()
    pressure = Pressure(clock)

    def break_off() -> None:
        with pressure.storing():
            clock.now += 60.0
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert pressure.delay == 0.0


async def test_pages_wait_for_their_turn() -> None:
    clock = Clock()
    pressure = Pressure(clock)
    most, under_way, seen = 4, 0, 0

    async def page() -> None:
        nonlocal under_way, seen
        async with pressure.page(most):
            under_way += 1
            seen = max(seen, under_way)
            await asyncio.sleep(0.01)
            under_way -= 1

    await asyncio.gather(*(page() for _ in range(12)))
    assert seen == 12, "nothing is slow"
    seen = 0
    with pressure.storing():
        clock.now += 2.0
        await asyncio.gather(*(page() for _ in range(5)))
    assert seen == 2
    seen = 0
    with pressure.storing():
        clock.now += 60.0
        await asyncio.gather(*(page() for _ in range(5)))
    assert seen == 1
