"""The terms of a text that could be keywords: words, phrases and names, as they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from newsreel.core.text import spans
from newsreel.enrichment.stemming import stem
from newsreel.enrichment.stopwords import stopwords

LONGEST = 4  # words in a phrase
WORDS = 4000  # read of a text

# What ends a phrase: anything between two words but a space, a hyphen, an apostrophe or the dot of an initial.
_JOIN = re.compile(r"[  \t]|[-‐‑'’&]|\. ?")
_SENTENCE_END = re.compile(r"[.!?…\n。！？؟।]")
# Small words inside of names: Bank of England, Côte d'Ivoire, Rio de Janeiro, Ministry for the Environment.
_FIRST = frozenset(
    "new great old north south east west san santa saint st los las el la le de van von den al upper lower".split()
)
_LINKS = frozenset("of de da do dos das del della di du la le les den der van von y e et und al el bin ibn".split())
# Languages that write every noun with a capital: a capital is no sign of a name.
NOUN_CAPITALS = frozenset({"de", "lb"})


class Word(NamedTuple):
    """A word of a text: as written, its stem, where it starts and ends, whether a phrase can go on from the word before."""

    text: str
    stem: str
    start: int
    end: int
    joined: bool
    opens: bool
    stop: bool


@dataclass(slots=True)
class Candidate:
    """A term with what the text shows of it.

    ``forms`` counts its ways of writing, ``inside`` where it does not open a sentence, ``names`` where it had capitals there,
    ``nested`` how often it is a part of one longer term.
    """

    stems: tuple[str, ...]
    forms: dict[str, int] = field(default_factory=dict)
    count: int = 0
    first: int = 0
    names: int = 0
    inside: int = 0
    nested: int = 0


def read_words(text: str, language: str) -> list[Word]:
    """The words of a text in a script with spaces."""
    small = stopwords(language) or stopwords("en")
    words: list[Word] = []
    last = 0
    for form, start, end in spans(text):
        if len(words) >= WORDS:
            break
        gap, whole_end = text[last:start], end
        form, end = _bare(form, end)
        lowered = form.lower()
        joined = bool(words) and _JOIN.fullmatch(gap) is not None and (gap[:1] != "." or len(words[-1].text) == 1)
        opens = not words or (not joined and _SENTENCE_END.search(gap) is not None)
        stop = lowered in small or _worthless(form)
        root = stem(lowered, language)
        if language == "ko" and form.startswith(root):
            form, end = root, start + len(root)
        words.append(Word(form, root, start, end, joined, opens, stop))
        last = whole_end
    return _without_headlines(_with_first_names(words))


def _with_first_names(words: list[Word]) -> list[Word]:
    """'New' is a small word, and the half of New York."""
    for at, (word, after) in enumerate(pairwise(words)):
        first = word.stop and word.text.lower() in _FIRST and word.text[0].isupper() and not word.opens
        if first and after.joined and after.text[:1].isupper() and not after.stop:
            words[at] = word._replace(stop=False)
    return words


def _without_headlines(words: list[Word]) -> list[Word]:
    """In a Line Where Most Words Have Capitals, a capital is no sign of a name."""
    starts = [at for at, word in enumerate(words) if word.opens]
    for start, end in pairwise([*starts, len(words)]):
        long = [word for word in words[start:end] if len(word.text) > 3 and word.text[0].isalpha()]
        if len(long) > 3 and sum(word.text[0].isupper() for word in long) > 0.7 * len(long):
            words[start:end] = [word._replace(opens=True) for word in words[start:end]]
    return words


def _bare(form: str, end: int) -> tuple[str, int]:
    """'Korea's' is Korea."""
    for tail in ("'s", "’s", "'S", "’S"):
        if form.endswith(tail) and len(form) > 3:
            return form[:-2], end - 2
    return form, end


@lru_cache(maxsize=8192)
def _worthless(form: str) -> bool:
    """Numbers, single letters and what no reader would search for."""
    if form.isdigit() or not any(map(str.isalpha, form)):
        return True
    digits = sum(map(str.isdigit, form))
    return len(form) < 2 or len(form) > 40 or digits * 2 > len(form) or form.startswith(("http", "www"))


def find_candidates(text: str, words: list[Word], language: str) -> dict[tuple[str, ...], Candidate]:
    """Every word and phrase of up to four words that neither begins nor ends with a small word."""
    found: dict[tuple[str, ...], Candidate] = {}
    capitals = language not in NOUN_CAPITALS
    for index, word in enumerate(words):
        if word.stop:
            continue
        stems: list[str] = []
        for offset in range(LONGEST):
            at = index + offset
            if at >= len(words) or (offset and not words[at].joined):
                break
            here = words[at]
            stems.append(here.stem)
            if here.stop:
                if not _links(words, at, capitals):
                    break
                continue
            _note(found, tuple(stems), text[word.start : here.end], words, index, at, capitals)
    return found


def _links(words: list[Word], at: int, capitals: bool) -> bool:
    """Whether a small word holds a name together: capitals on both sides."""
    if not capitals or words[at].text not in _LINKS or at + 1 >= len(words):
        return False
    return words[at - 1].text[:1].isupper() and words[at + 1].text[:1].isupper() and words[at + 1].joined


def _note(
    found: dict[tuple[str, ...], Candidate],
    key: tuple[str, ...],
    form: str,
    words: list[Word],
    first: int,
    last: int,
    capitals: bool,
) -> None:
    candidate = found.get(key)
    if candidate is None:
        candidate = found[key] = Candidate(key, first=first)
    candidate.count += 1
    candidate.forms[form] = candidate.forms.get(form, 0) + 1
    inside = not words[first].opens
    candidate.inside += inside
    if capitals and inside and all(word.text[:1].isupper() or word.stop for word in words[first : last + 1]):
        candidate.names += 1
