"""The body's element -> pieces in reading order: paragraphs, headings, quotes, lists, tables, code, pictures."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field, replace
from itertools import islice

from newsreel.core.text import one_line, squeeze
from newsreel.core.types import Block, BlockKind
from newsreel.core.urls import absolute
from newsreel.extraction import embeds, pictures
from newsreel.extraction.captions import MAX_WEIGHT, caption_of_box, follows_picture
from newsreel.extraction.page import Dropped, Node
from newsreel.extraction.tags import BLOCK_TAGS, junk_reason

_HEADINGS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_INLINE = {"a", "em", "i", "strong", "b", "sub", "sup", "code", "cite", "q", "abbr", "mark", "s", "del", "ins", "u"}
MAX_ITEMS = 2000
MAX_PICTURES = 50  # of one gallery
MAX_TRIED = 10  # elements of one figure
_BOXES = frozenset(("div", "p", "span", "a", "table", "center", "dl", "section"))
_EDGES = re.compile(r"^(?:\s|<br>)+|(?:\s|<br>)+$")
_CREDIT = re.compile(r"credit|copyright|source|photographer|agency|quelle|fotograf", re.IGNORECASE)


@dataclass(slots=True)
class Unit:
    """A piece with where it came from: what the choice between text and junk needs to know."""

    block: Block
    node: Node
    html: str = ""
    link_share: float = 0.0


@dataclass(slots=True)
class _Writer:
    """Collects inline content until a block ends."""

    text: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    linked: int = 0
    breaks: int = 0

    def take(self) -> tuple[str, str, int]:
        text = one_line("".join(self.text))
        markup = "".join(self.markup) + "".join(f"</{tag}>" for tag in reversed(self.open))
        linked = self.linked
        self.text, self.markup, self.open, self.linked, self.breaks = [], [], [], 0, 0
        return text, markup, linked


class UnitReader:
    """Walks a page's part once. ``units`` are the pieces of the article's text and the pictures and embedded posts among
    them, ``removed`` texts that turned out to be captions.
    """

    def __init__(self, url: str) -> None:
        self.units: list[Unit] = []
        self.removed: list[tuple[str, str]] = []
        self._url = url
        self._shown: set[int] = set()
        self._writer = _Writer()
        self._quote: Node | None = None
        self._quote_start = 0

    def read(self, body: Node) -> None:
        """Fill ``units`` and ``removed``."""
        stack: list[Node | str | tuple[str, Node]] = [body]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                self._add(item)
            elif isinstance(item, tuple):
                self._leave(item[1])
            elif self._enter(item, body):
                stack.append(("", item))
                stack.extend(reversed(item.children))
        self._flush(body)

    def _enter(self, node: Node, body: Node) -> bool:
        """Whether the walk goes into an element."""
        tag = node.tag
        if tag == "br":
            self._break(node)
            return False
        if not node.kept and node is not body:
            if not node.images and not node.posts:
                if tag in BLOCK_TAGS or tag == "hr":
                    self._flush(node.parent or node)
                    self._caption_behind(node)
                return False
            if (found := embeds.post(node, self._url)) is not None:
                self._flush(node.parent or node)
                self.units.append(Unit(Block("embed", found.label, src=found.address), node, found.html))
                return False
            if reason := junk_reason(node.source):
                if reason in ("caption", "share bar", "player"):
                    self._captioned(node, reason)
                return False
        if tag in BLOCK_TAGS:
            self._flush(node.parent or node)
        if tag == "figcaption" or id(node) in self._shown:
            return False
        if tag in ("picture", "figure", *pictures.IMAGES):
            return self._figure(node)
        if node.images == 1 and tag in _BOXES and node is not body and (text := caption_of_box(node)):
            self._box(node, text)
            return False
        return self._read_text(node, tag)

    def _read_text(self, node: Node, tag: str) -> bool:
        """Whether the walk goes into an element of text; where not, it has been read whole."""
        if tag in _HEADINGS:
            self._whole(node, "heading", level=_HEADINGS[tag])
        elif tag == "blockquote":
            if self._quote is None:
                self._quote, self._quote_start = node, len(self.units)
            return True
        elif tag in ("ul", "ol") and not _is_layout(node):
            self._list(node)
        elif tag == "table" and not _is_layout_table(node):
            self._table(node)
        elif tag == "pre":
            self._code(node)
        else:
            if tag in _INLINE:
                self._open(node)
            return True
        return False

    def _leave(self, node: Node) -> None:
        if node.tag in BLOCK_TAGS:
            self._flush(node)
            if node is self._quote:
                self._end_quote(node)
        elif node.tag in _INLINE and node.tag in self._writer.open:
            writer = self._writer
            while writer.open:
                tag = writer.open.pop()
                writer.markup.append(f"</{tag}>")
                if tag == node.tag:
                    break

    def _open(self, node: Node) -> None:
        address = absolute(node.get("href"), self._url) if node.tag == "a" and node.get("href") else None
        if node.tag == "a" and not address:
            return
        self._writer.markup.append(f'<a href="{html.escape(address)}">' if address else f"<{node.tag}>")
        self._writer.open.append(node.tag)

    def _add(self, text: str) -> None:
        writer = self._writer
        if isinstance(text, Dropped):
            return
        if not text.isspace():
            writer.breaks = 0
            if "a" in writer.open:
                writer.linked += len(text)
        writer.text.append(text)
        writer.markup.append(html.escape(text, quote=False))

    def _break(self, node: Node) -> None:
        writer = self._writer
        writer.breaks += 1
        if writer.breaks >= 2:
            self._flush(node.parent or node)
        else:
            writer.text.append("\n")
            writer.markup.append("<br>")

    def _flush(self, node: Node) -> None:
        writer = self._writer
        if not writer.text:  # most borders of blocks have nothing between them
            writer.markup, writer.open, writer.breaks = [], [], 0
            return
        text, markup, linked = self._writer.take()
        if text:
            markup = markup.strip()
            if markup.startswith("<br>") or markup.endswith("<br>"):
                markup = _EDGES.sub("", markup)
            self.units.append(Unit(Block("paragraph", text), node, f"<p>{markup}</p>", min(1.0, linked / len(text))))

    def _whole(self, node: Node, kind: BlockKind, level: int = 0) -> None:
        text = one_line(node.kept_text())
        if text:
            self.units.append(
                Unit(
                    Block(kind, text, level=level),
                    node,
                    f"<h{level}>{html.escape(text, quote=False)}</h{level}>",
                    _link_share(node),
                )
            )

    def _end_quote(self, node: Node) -> None:
        """What was read since the quote began becomes one piece; quotes within quotes are part of it."""
        start, self._quote, self._quote_start = self._quote_start, None, 0
        inside = [unit for unit in self.units[start:] if unit.block.kind not in ("image", "embed")]
        pictures = [unit for unit in self.units[start:] if unit.block.kind in ("image", "embed")]
        self.units[start:] = pictures
        text = "\n".join(block_text(unit.block).replace("\n\n", "\n") for unit in inside)
        if text:
            markup = "".join(unit.html for unit in inside)
            self.units.append(Unit(Block("quote", text), node, f"<blockquote>{markup}</blockquote>", _link_share(node)))

    def _list(self, node: Node) -> None:
        ordered = node.tag == "ol"
        items: list[tuple[str, str]] = []
        for item in node.walk():
            if item.tag == "li" and item.kept and len(items) < MAX_ITEMS:
                text, markup = _inline(item, self._url)
                if text:
                    items.append((text, markup))
        if items:
            markup = "".join(f"<li>{inner}</li>" for _, inner in items)
            block = Block("list", items=tuple(text for text, _ in items), ordered=ordered)
            self.units.append(Unit(block, node, f"<{node.tag}>{markup}</{node.tag}>", _link_share(node)))

    def _table(self, node: Node) -> None:
        rows = []
        for row in node.walk():
            if row.tag == "tr":
                cells = [
                    one_line(cell.kept_text())
                    for cell in row.children
                    if isinstance(cell, Node) and cell.tag in ("td", "th")
                ]
                if any(cells):
                    rows.append(cells)
        rows = rows[:MAX_ITEMS]
        if rows:
            markup = "".join(
                "<tr>" + "".join(f"<td>{html.escape(cell, quote=False)}</td>" for cell in row) + "</tr>" for row in rows
            )
            block = Block("table", items=tuple("\t".join(row) for row in rows))
            self.units.append(Unit(block, node, f"<table>{markup}</table>", _link_share(node)))

    def _code(self, node: Node) -> None:
        text = node.kept_text().strip("\n\r").rstrip()
        if text.strip():
            self.units.append(
                Unit(Block("code", text), node, f"<pre><code>{html.escape(text, quote=False)}</code></pre>", 0.0)
            )

    def _figure(self, node: Node) -> bool:
        """A picture with its caption; whether the walk goes into the element all the same."""
        images = [child for child in node.walk() if child.tag in pictures.IMAGES]
        if node.tag == "figure" and not images:
            return node.kept > 0  # a figure around a quote, a table or code is its content
        caption = " ".join(_plain(child) for child in node.walk() if child.tag == "figcaption")
        credit = " ".join(
            squeeze(child.text())
            for child in node.walk()
            if child.tag in ("span", "small", "cite", "div") and _CREDIT.search(child.get("class"))
        )[:200]
        if caption:
            self.removed.append((caption, "caption"))
        self._picture(node, images, caption, credit)
        # Some pages put whole parts of an article into a figure.
        self._shown.update(map(id, images))
        return node.kept > 0

    def _picture(self, node: Node, images: list[Node], caption: str, credit: str = "") -> None:
        """The first of these that is to be seen, with its caption."""
        for image in images[:MAX_TRIED]:
            source = "" if pictures.is_tracking(image) else pictures.source_of(image, self._url, node)
            if source and pictures.belongs(image, source, self._url, bool(caption)):
                text = caption or squeeze(image.get("alt"))[: pictures.MAX_ALT]
                block = Block("image", text, src=source, credit=credit)
                self.units.append(Unit(block, node, pictures.figure(source, image, caption, credit)))
                return

    def _captioned(self, node: Node, reason: str) -> None:
        """Pictures with captions in an element that its name calls a gallery or a bar: no text of the article, but its
        pictures all the same.
        """
        figures = [
            child for child in islice(node.walk(), MAX_ITEMS) if child.tag == "figure" and child.images and child.weight
        ]
        for figure in figures[:MAX_PICTURES]:
            if not any(above in figures for above in figure.ancestors()):
                self._figure(figure)
        if not figures and reason == "caption" and node.images == 1 and 0 < node.weight <= MAX_WEIGHT:
            self._box(node, squeeze(node.text()))

    def _caption_behind(self, node: Node) -> None:
        """A text that is not the article's, right behind a picture without caption, may be its caption."""
        last = self.units[-1] if self.units else None
        if last is None or last.block.kind != "image" or not 0 < node.weight <= MAX_WEIGHT:
            return
        text = squeeze(node.text())
        uncaptioned = last.block.text in ("", text, squeeze(last.node.get("alt")))
        if uncaptioned and follows_picture(node, text, node.weight):
            last.block = replace(last.block, text=text)
            last.html = pictures.with_caption(last.html, text)

    def _box(self, node: Node, text: str) -> None:
        """A picture and its caption in an element of their own."""
        images = [child for child in node.walk() if child.tag in pictures.IMAGES]
        text = _without_labels(node, text)
        if text:
            self.removed.append((text, "caption"))
        self._picture(node, images, text)


