"""JSON-LD of a page: the objects that schema.org calls articles, however the page wraps them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

MAX_SCRIPTS = 40
MAX_OBJECTS = 3000  # objects looked at on one page
_CONTROL = re.compile(r"[\x00-\x1f]+")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|articleSection|inLanguage)"\s*:\s*"((?:[^"\\]|\\.){1,1000})"'
)
_TOLD = ("headline", "datePublished", "dateModified", "articleBody", "author")
_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|NewsStory|AnalysisNewsArticle|Review)$")

_PAGE = re.compile(r"(?:WebPage|ItemPage)$")

# Fields that hold no article, or others' articles: half of all objects of the recorded pages stand in them.
_ASIDE = frozenset(
    "author publisher creator image logo thumbnail comment itemListElement liveBlogUpdate potentialAction breadcrumb "
    "speakable about mentions keywords video contentLocation address sameAs offers aggregateRating".split()
)

Data = dict[str, Any]


class Statements(NamedTuple):
    """What a page's JSON-LD holds: its articles, and what it says of itself as a page, in the page's order."""

    articles: list[Data]
    pages: list[Data]


def read_statements(scripts: list[str]) -> Statements:
    """The objects of a type of article or page. Broken JSON gives what single fields can be read from it."""
    found = Statements([], [])
    for script in scripts[:MAX_SCRIPTS]:
        if not any(name in script for name in _TOLD):
            continue  # a trail of bread crumbs, an address, a list: nothing that says something of the article
        value = load(script)
        if value is None:
            fields = {
                name: html.unescape(text.replace('\\"', '"').replace("\\/", "/"))
                for name, text in _FIELD.findall(script)
            }
            if "headline" in fields or "datePublished" in fields:
                found.articles.append({"@type": "Article", **fields})
            continue
        for entry in objects(value):
            if kinds := entry.get("@type"):
                kind = _kind(kinds)
                if kind is not None:
                    found[kind].append(entry)
    return found


def _kind(kinds: object) -> int | None:
    """Which of the statements' lists an object of these types belongs to."""
    names = kinds if isinstance(kinds, list) else [kinds]
    known = [kind for name in names if isinstance(name, str) and (kind := kind_of(name[:100])) is not None]
    return min(known, default=None)


@lru_cache(maxsize=512)
def kind_of(name: str) -> int | None:
    """0 for a type of article, 1 for one of page, None for any other."""
    return 0 if _ARTICLE.search(name) else 1 if _PAGE.search(name) else None


def objects(value: object) -> Iterator[Data]:
    """The objects in a JSON value that may be the page's article, the outer before the inner, no more than MAX_OBJECTS."""
    queue: list[object] = [value]
    for position in range(MAX_OBJECTS):
        if position >= len(queue):
            return
        item = queue[position]
        if isinstance(item, dict):
            yield item
            queue += [child for name, child in item.items() if isinstance(child, (dict, list)) and name not in _ASIDE]
        elif isinstance(item, list):
            queue += [child for child in item if isinstance(child, (dict, list))]


def words(value: object) -> str:
    """A field's text, whether it stands bare, in a list, or as an object with a name; '' where there is none."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = (
                value.get("name")
                or value.get("@value")
                or value.get("headline")
                or value.get("url")
                or value.get("@id")
            )
        else:
            break
    return html.unescape(value) if isinstance(value, str) else ""


def load(script: str) -> object | None:
    """The value of a JSON-LD script, mended where it is broken in the usual ways; None where it cannot be read."""
    # From the first bracket to the last: comments, CDATA marks and semicolons around them go.
    starts = [place for mark in "{[" if (place := script.find(mark)) >= 0]
    if not starts:
        return None
    bare = script[min(starts) : max(script.rfind("}"), script.rfind("]")) + 1]
    for mend in _MENDERS:
        text = mend(bare)
        if not text:
            continue
        try:
            # strict=False: line breaks inside strings are common.
            value: object = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        return value
    return None


# What makes broken JSON readable, each tried where the one before did not do.
_MENDERS: tuple[Callable[[str], str], ...] = (
    str,
    lambda text: _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", text)),
    lambda text: html.unescape(text) if "&quot;" in text else "",
)
