"""The log: what this installation has done, in ``newsreel.log`` of the data folder and on the terminal.

Nobody's data is in it. Lines are words of ours with numbers, hosts of publishers and named reasons. What other libraries have
to say comes without the values they put in, and a failure without its text: its kind and the lines of code it came by.
As a second net, what looks like a mail address, a password in an address, or the query of one is struck out.

All processes of an installation write one file. Each line is one write at its end (O_APPEND), which the system keeps whole; a
file that is full is renamed under a lock by whoever notices first, and the others see that theirs has another name.
A file for each process would be simpler to write and could not be bounded: processes come and go.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from newsreel.core.home import give_to_owner

NAME = "newsreel.log"
BYTES = 10_000_000  # of one file
FILES = 5
LINE = 2000  # characters
FORMAT = "%(asctime)s %(levelname)s %(verb)s %(process)d %(name)s %(message)s"
OWN = "newsreel"
QUIET = "newsreel.journal"  # said on the terminal already, in other words: the file alone takes it

_verb = "newsreel"

_STRUCK = (
    (re.compile(r"(\w+://)[^\s/@'\"]+@"), r"\1…@"),
    (re.compile(r"(\w+://[^\s?'\"]*)\?[^\s'\",)]+"), r"\1?…"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),
)


def call_us(verb: str) -> None:
    """What this process does, as its lines say: 'worker', 'web', 'backup'."""
    global _verb
    _verb = verb


def note(text: str, *values: object) -> None:
    """A line for the file alone: it is said on the terminal already, in whatever words."""
    logging.getLogger(QUIET).info(text, *values)


class Plain(logging.Formatter):
    """A record as one line that holds nobody's data."""

    def __init__(self, fmt: str = FORMAT) -> None:
        super().__init__(fmt)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        kept = logging.makeLogRecord(record.__dict__)
        kept.msg, kept.args = _words(record), None
        kept.verb = _verb
        kept.exc_info = kept.exc_text = kept.stack_info = None
        return _printable(super().format(kept))


def _words(record: logging.LogRecord) -> str:
    own = record.name == OWN or record.name.startswith(f"{OWN}.")
    if own:
        text = record.getMessage()
        for pattern, instead in _STRUCK:
            text = pattern.sub(instead, text)
    elif record.args and isinstance(record.msg, str):
        text = record.msg  # with the places of its values, not the values
    else:
        text = f"({record.module}, line {record.lineno})"
    failure = record.exc_info[1] if record.exc_info else None
    return text if failure is None else f"{text} [{_way(failure)}]"


def _way(failure: BaseException) -> str:
    """What kind of failure it was, and by which lines of code it came; not what it says."""
    frames = traceback.extract_tb(failure.__traceback__)[-8:]
    way = " < ".join(f"{Path(frame.filename).stem}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(failure).__name__} at {way}" if way else type(failure).__name__


def _printable(line: str) -> str:
    """One line: what a foreign word could use to look like another line is written as its number."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in line[:LINE])


class Journal(logging.Handler):
    """Writes to the data folder's log. What cannot be written is let be: a full disk must not stop what it is about.

    ``home`` says which folder, at the first line: it may not be known before. Where there is none, nothing is written.
    """

    def __init__(self, home: Callable[[], Path], size: int = BYTES, files: int = FILES) -> None:
        super().__init__()
        self._home, self._size, self._files = home, size, files
        self._descriptor: int | None = None
        self.setFormatter(Plain())

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        try:
            line = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
            path = self._home() / NAME
            descriptor = self._current(path)
            if os.fstat(descriptor).st_size + len(line) > self._size:
                self._turn(path)
                descriptor = self._current(path)
            os.write(descriptor, line)
        except Exception:
            self._leave()

    def close(self) -> None:
        """Lets the file go."""
        self._leave()
        super().close()

    def _current(self, path: Path) -> int:
        """The file that has the name now."""
        if self._descriptor is not None:
            try:
                there, ours = path.lstat(), os.fstat(self._descriptor)
                if (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino):
                    return self._descriptor
            except OSError:
                pass
            self._leave()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(path, flags, 0o600)
        give_to_owner(self._descriptor, path.parent)
        return self._descriptor

    def _turn(self, path: Path) -> None:
        """Renames the files, newsreel.log.1 being the youngest of the full ones; the oldest goes."""
        lock = os.open(path.with_name(f"{NAME}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            give_to_owner(lock, path.parent)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists() or path.stat().st_size <= self._size // 2:
                return  # another process was quicker
            for number in range(self._files - 1, 0, -1):
                before = path.with_name(f"{NAME}.{number - 1}") if number > 1 else path
                if before.exists():
                    before.replace(path.with_name(f"{NAME}.{number}"))
        finally:
            os.close(lock)

    def _leave(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def terminal() -> logging.Handler:
    """The same lines on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Plain())
    return handler


def configured(home: Callable[[], Path]) -> dict[str, object]:
    """What logging.config.dictConfig takes: ours from INFO on, of others their warnings, and of the web server's refusals none."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {
            "terminal": {"()": "newsreel.core.journal.terminal"},
            "journal": {"()": "newsreel.core.journal.Journal", "home": home},
        },
        "root": {"handlers": ["terminal", "journal"], "level": "WARNING"},
        "loggers": {
            OWN: {"level": "INFO"},
            QUIET: {"level": "INFO", "handlers": ["journal"], "propagate": False},
            # Django adds handlers of its own (mails to its administrators); an address that is not there is nothing done.
            "django": {"handlers": [], "propagate": True, "level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "ERROR"},
            "procrastinate": {"level": "WARNING"},
        },
    }
