"""What kind of page a page is, by its own signs: what it says of itself, and whether its text is a row of teasers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from newsreel.core.encoding import decode
from newsreel.core.text import tokens
from newsreel.core.types import Article, PageSigns, SiteRule
from newsreel.extraction.article import extract_and_learn
from newsreel.extraction.learning import remembered
from newsreel.extraction.outline import Outline
from newsreel.extraction.structured import MAX_SCRIPTS, kind_of, load, objects

MAX_BYTES = 4_000_000
MAX_HEAD = 500_000  # characters in which og:type is looked for
MOST_ARTICLES = 5  # a page that states more of them is a list
HEADLINE = 4  # words of a link from which it is another article's headline
_SCRIPT = re.compile(r"<script\b[^<>]{0,500}?ld\+json[^<>]{0,500}>", re.IGNORECASE)
_META = re.compile(r"<meta\b[^<>]{1,1000}>", re.IGNORECASE)
_OG_TYPE = re.compile(r"""(?:property|name)\s*=\s*["']?og:type["'\s>]""", re.IGNORECASE)
_CONTENT = re.compile(r"""content\s*=\s*(?:"([^"]{0,60})"|'([^']{0,60})'|([^\s"'>]{1,60}))""", re.IGNORECASE)
# Of pages that list articles, and of those about a person or the site itself.
_LISTS = frozenset("CollectionPage SearchResultsPage ProfilePage ItemList AboutPage ContactPage FAQPage Blog".split())


def extract_with_signs(
    html: bytes,
    url: str,
    *,
    content_type: str | None = None,
    memory: Iterable[bytes] = (),
    rule: SiteRule | None = None,
) -> tuple[Article, bytes, str, tuple[bool, bool, str, float, int, float]]:
    """``extract_with_memory``, and the page's signs as a plain tuple, for a caller in another process."""
    reading = extract_and_learn(html, url, content_type, remembered(memory), rule)
    whole = "" if reading.text_without_memory == reading.article.text else reading.text_without_memory
    kept = reading.choice.kept if reading.choice is not None else []
    signs = page_signs(html, content_type, reading.outline, kept)
    plain = (signs.article, signs.lists, signs.og_type, signs.teased, signs.teasers, signs.linked)
    return reading.article, reading.lesson.to_bytes(), whole, plain


def page_signs(html: bytes, content_type: str | None, outline: Outline, kept: Iterable[int]) -> PageSigns:
    """The signs of a page, of which the leaves ``kept`` were chosen as its text."""
    text = decode(html[:MAX_BYTES], content_type)[0]
    article, lists = _stated(text)
    leaves = sorted(kept)
    return PageSigns(article, lists, _og_type(text), *_teased(outline, leaves), _linked(outline, leaves))


def _stated(text: str) -> tuple[bool, bool]:
    types: list[str] = []
    for script in _scripts(text):
        value = load(script)
        for entry in objects(value) if value is not None else ():
            stated = entry.get("@type")
            names = stated if isinstance(stated, list) else [stated]
            types += [name.rpartition("/")[2][:100] for name in names[:5] if isinstance(name, str)]
    articles = sum(kind_of(name) == 0 for name in types)
    return 0 < articles <= MOST_ARTICLES, articles > MOST_ARTICLES or any(name in _LISTS for name in types)


def _scripts(text: str) -> list[str]:
    found = []
    for match in _SCRIPT.finditer(text):
        end = text.find("</", match.end())
        found.append(text[match.end() : end if end >= 0 else len(text)])
        if len(found) >= MAX_SCRIPTS:
            break
    return found


def _og_type(text: str) -> str:
    for match in _META.finditer(text, 0, MAX_HEAD):
        if _OG_TYPE.search(match[0]) and (said := _CONTENT.search(match[0])):
            return (said[1] or said[2] or said[3] or "").strip().lower()
    return ""


def _teased(outline: Outline, kept: list[int]) -> tuple[float, int]:
    """Of the places between two running texts the share (and number) with a headline link in between."""
    running = [leaf for leaf in kept if not _is_headline(outline, leaf)]
    if len(running) < 3:
        return 0.0, 0
    between = sum(
        any(_is_headline(outline, leaf) for leaf in range(one + 1, other)) for one, other in pairwise(running)
    )
    return between / (len(running) - 1), between


def _linked(outline: Outline, kept: list[int]) -> float:
    """The share of the text that is links of some words."""
    links = sum(len(outline.text[leaf]) for leaf in kept if _is_headline(outline, leaf))
    return links / max(1, sum(len(outline.text[leaf]) for leaf in kept))


def _is_headline(outline: Outline, leaf: int) -> bool:
    """Whether a leaf is nothing but a link of some words."""
    text = outline.text[leaf]
    return outline.linked[leaf] * 10 >= len(text.replace(" ", "")) * 8 and len(tokens(text)) >= HEADLINE
