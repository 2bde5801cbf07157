"""A page as tags and texts in turn, whatever it is made of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.extraction.stream import read_stream

PIECES = st.lists(
    st.sampled_from(
        (
            "<p>", "</p>", "<div class='a>b'>", "</div>", "<a href='/x?a=1&b=2'>", "</a>", "text", " & ", "<", ">",
            "&lt;b&gt;", "<!-- x", "-->", "<script>", "</script>", "<iframe>", "</iframe>", "<noscript>", "</noscript>",
            "<textarea>", "<title>", "<svg>", "<math>", "<style>", "</style>", "<table>", "<td>", "<nav>", "</nav>",
            "<xmp>", "</xmp>", "<plaintext>", '<p title="<i>">', "<![CDATA[", "]]>", "<select><option>", "<template>",
            "</template>", "\0", "é", "新闻", "<br/>", "<b", "</", "<?php ?>",
        )
    ),
    max_size=40,
)  # fmt: skip


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_tags_and_texts_stand_in_turn(parts: list[str]) -> None:
    pieces = read_stream("".join(parts)).pieces
    assert len(pieces) % 2 == 1
    for place, piece in enumerate(pieces):
        if place % 2:
            assert piece.startswith("<")
            assert piece.endswith(">")
            assert ">" not in piece[:-1]
        else:
            assert ">" not in piece


def text(html: str) -> str:
    return " ".join("".join(read_stream(html).pieces[::2]).split())


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>one</p><script>two</script><style>three</style><p>four</p>", "onefour"),
        ("<p>one<!-- two --></p>", "one"),
        ("<iframe><p>two</p></iframe><p>one</p>", "one"),
        ("<textarea><p>two</p></textarea><p>one</p>", "one"),
        ("<nav><a href=/>one</a> <a href=/b>two</a></nav>", "one two"),
        ("<nav><h1>one</h1></nav>", "one"),
        ("<title>two</title><p>one</p>", "one"),
        ("<template shadowrootmode=open><p>one</p></template>", "one"),
    ],
)
def test_what_is_never_read_is_out(html: str, left: str) -> None:
    assert text(html) == left


def test_the_title_and_the_data_are_kept_apart() -> None:
    stream = read_stream(
        '<title>A &amp; B</title><script type="application/ld+json">{"a": "<p>"}</script><script type="text/x">no</script>'
    )
    assert stream.title == "A & B"
    assert stream.data == ['{"a": "<p>"}']


def test_a_menu_is_one_text_and_running_text_is_not() -> None:
    assert read_stream("<nav><ul><li>a<li>b</ul></nav>").pieces.count("<li>") == 0
    assert read_stream("<footer><p>a<p>b<p>c</footer>").pieces.count("<p>") == 3


def test_bytes_and_text_are_read_alike() -> None:
    html = "<p>Grüße, 新闻</p>"
    assert read_stream(html).pieces == read_stream(html.encode()).pieces
