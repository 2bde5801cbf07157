"""What stands in an article's page and is not the article, and how it is known.

Rules name what publishers of all the web call such things (tags, roles, words in class and id, the words that readers
see), never one site. Each gives its reason, which goes into ``Article.removed``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from newsreel.extraction.boilerplate_words import LABELS, NAMES, STARTS

if TYPE_CHECKING:
    from newsreel.extraction.page import Node

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


def junk_element(node: Node, *, by_name: bool = True) -> str:
    """Why an element is not part of an article, by its tag, role and (``by_name``) the words of its class and id;
    '' where nothing says so.
    """
    if node.tag in TAGS:
        return TAGS[node.tag]
    if not (attributes := node.attributes):
        return ""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or STYLE_HIDDEN.search(node.get("style")):
        return "hidden"
    if role := ROLES.get(node.get("role").lower()):
        return role
    if node.tag in ("html", "body", "main", "h1"):
        return ""
    if not by_name:
        return ""
    names = f"{node.get('class')} {node.get('id')} {node.get('data-testid')} {node.get('data-component')}"
    return _junk_names(names[:600]) if names.strip() else ""


NAME_REASONS = tuple(NAMES)


@lru_cache(maxsize=16_384)
def _junk_names(names: str) -> str:
    return next((reason for reason in NAME_REASONS for gram in grams(names) if reason in gram_reasons(gram)), "")


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
