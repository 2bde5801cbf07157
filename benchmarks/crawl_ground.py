"""What benchmarks/crawl.py stands on: the world, the rival and the crawl, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.crawl_world import BAD, CONTROL, LOOK_SECONDS, address, behaviour, feed_path
from tests.installation import free_port


@dataclass(frozen=True)
class Size:
    """How large the world is."""

    hosts: int
    feeds: int
    seed: int = 7

    def urls(self, port: int, *, live_only: bool = False, every: int = 1) -> list[str]:
        """The addresses of the feeds, mixed as they are numbered: one of each host, then the next."""
        return [
            f"http://{address(feed % self.hosts)}:{port}{feed_path(feed)}"
            for feed in range(self.feeds)
            if feed % every == 0 and not (live_only and behaviour(feed % self.hosts) in BAD)
        ]


class World:
    """The world's process. ``turn`` begins a round, ``seen`` says what was asked for in it."""

    def __init__(self, size: Size) -> None:
        self.size, self.port, self._round = size, free_port(), 0
        words = [str(number) for number in (self.port, size.hosts, size.feeds, size.seed)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crawl_world", *words], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "ready"

    def turn(self, answer: str = "", *, bad: bool = False) -> None:
        """Every feed has something else to say from now on."""
        self._round += 1
        self._ask(f"/turn?round={self._round}&answer={answer}&bad={int(bad)}")
        time.sleep(3 * LOOK_SECONDS)

    def seen(self) -> dict[str, Any]:
        """What was asked for since the last look."""
        return self._ask("/forget")

    def _ask(self, what: str) -> dict[str, Any]:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"http://{CONTROL}:{self.port}{what}", timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


class Runner:
    """A program that takes jobs on its standard input: the rival, or the crawl."""

    def __init__(self, module: str, **settings: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSREEL_", "DJANGO_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=kept | settings,
        )  # fmt: skip

    def run(self, **job: Any) -> dict[str, Any]:
        """A job, to its end."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args!r} ended with {self.process.wait()}.")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """Ends it in order."""
        self.process.communicate(timeout=60)


@contextmanager
def running(*processes: World | Runner) -> Iterator[None]:
    """Ends them in any case."""
    try:
        yield
    finally:
        for one in processes:
            one.process.kill()
            one.process.wait()


def crawl_settings(world: World, home: Path, dsn: str) -> dict[str, str]:
    """The settings of the crawl: the hosts of the world are exceptions at the gate, and there is no gap."""
    hosts = ",".join(f"{address(host)}:{world.port}" for host in range(world.size.hosts))
    return {
        "NEWSREEL_HOME": str(home),
        "NEWSREEL_DATABASE_URL": dsn,
        "NEWSREEL_CRAWL_GAP": "0",
        "NEWSREEL_ALLOWED_HOSTS": hosts,
    }


def database_processor(home: Path) -> float:
    """Seconds of the processor that the server and all its sessions have taken, those that ended too."""
    main = psutil.Process(int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0]))
    of_sessions = sum(sum(child.cpu_times()[:2]) for child in main.children(recursive=True))
    return float(sum(main.cpu_times()[:4]) + of_sessions)


def database_memory(home: Path) -> int:
    """Bytes that the server and its sessions hold (what is shared is divided)."""
    main = psutil.Process(int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0]))
    return int(sum(process.memory_full_info().pss for process in [main, *main.children(recursive=True)]))
