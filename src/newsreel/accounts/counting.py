"""How many have signed in, for the log: a number once an hour, never who, from where, or when exactly."""

from __future__ import annotations

import logging
import threading
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

log = logging.getLogger("newsreel.accounts")
HOUR = 3600.0


class Counter:
    """Counts, and says so an hour after the first of each hour. Usable from any thread."""

    def __init__(self, seconds: float = HOUR) -> None:
        self._seconds = seconds
        self._guard = threading.Lock()
        self._count = 0

    def add(self) -> None:
        """One more."""
        with self._guard:
            self._count += 1
            if self._count > 1:
                return
        timer = threading.Timer(self._seconds, self._say)
        timer.daemon = True
        timer.start()

    def _say(self) -> None:
        with self._guard:
            count, self._count = self._count, 0
        log.info("Signed in within an hour: %d.", count)


_counter = Counter()


@receiver(user_logged_in)
def count(sender: Any, **details: object) -> None:
    """One more has signed in."""
    _counter.add()
