"""Junk planted into recorded articles of twenty publishers, names hashed: the articles stay whole, and none of the junk.

benchmarks/planted.py says what is planted and prints the figures; the model has seen these pages, but not the junk.
"""

from __future__ import annotations

import pytest

from benchmarks import planted
from tests.shared import needs_shared


@needs_shared
@pytest.mark.parametrize("flat", [False, True], ids=["in boxes", "flattened"])
def test_none_of_the_junk_and_all_of_the_article(flat: bool) -> None:
    kept, junk, pages = [], [], 0
    for row, html, made in planted.pages(20):
        share, found = planted.judged(row, html, made, planted.flattened(made.html) if flat else made.html)
        kept.append(share)
        junk += found
        pages += 1
    assert pages == 20
    assert junk == []
    assert sum(kept) / len(kept) >= 0.99
    assert flat or min(kept) >= planted.WHOLE