def _inline(item: Node, url: str) -> tuple[str, str]:
    """A list item's text and markup, without those of the lists inside it (their items follow by themselves)."""
    texts: list[str] = []
    markup: list[str] = []
    stack: list[Node | str | tuple[str]] = list(reversed(item.children))
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            markup.append(part[0])
        elif isinstance(part, str):
            if not isinstance(part, Dropped):
                texts.append(part)
                markup.append(html.escape(part, quote=False))
        elif part.tag not in ("ul", "ol"):
            if part.tag == "br" or part.tag in BLOCK_TAGS:
                texts.append(" ")
                markup.append(" ")
            address = absolute(part.get("href"), url) if part.tag == "a" and part.get("href") else None
            if address or (part.tag in _INLINE and part.tag != "a"):
                markup.append(f'<a href="{html.escape(address)}">' if address else f"<{part.tag}>")
                stack.append((f"</{part.tag}>",))
            stack.extend(reversed(part.children))
    return one_line("".join(texts)), "".join(markup).strip()


def block_text(block: Block) -> str:
    """A block as it stands in ``Article.text``: '' for pictures. Items and rows are parts of their own."""
    if block.kind in ("image", "embed"):
        return ""
    return "\n\n".join(block.items) if block.kind in ("list", "table") else block.text


