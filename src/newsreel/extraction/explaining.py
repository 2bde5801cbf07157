"""Every block of text of a page, in its order: kept as the article's, or with the reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from newsreel.core.encoding import decode
from newsreel.core.text import cut, squeeze, tokens
from newsreel.core.types import Article, SiteRule
from newsreel.extraction.article import extract, not_a_page
from newsreel.extraction.blocks import BLOCK_TAGS
from newsreel.extraction.page import MAX_BYTES, Node, read_page
from newsreel.extraction.ruled import REASON as RULED

MAX_PIECES = 5_000
MAX_TEXT = 2_000  # characters of one piece
OUTSIDE = "outside the article"
_PART = 25  # characters: a text so long that stands inside a longer one is a part of it, and no accident
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list item"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "blockquote": "quote",
    "tr": "table row",
    "pre": "code",
}
_CELLS = frozenset(("td", "th"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a page's text. ``kind``: paragraph, heading, list item, caption, quote, table row, code. ``reason`` is
    why it is not the article's, '' where it is. ``score`` is what was thought of it, None where nothing was.
    """

    text: str
    kind: str
    kept: bool
    reason: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """An article with all of its page: at most MAX_PIECES pieces of MAX_TEXT characters."""

    article: Article
    pieces: tuple[Piece, ...] = ()


def explain(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    memory: Any = None,
    rule: SiteRule | None = None,
) -> Explanation:
    """The article as ``extract`` gives it for the same arguments, and what became of every block of the page's text."""
    article = extract(html, url, content_type=content_type, rule=rule)
    if not_a_page(html):
        return Explanation(article)
    text = html if isinstance(html, str) else decode(html[:MAX_BYTES], content_type)[0]
    judge = _Judge(article)
    pieces: list[Piece] = []
    for found, kind in _blocks(read_page(text).root):
        pieces.append(judge.piece(found, kind))
        if len(pieces) == MAX_PIECES:
            break
    return Explanation(article, tuple(pieces))


class _Judge:
    """Finds the texts of a page again in what was made of it."""

    def __init__(self, article: Article) -> None:
        parts = [part for part in article.text.split("\n\n") if part]
        self._kept = {squeeze(line) for part in parts for line in (part, *part.split("\n"))}
        self._all = "\n".join(map(squeeze, parts))
        self._removed = [(squeeze(text), reason) for text, reason in article.removed]
        self._reasons = dict(reversed(self._removed))
        self._dropped = [_Dropped(text) for text, reason in self._removed if reason == RULED]
        self._title = tokens(article.title)

    def piece(self, text: str, kind: str) -> Piece:
        """A block of text with what became of it."""
        kept = text in self._kept or (kind != "heading" and len(text) >= _PART and text in self._all)
        return Piece(cut(text, MAX_TEXT), kind, kept, "" if kept else self._reason(text))

    def _reason(self, text: str) -> str:
        if reason := self._reasons.get(text):
            return reason
        if self._title and tokens(text[:1000]) == self._title:
            return "title"
        whole = f" {text} "
        if reason := next((reason for other, reason in self._removed if whole in f" {other} "), ""):
            return reason
        return RULED if any(text in dropped for dropped in self._dropped) else OUTSIDE


class _Dropped:
    """The text of an element that a rule took out. The parser's tree does not say where its blocks end, so that every one of
    its texts stands between spaces, and a piece of the page is some of them in a row.
    """

    def __init__(self, text: str) -> None:
        words = text.split(" ")
        self._text = "".join(words)
        self._ends = {0, *accumulate(map(len, words))}

    def __contains__(self, piece: str) -> bool:
        sought = piece.replace(" ", "")
        start = self._text.find(sought)
        while start >= 0:
            if start in self._ends and start + len(sought) in self._ends:
                return True
            start = self._text.find(sought, start + 1)
        return False


def _blocks(root: Node) -> Iterator[tuple[str, str]]:
    """The texts of a page's elements in order, squeezed, each with its kind. A row of a table is one text."""
    texts: list[str] = []
    kinds = ["paragraph"]
    stack: list[Node | str | None] = [root]  # None: an element of block ends here
    breaks = 0

    def taken() -> Iterator[tuple[str, str]]:
        text = squeeze("".join(texts))
        texts.clear()
        if text:
            yield text, kinds[-1]

    while stack:
        item = stack.pop()
        if isinstance(item, str):
            texts.append(item)
            breaks = breaks if item.isspace() else 0
        elif item is None:
            yield from taken()
            kinds.pop()
        elif item.tag in BLOCK_TAGS and item.tag not in _CELLS:
            yield from taken()
            kinds.append(_KINDS.get(item.tag, kinds[-1]))
            stack.append(None)
            stack.extend(reversed(item.children))
        else:
            if item.tag == "br":
                breaks += 1
                if breaks == 2:
                    yield from taken()
            if item.tag == "br" or item.tag in _CELLS:
                texts.append(" ")
            stack.extend(reversed(item.children))
