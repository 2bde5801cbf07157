"""The processes of ``newsreel run``: each is started, watched, started again when it dies, and ended in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from newsreel.cli.console import tell

LONGEST_PAUSE = 30.0
HEALTHY_SECONDS = 20.0


@dataclass
class Child:
    """One process that is to be running. ``once``: it has a single task, and its end is its answer."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str]
    once: bool = False
    process: subprocess.Popen[bytes] | None = None
    exit_code: int | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)

    def tend(self) -> None:
        """Starts it where it is not running; one that dies at once again and again is started less and less often."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.process, self.exit_code = None, code
            if self.once:
                return
            self.failures = 0 if now - self.started_at > HEALTHY_SECONDS else self.failures + 1
            pause = 0.0 if not self.failures else min(2.0 ** (self.failures - 1), LONGEST_PAUSE)
            self.next_start = now + pause
            tell(f"the {self.name} ended ({_how(code)}); starting it again.", fault=True)
        if now >= self.next_start and not (self.once and self.exit_code is not None):
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsreel.cli.attended", str(os.getpid()), *self.arguments], env=self.environment
            )
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
        self.process = None


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
