"""The supervisor of ``newsreel run``: keeps the database, a worker and the portal running, and says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from types import FrameType

from newsreel.core.errors import NewsreelError
from newsreel.pipeline.startup import Archive

WATCH_SECONDS = 0.5
DATABASE_SECONDS = 2.0
STOP_SECONDS = 15.0
LONGEST_PAUSE = 30.0
HEALTHY_SECONDS = 20.0


@dataclass
class Child:
    """One process that is to be running."""

    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start: float = 0.0

    def tend(self) -> None:
        """Starts it where it is not running; one that dies at once again and again is started less and less often."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.process = None
            self.failures = 0 if now - self.started_at > HEALTHY_SECONDS else self.failures + 1
            pause = 0.0 if not self.failures else min(2.0 ** (self.failures - 1), LONGEST_PAUSE)
            self.next_start = now + pause
            print(f"Newsreel: the {self.name} ended ({_how(code)}); starting it again.", file=sys.stderr, flush=True)
        if now >= self.next_start:
            self.process = subprocess.Popen([sys.executable, "-m", "newsreel", *self.arguments])
            self.started_at = now

    def stop(self) -> None:
        """Asks it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        """Waits for its end, until a time; then it is ended."""
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Runs until it is told to stop (SIGINT, SIGTERM)."""

    def __init__(self, archive: Archive, port: int) -> None:
        self._archive, self._port = archive, port
        self._stopping = False
        self._children = [
            Child("portal", ["web", "--with-parent"]),
            Child("worker", ["worker", "--with-parent"]),
        ]

    def run(self) -> int:
        """Keeps everything running; the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        said, looked_at = False, time.monotonic()
        try:
            while not self._stopping:
                for child in self._children:
                    child.tend()
                if not said and _answers(self._port):
                    said = True
                    print(f"Newsreel: {self._archive.settings.name} is at http://localhost:{self._port}", flush=True)
                if time.monotonic() - looked_at > DATABASE_SECONDS:
                    looked_at = time.monotonic()
                    self._tend_database()
                time.sleep(WATCH_SECONDS if said else 0.1)
        finally:
            self._end()
        return 0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _tend_database(self) -> None:
        try:
            self._archive.recover()
        except NewsreelError as error:
            print(f"Newsreel: {error.reason}", file=sys.stderr, flush=True)

    def _end(self) -> None:
        print("Newsreel: stopping …", flush=True)
        for child in self._children:
            child.stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            child.wait(deadline)


def _answers(port: int) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://127.0.0.1:{port}/healthz", timeout=2
        ) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _how(code: int) -> str:
    return (
        f"exit code {code}"
        if code >= 0
        else f"signal {signal.Signals(-code).name}"
        if -code in set(os_signals())
        else f"signal {-code}"
    )


def os_signals() -> list[int]:
    """The numbers that have names here."""
    return [int(number) for number in signal.Signals] if os.name == "posix" else []
