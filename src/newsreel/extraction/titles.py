"""The title of an article among what a page calls by that name.

A page states it up to six times: in an h1, in JSON-LD, for social networks, in the title element with the site's
name behind it. What two of them agree on is the title; where all differ, the h1 that stands alone, then JSON-LD.
"""

from __future__ import annotations

import html
import re

from newsreel.core.text import squeeze, tokens
from newsreel.extraction.page import Node
from newsreel.extraction.structured import Data, words

MAX_TITLE = 400
# ' | Site', ' - Site', ' – Site', '_Site' (Chinese sites), ' :: Site'
_SEPARATOR = re.compile(r"\s+[|–—\-·•»:]{1,2}\s+|\s*[||]\s*|_+|\s*::\s*|\s[<>«/]\s|--")


def best_title(
    article: Data, meta: dict[str, list[str]], nodes: list[Node], title_element: str
) -> tuple[str, Node | None]:
    """The title, and the h1 that shows it where one does."""
    names = {squeeze(name).lower() for name in (*meta.get("og:site_name", ()), words(article.get("publisher"))) if name}
    headings = [(text, node) for node in nodes if node.tag == "h1" and (text := squeeze(node.text())[:MAX_TITLE])]
    headline = squeeze(words(article.get("headline")))[:MAX_TITLE]
    social = [
        squeeze(html.unescape(text))[:MAX_TITLE]
        for name in ("og:title", "twitter:title", "dc.title", "title")
        for text in meta.get(name, ())[:1]
    ]
    element = squeeze(html.unescape(title_element))[:MAX_TITLE]
    stated = [text for text in (headline, *social, element) if text]
    if _is_news(article) and headline:
        # A news article's headline is set by its editors; other types' are often made from the search title.
        node = _shown(headline, headings)
        for text, heading in headings:
            if text.lower() not in names and _agree(text, headline):
                return text, heading
        bare = without_site(headline, names, [*social, element])
        if bare and bare.lower() not in names:
            return bare, node
    for text, node in headings:
        if text.lower() not in names and any(_agree(text, other) for other in stated):
            return text, node
    for text in (headline, *social, element):
        bare = without_site(
            text, names, [other for other in (*stated, *(heading for heading, _ in headings)) if other != text]
        )
        if bare and bare.lower() not in names:
            return bare, _shown(bare, headings)
    alone = [(text, node) for text, node in headings if text.lower() not in names]
    return alone[0] if len(alone) == 1 or (alone and not stated) else ("", None)


def without_site(text: str, names: set[str], others: list[str]) -> str:
    """A title without the site's name at its end or start: parts that name the site, or that no other statement has."""
    if not text:
        return ""
    for other in others:
        # Another statement that is the whole of this one but for its ends: that is the title.
        if (
            len(tokens(other)) >= 3
            and len(other) < len(text)
            and text.startswith(other)
            and _SEPARATOR.match(text[len(other) :])
        ):
            return other
    parts = [match.span() for match in _SEPARATOR.finditer(text)]
    if not parts:
        return text
    start, end = parts[-1]
    head, tail = text[:start].strip(), text[end:].strip()
    if tail.lower() in names or (
        _shares_end(text, tail, others) is False
        and len(tokens(tail)) <= 5
        and len(tokens(head)) >= 3
        and len(tail) < len(head)
    ):
        return without_site(head, names, others) if head else text
    first_end = parts[0][1]
    if text[: parts[0][0]].strip().lower() in names:
        return text[first_end:].strip()
    return text


def _shares_end(text: str, tail: str, others: list[str]) -> bool:
    """Whether another statement ends as this one does: then the end is the title's own."""
    return any(other.endswith(tail) and other != text for other in others)


def _agree(heading: str, other: str) -> bool:
    """Whether a heading is what another statement says, apart from what that one has before or behind it."""
    one, two = tokens(heading), tokens(other)
    if not one or len(one) < min(3, len(two)):
        return False
    if one == two:
        return True
    length = len(one)
    return length >= 3 and length * 3 >= len(two) and (two[:length] == one or two[-length:] == one)


def _shown(title: str, headings: list[tuple[str, Node]]) -> Node | None:
    """The h1 that has most of a title's words, for the place of the visible date."""
    wanted = set(tokens(title))
    best = max(headings, key=lambda pair: len(wanted & set(tokens(pair[0]))), default=None)
    return best[1] if best and len(wanted & set(tokens(best[0]))) * 2 >= len(wanted) else None


def _is_news(article: Data) -> bool:
    kinds = article.get("@type")
    return any(isinstance(kind, str) and "News" in kind for kind in (kinds if isinstance(kinds, list) else [kinds]))
