"""The whole line over the recorded press, as a user runs it, and beside it the bare costs: python -m benchmarks.line

Every round is a fresh database: all sites of ../shared/press are added and crawled once by the command line, with no gap
between two requests to a host. Then, in the same round and through the same press: the same addresses fetched by a
plain aiohttp loop, the same pages parsed by lexbor alone, the same rows inserted by psycopg alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.ground import SHARED, database, need, server
from benchmarks.material import CORPUS
from benchmarks.report import milliseconds, table, write_section
from newsreel.core.settings import Settings
from tests.installation import Installation, Press, press

STAGES = {
    "fetch": "fetch, the gate and robots.txt included",
    "parse_feed": "read a feed, in a child",
    "parse_sitemap": "read a news sitemap, in a child",
    "read_front": "read a front page, in a child",
    "extract": "extract a page, in a child",
    "snapshot": "evidence, synced",
    "store": "store, committed",
    "enrich": "enrich an article, in a child: language, topics, keywords",
}


@dataclass
class Round:
    """One round's figures: seconds by wall and processor of each command and bare cost."""

    articles: int = 0
    requests: int = 0
    failed: int = 0
    wall: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    amount: dict[str, int] = field(default_factory=dict)
    stages: dict[str, tuple[float, int]] = field(default_factory=dict)
    memory: tuple[int, int] = (0, 0)


