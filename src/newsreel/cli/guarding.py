"""Processes that belong together, and end in order."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from newsreel.core.errors import Misconfigured
from newsreel.core.home import make_home, unusable


def end_in_order() -> None:
    """SIGTERM ends this process as Ctrl-C does: what is open is closed, and the last user of the database stops it."""
    signal.signal(signal.SIGTERM, _as_interrupt)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # said once; it must not break off the closing
    signal.raise_signal(signal.SIGINT)


def stop_with_parent(parent: int) -> None:
    """Ends this process, in order, when the one that started it is gone: a supervisor that was killed cannot say so.

    ``parent`` is its number as it told us: by the time that we ask, it may be gone already.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(20)
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


@contextmanager
def alone(home: Path) -> Iterator[bool]:
    """Holds the data folder for one ``newsreel run``; whether the last one there was killed, so that its children may
    still be ending. Misconfigured where another runs.
    """
    make_home(home)
    try:
        descriptor = os.open(home / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise unusable(home, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Misconfigured(
            "home_in_use",
            f"Another newsreel run uses the data folder {home}: stop it, or set NEWSREEL_HOME (and NEWSREEL_PORT) to others.",
        ) from None
    try:
        killed = bool(os.read(descriptor, 1))
        if not killed:
            os.write(descriptor, b"running\n")
        yield killed
    finally:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)
