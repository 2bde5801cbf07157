"""Where on a page the article's body is, and which of its pieces are the article's."""

from __future__ import annotations

import re
from dataclasses import replace

from newsreel.core.text import tokens
from newsreel.extraction.appeals import appeals, invitation, particulars
from newsreel.extraction.blocks import BLOCK_TAGS, Unit, UnitReader, block_text
from newsreel.extraction.boilerplate import junk_element, junk_text
from newsreel.extraction.captions import follows_picture
from newsreel.extraction.metadata import Metadata
from newsreel.extraction.page import Node
from newsreel.extraction.pictures import with_caption
from newsreel.extraction.stated import stated_body

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff]")
_STOP = re.compile(r"[.,;:!?…。、؟،।»”\"\uff0c\uff01\uff1f\uff1b\uff1a\uff0e]")
_SENTENCE_END = re.compile(r"[.!?…。؟।:;»”\"'’)\]」』\uff01\uff1f\uff1a\uff1b\uff09\uff0e]\W*$")
WIDE_WEIGHT = 2.5  # a Chinese, Japanese or Korean character says as much as so many Latin ones
GOOD_WEIGHT = 60.0  # from this weight on a text with punctuation and few links is taken for running text
LITTLE = 0.2  # less than this share of a page's running text is no body
MAX_HEAD = 40  # pieces ahead of the running text
OWN_TEXT = 400.0  # running text of an article around the title that is believed against a longer one
OWN_SHARE = 0.25  # of the longest other article
DESCENT = 0.82  # go into a child that holds this share of the good text
_BODY_NAMES = re.compile(
    r"article-?_?(?:body|content|text|main)|story-?_?(?:body|content|text)|post-?_?(?:body|content|text)|entry-?_?content|"
    r"news-?_?(?:body|content|text|detail)|(?:body|content|main)-?_?(?:text|copy|article)|rich-?text|articulo|artikel-?(?:body|text|inhalt)|"
    r"detail-?content|main-?content|td-post-content|single-content|content-?body|text-?content|zw|artibody",
    re.IGNORECASE,
)


def measure(root: Node) -> None:
    """Fill in ``weight`` (all text), ``links`` (text in links), ``good`` (running text) and ``images`` of every element."""
    # Over forty lines, and kept together: each sum of an element is made from the same sums of its children, in one pass.
    order = list(root.walk())
    own: dict[int, list[float]] = {}
    for node in reversed(order):
        weight, links, stops = 0.0, 0.0, 0
        inner = [0.0, 0.0, 0.0]
        good = 0.0
        images = int(node.tag in ("img", "amp-img"))
        for child in node.children:
            if isinstance(child, str):
                if child.isspace():
                    continue
                size = len(child.strip()) + (0.0 if child.isascii() else (WIDE_WEIGHT - 1) * len(_WIDE.findall(child)))
                weight += size
                inner[0] += size
                stops += len(_STOP.findall(child))
            else:
                weight += child.weight
                links += child.links
                images += child.images
                good += child.good
                if child.tag not in BLOCK_TAGS:
                    part = own.pop(id(child), None)
                    if part:
                        inner[0] += part[0]
                        inner[1] += part[1]
                        stops += int(part[2])
        if node.tag == "a":
            links = weight
            inner[1] = inner[0]
        node.weight, node.links, node.images = weight, links, images
        if node.tag in BLOCK_TAGS:
            text, linked = inner[0], inner[1]
            if (
                text >= GOOD_WEIGHT
                and stops >= 1
                and linked < 0.4 * text
                and node.tag not in ("figcaption", "caption", "footer")
            ):
                good += text - linked
        else:
            own[id(node)] = [inner[0], inner[1], float(stops)]
        node.good = good


def find_body(
    root: Node, title: Node | None = None, stated: str = "", *, by_name: bool = True
) -> tuple[Node, set[int]]:
    """The element that holds the article, and the ids of elements to keep although their names say junk. ``title`` is
    the heading that shows the article's title, ``stated`` what the page's data calls its text.
    """
    measure(root)
    keep = _discount(root, by_name)
    body = _descend(_own_article(root, title) or root)
    return stated_body(root, body, stated) if stated else body, keep


def _own_article(root: Node, title: Node | None) -> Node | None:
    """Where several elements are called articles: the one around the title, if it holds text enough. Pages that go on
    to the next story have the longer one below.
    """
    own = next((node for node in title.ancestors() if node.tag == "article"), None) if title else None
    if own is None or own.good < OWN_TEXT:
        return None
    inside = {id(node) for node in own.walk()}
    rivals = [node.good for node in root.walk() if node.tag == "article" and id(node) not in inside]
    # A small article may be the head of one whose other parts are called articles too.
    return own if rivals and max(rivals) * OWN_SHARE <= own.good else None


def _discount(root: Node, by_name: bool) -> set[int]:
    """Take the running text of junk elements out of the measure of those around it. An element that holds half of the
    page's running text is no junk, whatever it is called.
    """
    total = root.good
    keep: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node is not root and node.good and junk_element(node, by_name=by_name):
            if node.good < 0.5 * total:
                lost = node.good
                node.good = 0.0
                for above in node.ancestors():
                    above.good -= lost
                continue
            keep.add(id(node))
        stack.extend(child for child in node.children if isinstance(child, Node) and child.good)
    return keep


