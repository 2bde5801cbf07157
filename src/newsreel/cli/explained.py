"""A page in a terminal, piece by piece: what was kept as the article's, and what was removed and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsreel.core.dates import iso
from newsreel.core.text import squeeze

if TYPE_CHECKING:
    from newsreel.core.types import Article
    from newsreel.extraction import Explanation

KEPT, REMOVED = "  ", "- "  # the margin: it says all, so that colour need not be seen
_DIM, _RED, _PLAIN = "\x1b[2m", "\x1b[31m", "\x1b[0m"


def show(found: Explanation, rule: str, *, coloured: bool) -> None:
    """Prints the metadata, the page's pieces in order, and how many of them were kept. ``rule``: whose site rule held."""
    for name, value in _facts(found.article, rule):
        print(f"{name}: {value}")
    print()
    for piece in found.pieces:
        if piece.kept:
            print(f"{KEPT}{piece.text}")
        elif coloured:
            print(f"{REMOVED}{_RED}[{piece.reason}]{_PLAIN} {_DIM}{piece.text}{_PLAIN}")
        else:
            print(f"{REMOVED}[{piece.reason}] {piece.text}")
    print()
    print(summary(found))


def summary(found: Explanation) -> str:
    """'2 of 9 pieces kept; removed: 4 navigation, 3 footer'."""
    removed = Counter(piece.reason for piece in found.pieces if not piece.kept)
    reasons = ", ".join(f"{number} {reason}" for reason, number in removed.most_common())
    kept = len(found.pieces) - removed.total()
    return f"{kept} of {len(found.pieces)} pieces kept" + (f"; removed: {reasons}" if reasons else "")


def _facts(article: Article, rule: str) -> Iterator[tuple[str, str]]:
    told = {
        "url": article.url,
        "canonical address": article.canonical_url or "",
        "title": article.title,
        "published": iso(article.published, article.published_precision) or "",
        "modified": iso(article.modified) or "",
        "authors": ", ".join(article.authors),
        "site": article.site_name,
        "section": article.section,
        "language": article.language,
        "picture": article.lead_image or "",
        "site rule": rule,
    }
    yield from ((name, text) for name, value in told.items() if (text := squeeze(value)))
