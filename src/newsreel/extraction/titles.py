"""The title of an article among what a page calls by that name.

A page states it up to six times: in an h1, in JSON-LD, for social networks, in the title element with the site's
name behind it. Stated rules, each as the recorded pages show it (``benchmarks/extraction.py``):

- Where the h1 is the last step of a bread crumb it is written for search engines, and readers see the heading behind
  it: what that heading shows and JSON-LD or og:title states is the title.
- The headline of a news article's JSON-LD is set by its editors. It yields to the h1 where it stands alone against all
  other statements, and where the page's statements differ from each other and from the h1.
- Else what an h1 and another statement agree on; then an h1 that shares half of its words with another (of 791 pages of
  the open web 60 got better by it and 18 worse); then JSON-LD, social networks and the title element, without the site's
  name.

A ranker with 35 learned weights over the same candidates, trained on other sites than it was tried on, had 83 to 86 % of
the newspapers' titles where rules had 89 %.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from newsreel.core.text import squeeze, tokens
from newsreel.core.urls import host_of
from newsreel.extraction.page import Node
from newsreel.extraction.signs import Signs
from newsreel.extraction.site_names import Names, without_name, without_site
from newsreel.extraction.structured import Data, words

MAX_TITLE = 400
MAX_HEADINGS = 12
MAX_LESSER = 60
BEHIND_CRUMB = 40  # elements behind a bread crumb in which the heading that readers see is looked for
MIN_WORDS = 3  # of a heading that another statement is compared with
MIN_OUTVOTING = 5
MAX_STEP = 40  # characters of a bread crumb's step
_SOCIAL = ("og:title", "twitter:title", "dc.title", "title")
_KICKER = re.compile(r"(?<=\S)(?::\s|\s[-–|]\s|\uff1a)\s*")
# Soft hyphens, zero-width spaces, marks of direction. The zero-width (non-)joiners are letters' business.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_CRUMB = re.compile(r"bread-?_?crumb|seo-?_?(?:title|headline)", re.IGNORECASE)


class Statement:
    """A text that may be the title, and its words."""

    __slots__ = ("text", "words")

    def __init__(self, text: str) -> None:
        self.text = clean(text)
        self.words = tokens(self.text)

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(slots=True)
class Heading:
    """An h1: what it says, where it stands."""

    said: Statement
    position: int
    hidden: bool = False  # readers see another heading in its stead


def clean(text: str) -> str:
    """A title as one line: without what is not seen, with entities that were escaped twice resolved."""
    text = text[: 4 * MAX_TITLE]
    if "&" in text:
        text = html.unescape(text)
    return squeeze(text if text.isascii() else _INVISIBLE.sub("", text))[:MAX_TITLE]


def best_title(article: Data, signs: Signs, title_element: str, url: str) -> tuple[str, int | None]:
    """The title, and the place of the heading that shows it where one does."""
    meta = signs.meta
    publisher = words(article.get("publisher"))
    site = {squeeze(name).lower() for name in (*meta.get("og:site_name", ()), publisher) if name}
    names = Names(site, host_of(url).removeprefix("www."))
    headings = _headings(signs, names)
    headline = Statement(words(article.get("headline")))
    social = [said for name in _SOCIAL for text in meta.get(name, ())[:1] if (said := Statement(text))]
    element = Statement(title_element)
    for heading in headings:
        shown = _behind_crumb(heading, signs, [headline, *social[:1]])
        if shown is not None:
            return shown
    if headline and _is_news(article):
        title, place = _news(headline, headings, social, element, names)
    else:
        title, place = _agreed(headings, [said for said in (headline, *social, element) if said], names)
    return title, _lesser(title, signs) if place is None else place


def _lesser(title: str, signs: Signs) -> int | None:
    """The heading below h1 that says the title, of pages that have no h1 for it."""
    wanted = tokens(title)
    if len(wanted) < MIN_WORDS:
        return None
    return next(
        (
            place
            for place in signs.lesser[:MAX_LESSER]
            if tokens(clean(signs.order[place].text()))[-len(wanted) :] == wanted
        ),
        None,
    )


def _headings(signs: Signs, names: Names) -> list[Heading]:
    found = (Heading(Statement(signs.order[place].text()), place) for place in signs.headings[:MAX_HEADINGS])
    return [heading for heading in found if heading.said and heading.said.text not in names]


def _behind_crumb(heading: Heading, signs: Signs, stated: list[Statement]) -> tuple[str, int | None] | None:
    """The heading that readers see where the h1 is a bread crumb's last step, as one of the statements has it."""
    behind = signs.order[heading.position + 1 : heading.position + 1 + BEHIND_CRUMB]
    place = next((place for place, node in enumerate(behind) if node.tag == "h2"), None)
    if place is None or not _is_crumb(signs.order[heading.position]):
        return None
    heading.hidden = True
    # A kicker stands in an element of its own: what is stated without it is the title.
    shown = [tokens(clean(node.text())) for node in _parts(behind[place])]
    for words_shown in sorted(shown, key=len):
        for said in stated:
            if len(words_shown) >= 3 and said.words == words_shown:
                return said.text, heading.position + 1 + place
    return None


def _parts(node: Node) -> list[Node]:
    parts: list[Node] = []
    for part in node.walk():
        parts.append(part)
        if len(parts) > MAX_HEADINGS:
            break
    return parts


