"""Several ``newsreel worker`` on one database and one evidence folder, as on several machines."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import psycopg

from tests.endurance.wholeness import articles_of, unfinished
from tests.installation import Installation, wait_until


class Crew:
    """``many`` workers. ``before``: the words of a command that each is started by, with its number in place of {}."""

    def __init__(self, installation: Installation, many: int = 3, before: Sequence[str] = ()) -> None:
        self.installation, self.before = installation, before
        self.workers: list[subprocess.Popen[bytes] | None] = [None] * many
        self.words = [installation.home.parent / f"worker-{number}-words.txt" for number in range(many)]

    def start(self, *numbers: int) -> None:
        """Starts those of these numbers (all there are) that do not run, and waits until they do."""
        chosen = numbers or range(len(self.workers))
        started = [number for number in chosen if self.workers[number] is None]
        heard = {number: self.said(number).count("is ready") for number in started}
        for number in started:
            before = [word.format(number) for word in self.before]
            with self.words[number].open("ab") as said:
                self.workers[number] = subprocess.Popen(
                    [*before, sys.executable, "-m", "newsreel", "worker"],
                    env=self.installation.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                    start_new_session=True,
                )  # fmt: skip
        for number in started:
            ready = lambda number=number: self.said(number).count("is ready") > heard[number]  # noqa: E731
            wait_until(ready, 90, f"the start of worker {number} ({self.said(number)[-500:]})")

    def kill(self, number: int) -> None:
        """kill -9 of one, without its children: they find out by themselves."""
        worker = self.workers[number]
        assert worker is not None
        worker.kill()
        worker.wait(30)
        self.workers[number] = None

    def signal(self, number: int, what: signal.Signals) -> None:
        """Another signal to one: SIGSTOP makes it hang."""
        worker = self.workers[number]
        assert worker is not None
        os.kill(worker.pid, what)

    def stop(self) -> list[int]:
        """Ends all in order; their exit codes."""
        running = [worker for worker in self.workers if worker is not None]
        for worker in running:
            worker.send_signal(signal.SIGTERM)
        self.workers = [None] * len(self.workers)
        return [worker.wait(60) for worker in running]

    def end(self) -> None:
        """Whatever still runs is killed: for a test that failed."""
        for worker in self.workers:
            if worker is not None:
                try:
                    os.killpg(worker.pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                worker.wait()

    def said(self, number: int) -> str:
        """What one has said."""
        return self.words[number].read_text() if self.words[number].exists() else ""

    def stored(self) -> int:
        """How many articles there are; -1 while the database cannot be asked."""
        try:
            return len(articles_of(self.installation))
        except psycopg.Error:
            return -1

    def wait_for(self, many: int, seconds: float) -> float:
        """Until so many articles are there and enriched and nothing is due; how many seconds it took."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            try:
                if self.stored() >= many and not unfinished(self.installation) and not self._due():
                    return time.monotonic() - started
            except psycopg.Error:
                pass
            time.sleep(0.2)
        words = "\n".join(self.said(number)[-800:] for number in range(len(self.words)))
        raise AssertionError(
            f"after {seconds} s {self.stored()} of {many} articles, {self._due()} due; it said: {words}"
        )

    def _due(self) -> int:
        return int(
            self.installation.rows(
                "SELECT (SELECT count(*) FROM archive_lead WHERE state = 'new')"
                " + (SELECT count(*) FROM archive_channel WHERE next_due_at <= now())"
            )[0][0]
        )


def shake(
    crew: Crew, moments: random.Random, kills: int, whole: int, longest: float = 2.0, again: bool = True
) -> list[int]:
    """Kills one worker after the other at seeded moments, and starts it ``again``, until all is there; how many articles
    there were at each kill. The next moment is counted from when it is there again: else none would ever get to work.
    """
    found: list[int] = []
    while len(found) < kills and crew.stored() < whole:
        time.sleep(moments.uniform(0.1, longest))
        number = moments.choice([number for number, worker in enumerate(crew.workers) if worker is not None])
        found.append(crew.stored())  # now, and not before the sleep: most of the work may have been done in it
        crew.kill(number)
        if again:
            crew.start(number)
    return found
