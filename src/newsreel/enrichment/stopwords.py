"""Small words that say nothing of a text, by language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_DATA = "stopwords.txt"
_ALIKE = {"bs": "hr", "nn": "no", "nb": "no", "be": "ru", "mk": "bg", "gl": "pt"}


@cache
def _table() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for line in files(__package__).joinpath(_DATA).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            code, *words = line.split()
            table[code] = frozenset(words)
    return table


def stopwords(language: str) -> frozenset[str]:
    """The small words of a language (its primary code) in lower case; none for a language that we have no list of."""
    return _table().get(_ALIKE.get(language, language), frozenset())