def command(installation: Installation, *words: str, given: str = "") -> tuple[str, str, float, float]:
    """A command of Newsreel to its end: what it said on both sides, its seconds by wall and by processor with its children."""
    before, began = os.times(), time.perf_counter()
    done = installation.run(*words, stdin=given, timeout=1800)
    wall, after = time.perf_counter() - began, os.times()
    if done.returncode:
        raise SystemExit(f"newsreel {words[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return done.stdout, done.stderr, wall, processor


def bare(what: str, asked: dict[str, Any]) -> tuple[float, float, int]:
    """A bare cost: seconds by wall and processor, and how much it was."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bare", what],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    wall, processor, amount = json.loads(done.stdout)
    return wall, processor, amount


def measure(home: Path, dsn: str, replayed: Press) -> Round:
    """One round on a fresh database."""
    found = Round()
    installation = Installation(home, dsn, **replayed.settings)
    sites = sorted(replayed.ask("sites"))
    addresses = "\n".join(f"https://{host}/" for host in sites)
    _, _, found.wall["add"], found.processor["add"] = command(installation, "add", "-", given=addresses)
    before = _requests(replayed)
    said, costs, found.wall["crawl"], found.processor["crawl"] = command(
        installation, "crawl", "--once", "--json", "--costs"
    )
    found.requests = _requests(replayed) - before
    result = json.loads(said)
    found.articles, found.failed = result["new"], len(result["failed"])
    stages = re.search(r"^stages: (.*)$", costs, re.MULTILINE)
    memory = re.search(r"^peak memory: crawler (\d+) MB, largest child (\d+) MB$", costs, re.MULTILINE)
    if stages is None or memory is None:
        raise SystemExit("newsreel crawl --costs does not say what this benchmark reads")
    for name, seconds, calls in re.findall(r"(\w+) ([\d.]+) s \((\d+)\)", stages[1]):
        found.stages[name] = float(seconds), int(calls)
    found.memory = int(memory[1]), int(memory[2])
    _, _, found.wall["idle"], found.processor["idle"] = command(installation, "crawl", "--once", "--json")
    for what, asked in _bare_costs(installation, replayed).items():
        found.wall[what], found.processor[what], found.amount[what] = bare(what, asked)
    return found


def _requests(replayed: Press) -> int:
    return sum(row["requests"] for row in replayed.ask("stats").values())


def _bare_costs(installation: Installation, replayed: Press) -> dict[str, dict[str, Any]]:
    """What each bare cost is asked: the addresses that the crawl read, host by host; the pages; the rows."""
    hosts: dict[str, list[str]] = defaultdict(list)
    pages = {
        row["url"]: str(CORPUS / row["html"])
        for row in map(json.loads, (CORPUS / "index.jsonl").open(encoding="utf-8"))
    }
    files: list[tuple[str, str]] = []
    for (url,) in installation.rows(
        "SELECT url FROM (SELECT 0, id, url FROM archive_channel UNION ALL SELECT 1, id, url FROM archive_lead) AS a (kind, id, url)"
        " ORDER BY kind, id"
    ):
        host = url.split("/")[2]
        if not hosts[host]:
            hosts[host].append(f"https://{host}/robots.txt")
        hosts[host].append(url)
        if url in pages:
            files.append((pages[url], url))
    fetching = {
        "addresses": list(hosts.values()),
        "proxy": f"http://127.0.0.1:{replayed.port}",
        "authority": str(replayed.authority),
        "at_once": Settings().crawl_hosts,
    }
    return {
        "fetch": fetching,
        "parse": {"files": files},
        "extract": {"files": files},
        "insert": {"dsn": installation.dsn},
        "enrich": {"dsn": installation.dsn},
    }


def section(rounds: list[Round], sites: int) -> str:
    """The section's text."""
    largest = tuple(max(one.memory[place] for one in rounds) for place in (0, 1))
    return (
        f"{_commands(rounds, sites)}\n\nPeak memory: crawler {largest[0]} MB, the largest of its children {largest[1]} MB. "
        f"Failed: {rounds[0].failed}.\n\n"
        f"### Beside the bare costs\n\n{_beside(rounds)}\n\n"
        "What the crawl takes, divided by what the bare cost takes. Seconds by the clock hang on what else the machine does; "
        "processor time hardly does. PostgreSQL's processor time is in neither.\n\n"
        f"### Our own two costly functions, alone in one process\n\n{_alone(rounds)}\n\n"
        f"### Stages\n\n{_stages(rounds)}\n\n"
        "A stage's seconds are waited ones, summed over hosts that are read at once: they hold the wait for one of two children, "
        "for the press and for the processor, so they add up to more than the clock's.\n\n"
        f"Medians of {len(rounds)} rounds, each on a fresh database with the bare costs beside it. The press runs on the "
        "same machine and takes its share."
    )


def _middle(rounds: list[Round], which: str, what: str) -> float:
    return median(float(getattr(one, which)[what]) for one in rounds)


def _commands(rounds: list[Round], sites: int) -> str:
    articles = rounds[0].articles
    rows = []
    for what, name in (
        ("add", f"`newsreel add` of {sites} sites"),
        ("crawl", f"`newsreel crawl --once`: {rounds[0].requests} requests, {articles} articles"),
        ("idle", "the same again, with nothing due: what starting costs"),
    ):
        wall = _middle(rounds, "wall", what)
        speed = f"**{articles / wall:.1f}**" if what == "crawl" else ""
        rows.append([name, f"{wall:.1f} s", f"{_middle(rounds, 'processor', what):.1f} s", speed])
    return table(["command", "by the clock", "of processor", "articles a second"], rows)


def _beside(rounds: list[Round]) -> str:
    rows = []
    for what, name in (
        ("fetch", "the same addresses by a plain aiohttp loop"),
        ("parse", "the same pages parsed by lexbor alone"),
        ("insert", "the same rows inserted by psycopg alone, each committed"),
    ):
        wall, processor = (
            median(getattr(one, which)["crawl"] / getattr(one, which)[what] for one in rounds)
            for which in ("wall", "processor")
        )
        rows.append([
            name, f"{_middle(rounds, 'wall', what):.2f} s", f"{_middle(rounds, 'processor', what):.2f} s",
            f"**{wall:.1f}**", f"{processor:.0f}",
        ])  # fmt: skip
    return table(["bare cost", "by the clock", "of processor", "the whole crawl, times", "its processor, times"], rows)


def _alone(rounds: list[Round]) -> str:
    rows = []
    for what, name in (("extract", "extract a page"), ("enrich", "language, topics and keywords of an article")):
        each = median(one.processor[what] / one.amount[what] for one in rounds)
        ratio = median(one.processor[what] / one.processor["parse"] for one in rounds)
        rows.append([name, milliseconds(each), f"**{ratio:.1f}**"])
    return table(["function", "of processor, each", "times lexbor's parsing of the same pages"], rows)


def _stages(rounds: list[Round]) -> str:
    rows = []
    for name in sorted(rounds[0].stages, key=lambda name: -rounds[0].stages[name][0]):
        some = [one.stages[name] for one in rounds if name in one.stages]
        seconds, calls = median(pair[0] for pair in some), some[0][1]
        rows.append([STAGES.get(name, name), calls, f"{seconds:.1f} s", milliseconds(seconds / max(calls, 1))])
    return table(["stage", "calls", "in all", "a call"], rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    need(SHARED / "press")
    rounds, sites = [], 0
    with server() as (address, home):
        for number in range(chosen.rounds):
            with press(home) as replayed:
                sites = len(replayed.ask("sites"))
                rounds.append(measure(home / f"round{number}", database(address), replayed))
            one = rounds[-1]
            print(f"round {number + 1}: {one.articles} articles in {one.wall['crawl']:.1f} s", file=sys.stderr)
    write_section("line", "The whole line (`python -m benchmarks.line`)", section(rounds, sites))


if __name__ == "__main__":
    main()
