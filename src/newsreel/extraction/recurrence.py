"""Which pieces of an article to leave out because they recur on the site.

An article's own text must stay, also where it recurs: a house heading over a section ('How we tested'), a label within
('Pros'), a background paragraph that an agency repeats for weeks. So what recurs goes only as a statement of its own, beside
one, or at the article's edges.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from newsreel.core.types import Block
from newsreel.extraction.memory import SiteMemory
from newsreel.extraction.texts import weight

REASON = "recurs on this site"
MOST = 0.4  # of what an extractor would keep: what would take more is no box on an article's page
FEWEST, SHARE = 2, 0.2  # so many other articles, and such a share of them, make a short text the site's
# A paragraph needs more: three reports of one event may share a background. Where many are known, a box of one section
# stands in some of them only.
LONG = 80.0  # weight
LONG_FEWEST, LONG_SHARE = 3, 0.5
LONG_MANY, LONG_SHARE_OF_MANY = 8, 0.25
STATEMENT = 25.0  # weight from which a text within an article says something by itself
_PARTS = re.compile(r"[\n\t]+")


class Piece(NamedTuple):
    """A piece of an article: its text, '' for a picture, and whether it is a heading."""

    text: str
    heading: bool = False


def removable(pieces: Sequence[Piece], counts: Sequence[int], pages: int) -> set[int]:
    """The places of the pieces to leave out. ``counts``: on how many other articles each stands, of ``pages`` known.

    At most MOST of the text goes, what recurs most before the rest.
    """
    recurs = {
        place for place, piece in enumerate(pieces) if piece.text and _is_of_the_site(piece, counts[place], pages)
    }
    chosen: list[int] = []
    for run in _runs(pieces, recurs):
        at_start = all(not piece.text for piece in pieces[: run[0]])
        at_end = all(not piece.text for piece in pieces[run[-1] + 1 :])
        if at_start or at_end or any(_is_statement(pieces[place]) for place in run):
            if not at_end and pieces[run[-1]].heading:
                run = run[:-1]  # it stands over what stays
            chosen += run
    room = MOST * sum(weight(piece.text) for piece in pieces)
    gone: set[int] = set()
    for place in sorted(chosen, key=lambda place: (-counts[place], place)):
        room -= weight(pieces[place].text)
        if room < 0:
            break
        gone.add(place)
    return gone


def recurring_blocks(blocks: Sequence[Block], memory: SiteMemory, lesson: SiteMemory) -> set[int]:
    """The places of an article's blocks to leave out. ``lesson``: of the page that the article is of."""
    parts = [_parts(block) for block in blocks]
    found = memory.compare([part for some in parts for part in some], lesson)
    counts = iter(found.counts)
    # A list is the site's where its rarest item is.
    least = [min([next(counts) for _ in some], default=0) for some in parts]
    pieces = [
        Piece("" if block.kind == "image" else "\n".join(some) or block.text, block.kind == "heading")
        for block, some in zip(blocks, parts, strict=True)
    ]
    return removable(pieces, least, found.pages)


def _parts(block: Block) -> list[str]:
    """The texts of which a block is made, as blocks of the page have them; nothing for a picture or code."""
    if block.kind in ("image", "code"):
        return []
    return [part for text in (block.items or (block.text,)) for part in _PARTS.split(text) if part.strip()]


def _is_of_the_site(piece: Piece, count: int, pages: int) -> bool:
    """Whether so many articles say that a text is the site's and not an article's."""
    if weight(piece.text) < LONG:
        return count >= max(FEWEST, ceil(SHARE * pages))
    if count >= LONG_MANY:
        return count >= LONG_SHARE_OF_MANY * pages
    return count >= max(LONG_FEWEST, ceil(LONG_SHARE * pages))


def _is_statement(piece: Piece) -> bool:
    return not piece.heading and weight(piece.text) >= STATEMENT


def _runs(pieces: Sequence[Piece], recurs: set[int]) -> list[list[int]]:
    """What recurs, one piece after the other with nothing but pictures between."""
    runs: list[list[int]] = []
    open_run = False
    for place, piece in enumerate(pieces):
        if place in recurs:
            if open_run:
                runs[-1].append(place)
            else:
                runs.append([place])
        if piece.text:
            open_run = place in recurs
    return runs
