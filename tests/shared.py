"""Where the recorded pages, suites and the press lie: beside the project, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"left out: {SHARED} (recorded pages and suites) is not here"
)
