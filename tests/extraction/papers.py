"""Papers of the tests' own: articles of made-up words, and the templates in which they are printed."""

from __future__ import annotations

import random
from html import escape

WORDS = (
    "harbour council tide ferry market school winter bridge engine river doctor valley cargo window letter garden "
    "captain library summer railway miller signal orchard canal village lantern"
).split()
BOX = "This story is part of the Harbour Project, in which reporters from nine towns follow the same ships for a year."
OTHER_BOX = "The paper is owned by its staff and prints two editions a day, one for the coast and one for the valley."


def sentence(source: random.Random, length: int = 24) -> str:
    return " ".join(source.choice(WORDS) for _ in range(length)).capitalize() + ", they said on Monday."


def paragraphs(number: int, many: int = 6) -> list[str]:
    """The paragraphs of article ``number``, the same each time."""
    source = random.Random(number)
    return [sentence(source) for _ in range(many)]


def title(number: int) -> str:
    return sentence(random.Random(-number - 1), 8)


def old_template(heading: str, body: list[str], box: str = BOX, *, at: int = 3) -> str:
    """A page with a box among its paragraphs, in elements whose names change with every page."""
    mark = random.Random(heading).getrandbits(32)
    pieces = [f"<p>{escape(text)}</p>" for text in body]
    if box:
        pieces.insert(at, f'<div class="css-{mark:x}"><p>{escape(box)}</p></div>')
    return (
        f"<html><head><title>{escape(heading)}</title></head><body><article><h1>{escape(heading)}</h1>"
        f"{''.join(pieces)}</article></body></html>"
    )


def new_template(heading: str, body: list[str], box: str = OTHER_BOX) -> str:
    """The same paper after its redesign: other elements, another box, at the end."""
    pieces = "".join(f'<div data-kind="text">{escape(text)}</div>' for text in body)
    return (
        f"<html><head><title>{escape(heading)} | The Paper</title></head><body><main><header><h1>{escape(heading)}</h1></header>"
        f"<section>{pieces}<div>{escape(box)}</div></section></main></body></html>"
    )
