"""Every block of text of a page, in its order: kept as the article's, or with the reason why not."""

from __future__ import annotations

from dataclasses import dataclass

from newsreel.core.text import cut, one_line
from newsreel.core.types import Article, SiteRule
from newsreel.extraction.article import read_page
from newsreel.extraction.choice import Choice, reason_of
from newsreel.extraction.memory import SiteMemory
from newsreel.extraction.outline import Outline
from newsreel.extraction.reading import APPEAL, Reading

MAX_PIECES = 5_000
MAX_TEXT = 2_000  # characters of one piece
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list item"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    **dict.fromkeys(("tr", "td", "th"), "table cell"),
    "blockquote": "quote",
    "pre": "code",
}
MAX_LEVELS = 6  # boxes around a text in which its kind is looked for


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a page's text. ``kind``: paragraph, heading, list item, caption, quote, table cell, code. ``reason`` is
    why it is not the article's, '' where it is. ``score``: how likely it was thought to be, 0 to 1.
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
    memory: SiteMemory | None = None,
    rule: SiteRule | None = None,
) -> Explanation:
    """The article as ``extract`` gives it for the same arguments, and what became of every block of the page's text."""
    reading = read_page(html, url, content_type=content_type, memory=memory, rule=rule)
    return Explanation(reading.article, pieces(reading))


def pieces(reading: Reading) -> tuple[Piece, ...]:
    """The leaves of a reading's page."""
    choice, outline = reading.choice, reading.outline
    if choice is None:
        return ()
    kept = frozenset(choice.kept)
    taken = _taken_out(reading)
    found = []
    for leaf, text in enumerate(outline.text[:MAX_PIECES]):
        reason = taken.get(one_line(text), "")
        if leaf not in kept and reason != APPEAL:
            reason = reason_of(outline, leaf, choice)
        if not reason and not reading.article.text:
            reason = "too little text"
        found.append(
            Piece(cut(one_line(text), MAX_TEXT), _kind(outline, leaf), not reason, reason, _score(choice, leaf))
        )
    return tuple(found)


def _taken_out(reading: Reading) -> dict[str, str]:
    """Chosen texts that were left out after all -> why. A list goes whole, and its items with it."""
    found: dict[str, str] = {}
    for text, reason in reading.taken_out:
        for part in (text, *text.split("\n")):
            if line := one_line(part):
                found.setdefault(line, reason)
    return found


def _kind(outline: Outline, leaf: int) -> str:
    box = outline.box[leaf]
    for _ in range(MAX_LEVELS):
        if box < 0:
            break
        if kind := _KINDS.get(outline.tag[box].name):
            return kind
        box = outline.parent[box]
    return "paragraph"


def _score(choice: Choice, leaf: int) -> float:
    return round(float(choice.ratings[leaf]), 3)
