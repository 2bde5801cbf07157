"""A part of a page as a tree of our own: what is read for blocks, captions, dates and bylines once the text has been chosen.

Only the head's statements and the part around the article become nodes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import unescape

from newsreel.extraction.outline import Outline, read_outline
from newsreel.extraction.stream import Stream, read_stream
from newsreel.extraction.structured import Statements, read_statements
from newsreel.extraction.tags import (
    BREAK,
    CLOSE,
    EMBEDDING,
    HEAD,
    INLINE_END,
    LINK_END,
    NOTHING,
    PICTURE,
    known,
    read_tag,
)

BEFORE = 60  # elements ahead of the title that are read for bylines and dates
BEHIND = 60  # elements behind the article's end
UNTITLED = 300  # elements ahead of the text where no title is shown
_WIDE_WEIGHT = 1.5  # an East Asian character says so many Latin ones more
_ATTRIBUTE = re.compile(r'([^\s=/<>"]+)="([^"]*)"')
_WIDE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CHILDLESS = frozenset((BREAK, PICTURE, HEAD, NOTHING))


class Dropped(str):
    """A text of the page that is not the article's."""

    __slots__ = ()


class Node:
    """An element: its tag, attributes (names in lower case), children (elements and texts) in order. ``source`` is the tag as
    it stands in the page: attributes are read from it when they are asked for, which most never are.

    ``weight`` (all text; East Asian characters count for more), ``links`` (text in links), ``kept`` (characters of the
    article's text), ``images`` and ``posts`` (what may embed one) are measures of what is below it.
    """

    __slots__ = ("_attributes", "children", "images", "kept", "links", "parent", "posts", "source", "tag", "weight")

    def __init__(
        self, tag: str, attributes: dict[str, str] | None = None, parent: Node | None = None, source: str = ""
    ) -> None:
        self.tag = tag
        self._attributes = attributes
        self.parent = parent
        self.source = source
        self.children: list[Node | str] = []
        self.weight = 0.0
        self.links = 0.0
        self.kept = 0
        self.images = 0
        self.posts = 0

    @property
    def attributes(self) -> dict[str, str]:
        """Names in lower case -> values."""
        found = self._attributes
        if found is None:
            found = self._attributes = attributes_of(self.source) if " " in self.source else {}
        return found

    @attributes.setter
    def attributes(self, values: dict[str, str]) -> None:
        self._attributes = values

    def get(self, name: str) -> str:
        """An attribute's value, '' where it has none."""
        return self.attributes.get(name, "")

    def walk(self) -> Iterator[Node]:
        """This element and all below it, in the page's order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(child for child in reversed(node.children) if isinstance(child, Node))

    def text(self) -> str:
        """All text below, as it stands in the page."""
        return self._text(False)

    def kept_text(self) -> str:
        """The article's text below."""
        return self._text(True)

    def _text(self, kept: bool) -> str:
        pieces: list[str] = []
        stack: list[Node | str] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                if not (kept and isinstance(item, Dropped)):
                    pieces.append(item)
            else:
                if item.tag in ("br", "p", "div", "li"):
                    pieces.append(" ")
                stack.extend(reversed(item.children))
        return "".join(pieces)

    def ancestors(self) -> Iterator[Node]:
        """Parent, its parent, and so on."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


@dataclass(slots=True)
class Page:
    """A page's part as a tree, its JSON-LD, and its title element's text."""

    root: Node
    title: str
    cut: bool
    data: Statements = field(default_factory=lambda: Statements([], []))


def read_head(stream: Stream, outline: Outline) -> Node:
    """The root with its own attributes, and below it a head with the meta and link elements of the whole page."""
    root = Node("html", {})
    if outline.tag and outline.tag[0].name == "html":
        root.attributes = attributes_of(stream.pieces[outline.start[0]])
    head = Node("head", {}, root)
    root.children.append(head)
    for place in outline.heads:
        source = stream.pieces[place]
        head.children.append(Node("meta" if source.startswith("<meta") else "link", None, head, source))
    return root


def read_part(root: Node, stream: Stream, outline: Outline, kept: Collection[int], title: int = -1) -> Page:
    """Puts below ``root`` the part from before the title (a leaf, -1 where none shows it) to behind the last of the ``kept``
    leaves; the texts of other leaves are ``Dropped``.
    """
    if outline.text:
        first = min(kept, default=0 if title < 0 else title)
        last = max(kept, default=len(outline.text) - 1)
        lead = outline.begin[first if title < 0 else min(first, title)]
        start = max(1, lead - 4 * (UNTITLED if title < 0 else BEFORE)) | 1
        stop = min(len(stream.pieces), outline.stop[last] + 4 * BEHIND)
        _Builder(stream, outline, frozenset(kept)).build(root, start, stop)
    return Page(root, stream.title, stream.cut or outline.cut)


def read_whole(html: str | bytes) -> Page:
    """All of a page or a fragment as a tree, all of its text kept."""
    stream = read_stream(html)
    outline = read_outline(stream)
    root = read_head(stream, outline)
    _Builder(stream, outline, frozenset(range(len(outline.text)))).build(root, 1, len(stream.pieces))
    return Page(root, stream.title, stream.cut or outline.cut, read_statements(stream.data))


def attributes_of(source: str) -> dict[str, str]:
    """A tag's attributes, names in lower case."""
    found = {name.lower(): value for name, value in _ATTRIBUTE.findall(source)}
    if "&" in source:
        found = {name: unescape(value) for name, value in found.items()}
    return found


