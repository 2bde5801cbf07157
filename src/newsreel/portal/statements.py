"""What the page and the feed each said of an article's title and date, for whoever wants to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "page": _("the page"),
    "feed": _("the feed"),
    "title": _("title"),
    "published": _("published"),
    "updated": _("changed"),
    "modified": _("changed"),
    "published_precision": _("precision"),
}
_LONGEST = 500  # characters shown of one value
_MOST = 40


@dataclass(frozen=True, slots=True)
class Statement:
    """One value: who said it ('page', 'feed'), of what ('title', 'published'), and what."""

    who: str
    what: str
    value: str


def readable(stated: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The stored statements as rows; whatever has another shape is left out."""
    rows: list[Statement] = []
    for who, values in stated.items():
        for what, value in _pairs(values):
            if value and len(rows) < _MOST:
                rows.append(Statement(str(who)[:40], what[:40], value[:_LONGEST]))
    return tuple(rows)


def word(name: str) -> str:
    """The name of a speaker or a field in the reader's language; an unknown one as it is."""
    return str(_WORDS.get(name, name))


def _pairs(values: Any) -> Iterator[tuple[str, str]]:
    if isinstance(values, Mapping):
        for what, value in values.items():
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                yield str(what), str(value)
    elif isinstance(values, str):
        yield "", values
