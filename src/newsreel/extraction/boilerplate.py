"""What stands in an article's page and is not the article, and how it is known.

Rules name what publishers of all the web call such things (tags, roles, words in class and id, the words that readers
see), never one site. Each gives its reason, which goes into ``Article.removed``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from newsreel.extraction.boilerplate_words import LABELS, NAMES, STARTS

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

TAGS = {
    "nav": "navigation", "footer": "footer", "form": "form", "button": "control", "input": "control", "select": "control",
    "dialog": "dialog", "aside": "aside", "menu": "navigation", "object": "embedded", "embed": "embedded", "audio": "player",
    "video": "player", "canvas": "embedded", "label": "control", "map": "embedded", "datalist": "control",
}  # fmt: skip
ROLES = {
    "navigation": "navigation", "banner": "navigation", "contentinfo": "footer", "complementary": "aside", "dialog": "dialog",
    "alertdialog": "dialog", "search": "form", "menu": "navigation", "menubar": "navigation", "toolbar": "share bar",
    "tablist": "control", "button": "control", "form": "form",
}  # fmt: skip


# Words of class and id, after camelCase is split and all is lower case; a name may be several of them in a row.
_NAMES = tuple((reason, re.compile(rf"(?:{'|'.join(words.split())})")) for reason, words in NAMES.items())
_ANY_NAME = re.compile("|".join(f"(?:{'|'.join(words.split())})" for words in NAMES.values()))
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_LINKING = frozenset(("to", "of", "zum", "may", "up"))  # middle words of names of three
STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


NAME_REASONS = tuple(NAMES)


def grams(names: str) -> list[str]:
    """The words of class and id in lower case, each alone and with the next."""
    # What is not of letters alone is a number or a hash.
    words = [word for word in _BETWEEN_WORDS.split(_CAMEL.sub("-", names).lower()) if word.isalpha() and len(word) < 24]
    pairs = [f"{one}-{two}" for one, two in pairwise(words)]
    threes = [
        f"{one}-{two}-{three}" for one, two, three in zip(words, words[1:], words[2:], strict=False) if two in _LINKING
    ]
    return [*words, *pairs, *threes]


@lru_cache(maxsize=65_536)
def gram_reasons(gram: str) -> tuple[str, ...]:
    """All reasons that one or more words of a name give. The words of the web's names are few: nearly all are known."""
    if not _ANY_NAME.fullmatch(gram):
        return ()
    return tuple(reason for reason, pattern in _NAMES if pattern.fullmatch(gram))


# What readers see: the whole of a short text, or its start where the rest cannot be the article's.
_LABELS = re.compile(rf"^(?:{'|'.join(LABELS.split(chr(10))[1:-1])})\W*$", re.IGNORECASE)
_STARTS = re.compile(rf"^(?:{'|'.join(STARTS.split(chr(10))[1:-1])})", re.IGNORECASE)
LABEL_LENGTH = 140


def junk_text(text: str) -> str:
    """Why a short text is not part of an article, by its words; '' where nothing says so."""
    if len(text) > 300:
        return ""
    if len(text) <= LABEL_LENGTH and _LABELS.match(text):
        return "label"
    if _STARTS.match(text):
        return "pointer elsewhere"
    return ""