def _link_share(node: Node) -> float:
    return node.links / node.weight if node.weight else 0.0


def _is_layout(node: Node) -> bool:
    """A list whose items are not items: they hold several paragraphs, headings or figures each."""
    items = [child for child in node.children if isinstance(child, Node) and child.tag == "li"]
    return sum(1 for item in items if _heavy(item)) * 2 > len(items)


def _heavy(item: Node) -> bool:
    """Looks at the first elements only: a list of lists of lists must not be walked again at each step."""
    return (
        sum(1 for child in islice(item.walk(), 100) if child.tag in ("p", "h2", "h3", "h4", "figure", "blockquote"))
        >= 3
    )


def _is_layout_table(node: Node) -> bool:
    """A table that lays out a page: cells with paragraphs, or a table within."""
    paragraphs = 0
    for child in node.walk():
        if child is not node and child.tag == "table":
            return True
        paragraphs += child.tag in ("p", "h1", "h2", "h3")
    cells = sum(1 for child in node.walk() if child.tag in ("td", "th"))
    return cells <= 2 or paragraphs > cells or paragraphs > 12


def _plain(caption: Node) -> str:
    """A caption's text without what is to be clicked on ('open image in gallery')."""
    return _without_labels(caption, squeeze(caption.text()))


def _without_labels(node: Node, text: str) -> str:
    for child in node.walk():
        if child.tag in ("button", "label") and (line := squeeze(child.text())):
            text = text.replace(line, "", 1)
    return squeeze(text)
