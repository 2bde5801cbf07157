"""The data folder: made, and private files in it."""

from __future__ import annotations

import os
from pathlib import Path

from newsreel.core.errors import Misconfigured

UNFINISHED = "restore-unfinished"  # lies in a data folder into which a backup is being restored


def make_home(home: Path) -> None:
    """Makes the data folder (mode 0700) where it is missing. Misconfigured where it cannot be."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(home, error) from None


def unusable(home: Path, error: OSError) -> Misconfigured:
    """What is said of a data folder that cannot be used."""
    return Misconfigured(
        "home_unwritable",
        f"The data folder {home} cannot be used ({error.strerror}): change it or choose another NEWSREEL_HOME.",
    )


def refuse_unfinished(home: Path) -> None:
    """Misconfigured where a restore into this data folder did not come to its end."""
    if (home / UNFINISHED).exists():
        raise Misconfigured(
            "restore_unfinished",
            f"A restore into {home} did not come to its end: run newsreel restore with the same file again.",
        )


def write_private(path: Path, body: bytes) -> None:
    """Writes a file that is its owner's alone (0600), whole or not at all; synced. In a user's folder root's file is the user's."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        give_to_owner(descriptor, path.parent)
        file.write(body)
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)


def give_to_owner(descriptor: int, folder: Path) -> None:
    """Root looked into a user's data folder: what it makes there stays the user's."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
