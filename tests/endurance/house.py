"""A ``newsreel run`` of its own: supervisor, portal, worker and embedded database in one data folder, on free ports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from tests.installation import Installation, Sample, free_port, ready_home, wait_until


class House:
    """What a person has who types ``newsreel run``. ``installation`` is its command line and its rows."""

    def __init__(self, home: Path, sample: Sample, **settings: str) -> None:
        self.home, self.port = home, free_port()
        if not home.exists():
            ready_home(home)
        own = {"NEWSREEL_PORT": str(self.port), "NEWSREEL_DATABASE_URL": ""}
        self.installation = Installation(home, "", **sample.settings | own | settings)
        self.words = home.parent / f"{home.name}-words.txt"
        self.supervisor: subprocess.Popen[bytes] | None = None
        self._sessions: set[int] = set()

    def start(self, *words: str) -> None:
        """``newsreel run``, or another command, in a session of its own."""
        self.start_as([sys.executable, "-m", "newsreel", *(words or ("run",))])

    def start_as(self, command: list[str]) -> None:
        """The same by a whole command line."""
        with self.words.open("ab") as said:
            self.supervisor = subprocess.Popen(
                command, env=self.installation.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip
        self._sessions.add(self.supervisor.pid)

    def stop(self, number: signal.Signals = signal.SIGTERM, *, to_all: bool = False) -> tuple[int, float]:
        """Ends it in order; the exit code, and how many seconds it took."""
        assert self.supervisor is not None
        started = time.monotonic()
        (os.killpg if to_all else os.kill)(self.supervisor.pid, number)
        return self.supervisor.wait(60), time.monotonic() - started

    def end(self) -> None:
        """Whatever still runs of it is killed: for a test that failed."""
        for process in self.remains():
            process.kill()
        if self.supervisor is not None:
            self.supervisor.wait()

    def answers(self, path: str = "/") -> bool:
        """Whether the portal gives a page."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def is_up(self) -> bool:
        """Whether the portal answers and a worker is there."""
        return self.answers() and bool(self.find("newsreel worker"))

    def remains(self) -> list[psutil.Process]:
        """Every process that this house has started and that still lives: by its session, and PostgreSQL by its folder."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                of_us = os.getsid(process.pid) in self._sessions
                if of_us or (process.name() == "postgres" and Path(process.cwd()).is_relative_to(self.home)):
                    found.append(process)
            except (psutil.Error, ProcessLookupError, FileNotFoundError):
                continue
        return found

    def find(self, words: str) -> list[psutil.Process]:
        """Those of its processes whose command line ends with these words."""
        found = []
        for process in self.remains():
            try:
                if " ".join(process.cmdline()).endswith(words):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def kill(self, what: str) -> None:
        """kill -9 of 'worker', 'web', 'readers' (all there are), 'postmaster' or 'supervisor'."""
        assert self.supervisor is not None
        if what == "supervisor":
            self.supervisor.kill()
            self.supervisor.wait()
            return
        if what == "postmaster":
            os.kill(int((self.home / "postgres/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            return
        if what != "readers":  # they are started when there is something to read
            wait_until(lambda: self.find(f"newsreel {what}"), 60, f"a {what} ({self.last_words()})")
        for process in self.find("newsreel.pipeline.child" if what == "readers" else f"newsreel {what}"):
            process.kill()

    def last_words(self) -> str:
        """The end of what it said."""
        return self.words.read_text()[-3000:] if self.words.exists() else ""

    def nothing_remains(self, seconds: float) -> float:
        """After how many seconds none of its processes is left; an error that names those that are."""
        started = time.monotonic()
        while left := self.remains():
            assert time.monotonic() - started < seconds, (
                f"after {seconds} s there still are {[p.cmdline() for p in left]}"
            )
            time.sleep(0.1)
        return time.monotonic() - started
