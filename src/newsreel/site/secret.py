"""The key that signs cookies: from the setting, else made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets

from newsreel.core.settings import Settings


def secret_key(chosen: Settings) -> str:
    """The setting's key, the data folder's, or (no data folder yet: a tool reads the code) one for this process."""
    if chosen.secret_key:
        return chosen.secret_key
    path = chosen.home / "secret-key"
    try:
        return path.read_text().strip()
    except OSError:
        pass
    made = secrets.token_urlsafe(48)
    if not chosen.home.is_dir():
        return made
    try:
        # Two processes may start at once: the first to link its file wins, and the other reads that one.
        draft = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(made)
        try:
            os.link(draft, path)
        except FileExistsError:
            made = path.read_text().strip()
        finally:
            draft.unlink()
    except OSError:
        pass
    return made
