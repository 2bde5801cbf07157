"""Polling a generated world beside a plain loop: python -m benchmarks.crawl [--feeds 10000] [--hosts 2000].

The world (benchmarks/crawl_world.py) is one process; the rival (benchmarks/crawl_plain.py) another, with aiohttp and feedparser and
nothing else; Newsreel's crawl (benchmarks/crawl_ours.py) is the worker's own, with claims, leases, robots.txt, readers and PostgreSQL.
The hosts are exceptions at the gate by the setting that is there for it; nothing of ours is replaced. The gap between two requests to a
host is 0, and articles' pages are not visited: their hosts are at rest.

Round one: nobody knows a feed. Round two: of a hundred feeds 85 answer 304, ten send the same bytes again, five have something new. Then
each kind by itself. Then the hosts that are live alone, and with three of ten hosts dead, slow or failing, in turns: hosts that never
answered (a worker that has met none of these, and in the archive all hosts are new); hosts that all answered until now, twice; and the
same once more, when they are known to fail.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from benchmarks import crawl_report
from benchmarks.crawl_ground import Runner, Size, World, crawl_settings, database_memory, database_processor, running
from benchmarks.crawl_report import Poll, Wait
from benchmarks.crawl_world import address, behaviour
from benchmarks.ground import database, server
from benchmarks.report import write_section

FIRST_EVERY = 4  # the rival is measured on one feed of so many where all are new, to save time
KIND_FEEDS = 500  # on which both are measured where every feed answers in the same way


class Bench:
    """A world, the rival and the crawl, and what they are seen to do."""

    def __init__(self, world: World, home: Path, dsn: str) -> None:
        self._world, self._home, self._size = world, home, world.size
        self._settings = crawl_settings(world, home / "worker", dsn)
        self.plain = Runner("crawl_plain")
        self.ours = self.worker()

    def worker(self) -> Runner:
        """Another worker on the same database."""
        return Runner("crawl_ours", **self._settings)

    def fill(self) -> None:
        """The rows of the world."""
        resting = [f"www.site{host}.test" for host in range(self._size.hosts)]
        self.ours.run(fill=self._size.urls(self._world.port), resting=resting)

    def rival(self, name: str, every: int = 1) -> Poll:
        """The plain loop over one feed of ``every``."""
        urls = self._size.urls(self._world.port, every=every)
        done = self.plain.run(feeds=urls, parse=True)
        self._expect(name, done["seen"], len(urls))
        return _told(Poll(name, len(urls), done["wall"], {"own": done["processor"]}, done["memory"]), "plain loop")

    def crawl(self, name: str, every: int = 1) -> Poll:
        """The crawl over the same feeds."""
        done, database_seconds = self._crawl(self.ours, f"id % {every} = {1 % every}")
        if done["failed"] or done["pages"]:
            raise SystemExit(f"{name}: {done}")
        seconds = done["processor"] | {"database": database_seconds}
        memories = done["memory"], done["readers_memory"], database_memory(self._home)
        return _told(Poll(name, done["channels"], done["wall"], seconds, *memories), "crawl")

    def meet(self, worker: Runner, *, everyone: bool) -> None:
        """The worker forgets all, starts its readers and gets to know the hosts that are always live, or all, which answer today."""
        worker.run(forget=True)
        self._world.turn()
        self._crawl(worker, "true" if everyone else self._live())
        self._world.seen()

    def _live(self) -> str:
        hosts = (host for host in range(self._size.hosts) if behaviour(host) == "live")
        return f"host = ANY('{{{','.join(f'{address(host)}:{self._world.port}' for host in hosts)}}}')"

    def wait(self, name: str, bad: bool, worker: Runner, *, whole: bool = False) -> Wait:
        """How late the live feeds are polled when all of them are due at one moment. ``whole``: the crawl waits for the others too."""
        self._world.turn(bad=bad)
        live = sum(behaviour(feed % self._size.hosts) == "live" for feed in range(self._size.feeds))
        done, _ = self._crawl(worker, "true" if bad else self._live(), 0 if whole else live)
        seen = self._world.seen()
        if seen["most_at_once"] > 1:
            raise SystemExit(f"{name}: {seen['most_at_once']} requests at once to one host")
        late = sorted(
            when - done["due"] for feed, when in seen["polled"] if behaviour(feed % self._size.hosts) == "live"
        )
        return Wait(name, bad, late, done["wall"], done["failed"], done["memory"])

    def _crawl(self, worker: Runner, condition: str, enough: int = 0) -> tuple[dict[str, Any], float]:
        due = worker.run(due=condition)
        before = database_processor(self._home)
        return due | worker.run(enough=enough), database_processor(self._home) - before

    @staticmethod
    def _expect(name: str, seen: dict[str, int], feeds: int) -> None:
        answered = seen.get("200", 0) + seen.get("304", 0)
        if answered != feeds:
            raise SystemExit(f"{name}: the plain loop has read {answered} of {feeds} feeds: {seen}")


def _told(poll: Poll, who: str) -> Poll:
    print(f"{who}, {poll.name}: {poll.rate:,.0f} feeds a second, {poll.cost:.2f} ms of processor each", file=sys.stderr)
    return poll


def rounds(bench: Bench, world: World, size: Size) -> list[tuple[Poll, Poll]]:
    """The rival and the crawl in turns, round by round."""
    found = []
    world.turn()
    plain = bench.rival("every feed for the first time", FIRST_EVERY)
    bench.plain.run(feeds=size.urls(world.port), parse=False)  # so that it knows all of them, as the crawl does
    found.append((plain, bench.crawl("every feed for the first time")))
    world.turn()
    found.append(
        (bench.rival("85 % 304, 10 % the same again, 5 % new"), bench.crawl("85 % 304, 10 % the same again, 5 % new"))
    )
    for answer, name in (("304", "304"), ("unchanged", "the same bytes again"), ("new", "three new entries")):
        world.turn(answer)
        every = max(size.feeds // KIND_FEEDS, 1)
        found.append((bench.rival(name, every), bench.crawl(name, every)))
    return found


def waits(bench: Bench) -> list[Wait]:
    """The live feeds' lateness without the others and with them, in turns; first and last without."""
    alone = ("live hosts alone", False)
    new = ("with 30 % dead, slow or failing, that never answered", True)
    fallen = ("with the same, that all answered until now", True)
    again = ("with the same, met again", True)
    found = []
    for everyone, turns in (
        (False, [alone, new, alone]),
        (True, [alone, fallen, alone]),
        (True, [alone, fallen, alone, again, alone]),
    ):
        worker = bench.worker()
        with running(worker):
            bench.meet(worker, everyone=everyone)
            found += [bench.wait(*turn, worker, whole=turn == fallen and again in turns) for turn in turns]
            worker.close()  # in order: what it holds is given back
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--hosts", type=int, default=2_000)
    options.add_argument("--feeds", type=int, default=10_000)
    chosen = options.parse_args()
    size = Size(chosen.hosts, chosen.feeds)
    with server() as (place, home):
        world = World(size)
        with running(world):
            bench = Bench(world, home, database(place))
            with running(bench.plain, bench.ours):
                print(f"{size.feeds:,} feeds on {size.hosts:,} hosts …", file=sys.stderr)
                bench.fill()
                polls = rounds(bench, world, size)
                late = waits(bench)
    text = crawl_report.section(polls, late, size.feeds, size.hosts)
    write_section("crawl", "Polling a world of feeds (`python -m benchmarks.crawl`)", text)


if __name__ == "__main__":
    main()
