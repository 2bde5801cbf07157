"""The same page in other clothes has the same truth."""

from __future__ import annotations

import random

import numpy as np

from newsreel.extraction.outline import read_outline
from newsreel.extraction.stream import read_stream
from tools.training.pages import Example, sample
from tools.training.variants import flatten, hashed, plant, variants

PARAGRAPHS = [f"Paragraph {n} tells of a harbour, its ships, and the people who work on them." for n in range(6)]
FOREIGN = [f"Foreign text number {n} about a garden, with a comma, that nobody asked for." for n in range(6)]


def example(site: str, texts: list[str], truth: list[float]) -> Example:
    html = "<nav>Menu</nav><article class=story>" + "".join(f"<p class=x>{text}</p>" for text in texts) + "</article>"
    stream = read_stream(html)
    outline = read_outline(stream)
    found = np.array([0.0, *truth], np.float32)
    return Example("fundus", site, f"https://{site}/", site, [texts], stream, outline, sample(stream, outline, found))


def test_all_variants_keep_the_truth_of_the_articles_leaves() -> None:
    pages = [example("one.example", PARAGRAPHS, [1.0] * 6), example("two.example", FOREIGN, [0.0] * 6)]
    made = variants(pages, 1)[0]
    assert set(made) == {"hashed", "planted", "flat"}
    for found in made.values():
        assert (found.truth >= 0.5).sum() == 6
        assert len(found.truth) == len(found.weight) == len(found.rows)
    assert len(made["planted"].truth) > 7


def test_hashed_pages_have_no_telling_names() -> None:
    stream = hashed(
        read_stream("<nav id=menu><p>a</p></nav><article class=story><p>b</p></article>"),
        random.Random(1),
        telling=False,
    )
    markup = "".join(stream.pieces)
    assert "menu" not in markup
    assert "story" not in markup
    assert "article" not in markup


def test_flat_pages_are_rows_with_their_links() -> None:
    stream = read_stream("<div><h2>T</h2><ul><li><a href=/x>linked</a> text</li></ul></div>")
    pieces = flatten(stream, read_outline(stream)).pieces
    assert "".join(pieces) == '<h2>T</h2><li><a href="/x">linked</a> text</li>'


def test_planted_texts_stand_between() -> None:
    stream = read_stream("".join(f"<p>{text}</p>" for text in PARAGRAPHS))
    planted, texts = plant(stream, read_outline(stream), range(6), FOREIGN, random.Random(2), plain=True)
    found = read_outline(planted).text
    assert [text for text in found if text in texts]
    assert [text for text in found if text not in texts] == PARAGRAPHS
