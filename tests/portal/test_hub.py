from __future__ import annotations

import asyncio

from newsreel.archive.changes import Position
from newsreel.portal import hub as hubs
from newsreel.portal.follower import Event
from newsreel.portal.hub import Hub


def _events(first: int, count: int) -> list[Event]:
    return [Event(Position(n, n), b"%d" % n) for n in range(first, first + count)]


def _hub(count: int = 3) -> Hub:
    hub = Hub()
    hub.begin(Position(0, 0), Position(count + 1, 0), _events(1, count))
    return hub


async def test_who_comes_back_is_told_what_came_after() -> None:
    hub = _hub()
    assert hub.listen(Position(1, 1)).missed == [b"2", b"3"]
    assert hub.listen(Position(3, 3)).missed == []
    assert hub.listen(Position(99, 0)).missed == []  # a page of a process that is further on


async def test_only_so_much_is_kept() -> None:
    hub = _hub(0)
    hub.publish(Position(5000, 1), _events(1, hubs.KEPT + 10))
    assert hub.listen(Position(9, 9)).missed[0].startswith(b"id: 5000-1\nevent: reload\n")
    assert len(hub.listen(Position(10, 10)).missed) == hubs.KEPT


async def test_a_log_longer_than_the_tail_is_known_from_there_on() -> None:
    hub = Hub()
    hub.begin(Position(7, 7), Position(9, 0), _events(8, 1))
    assert b"reload" in hub.listen(Position(7, 6)).missed[0]
    assert hub.listen(Position(7, 7)).missed == [b"8"]


async def test_a_slow_reader_is_dropped_and_the_others_are_not() -> None:
    hub = _hub(0)
    slow, quick = hub.listen(Position(1, 0)), hub.listen(Position(1, 0))
    for n in range(hubs.QUEUE + 1):
        hub.publish(Position(n + 2, 1), _events(n + 2, 1))
        quick.queue.get_nowait()
    assert slow.dropped.is_set()
    assert not quick.dropped.is_set()
    assert slow.queue.qsize() == hubs.QUEUE  # and holds no more than that


async def test_all_are_told_the_end() -> None:
    hub = _hub()
    listener = hub.listen(None)
    hub.end()
    assert await asyncio.wait_for(listener.queue.get(), 1) is None
    hub.leave(listener)
    assert hub.listeners == set()
