"""What the page as a whole says about a choice that was made leaf by leaf.

The next story on an endless page is another article; a list or a table is the article's as a whole or not at all; what the
page's data calls its text tells where the article is. Measured on the recorded pages by ratings of unseen sites: the first is
worth 0.003 of F1 on newspapers, the second 0.002 elsewhere, the third 0.002 on magic.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from newsreel.extraction.features import Features, Stated
from newsreel.extraction.outline import Outline
from newsreel.extraction.tags import BANNER, BIT, NAME_IDS, REASONS

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

OWN_TEXT: Final = 400.0  # running text of the article around the title from which it is believed
OWN_SHARE: Final = 0.25  # of the longest other article: less is a teaser at the head of another page
OTHERS: Final = 0.05  # what the ratings of other articles are worth
MIN_STATED: Final = 400  # characters
FOUND: Final = 0.6  # of the stated text that must be on the page
NEAR, FAR = 1, 0.1  # leaves around what was found; what ratings further away are worth
MIN_ITEMS, MAX_ITEMS, MAX_GAP = 2, 200, 60  # leaves of a list or table
SURE, LEAST = 0.6, 0.1  # ratings on both sides of a gap, and of each leaf in it
PARAGRAPH: Final = 80.0  # weight
BUSINESS, BUSINESS_SHARE = 0.3, 0.2  # what its ratings are worth; of the page's running text
_BUSINESS = BANNER | BIT["cookie notice"] | BIT["comments"]
_GROUPS = frozenset(NAME_IDS[name] for name in ("table", "ul", "ol"))
_NAMED = (1 << len(REASONS)) - 1
_ARTICLE = NAME_IDS["article"]


def weighed(ratings: Floats, outline: Outline, seen: Features, stated: Stated) -> Floats:
    """The ratings with less for what stands in a box that is called consent or comments, in another article than the title
    does, or far from the stated text.
    """
    ratings = _but_business(ratings, outline, seen)
    return _near_stated(_of_own_article(ratings, outline, seen), outline, seen, stated)


def _but_business(ratings: Floats, outline: Outline, seen: Features) -> Floats:
    """A box of that name is small: what holds a fifth of the page's text is misnamed."""
    running = np.concatenate(([0.0], np.cumsum(seen.running)))
    most = BUSINESS_SHARE * running[-1]
    business = {
        box
        for box, tag in enumerate(outline.tag)
        if tag.bits & _BUSINESS and running[outline.last[box]] - running[outline.first[box]] < most
    }
    if not business:
        return ratings
    found = ratings.copy()
    for box in business:
        found[outline.first[box] : outline.last[box]] *= BUSINESS
    return found


def _of_own_article(ratings: Floats, outline: Outline, seen: Features) -> Floats:
    if seen.title < 0 or outline.box[seen.title] < 0:
        return ratings
    if sum(tag.number == _ARTICLE for tag in outline.tag) < 2:
        return ratings
    around = _articles(outline)
    own = around[outline.box[seen.title]]
    if own < 0:
        return ratings
    first, last = outline.first[own], outline.last[own]
    others: dict[int, list[int]] = {}
    for leaf, box in enumerate(outline.box):
        if not first <= leaf < last and box >= 0 and around[box] >= 0:
            others.setdefault(around[box], []).append(leaf)
    mine = float(seen.running[first:last].sum())
    longest = max((float(seen.running[leaves].sum()) for leaves in others.values()), default=0.0)
    if not others or mine < OWN_TEXT or longest * OWN_SHARE > mine:
        return ratings
    found = ratings.copy()
    for leaves in others.values():
        found[leaves] *= OTHERS
    return found


def _articles(outline: Outline) -> list[int]:
    """For each box the innermost article around it, itself included; -1 where there is none."""
    around: list[int] = []
    for box, above in enumerate(outline.parent):
        around.append(box if outline.tag[box].number == _ARTICLE else around[above] if above >= 0 else -1)
    return around


def _near_stated(ratings: Floats, outline: Outline, seen: Features, stated: Stated) -> Floats:
    if len(stated.body) < MIN_STATED:
        return ratings
    body = " ".join(stated.body.split())
    held = np.array([len(text) >= 15 and text[2:50] in body for text in outline.text])
    if (seen.weight * held).sum() < FOUND * len(body):
        return ratings
    places = np.flatnonzero(held)
    found = ratings * FAR
    near = slice(max(0, int(places[0]) - NEAR), int(places[-1]) + NEAR + 1)
    found[near] = ratings[near]
    return found


def whole_groups(chosen: Bools, ratings: Floats, outline: Outline, weight: Floats) -> Bools:
    """The choice with each list and table taken or left as a whole, the outer after the inner, and without gaps."""
    chosen = chosen.copy()
    groups = [box for box, tag in enumerate(outline.tag) if tag.number in _GROUPS]
    for box in groups:
        part = slice(outline.first[box], outline.last[box])
        size = part.stop - part.start
        if MIN_ITEMS <= size <= MAX_ITEMS and (inner := chosen[part]).any() and not inner.all():
            chosen[part] = 2 * float((inner * weight[part]).sum()) >= float(weight[part].sum())
    return _without_gaps(chosen, ratings, outline, weight, groups)


def _without_gaps(chosen: Bools, ratings: Floats, outline: Outline, weight: Floats, groups: Sequence[int]) -> Bools:
    """What stands between two sure leaves and is nothing but lists, tables and long paragraphs, is of the article too."""
    filling = weight >= PARAGRAPH
    for box in groups:
        filling[outline.first[box] : outline.last[box]] = True
    filling &= ratings >= LEAST
    places = np.flatnonzero(chosen)
    for before, after in pairwise(places.tolist()):
        if not 1 < after - before <= MAX_GAP or min(ratings[before], ratings[after]) <= SURE:
            continue
        if filling[before + 1 : after].all() and _plain(outline, before + 1, after, outline.box[before]):
            chosen[before + 1 : after] = True
    return chosen


def _plain(outline: Outline, first: int, last: int, like: int) -> bool:
    """Whether leaves are text rather than links, in boxes with no worse names than those of the box ``like``."""
    known = outline.bits[like] if like >= 0 else 0
    named = any(outline.bits[box] & ~known & _NAMED for box in outline.box[first:last] if box >= 0)
    return not named and sum(outline.linked[first:last]) < 0.2 * sum(map(len, outline.text[first:last]))
