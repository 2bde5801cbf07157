"""What benchmarks/crawl.py has measured, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks.report import table

MEDIA_CLOUD_FEEDS = 180_000
# An assumption, and none of Media Cloud's figures: which part of the feeds is polled at which interval, in seconds.
INTERVALS = {
    "all of them once an hour": {3600: 1.0},
    "a tenth every 15 minutes, three tenths every hour, the rest twice a day": {900: 0.1, 3600: 0.3, 43200: 0.6},
    "half of them every 15 minutes, the rest every 4 hours": {900: 0.5, 14400: 0.5},
}


@dataclass(frozen=True)
class Poll:
    """A round of one side. ``seconds`` of the processor by who took them; memory in bytes."""

    name: str
    feeds: int
    wall: float
    seconds: dict[str, float]
    memory: int
    readers: int = 0
    database: int = 0

    @property
    def rate(self) -> float:
        """Feeds a second by the clock."""
        return self.feeds / self.wall

    @property
    def cost(self) -> float:
        """Milliseconds of the processor for each feed, all processes together."""
        return sum(self.seconds.values()) / self.feeds * 1000

    def part(self, name: str) -> float:
        """The same of one of them."""
        return self.seconds[name] / self.feeds * 1000


@dataclass(frozen=True)
class Wait:
    """A burst: how long after they were due the live feeds were asked, in seconds, sorted."""

    name: str
    bad: bool
    late: Sequence[float]
    wall: float
    failed: int
    memory: int

    def at(self, share: float) -> float:
        """The lateness below which such a share of the feeds is."""
        return self.late[min(int(len(self.late) * share), len(self.late) - 1)]


def section(polls: Sequence[tuple[Poll, Poll]], waits: Sequence[Wait], feeds: int, hosts: int) -> str:
    """The whole section."""
    parts = [
        f"{feeds:,} feeds of 20 to 40 entries (20 to 52 KB, not compressed) on {hosts:,} hosts in 127.0.0.0/8, served by one process.",
        _rates(polls),
        "Target: at least half of the plain loop's rate in the first two rounds. The plain loop is one process; the crawl is a worker, "
        "its two readers and PostgreSQL, on the same cores as the world. Rates by the clock hang on what else the machine does, "
        "processor time hardly does.",
        "### Where the processor time of a poll goes",
        _costs(polls),
        "### Memory after each round, MB",
        _memory(polls),
        "### Live feeds beside dead, slow and failing hosts",
        _lateness(waits),
        "In turns. All are due at one moment; what counts is when each live feed was asked. Of ten hosts three are bad, in equal parts: "
        "one refuses connections, accepts and never answers, sends a byte every two seconds, answers 500, or answers 429. Hosts "
        "that never answered us stand behind those that did; those that answered until now are told from the others by "
        "nothing. A run ends when the live feeds are read, but where the bad ones are to be met again. Target: live feeds at most "
        "10 % later. The crawl never had two requests at once on a host.",
        f"### What {MEDIA_CLOUD_FEEDS:,} feeds would take",
        _extrapolated(polls),
        "Worked out, not measured: polls a second times the processor time of a poll of the second round, or of one that always has "
        "something new. Media Cloud polls about so many feeds; how their intervals are spread is our assumption. Articles' pages are "
        "not in it, and neither is robots.txt beyond the hosts of this world: of 2,048 hosts it is remembered for a day.",
    ]
    return "\n\n".join(parts)


def _rates(polls: Sequence[tuple[Poll, Poll]]) -> str:
    rows = [
        [
            ours.name,
            f"{plain.rate:,.0f}",
            f"{ours.rate:,.0f}",
            f"**{ours.rate / plain.rate:.2f}**",
            f"{plain.cost:.2f} ms",
            f"{ours.cost:.2f} ms",
            f"{ours.cost / plain.cost:.2f}",
        ]
        for plain, ours in polls
    ]
    head = ["round", "plain loop, feeds a second", "crawl, feeds a second", "crawl / plain"]
    return table([*head, "plain, processor a poll", "crawl, processor a poll", "crawl / plain"], rows)


def _costs(polls: Sequence[tuple[Poll, Poll]]) -> str:
    names = ("ours", "readers", "database")
    rows = [[ours.name, *(f"{ours.part(name):.2f} ms" for name in names), f"{ours.cost:.2f} ms"] for _, ours in polls]
    return table(["a poll", "worker", "readers", "PostgreSQL", "together"], rows)


def _memory(polls: Sequence[tuple[Poll, Poll]]) -> str:
    rows = [
        [ours.name, *(f"{amount / 2**20:.0f}" for amount in (ours.memory, ours.readers, ours.database, plain.memory))]
        for plain, ours in polls
    ]
    return table(["after", "worker", "its readers", "PostgreSQL", "plain loop, peak"], rows)


def _lateness(waits: Sequence[Wait]) -> str:
    rows = [
        [
            wait.name,
            f"{mean(wait.late):.2f} s",
            _later(waits, number),
            f"{wait.at(0.5):.2f} s",
            f"{wait.at(0.95):.2f} s",
            f"{wait.late[-1]:.2f} s",
            f"{wait.failed:,}",
            f"{wait.memory / 2**20:.0f} MB",
        ]
        for number, wait in enumerate(waits)
    ]
    head = ["run", "late, mean", "against the runs around it", "median", "95 % below", "latest"]
    return table([*head, "polls that failed", "worker's memory"], rows)


def _later(waits: Sequence[Wait], number: int) -> str:
    """How much later than in the two runs around it, where bad hosts were among them."""
    if not waits[number].bad:
        return ""
    around = mean((mean(waits[number - 1].late), mean(waits[number + 1].late)))
    return f"**{mean(waits[number].late) / around - 1:+.1%}**"


def _extrapolated(polls: Sequence[tuple[Poll, Poll]]) -> str:
    mixed, new = polls[1][1], polls[-1][1]
    rows = []
    for name, spread in INTERVALS.items():
        rate = MEDIA_CLOUD_FEEDS * sum(share / seconds for seconds, share in spread.items())
        rows.append([name, f"{rate:.1f}", f"{rate * mixed.cost / 1000:.2f}", f"{rate * new.cost / 1000:.2f}"])
    return table(
        ["assumed intervals", "polls a second", "cores, mixed as in round two", "cores, if every poll had news"], rows
    )