class _Builder:
    """Makes the nodes of a run of pieces."""

    def __init__(self, stream: Stream, outline: Outline, kept: frozenset[int]) -> None:
        self._pieces = stream.pieces
        self._outline = outline
        self._kept = kept
        self._leaf = 0

    def build(self, root: Node, start: int, stop: int) -> None:
        """Put the pieces from ``start`` (a tag's place) to ``stop`` below ``root``, in the boxes that are open there."""
        pieces, stack = self._pieces, [root]
        boxes = self._outline
        for box, place in enumerate(boxes.start):
            if place >= start:
                break
            if boxes.end[box] > start:
                self._open(stack, boxes.tag[box].name, pieces[place])
        for place in range(start, stop, 2):
            if text := pieces[place - 1]:
                self._text(stack[-1], text, place - 1)
            source = pieces[place]
            tag = known.get(source) or read_tag(source)
            if tag.kind in (CLOSE, INLINE_END, LINK_END):
                if len(stack) > 1 and stack[-1].tag == tag.name:
                    _close(stack)
            elif tag.kind in _CHILDLESS:
                if tag.kind != HEAD and source[1] != "/":
                    node = Node(tag.name, None, stack[-1], source)
                    node.images = int(tag.kind == PICTURE)
                    stack[-1].images += node.images
                    stack[-1].children.append(node)
            else:
                self._open(stack, tag.name, source)
        if stop == len(pieces) and pieces[-1]:
            self._text(stack[-1], pieces[-1], stop - 1)
        while len(stack) > 1:
            _close(stack)

    @staticmethod
    def _open(stack: list[Node], name: str, source: str) -> None:
        node = Node(name, None, stack[-1], source)
        node.posts = int(name in EMBEDDING)
        stack[-1].children.append(node)
        stack.append(node)

    def _text(self, node: Node, text: str, place: int) -> None:
        if "&" in text:
            text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        if text.isspace():
            node.children.append(text)
            return
        stops, leaf = self._outline.stop, self._leaf
        while leaf < len(stops) and stops[leaf] <= place:
            leaf += 1
        self._leaf = leaf
        if leaf in self._kept and self._outline.begin[leaf] <= place:
            node.kept += len(text)
        else:
            text = Dropped(text)
        node.weight += len(text.strip()) + (0.0 if text.isascii() else _WIDE_WEIGHT * len(_WIDE.findall(text)))
        node.children.append(text)


def _close(stack: list[Node]) -> None:
    node = stack.pop()
    if node.tag == "a":
        node.links = node.weight
    above = stack[-1]
    above.weight += node.weight
    above.links += node.links
    above.kept += node.kept
    above.images += node.images
    above.posts += node.posts
