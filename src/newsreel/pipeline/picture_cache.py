"""Pictures kept on disk for a while: a folder that never grows beyond a number of bytes, oldest out.

Several processes may use one folder: a picture appears whole by a rename, one that was opened can be read to its end
whoever removes it, and all that is known of the folder is what it holds. Losing it loses nothing.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

KEPT = 7 * 86400.0  # seconds: a publisher who changes or withdraws a picture is followed within a week
_ABANDONED = 3600.0  # seconds after which a file that nobody finished is removed
_DRAFT = ".draft-"
# The folder is read when this share of the limit has been written since, and then emptied to that share. So several
# processes, each of which knows of its own writing only, stay below the limit together (eight of them at the worst).
_LOOK_AFTER = 1 / 64
_FILL_TO = 7 / 8
_LARGEST = 1 / 16  # of the limit: a larger one would push out a good part of the others
MOST_FILES = 20_000


class PictureCache:
    """``limit`` in bytes; 0 keeps nothing. ``clock``: seconds since 1970, as files have them. A disk that is full or
    cannot be written keeps nothing, and is no error. The methods block; they may be called from several threads.
    """

    def __init__(self, folder: Path, limit: int, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._written: float | None = None  # since the folder was read; None: never

    def open(self, address: str) -> BinaryIO | None:
        """The picture kept for an address, or None."""
        try:
            file = self._path(address).open("rb")
        except OSError:
            return None
        if os.fstat(file.fileno()).st_mtime < self._clock() - KEPT:
            file.close()
            return None
        return file

    def keep(self, address: str, body: bytes) -> None:
        """Keeps a picture, and removes the oldest where there is no room."""
        if len(body) > self._limit * _LARGEST:
            return
        with self._lock, suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._make_room(len(body))
            self._write(self._path(address), body)

    def _write(self, path: Path, body: bytes) -> None:
        descriptor, name = tempfile.mkstemp(prefix=_DRAFT, dir=self._folder)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
            now = self._clock()
            os.utime(draft, (now, now))
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def _make_room(self, size: int) -> None:
        if self._written is not None and self._written + size <= self._limit * _LOOK_AFTER:
            self._written += size
            return
        files = sorted(self._files())
        total, number, now = sum(bytes_ for _, bytes_, _ in files), len(files), self._clock()
        for changed, bytes_, path in files:
            if path.name.startswith(_DRAFT):
                goes = changed < now - _ABANDONED
            else:
                crowded = total + size > self._limit * _FILL_TO or number >= MOST_FILES
                goes = crowded or changed < now - KEPT
            if goes:
                path.unlink(missing_ok=True)
                total, number = total - bytes_, number - 1
        self._written = size

    def _files(self) -> list[tuple[float, int, Path]]:
        """When changed, size and path of all that is there now."""
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    stat = entry.stat(follow_symlinks=False)
                    found.append((stat.st_mtime, stat.st_size, Path(entry.path)))
        return found

    def _path(self, address: str) -> Path:
        return self._folder / hashlib.sha256(address.encode()).hexdigest()
