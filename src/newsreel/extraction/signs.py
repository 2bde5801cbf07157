"""What a page's elements say about its article, read in one walk: titles, dating and authors look only here.

Walking a tree and reading elements' texts is what metadata costs, so both are done once. Positions are places in the
page's order; the parts of the page that are far from the title are not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from newsreel.extraction.page import Node

BEFORE = 60  # elements before the title that may hold its date or kicker
AFTER = 400  # elements behind it
MAX_LINE = 300  # characters of an element's text; what is longer is no line of particulars
MAX_CONTENT = 2000
MAX_HEAD = 2000  # elements before the body
_LINES = frozenset(
    "p div span td address li h5 h6 section em strong small i b dd font center time relative-time header footer a date "
    "h4 h3 h2 abbr cite dt label ul ol".split()
)
_MARKS = ("itemprop", "pubdate", "author")  # looked for before attributes are read
_NAMES = ("property", "name", "itemprop", "http-equiv")
_SPACED = frozenset(("br", "p", "div", "li"))


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
    _lines: dict[tuple[int, int], list[Line]] = field(default_factory=dict)

    @property
    def title_node(self) -> Node | None:
        """The heading that shows the title."""
        return self.order[self.title] if self.title is not None else None

    @property
    def start(self) -> int:
        """The place of the title, or of the page's beginning where no heading shows it."""
        return self.body if self.title is None else self.title

    def between(self, places: list[int], first: int, last: int) -> list[Node]:
        """Those of some elements that stand between two distances from the title."""
        return [self.order[place] for place in places if first <= place - self.start < last]

    def lines(self, before: int, behind: int) -> list[Line]:
        """The lines from so many elements before the title to so many behind it, in order; each part is read once."""
        key = (before, behind)
        if key not in self._lines:
            start = max(self.body, self.start - before)
            self._lines[key] = _lines(self.order, start, min(len(self.order), self.start + behind))
        return self._lines[key]


def read_signs(root: Node) -> Signs:
    """The signs of a page, whose title is still to be told."""
    signs = Signs()
    order, marked, meta = signs.order, signs.marked, signs.meta
    places = {"h1": signs.headings, "time": signs.times, "relative-time": signs.times}
    places |= dict.fromkeys(("h2", "h3", "h4"), signs.lesser)
    stack = [root]
    take, put = stack.pop, stack.append
    while stack:
        node = take()
        tag, source = node.tag, node.source
        if tag == "meta":
            _read_meta(meta, node.attributes)
        elif tag == "link":
            if "canonical" in source and "canonical" in node.get("rel").lower().split():
                signs.canonical.append(node.get("href"))
        elif source and any(word in source for word in _MARKS) and _is_marked(node):
            marked.append(len(order))
        if tag in places:
            places[tag].append(len(order))
        order.append(node)
        for child in reversed(node.children):
            if isinstance(child, Node):
                put(child)
    signs.body = next((place for place, node in enumerate(order[:MAX_HEAD]) if node.tag == "body"), 0)
    return signs


def _is_marked(node: Node) -> bool:
    attributes = node.attributes
    return "itemprop" in attributes or "pubdate" in attributes or attributes.get("rel") == "author"


def _read_meta(found: dict[str, list[str]], attributes: dict[str, str]) -> None:
    content = attributes.get("content", "").strip()
    if not content:
        return
    for key in _NAMES:
        if key in attributes and (name := attributes[key].strip().lower()):
            found.setdefault(name, []).append(content[:MAX_CONTENT])


def _lines(order: list[Node], start: int, end: int) -> list[Line]:
    """The lines between two places of the page, in order. From the last to the first: below before above."""
    texts: dict[int, str] = {}
    found: list[Line] = []
    for position in range(end - 1, start - 1, -1):
        node = order[position]
        text = _text_of(node, texts)
        if text is not None:
            texts[id(node)] = text
            if node.tag in _LINES and (bare := " ".join(text.split())):
                found.append(Line(position, node, bare))
    found.reverse()
    return found


def _text_of(node: Node, texts: dict[int, str]) -> str | None:
    """An element's text, None where it is longer than a line; that of the elements below it is in ``texts``."""
    text = ""
    for child in node.children:
        piece = child if isinstance(child, str) else texts.get(id(child))
        if piece is None or len(piece) + len(text) > MAX_LINE:
            return None
        text += piece
    return " " + text if node.tag in _SPACED else text
