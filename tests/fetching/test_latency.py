from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.errors import Permanent, Temporary
from newsreel.fetching.latency import LONGEST_AVERAGE, LONGEST_GAP, Heard, gap_for, heard, next_average

READ, REFUSED, OVERBURDENED, NOTHING = Heard.READ, Heard.REFUSED, Heard.OVERBURDENED, Heard.NOTHING


@pytest.mark.parametrize(
    ("average", "seconds", "what", "after"),
    [
        (None, 0.4, READ, 0.4),
        (0.4, 0.8, READ, 0.5),
        (4.0, 0.0, READ, 3.0),
        (1.0, 200.0, READ, 50.75),
        (60.0, 300.0, READ, 60.0),
        (4.0, 0.1, REFUSED, 4.0),
        (4.0, 8.0, REFUSED, 5.0),
        (None, 0.1, REFUSED, 0.1),
        (None, 0.01, OVERBURDENED, 2.0),
        (0.1, 0.01, OVERBURDENED, 2.0),
        (2.0, 0.01, OVERBURDENED, 4.0),
        (2.0, 15.0, OVERBURDENED, 15.0),
        (50.0, 1.0, OVERBURDENED, 60.0),
        (None, 5.0, NOTHING, None),
        (3.0, 5.0, NOTHING, 3.0),
    ],
)
def test_the_average(average: float | None, seconds: float, what: Heard, after: float | None) -> None:
    assert next_average(average, seconds, what) == after


@pytest.mark.parametrize(
    ("minimum", "average", "gap"),
    [(1.0, None, 1.0), (1.0, 0.3, 1.0), (1.0, 2.5, 2.5), (1.0, 60.0, 30.0), (45.0, 60.0, 45.0), (0.0, 60.0, 0.0)],
)
def test_the_gap(minimum: float, average: float | None, gap: float) -> None:
    assert gap_for(minimum, average) == gap


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (None, READ),
        (Permanent("gone", ""), REFUSED),
        (Permanent("too_large", ""), REFUSED),
        (Temporary("rate_limited", "", 5.0), OVERBURDENED),
        (Temporary("server_error", ""), OVERBURDENED),
        (Temporary("timed_out", ""), OVERBURDENED),
        (Temporary("connect_failed", ""), OVERBURDENED),
        (Temporary("dns_failed", ""), NOTHING),
        (KeyboardInterrupt(), NOTHING),
    ],
)
def test_what_an_end_says(error: BaseException | None, what: Heard) -> None:
    assert heard(error) is what


def test_a_host_recovers() -> None:
    average: float | None = None
    for _ in range(4):
        average = next_average(average, 0.1, OVERBURDENED)
    assert average == 16.0
    reads = 0
    while gap_for(1.0, average) > 1.0:
        average = next_average(average, 0.1, READ)
        reads += 1
    assert reads == 10


@given(st.lists(st.tuples(st.floats(0, 1e6), st.sampled_from(Heard))), st.floats(0, 100))
def test_it_stays_within_its_bounds(ends: list[tuple[float, Heard]], minimum: float) -> None:
    average: float | None = None
    for seconds, what in ends:
        average = next_average(average, seconds, what)
        assert average is None or 0 <= average <= LONGEST_AVERAGE
        gap = gap_for(minimum, average)
        assert gap == 0.0 if not minimum else minimum <= gap <= max(minimum, LONGEST_GAP)