def _descend(root: Node) -> Node:
    node = root
    while True:
        children = [child for child in node.children if isinstance(child, Node) and child.good > 0]
        if not children:
            return node
        best = max(children, key=lambda child: child.good)
        if best.good >= DESCENT * node.good and best.tag not in ("p", "blockquote", "li", "td"):
            node = best
            continue
        return _hinted(node)


def _hinted(node: Node) -> Node:
    """An element inside that its page calls the article, and that holds most of the running text."""
    for wanted, share in (("body", 0.5), ("article", 0.6), ("named", 0.6)):
        fitting = [
            child
            for child in node.walk()
            if child is not node and child.good >= share * node.good and _is_hint(child, wanted)
        ]
        if fitting:
            return fitting[-1]
    return node


def _is_hint(node: Node, wanted: str) -> bool:
    if wanted == "body":
        return "articleBody" in node.get("itemprop")
    if wanted == "article":
        return node.tag in ("article", "main")
    return bool(_BODY_NAMES.search(node.get("class") + " " + node.get("id")))


def read_body(root: Node, url: str, meta: Metadata) -> tuple[list[Unit], list[tuple[str, str]]]:
    """The article's pieces in order, and what was left out with its reasons. ``meta`` is what the page says about it."""
    units, removed = _read(root, url, meta, by_name=True)
    if _size(units) < LITTLE * _running_weight(root):
        # Names misled: some sites call every paragraph a widget. Tags and roles alone then.
        again, removed_again = _read(root, url, meta, by_name=False)
        if _size(again) > 2 * _size(units):
            return again, removed_again
    return units, removed


def _size(units: list[Unit]) -> float:
    return sum(_weight(block_text(unit.block)) for unit in units)


def _weight(text: str) -> float:
    return len(text) + (WIDE_WEIGHT - 1) * len(_WIDE.findall(text))


def _running_weight(root: Node) -> float:
    """The running text of a whole page, names aside."""
    measure(root)
    return root.good


def _read(root: Node, url: str, meta: Metadata, *, by_name: bool) -> tuple[list[Unit], list[tuple[str, str]]]:
    body, keep = find_body(root, meta.title_node, meta.article_body, by_name=by_name)
    reader = UnitReader(url, keep, by_name=by_name)
    reader.read(body)
    removed = reader.removed
    title_words = tokens(meta.title)
    units: list[Unit] = []
    appealing = appeals(reader.units)
    head = True  # ahead of the first running text
    for place, unit in enumerate(reader.units):
        reason = (
            _caption(unit, units)
            or ("appeal" if place in appealing else "")
            or _junk_unit(unit, title_words)
            or invitation(unit)
            or (particulars(block_text(unit.block), meta.authors) if head or len(units) < 3 else "")
        )
        head = head and place < MAX_HEAD and (bool(reason) or not _is_running(unit))
        if reason:
            removed.append((block_text(unit.block), reason))
        else:
            units.append(unit)
    units, trimmed = _trim(units)
    return units, removed + trimmed


def _caption(unit: Unit, before: list[Unit]) -> str:
    """Whether a paragraph is the caption of the picture before it, which then takes it."""
    if unit.block.kind != "paragraph" or not before or before[-1].block.kind != "image":
        return ""
    if not follows_picture(unit.node, unit.block.text, _weight(unit.block.text)):
        return ""
    before[-1].block = replace(before[-1].block, text=unit.block.text)
    before[-1].html = with_caption(before[-1].html, unit.block.text)
    return "caption"


def _junk_unit(unit: Unit, title_words: list[str]) -> str:
    block = unit.block
    if block.kind == "image":
        return ""
    text = block_text(block)
    if reason := junk_text(text):
        return reason
    if block.kind in ("heading", "paragraph") and len(text) < 400 and tokens(text) == title_words:
        return "title"
    if unit.link_share > 0.8 and (block.kind == "list" or len(text) < 200):
        return "link"
    if block.kind == "list" and unit.link_share > 0.5:
        return "list of links"
    if block.kind != "code" and not tokens(text):
        return "no words"
    return ""


def _trim(units: list[Unit]) -> tuple[list[Unit], list[tuple[str, str]]]:
    """Headings and scraps before the first and after the last running text are not the article's."""
    good = [index for index, unit in enumerate(units) if _is_running(unit)]
    if not good:
        return units, []
    first, last = good[0], good[-1]
    removed: list[tuple[str, str]] = []
    kept: list[Unit] = []
    for index, unit in enumerate(units):
        if unit.block.kind != "image" and (
            index > last or (index < first and unit.block.kind != "heading" and len(block_text(unit.block)) < 40)
        ):
            removed.append((block_text(unit.block), "scrap at the edge"))
        else:
            kept.append(unit)
    return kept, removed


def _is_running(unit: Unit) -> bool:
    block = unit.block
    if block.kind in ("image", "heading"):
        return False
    if block.kind in ("quote", "list", "table", "code"):
        return True
    text = block.text
    size = _weight(text)
    return unit.link_share < 0.5 and (size >= 80 or (size >= 20 and bool(_SENTENCE_END.search(text))))
