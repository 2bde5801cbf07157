from __future__ import annotations

import asyncio

import pytest

from newsreel.core.errors import Permanent, Temporary
from newsreel.fetching.pacing import Lanes, Pacer


class Time:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def test_one_at_once_and_a_gap_from_end_to_start() -> None:
    time = Time()
    pacer = Pacer(1.0, time, time.sleep)
    spans: list[tuple[float, float]] = []

    async def ask() -> None:
        async with pacer.turn("a.example"):
            began = time.now
            await time.sleep(0.25)
            spans.append((began, time.now))

    await asyncio.gather(*(ask() for _ in range(4)))
    assert spans == [(100.0, 100.25), (101.25, 101.5), (102.5, 102.75), (103.75, 104.0)]


async def test_hosts_do_not_wait_for_each_other() -> None:
    time = Time()
    pacer = Pacer(1.0, time, time.sleep)
    async with pacer.turn("a.example"), pacer.turn("b.example"):
        assert time.now == 100.0


async def test_a_gap_of_its_own() -> None:
    time = Time()
    pacer = Pacer(1.0, time, time.sleep)
    for gap, expected in ((None, 100.0), (5.0, 105.0), (0.0, 105.0), (None, 106.0)):
        async with pacer.turn("a.example", gap):
            assert time.now == expected


async def test_without_a_gap_still_one_at_once() -> None:
    pacer = Pacer(0.0)
    busy = most = 0

    async def ask() -> None:
        nonlocal busy, most
        async with pacer.turn("a.example"):
            busy += 1
            most = max(busy, most)
            await asyncio.sleep(0)
            busy -= 1

    await asyncio.gather(*(ask() for _ in range(50)))
    assert most == 1


async def test_turns_go_in_the_order_of_asking_and_failures_give_theirs_back() -> None:
    time = Time()
    pacer = Pacer(1.0, time, time.sleep)
    order: list[int] = []

    async def ask(number: int) -> None:
        async with pacer.turn("a.example"):
            order.append(number)
            if number == 1:
                raise RuntimeError("failed within its turn")

    results = await asyncio.gather(*(ask(number) for number in range(4)), return_exceptions=True)
    assert order == [0, 1, 2, 3]
    assert [type(result) for result in results] == [type(None), RuntimeError, type(None), type(None)]
    assert time.now == 103.0


async def test_who_gives_up_waiting_holds_up_nobody() -> None:
    pacer = Pacer(0.0)
    async with pacer.turn("a.example"):
        waiting = asyncio.create_task(pacer.turn("a.example").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with asyncio.timeout(1), pacer.turn("a.example"):
        pass


async def test_idle_hosts_are_forgotten() -> None:
    time = Time()
    pacer = Pacer(0.0, time, time.sleep)
    for number in range(5000):
        async with pacer.turn(f"{number}.example"):
            time.now += 1
    assert len(pacer) < 1200
    async with pacer.turn("slow.example", 3600.0):
        pass
    for number in range(2000):
        async with pacer.turn(f"again{number}.example"):
            time.now += 1
    began = time.now
    async with pacer.turn("slow.example", 3600.0):
        assert time.now == began + 1600.0


async def test_lanes_bound_what_is_done_at_once_at_one_host_and_in_all() -> None:
    lanes = Lanes(per_host=2, in_all=5)
    busy: list[str] = []
    most = {"a": 0, "all": 0}

    async def work(host: str) -> None:
        async with lanes.turn(host, 3600.0):  # no gap, whatever is asked
            busy.append(host)
            most["a"] = max(most["a"], busy.count("a"))
            most["all"] = max(most["all"], len(busy))
            await asyncio.sleep(0.01)
            busy.remove(host)

    async with asyncio.timeout(5):
        await asyncio.gather(*(work(host) for host in "aaaaaabbbbccccddddeeee"))
    assert most == {"a": 2, "all": 5}
    assert len(lanes) == 0


async def test_who_gives_up_a_lane_holds_up_nobody() -> None:
    lanes = Lanes(per_host=1, in_all=1)
    async with lanes.turn("a.example"):
        waiting = [asyncio.create_task(lanes.turn(host).__aenter__()) for host in ("a.example", "b.example")]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert len(lanes) == 0
    async with asyncio.timeout(1), lanes.turn("a.example"):
        pass


async def ask(pacer: Pacer, time: Time, seconds: float, error: Exception | None = None) -> float:
    """Asks a.example once; how long it rested before."""
    ended = time.now
    try:
        async with pacer.turn("a.example"):
            began = time.now
            time.now += seconds
            if error is not None:
                raise error
    except (Permanent, Temporary):
        pass
    return began - ended


async def test_a_host_that_answers_slowly_is_asked_less_often() -> None:
    time = Time()
    pacer = Pacer(1.0, time, time.sleep)
    assert [await ask(pacer, time, 8.0) for _ in range(3)] == [0.0, 8.0, 8.0]
    assert [round(await ask(pacer, time, 0.0), 1) for _ in range(9)] == [8.0, 6.0, 4.5, 3.4, 2.5, 1.9, 1.4, 1.1, 1.0]


async def test_a_host_in_trouble_is_asked_less_and_less_often() -> None:
    time = Time()
    pacer = Pacer(1.0, time, time.sleep)
    trouble = Temporary("server_error", "a.example answered 503.")
    assert [await ask(pacer, time, 0.1, trouble) for _ in range(7)] == pytest.approx([0, 2, 4, 8, 16, 30, 30])
    assert await ask(pacer, time, 0.1, Permanent("gone", "")) == pytest.approx(30)


async def test_without_a_gap_there_is_none_for_a_slow_host_either() -> None:
    time = Time()
    pacer = Pacer(0.0, time, time.sleep)
    assert [await ask(pacer, time, 8.0) for _ in range(3)] == [0.0, 0.0, 0.0]
