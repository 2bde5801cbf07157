"""Every block of a page's text, in order, kept or with a reason."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.types import SiteRule
from newsreel.extraction import explain, extract
from newsreel.extraction.explaining import MAX_PIECES, MAX_TEXT

URL = "https://news.test/a"
LONG = "This paragraph of the story is long enough, with a comma, to be taken for running text by anybody."
PAGE = (
    "<title>A title of the story | News</title><nav><a href=/>Home</a></nav><article><h1>A title of the story</h1>"
    f"<p>{LONG}</p><figure><img src=/a.jpg><figcaption>Somebody at the door</figcaption></figure><h2>Part two</h2><p>First {LONG}</p>"
    f"<ul><li>the first thing</li><li>the second thing</li></ul><blockquote><p>Said {LONG}</p></blockquote>"
    f"<table><tr><th>Year</th><th>Workers</th></tr><tr><td>2024</td><td>5,000</td></tr><tr><td>2025</td><td>6,000</td></tr></table>"
    f"<p>Last {LONG}</p><div class=share-bar>Share this</div></article><footer>All rights reserved</footer>"
)


def test_every_block_in_order_with_its_kind_and_what_became_of_it() -> None:
    found = explain(PAGE, URL)
    assert found.article == extract(PAGE, URL)
    assert [(piece.kind, piece.text.split(" This")[0], piece.kept, piece.reason) for piece in found.pieces] == [
        ("paragraph", "Home", False, "navigation"),
        ("heading", "A title of the story", False, "title"),
        ("paragraph", LONG, True, ""),
        ("caption", "Somebody at the door", False, "caption"),
        ("heading", "Part two", True, ""),
        ("paragraph", "First", True, ""),
        ("list item", "the first thing", True, ""),
        ("list item", "the second thing", True, ""),
        ("quote", "Said", True, ""),
        *(("table cell", cell, True, "") for cell in ("Year", "Workers", "2024", "5,000", "2025", "6,000")),
        ("paragraph", "Last", True, ""),
        ("paragraph", "Share this", False, "share bar"),
        ("paragraph", "All rights reserved", False, "footer"),
    ]


def test_two_line_breaks_end_a_piece_and_one_does_not() -> None:
    page = f"<div>One {LONG}<br>and on<br> <br>Two {LONG}</div>"
    assert [piece.text for piece in explain(page, URL).pieces] == [f"One {LONG} and on", f"Two {LONG}"]


def test_what_a_rule_dropped_is_named_so() -> None:
    rule = SiteRule(drop=(".story-box",))
    page = PAGE.replace("<p>Last", f"<div class=story-box><p>In a box: {LONG}</p><p>and more</p></div><p>Last")
    ruled = [piece.text for piece in explain(page, URL, rule=rule).pieces if piece.reason == "site rule"]
    assert ruled == [f"In a box: {LONG}", "and more"]


def test_it_is_bounded() -> None:
    found = explain("<p>x y z</p>" * 7000 + "<p>" + "word " * 2000, URL)
    assert len(found.pieces) == MAX_PIECES
    (piece,) = explain("<p>" + "word " * 2000, URL).pieces
    assert len(piece.text) <= MAX_TEXT


def test_what_is_no_page_has_no_pieces() -> None:
    found = explain(b"%PDF-1.7 " + b"x" * 100, URL)
    assert (found.pieces, found.article.text) == ((), "")
    assert found.article.reason


_PARTS = [
    "<p>", "</p>", "<div>", "</div>", "<li>", "<table>", "<tr>", "<td>", "<br>", "<h2>", "<!--", "words, and more. ",
    "<svg>", "\x00", "\x1b[2m", "<figure>",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PARTS), max_size=80).map("".join) | st.binary(max_size=300))
def test_any_bytes_are_explained(page: str | bytes) -> None:
    found = explain(page, URL)
    for piece in found.pieces:
        assert piece.text == " ".join(piece.text.split())
        assert piece.text.isprintable() or not any(ord(char) < 32 for char in piece.text)
        assert piece.kept == (piece.reason == "")
