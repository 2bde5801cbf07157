"""Two workers on one database, and sites that lead to each other: the long form of tests/pipeline/test_politeness.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.test_politeness import whole_crawl

# Each waits for hosts that the other holds, and is put off: 37 s where a loan is waited for 5 s, 133 s where for 60 s.
pytestmark = [
    pytest.mark.endure,
    pytest.mark.django_db(transaction=True),
]


async def test_they_never_speak_to_a_host_at_once_or_without_a_gap(tmp_path: Path) -> None:
    await whole_crawl(tmp_path, workers=2)
