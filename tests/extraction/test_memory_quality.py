"""On recorded articles a site's memory takes no article's own text, and takes what recurs. benchmarks/memory.py prints more."""

from __future__ import annotations

import pytest

from benchmarks import memory as bench
from tests.shared import needs_shared

MADE = 12  # sites of six articles: all 170 take a minute


@pytest.mark.endure
@needs_shared
def test_recorded_articles_lose_nothing_of_their_own() -> None:
    tally = bench.leave_one_out()
    assert tally.pages == 85
    assert tally.own == 0
    assert tally.with_memory >= tally.without


@needs_shared
def test_a_box_that_recurs_goes_and_recorded_articles_printed_around_it_stay() -> None:
    tallies = bench.made_sites(MADE)
    assert [tally.own for tally in tallies] == [0] * bench.SITE_PAGES
    for tally in tallies[3:]:
        assert tally.boxes == 0
        assert tally.with_memory >= tally.without
        assert tally.wrong_left <= tally.wrong
