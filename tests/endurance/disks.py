"""Small disks for tests: a tmpfs that only root can mount, and ballast that fills it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


class Disk:
    """A mounted folder of a fixed size."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, leaving: int) -> None:
        """Leaves so many bytes free."""
        while (missing := shutil.disk_usage(self.folder).free - leaving) > 0:
            with self._ballast.open("ab") as file, suppress(OSError):  # others may take some of it at this moment
                os.posix_fallocate(file.fileno(), file.tell(), missing)

    def make_room(self) -> None:
        """Takes the ballast away."""
        self._ballast.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Mounts one at ``folder``; the test is left out, with the reason, where that cannot be done."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("left out: only root can mount a small disk")
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"left out: no small disk can be mounted here ({done.stderr.strip()})")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
