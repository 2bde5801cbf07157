"""The data folder, made."""

from __future__ import annotations

from pathlib import Path

from newsreel.core.errors import Misconfigured


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
