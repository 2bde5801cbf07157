"""Boxes and leaves of a page."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.extraction.outline import MAX_LEAVES, Outline, read_outline
from newsreel.extraction.stream import read_stream
from newsreel.extraction.tags import BIT, BODY_NAME


def outline(html: str) -> Outline:
    return read_outline(read_stream(html))


def test_leaves_are_the_texts_between_block_tags() -> None:
    found = outline(
        "<p>One <b>bold</b> word<br>and a line<br><br>Two &amp; three</p>tail<ul><li>a<li>b <div>c</div>d</ul><hr>e"
    )
    assert found.text == ["One bold word and a line", "Two & three", "tail", "a", "b", "c", "d", "e"]
    assert [found.tag[box].name for box in found.box] == ["p", "p", "body", "li", "li", "div", "li", "body"]


def test_what_is_linked_bold_and_pictured_is_counted() -> None:
    found = outline("<div><img><img><p>x <a href=/>four</a> <a href=/b>y</a></p><p><b>bo</b><i>ital</i></p></div>")
    assert (found.linked, found.links, found.pictures) == ([5, 0], [2, 0], [2, 0])
    assert (found.bold, found.italic) == ([0, 2], [0, 4])


def test_boxes_hold_ranges_of_leaves() -> None:
    found = outline("<main><div><p>a</p><p>b</p></div><p>c</p></main>")
    ranges = {tag.name: (first, last) for tag, first, last in zip(found.tag, found.first, found.last, strict=True)}
    assert ranges["main"] == (0, 3)
    assert ranges["div"] == (0, 2)


def test_names_of_boxes_reach_the_leaves_within() -> None:
    found = outline("<div class='c-relatedArticles'><div><p>a</p></div></div><div class='article__body'><p>b</p></div>")
    first, second = (found.bits[box] for box in found.box)
    assert first & BIT["related links"]
    assert second & BODY_NAME
    assert not second & BIT["related links"]


def test_like_ways_have_one_number() -> None:
    found = outline("<div class=a><p>1</p><p>2</p></div><div class=b><p>3</p></div>")
    ways = [found.path[box] for box in found.box]
    assert ways[0] == ways[1] != ways[2]
    assert len({found.shape[box] for box in found.box}) == 1


def test_it_is_bounded() -> None:
    found = outline("<p>x</p>" * (MAX_LEAVES + 100))
    assert len(found.text) == MAX_LEAVES
    assert found.cut


PARTS = [
    "<div>",
    "</div>",
    "<p class=ad>",
    "</p>",
    "text",
    "<a href=x>",
    "</a>",
    "<br>",
    "<img>",
    "<b>",
    "</b>",
    "<ul>",
    "<li>",
    "<table>",
    "<td>",
    "\x00",
]


@given(st.lists(st.sampled_from(PARTS), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_page_has_an_outline(parts: list[str]) -> None:
    found = outline("".join(parts))
    count = len(found.text)
    assert {
        len(column) for column in (found.box, found.begin, found.stop, found.linked, found.inline, found.broken)
    } == {count}
    assert all(text and text == " ".join(text.split()) for text in found.text)
    assert all(-1 <= above < box for box, above in enumerate(found.parent))
    assert all(0 <= first <= last <= count for first, last in zip(found.first, found.last, strict=True))
    assert all(begin < stop for begin, stop in zip(found.begin, found.stop, strict=True))
