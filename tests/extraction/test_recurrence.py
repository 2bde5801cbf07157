"""What goes because it recurs, and what stays although it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.types import Block
from newsreel.extraction.memory import SiteMemory
from newsreel.extraction.outline import read_outline
from newsreel.extraction.recurrence import MOST, Piece, recurring_blocks, removable
from newsreel.extraction.stream import read_stream
from newsreel.extraction.texts import weight
from tests.extraction.papers import BOX, paragraphs, title

OWN = [Piece(text) for text in paragraphs(1, 8)]
BOX_PIECE = Piece(BOX)
PICTURE = Piece("")


def gone(pieces: list[Piece], counts: dict[int, int], pages: int) -> set[int]:
    return removable(pieces, [counts.get(place, 0) for place in range(len(pieces))], pages)


@pytest.mark.parametrize(
    ("count", "pages", "goes"),
    [
        (2, 2, False),
        (3, 3, True),
        (3, 6, True),
        (3, 7, False),
        (4, 9, False),
        (7, 15, False),
        (8, 32, True),
        (8, 33, False),
        (12, 47, True),
    ],
)
def test_a_paragraph_goes_where_a_good_part_of_the_site_has_it(count: int, pages: int, goes: bool) -> None:
    assert gone([*OWN[:4], BOX_PIECE, *OWN[4:]], {4: count}, pages) == ({4} if goes else set())


def test_a_background_that_recurs_in_few_articles_of_many_stays() -> None:
    assert gone(OWN, dict.fromkeys((5, 6, 7), 6), 40) == set()


def test_a_label_within_stays_and_the_same_at_the_edge_goes() -> None:
    label = Piece("What we like")
    within = [*OWN[:4], label, *OWN[4:]]
    assert gone(within, {4: 9}, 10) == set()
    assert gone([label, *OWN], {0: 9}, 10) == {0}
    assert gone([*OWN, PICTURE, label], {9: 9}, 10) == {9}


def test_a_heading_stays_over_what_stays_and_goes_with_its_box() -> None:
    heading = Piece("Why you should trust us in this", heading=True)
    assert gone([*OWN[:4], heading, *OWN[4:]], {4: 9}, 10) == set()
    assert gone([heading, *OWN], {0: 9}, 10) == set()
    assert gone([*OWN[:4], heading, BOX_PIECE, *OWN[4:]], {4: 9, 5: 9}, 10) == {4, 5}
    assert gone([*OWN[:4], BOX_PIECE, heading, *OWN[4:]], {4: 9, 5: 9}, 10) == {4}
    assert gone([*OWN, heading], {8: 9}, 10) == {8}


def test_most_of_an_article_never_goes() -> None:
    assert gone(OWN[:1], {0: 9}, 10) == set()
    counts = {place: 10 - place for place in range(8)}
    assert gone(OWN, counts, 10) == {0, 1, 2}  # what recurs most, up to the limit


@given(st.lists(st.tuples(st.text(max_size=200), st.booleans(), st.integers(0, 48)), max_size=30), st.integers(0, 48))
def test_the_limit_holds_whatever_recurs(pieces: list[tuple[str, bool, int]], pages: int) -> None:
    made = [Piece(text, heading) for text, heading, _ in pieces]
    places = removable(made, [count for *_, count in pieces], pages)
    total = sum(weight(piece.text) for piece in made)
    assert sum(weight(made[place].text) for place in places) <= MOST * total + 1e-9
    assert all(made[place].text and pieces[place][2] >= 2 for place in places)


def test_a_list_goes_only_where_all_its_items_recur_and_code_never() -> None:
    menu = ("Subscribe to the printed paper", "Write to the editors")
    memory = SiteMemory()
    for number in range(5):
        memory.learn_texts(
            [*paragraphs(number), *menu, "print('hello, dear readers of the paper')"], f"https://a.test/{number}"
        )
    own = [Block("paragraph", text) for text in paragraphs(9)]
    lesson = memory.lesson([*paragraphs(9), *menu], "https://a.test/9", title(9))
    whole, part = Block("list", items=menu), Block("list", items=(*menu, "An item of this article only"))
    assert recurring_blocks([*own, whole], memory, lesson) == {6}
    assert recurring_blocks([*own, part], memory, lesson) == set()
    assert recurring_blocks([*own, Block("code", "print('hello, dear readers of the paper')")], memory, lesson) == set()
    assert recurring_blocks([Block("image", BOX, src="https://a.test/i.jpg"), *own, whole], memory, lesson) == {7}


def test_the_texts_of_a_page_are_cut_at_the_borders_of_blocks() -> None:
    page = read_stream("<p>One <b>bold</b> word<br>and a line<br><br>Two</p>tail<ul><li>a<li>b <div>c</div>d</ul>")
    assert read_outline(page).text == ["One bold word and a line", "Two", "tail", "a", "b", "c", "d"]