def _is_crumb(node: Node) -> bool:
    """Whether an h1 is a step of a bread crumb: called so, in a nav, or the last of several links in a row."""
    for step, above in enumerate((node, *node.ancestors())):
        if above.tag == "nav" or _CRUMB.search(above.get("class")) or "Breadcrumb" in above.get("itemtype"):
            return True
        if step == 5:
            break
    row = node.parent if node.parent is not None and node.parent.tag == "li" else node
    return row.parent is not None and sum(map(_is_step, _before(row))) >= 2


def _before(node: Node) -> list[Node]:
    before: list[Node] = []
    for sibling in node.parent.children if node.parent is not None else ():
        if sibling is node or len(before) > MAX_HEADINGS:
            break
        if isinstance(sibling, Node):
            before.append(sibling)
    return before


def _is_step(node: Node) -> bool:
    """Whether an element is a link and nothing else, of a few words."""
    links = [part for part in _parts(node) if part.tag == "a"]
    return len(links) == 1 and 0 < len(said := squeeze(links[0].text())) <= MAX_STEP and squeeze(node.text()) == said


def _news(
    headline: Statement, headings: list[Heading], social: list[Statement], element: Statement, names: Names
) -> tuple[str, int | None]:
    """A news article's headline, as the h1 writes it where that is the same but for its ends."""
    for heading in headings:
        said = heading.said
        if not _agree(said, headline):
            continue
        # 'Kicker: Title' in the data, the kicker apart from the h1: the data's is whole, unless another has it so too.
        longer = len(headline.words) > len(said.words) and headline.text.endswith(said.text)
        whole = longer and all(said.text != other.text for other in social)
        return (headline.text if whole else said.text), heading.position
    others = [said for said in (*social, element) if said]
    for heading in headings:
        if _outvoted(headline, heading, others):
            return heading.said.text, heading.position
    return without_name(headline.text, names), _shown(headline.words, headings)


def _outvoted(headline: Statement, heading: Heading, others: list[Statement]) -> bool:
    """Whether the h1 is the title against a news article's headline: where all others are of its side, or of none."""
    if not others or heading.hidden or len(heading.said.words) < MIN_OUTVOTING:
        return False
    if not any(_near(headline, other) for other in others) and all(_agree(heading.said, other) for other in others):
        return True
    if any(_near(heading.said, other) for other in others):
        return False
    return not all(_near(one, other) for one, other in pairwise((headline, *others)))


def _agreed(headings: list[Heading], stated: list[Statement], names: Names) -> tuple[str, int | None]:
    """What the page's statements agree on, else the best of them."""
    for heading in headings:
        if common := _without_kickers(heading.said, stated):
            return common, heading.position
    for heading in headings:
        if any(_agree(heading.said, other) for other in stated):
            return heading.said.text, heading.position
    for heading in headings:
        if not heading.hidden and _shares(heading.said, stated):
            return _bare(heading.said, stated), heading.position
    everyone = [said.text for said in (*stated, *(heading.said for heading in headings))]
    for said in stated:
        bare = without_site(said.text, names, [other for other in everyone if other != said.text])
        if bare and bare not in names:
            return bare, _shown(tokens(bare), headings)
    return (headings[0].said.text, headings[0].position) if headings else ("", None)


def _without_kickers(heading: Statement, stated: list[Statement]) -> str:
    """What a heading and another statement have in common behind kickers that differ: 'One topic: Title' and
    'Another topic - Title' are both of 'Title'. '' where they have no such end.
    """
    for match in _KICKER.finditer(heading.text):
        end = heading.text[match.end() :]
        size = len(tokens(end))
        for other in stated:
            if size < 4 or not other.text.endswith(end):
                continue
            kicker = other.text[: -len(end)].rstrip()
            before = tokens(kicker)
            if (
                size >= 2 * len(before)
                and kicker.endswith((":", "-", "–", "|", "\uff1a"))
                and before != tokens(heading.text[: -len(end)])
            ):
                return end
    return ""


def _agree(heading: Statement, other: Statement) -> bool:
    """Whether a heading is what another statement says, apart from what that one has before or behind it."""
    one, two = heading.words, other.words
    length = len(one)
    if not one or length < min(3, len(two)):
        return False
    if one == two:
        return True
    return length >= 3 and length * 3 >= len(two) and (two[:length] == one or two[-length:] == one)


def _near(one: Statement, other: Statement) -> bool:
    """Whether two statements are the same but for a word or two, or for their ends."""
    first, second = set(one.words), set(other.words)
    if 4 * len(first & second) >= 3 * max(len(first), len(second)):
        return True
    return _agree(one, other) or _agree(other, one)


def _shares(heading: Statement, stated: Iterable[Statement]) -> bool:
    """Whether a heading is about what another statement is about: a site's slogan or a section's name is not."""
    own = set(heading.words)
    return len(own) >= 3 and any(2 * len(own & set(said.words)) >= len(own) for said in stated)


def _bare(heading: Statement, stated: Iterable[Statement]) -> str:
    """A heading without what stands before or behind it, where another statement has it so."""
    for said in stated:
        size = len(said.words)
        if MIN_WORDS <= size < len(heading.words) and (
            heading.words[-size:] == said.words or heading.text.startswith(said.text + " | ")
        ):
            return said.text
    return heading.text


def _shown(wanted: list[str], headings: list[Heading]) -> int | None:
    """The h1 that has most of a title's words, for the place of the visible date."""
    said = set(wanted)
    best = max(headings, key=lambda heading: len(said.intersection(heading.said.words)), default=None)
    return best.position if best and len(said.intersection(best.said.words)) * 2 >= len(said) else None


def _is_news(article: Data) -> bool:
    kinds = article.get("@type")
    return any(isinstance(kind, str) and "News" in kind for kind in (kinds if isinstance(kinds, list) else [kinds]))
