"""Which leaves of a page are the article's: the learned judge's ratings -> a choice, and why each other leaf is not.

The measure of an extraction is F1, so a page's threshold is where the F1 that its own ratings let expect is highest: a page of
clear cases takes what is likelier than not, one of doubtful cases takes more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsreel.extraction.coherence import weighed, whole_groups
from newsreel.extraction.features import Features, Stated, features
from newsreel.extraction.model import Judge, model
from newsreel.extraction.outline import Outline
from newsreel.extraction.tags import BIT, DROP, INSIDE, KEEP, REASONS

Floats = npt.NDArray[np.float32]

# What is near the threshold stands among the article's leaves more often than its rating says: on the recorded pages, sites
# unseen, 0.65 is worth 0.001 to 0.003 of F1 in all three corpora.
MARGIN = 0.65
RULED = "site rule"
PLACES = ("above the article", "below the article", "not the article's")


@dataclass(slots=True)
class Choice:
    """``kept`` leaves in order, the ``ratings`` of all, the leaf that shows the ``title`` (-1 where none does), and whether a
    site rule had its say.
    """

    kept: list[int]
    ratings: Floats
    title: int
    ruled: bool = False


def choose(outline: Outline, stated: Stated, judge: Judge | None = None, *, ruled: bool = False) -> Choice:
    """The article's leaves of a page, by ``judge`` (the stored model where None) and, where the page was ``ruled``, by the
    marks of its site's rule.
    """
    if not outline.text:
        return Choice([], np.zeros(0, np.float32), -1)
    seen = features(outline, stated)
    ratings = weighed((judge or model()).rate(seen.rows, seen.weight), outline, seen, stated)
    if ruled:
        marks = np.array([outline.bits[box] & (KEEP | DROP) if box >= 0 else 0 for box in outline.box])
        ratings[marks >= DROP] = 0
        if (marks & KEEP).any():
            ratings = (marks == KEEP).astype(np.float32)
            return Choice(np.flatnonzero(ratings).tolist(), ratings, seen.title, ruled)
        return Choice(_best(ratings, seen, outline), ratings, seen.title, ruled)
    return Choice(_best(ratings, seen, outline), ratings, seen.title)


def _best(ratings: Floats, seen: Features, outline: Outline) -> list[int]:
    chosen = whole_groups(ratings >= expected_threshold(ratings, seen.weight), ratings, outline, seen.weight)
    if seen.title >= 0:
        chosen[seen.title] = False
    return np.flatnonzero(chosen).tolist()


def expected_threshold(ratings: Floats, weight: Floats) -> float:
    """MARGIN times the rating from which on leaves are taken so that the expected F1 (2 sum of taken and true / (taken + true))
    is highest.
    """
    order = np.argsort(-ratings)
    true = np.cumsum((ratings * weight)[order])
    taken = np.cumsum(weight[order])
    best = int(np.argmax(2 * true / (taken + true[-1] + 1e-9)))
    return MARGIN * float(ratings[order[best]])


def reason_of(outline: Outline, leaf: int, choice: Choice) -> str:
    """Why a leaf is not the article's: by the names and tags around it, else by its links, else by its place."""
    kept = choice.kept
    if leaf == choice.title:
        return "title"
    box = outline.box[leaf]
    bits = (outline.bits[box] if box >= 0 else 0) | outline.inline[leaf]
    if choice.ruled and (bits & DROP or (kept and outline.bits[outline.box[kept[0]]] & KEEP)):
        return RULED
    if bits & INSIDE["figcaption"]:
        return "caption"
    for reason in REASONS:
        if bits & BIT[reason]:
            return reason
    if outline.linked[leaf] * 2 > len(outline.text[leaf]):
        return "link"
    above, below, other = PLACES
    return above if kept and leaf < kept[0] else below if kept and leaf > kept[-1] else other
