"""Whether what is said of an article beside its text is right: its title, its day, its authors.

Each function takes a row of the corpus and an article, and gives None where the corpus does not know the truth.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any

from benchmarks.overlap import tokens
from newsreel.core.types import Article

NEAR = 0.9  # the similarity from which a title is near
_BETWEEN = re.compile(r"[\W_]+")
_AND = {"and", "und", "y", "et", "by"}


def folded(title: str) -> str:
    """A title in one spelling: NFKC, case folded, every run of punctuation and spaces one space."""
    return _BETWEEN.sub(" ", unicodedata.normalize("NFKC", title).casefold()).strip()


def similarity(one: str, other: str) -> float:
    """How alike two titles are once folded, 0 to 1: difflib's ratio, twice the matching characters over all characters."""
    return SequenceMatcher(None, folded(one), folded(other), autojunk=False).ratio()


def title_exact(row: dict[str, Any], article: Article) -> bool | None:
    """The same tokens in the same order."""
    return tokens(row["title"]) == tokens(article.title) if row.get("title") else None


def title_near(row: dict[str, Any], article: Article) -> bool | None:
    """At least NEAR similar."""
    return similarity(row["title"], article.title) >= NEAR if row.get("title") else None


def day(row: dict[str, Any], article: Article) -> bool | None:
    """The same day in the truth's own zone or in UTC.

    Where the truth is a mere day, the day of the article's own zone or of UTC is right; where the article knows only a day,
    the truth's day in either.
    """
    try:
        truth = datetime.fromisoformat(row.get("published") or "")
    except ValueError:  # none, a month, or words
        return None
    if article.published is None:
        return False
    read = article.published
    if truth.tzinfo is not None and read.tzinfo is not None and article.published_precision == "time":
        return any(truth.astimezone(zone).date() == read.astimezone(zone).date() for zone in (truth.tzinfo, UTC))
    if article.published_precision != "time":
        return read.date() in _days(truth)
    return truth.date() in _days(read)


def _days(moment: datetime) -> set[Any]:
    return {moment.date(), moment.astimezone(UTC).date()} if moment.tzinfo is not None else {moment.date()}


def authors(row: dict[str, Any], article: Article) -> bool | None:
    """The same names, in any order; where the truth is a line of names and not a list, the same words."""
    truth = row.get("authors")
    if not truth:
        return None
    if isinstance(truth, str):
        return set(tokens(truth)) - _AND == set(tokens(" ".join(article.authors))) - _AND
    return {name.casefold() for name in truth} == {name.casefold() for name in article.authors}
