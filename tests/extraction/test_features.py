"""What is measured of a page's leaves."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.extraction.features import Features, Stated, features
from newsreel.extraction.outline import read_outline
from newsreel.extraction.stream import read_stream

LONG = "The harbour's ships and the people who work on them had a long day, and nobody complained."


def measured(html: str, stated: Stated | None = None) -> Features:
    return features(read_outline(read_stream(html)), stated or Stated())


def test_a_column_a_leaf_and_one_number_of_rows_for_all_pages() -> None:
    one, two = (
        measured("<p>x</p>"),
        measured(f"<h1>T</h1><article><p>{LONG}</p><p>y</p></article>", Stated(("T it is",), LONG * 4, LONG)),
    )
    assert one.rows.shape[1] == 1
    assert two.rows.shape == (one.rows.shape[0], 3)
    assert two.rows.dtype == np.float32


def test_weights_count_east_asian_characters_for_more() -> None:
    assert measured("<p>abcd</p><p>新闻</p>").weight.tolist() == [4.0, 5.0]


def test_the_title_is_found_among_the_headings() -> None:
    html = f"<h1>Site</h1><h2>Harbour town votes on its bridge</h2><p>{LONG}</p>"
    assert measured(html, Stated(("Harbour town votes on its bridge | Site",))).title == 1
    assert measured(html, Stated(("Something else altogether",))).title == -1
    assert (
        measured("<p>港口城市就新桥投票</p><p>x</p>", Stated(("港口城市就新桥投票",))).title == -1
    )  # too short for a line


TEXTS = st.text(st.characters(exclude_categories=()), max_size=60)


@given(st.lists(TEXTS, max_size=12), TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_all_numbers_are_finite(texts: list[str], title: str, body: str) -> None:
    outline = read_outline(read_stream("".join(f"<div><p class=x>{text}</p></div>" for text in texts) + "<h1>t</h1>"))
    found = features(outline, Stated((title,), body * 10, body))
    assert np.isfinite(found.rows).all()
    assert (found.weight > 0).all()
