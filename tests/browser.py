"""A real Chromium for the tests marked ``browser``: Debian's, or any other on the machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
REASON = "left out: no Chromium on this machine (install Debian's chromium, or name one in NEWSREEL_CHROMIUM)"


def chromium_path() -> str | None:
    """The browser's program: NEWSREEL_CHROMIUM, else what is found; None where there is none."""
    named = os.environ.get("NEWSREEL_CHROMIUM")
    if named:
        return named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None) or next(
        (place for place in PLACES if Path(place).exists()), None
    )


def required() -> bool:
    """Whether leaving the browser tests out is an error, as it is in .ci/run."""
    return os.environ.get("NEWSREEL_REQUIRE_BROWSER", "") not in ("", "0")
