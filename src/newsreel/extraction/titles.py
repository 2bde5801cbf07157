"""The title of an article among what a page calls by that name.

A page states it up to six times: in an h1, in JSON-LD, for social networks, in the title element with the site's
name behind it. What two of them agree on is the title; where all differ, the h1 that stands alone, then JSON-LD.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from newsreel.core.text import squeeze, tokens
from newsreel.core.urls import host_of
from newsreel.extraction.page import Node
from newsreel.extraction.structured import Data, words

MAX_TITLE = 400
# ' | Site', ' - Site', ' – Site', '_Site' (Chinese sites), ' :: Site', and the full-width bar of East Asian sites
_KICKER = re.compile(r"(?<=\S)(?::\s|\s[-–|]\s|\uff1a)\s*")
_SEPARATOR = re.compile(r"\s+[|–—\-·•»:]{1,2}\s+|\s*[|\uff5c]\s*|_+|\s*::\s*|\s[<>«/]\s|--")


def best_title(
    article: Data, meta: dict[str, list[str]], nodes: list[Node], title_element: str, url: str
) -> tuple[str, Node | None]:
    """The title, and the h1 that shows it where one does."""
    site = {squeeze(name).lower() for name in (*meta.get("og:site_name", ()), words(article.get("publisher"))) if name}
    names = _Names(site, host_of(url).removeprefix("www."))
    headings = [(text, node) for node in nodes if node.tag == "h1" and (text := squeeze(node.text())[:MAX_TITLE])]
    headings = [(text, node) for text, node in headings if text not in names]
    headline = squeeze(words(article.get("headline")))[:MAX_TITLE]
    social = [
        squeeze(html.unescape(text))[:MAX_TITLE]
        for name in ("og:title", "twitter:title", "dc.title", "title")
        for text in meta.get(name, ())[:1]
    ]
    element = squeeze(html.unescape(title_element))[:MAX_TITLE]
    if headline and _is_news(article):
        # A news article's headline is set by its editors; other types' are often made from the search title. Where it
        # stands alone against a heading and all other statements it is right more often: 7 of 8 recorded pages.
        return _headline(headline, headings, social, names)
    stated = [text for text in (headline, *social, element) if text]
    for text, node in headings:
        if common := _without_kickers(text, stated):
            return common, node
    for text, node in headings:
        if any(_agree(text, other) for other in stated):
            return text, node
    for text in stated:
        others = [other for other in (*stated, *(heading for heading, _ in headings)) if other != text]
        bare = without_site(text, names, others)
        if bare and bare not in names:
            return bare, _shown(bare, headings)
    return headings[0] if headings else ("", None)


def _without_kickers(heading: str, stated: list[str]) -> str:
    """What a heading and another statement have in common behind kickers that differ: 'One topic: Title' and
    'Another topic - Title' are both of 'Title'. '' where they have no such end.
    """
    ends = [heading[match.end() :] for match in _KICKER.finditer(heading)]
    for end in ends:
        for other in stated:
            kicker = other[: -len(end)].rstrip()
            if (
                len(tokens(end)) >= max(4, 2 * len(tokens(kicker)))
                and other.endswith(end)
                and kicker.endswith((":", "-", "–", "|", "\uff1a"))
                and tokens(kicker) != tokens(heading[: -len(end)])
            ):
                return end
    return ""


def _headline(
    headline: str, headings: list[tuple[str, Node]], social: list[str], names: _Names
) -> tuple[str, Node | None]:
    """JSON-LD's headline, as the h1 writes it where that is the same but for its ends."""
    for text, node in headings:
        if not _agree(text, headline):
            continue
        # 'Kicker: Title' in the data, the kicker apart from the h1: the data's is whole, unless another has it so too.
        longer = len(tokens(headline)) > len(tokens(text)) and headline.endswith(text) and text not in social
        return (headline if longer else text), node
    return _without_name(headline, names), _shown(headline, headings)


@dataclass(frozen=True, slots=True)
class _Names:
    """What a site is called: by itself, and by its host."""

    stated: set[str]
    host: str

    def __contains__(self, text: object) -> bool:
        if not isinstance(text, str) or not text:
            return False
        lowered = text.lower()
        letters = "".join(char for char in lowered if char.isalnum())
        return lowered in self.stated or (len(letters) >= 3 and letters in self.host.replace(".", "").replace("-", ""))


def _without_name(text: str, names: _Names) -> str:
    """A title without the site's name at its end, where that is a name of the site."""
    parts = [match.span() for match in _SEPARATOR.finditer(text)]
    if parts and text[parts[-1][1] :].strip() in names:
        return text[: parts[-1][0]].strip() or text
    return text


def without_site(text: str, names: _Names, others: list[str]) -> str:
    """A title without the site's name at its end or start: parts that name the site, or that no other statement has."""
    for other in others:
        # Another statement that is the whole of this one but for its ends: that is the title.
        rest = text[len(other) :] if text.startswith(other) else ""
        if rest and len(tokens(other)) >= 3 and _SEPARATOR.match(rest):
            return other
    for _ in range(3):
        parts = [match.span() for match in _SEPARATOR.finditer(text)]
        if not parts:
            return text
        head, tail = text[: parts[-1][0]].strip(), text[parts[-1][1] :].strip()
        foreign = len(tokens(tail)) <= 5 and len(tokens(head)) >= 3 and len(tail) < len(head)
        if head and (tail in names or (foreign and not _shares_end(text, tail, others))):
            text = head
        elif text[: parts[0][0]].strip() in names:
            text = text[parts[0][1] :].strip()
        else:
            return text
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
