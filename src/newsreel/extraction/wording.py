"""What the words of a leaf say about it: labels, pointers elsewhere, appeals, adverts, particulars, credits; as numbers.

A leaf is looked at by its words alone, so that a bare paragraph without a class tells as much as a box with a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from newsreel.extraction.appeal_words import DEEDS, TRADE
from newsreel.extraction.appeals import ACTION, LINE_SIGNS, PAID, strength
from newsreel.extraction.boilerplate import junk_text
from newsreel.extraction.captions import ends_as_credit

Floats = npt.NDArray[np.float32]

SIGNS: Final = 7
LABEL, POINTER, APPEAL, ADVERT, ACT, PARTICULAR, CREDIT = range(SIGNS)
MAX_SHORT: Final = 300
MAX_CREDIT: Final = 500
_STEM: Final = 4  # letters of a word by which an appeal is suspected
_ALTERNATIVE = re.compile(r"[^\W\d_]{3,}")
_WIDE = re.compile(r"[\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def _stems(words: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The beginnings of the words of a list of regular expressions, and those of scripts without spaces whole."""
    spaced: set[str] = set()
    wide: set[str] = set()
    for line in words.split("\n"):
        for word in _ALTERNATIVE.findall(line.lower()) + [part for part in line.split("|") if _WIDE.match(part)]:
            (wide if _WIDE.match(word) else spaced).add(word if _WIDE.match(word) else word[:_STEM])
    return frozenset(spaced), tuple(sorted(wide))


_SUSPECT = _stems(DEEDS + TRADE)


def wording(texts: Sequence[str]) -> Floats:
    """(SIGNS, leaves): 1 where the words of a leaf are of that kind; APPEAL also 0.5."""
    out = np.zeros((SIGNS, len(texts)), np.float32)
    for place in _suspected(texts):
        out[APPEAL, place] = strength(texts[place]) / 2
    for place, text in enumerate(texts):
        size = len(text)
        if size > MAX_CREDIT:
            continue
        if ends_as_credit(text):
            out[CREDIT, place] = 1
        if size > MAX_SHORT:
            continue
        if reason := junk_text(text):
            out[LABEL if reason == "label" else POINTER, place] = 1
        if ACTION.match(text):
            out[ACT, place] = 1
        if PAID.search(text):
            out[ADVERT, place] = 1
        if any("0" <= char <= "9" for char in text[:60]) and sum(1 for sign in LINE_SIGNS if sign.search(text)) >= 2:
            out[PARTICULAR, place] = 1
    return out


def _suspected(texts: Sequence[str]) -> list[int]:
    """The leaves that hold a word of what appeals ask for. One look at a page's set of words clears most pages."""
    stems, wide = _SUSPECT
    joined = "\n".join(texts).lower()
    hits = [word for word in set(joined.split()) if word.lstrip("\"'(«“„‘¿¡")[:_STEM] in stems]
    hits += [word for word in wide if word in joined]
    if not hits:
        return []
    return [
        place for place, text in enumerate(texts) if (lowered := text.lower()) and any(hit in lowered for hit in hits)
    ]
