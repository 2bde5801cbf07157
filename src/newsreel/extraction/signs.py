"""What a page's elements say about its article, read in one walk: titles, dating and authors look only here.

Walking a tree and reading elements' texts is what metadata costs, so both are done once. Positions are places in the
page's order; the parts of the page that are far from the title are not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newsreel.core.text import squeeze
from newsreel.extraction.page import Node

BEFORE = 60  # elements before the title that may hold its date or kicker
AFTER = 400  # elements behind it
MAX_LINE = 300  # characters of an element's text; what is longer is no line of particulars
MAX_MARKED = 200  # elements of a kind that are kept
MAX_CONTENT = 2000
_LINES = frozenset(
    "p div span td address li h5 h6 section em strong small i b dd font center time relative-time header footer a date "
    "h4 h3 h2 abbr cite dt label ul ol".split()
)


@dataclass(slots=True)
class Line:
    """An element near the title whose text is short enough to be a line: where it stands and what it says."""

    position: int
    node: Node
    text: str


@dataclass(slots=True)
class Signs:
    """A page's elements by what they may say. Positions are places in ``order``."""

    order: list[Node] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    canonical: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)  # h1
    lesser: list[int] = field(default_factory=list)  # h2 to h4
    times: list[int] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)  # with itemprop, pubdate or rel=author
    body: int = 0
    title: int | None = None  # the place of the heading that shows the title
    _lines: list[Line] | None = None

    @property
    def title_node(self) -> Node | None:
        """The heading that shows the title."""
        return self.order[self.title] if self.title is not None else None

    @property
    def start(self) -> int:
        """The place of the title, or of the page's beginning where no heading shows it."""
        return self.body if self.title is None else self.title

    def near(self, positions: list[int]) -> list[Node]:
        """Those of some elements that stand around the title."""
        return [self.order[place] for place in positions if self.start - BEFORE <= place < self.start + AFTER]

    def lines(self) -> list[Line]:
        """The lines around the title, in order."""
        if self._lines is None:
            start = max(self.body, self.start - BEFORE)
            self._lines = _lines(self.order, start, min(len(self.order), self.start + AFTER))
        return self._lines


def read_signs(root: Node) -> Signs:
    """The signs of a page, whose title is still to be told."""
    signs = Signs()
    order, marked = signs.order, signs.marked
    places = {"h1": signs.headings, "time": signs.times, "relative-time": signs.times}
    places |= dict.fromkeys(("h2", "h3", "h4"), signs.lesser)
    stack = [root]
    while stack:
        node = stack.pop()
        tag, attributes = node.tag, node.attributes
        if attributes:
            if tag == "meta":
                _read_meta(signs.meta, attributes)
            elif tag == "link" and "canonical" in attributes.get("rel", "").lower().split():
                signs.canonical.append(attributes.get("href", ""))
            if "itemprop" in attributes or "pubdate" in attributes or attributes.get("rel") == "author":
                marked.append(len(order))
        if tag in places:
            places[tag].append(len(order))
        elif tag == "body":
            signs.body = len(order)
        order.append(node)
        if node.children:
            stack += [child for child in reversed(node.children) if not isinstance(child, str)]
    return signs


def _read_meta(found: dict[str, list[str]], attributes: dict[str, str]) -> None:
    content = attributes.get("content", "").strip()
    if not content:
        return
    for key in ("property", "name", "itemprop", "http-equiv"):
        if name := attributes.get(key):
            found.setdefault(name.strip().lower(), []).append(content[:MAX_CONTENT])


def _lines(order: list[Node], start: int, end: int) -> list[Line]:
    """The lines between two places of the page, in order. From the last to the first: below before above."""
    texts: dict[int, str] = {}
    found: list[Line] = []
    for position in range(end - 1, start - 1, -1):
        node = order[position]
        text = _text_of(node, texts)
        if text is None:
            continue
        texts[id(node)] = text
        if node.tag in _LINES and (bare := squeeze(text)):
            found.append(Line(position, node, bare))
    found.reverse()
    return found


def _text_of(node: Node, texts: dict[int, str]) -> str | None:
    pieces: list[str] = []
    size = 0
    for child in node.children:
        if isinstance(child, str):
            piece = child
        else:
            below = texts.get(id(child))
            if below is None:
                return None
            piece = below
        size += len(piece)
        if size > MAX_LINE:
            return None
        pieces.append(piece)
    text = "".join(pieces)
    return " " + text if node.tag in ("br", "p", "div", "li") else text
