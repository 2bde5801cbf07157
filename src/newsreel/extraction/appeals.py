"""What a paper says to its reader about itself between an article's paragraphs: appeals for donations, invitations to
subscribe, lines of particulars, adverts that say so. They often come as bare paragraphs, without a class or an id.

A paragraph is an appeal where one of its sentences speaks for the paper ('we'), to the reader ('your'), of a deed
(donate, subscribe), and the paragraph of the trade (journalism); speech in quotation marks counts for nothing. Weaker
paragraphs go with it only in its company.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from newsreel.core.dates import parse_date
from newsreel.core.text import tokens
from newsreel.extraction.appeal_words import (
    ACTIONS,
    DEEDS,
    GETTING,
    LETTER_WORDS,
    LETTERS,
    PAPER,
    PARTICULARS,
    READER,
    SHORT_APPEALS,
    SPONSORED,
    TRADE,
)
from newsreel.extraction.blocks import Unit
from newsreel.extraction.boilerplate import junk_text

MAX_APPEAL = 1200  # characters of a paragraph
MAX_SHORT = 100
SHORT_WORD = 4  # letters up to which a word of a deed counts whole only
MAX_CALL = 220
PAID_WITHIN = 60  # characters at the end of a text
MAX_LINE = 160
EDGE = 5  # pieces at either end of a text where one appeal may stand alone
MAX_PIECES = 3_000
MAX_WAY = 6  # pieces of any kind between two appeals that stand together
BRIDGE = 2  # pieces between two appeals that belong to them


def _any_of(words: str, *, bounded: bool = True) -> re.Pattern[str]:
    edge = r"(?<![^\W_])" if bounded else ""
    lines = "|".join(line for line in words.split("\n") if line)
    return re.compile(rf"{edge}(?:{lines})", re.IGNORECASE)


# Words of scripts without spaces stand in lines of their own and need no boundary.
_PAPER, _READER, _DEEDS, _TRADE = (_any_of(words, bounded=False) for words in (PAPER, READER, DEEDS, TRADE))
_LETTERS, _GETTING = _any_of(LETTERS, bounded=False), _any_of(GETTING, bounded=False)
_LETTER_WORDS = tuple(LETTER_WORDS.split())
_SHORT = _any_of(SHORT_APPEALS)
ACTION = re.compile(rf"^(?:{'|'.join(line for line in ACTIONS.split(chr(10)) if line)})\W*$", re.IGNORECASE)
PAID = re.compile(
    rf"(?:^|[\s|·•(\[\u3014\u3010])(?:{'|'.join(line for line in SPONSORED.split(chr(10)) if line)})\W*(?:(?i:undo|learn more)\W*)?$"
)
LINE_SIGNS = tuple(_any_of(line, bounded=False) for line in PARTICULARS.split("\n") if line)


def _beginnings(words: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Of a list of deeds in lower case: the short words whole, the beginnings of the long ones, and those of scripts without
    spaces.
    """
    whole, starts, wide = set(), set(), set()
    for line in words.split("\n"):
        for word in line.replace(r"\b(?:", "").replace(r")\b", "").lower().split("|"):
            optional = re.sub(r".\?.*", "", word)
            start = re.split(r"[\\\[ ]", optional)[0]
            if not start.isascii() and not line.startswith("\\b"):
                wide.add(start)
            elif len(start) > SHORT_WORD or r"\w" in word:
                starts.add(start)
            elif start:
                whole |= {start, word.replace("?", "")}
    return frozenset(whole), tuple(sorted(starts)), tuple(sorted(wide - {""}))


# A page that has no word of a deed holds no appeal. They are looked for as they stand, before
# the regular expressions are tried on every paragraph.
_WHOLE, _STARTS, _WIDE_DEEDS = _beginnings(DEEDS)
_FIRST_LETTERS = frozenset(start[:3] for start in (*_WHOLE, *_STARTS))
_AROUND = ".,;:!?()\"'\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u00bf\u00a1-"
_QUOTED = re.compile('[\u201c\u201e\u00ab\u300c"][^\u201d\u201c\u00bb\u300d"]{0,1000}[\u201d\u201c\u00bb\u300d"]')
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s*")
_LAST_LINK = re.compile(r"<a [^<>]*>([^<>]{1,60})</a>\W{0,3}(?:</\w+>)*\W{0,3}</p>$")
_NAMED_ADVERT = re.compile(
    r"^(?:广告|廣告|広告|광고|anzeige|werbung|advertisement|publicit[ée]|publicidad|pubblicità|реклама)[\s:\uff1a|\u3011\]]",
    re.IGNORECASE,
)


def strength(text: str) -> int:
    """How much a paragraph is an appeal: 2 by itself, 1 in company, 0 not."""
    if len(text) > MAX_APPEAL:
        return 0
    if len(text) <= MAX_SHORT and _SHORT.match(text):
        return 2
    said = _QUOTED.sub(" ", text)
    best = 0
    for sentence in _SENTENCE.split(said)[:30]:
        if _DEEDS.search(sentence):
            signs = bool(_PAPER.search(sentence)) + bool(_READER.search(sentence))
            if signs == 2 and _TRADE.search(said):
                return 2
            best = max(best, min(signs, 1))
    return best or int(bool(_TRADE.search(said)) and bool(_PAPER.search(said)))


def appeals(texts: Sequence[str], kept: Sequence[int]) -> set[int]:
    """Which of the ``kept`` places among a page's texts belong to appeals; '' for texts that are looked over (items, cells).
    What is not kept stands beside them as company. Nothing belongs to one, where that would be half of what is kept, nor in a
    text of more than MAX_PIECES.
    """
    if not kept or len(kept) > MAX_PIECES:
        return set()
    mine = frozenset(kept)
    spoken = [
        place
        for place in range(max(0, kept[0] - EDGE), min(len(texts), kept[-1] + EDGE + 1))
        if texts[place] and len(texts[place]) <= MAX_APPEAL
    ]
    strong = [place for place, words in _suspected(texts, spoken) if _is_strong(texts[place], words)]
    if not strong:
        return set()
    weak: set[int] = set()
    between: set[int] = set()  # the paper speaks, of something: an appeal's only with appeals on both sides
    for place in spoken:
        # Only what is near enough to a strong one can go with it.
        if place in strong or not any(abs(place - other) <= MAX_WAY + 1 for other in strong):
            continue
        if strength(texts[place]) == 1:
            weak.add(place)
        elif _PAPER.search(_QUOTED.sub(" ", texts[place])):
            between.add(place)
    found: set[int] = set()
    for group in _groups(strong, weak | between, texts):
        company = group | {place for place in (min(group) - 1, max(group) + 1) if place in weak}
        # Alone in the middle of a text, or said in the running text of a column, it may be the article's own.
        ahead, behind = sum(place < min(group) for place in kept), sum(place > max(group) for place in kept)
        outside = min(company) - 1 not in mine or max(company) + 1 not in mine
        if len(company) > 1 or outside or min(ahead, behind) < EDGE:
            found |= company
    found &= mine
    whole, taken = (sum(len(texts[place]) for place in places) for places in (kept, found))
    return found if 2 * taken < whole else set()


def _suspected(texts: Sequence[str], spoken: Sequence[int]) -> list[tuple[int, list[str]]]:
    """The texts at the places ``spoken`` that may be strong appeals, each with its words of deeds."""
    lowered = {place: texts[place].lower() for place in spoken}
    joined = "\n".join(lowered.values())
    seen = [word.strip(_AROUND) for word in set(joined.split())]
    near = [word for word in seen if word[:3] in _FIRST_LETTERS]
    words = [word for word in near if word in _WHOLE or word.startswith(_STARTS)]
    if not joined.isascii():
        words += [word for word in _WIDE_DEEDS if word in joined]
    found = ((place, text, [word for word in words if word in text]) for place, text in lowered.items())
    return [(place, mine) for place, text, mine in found if mine or (len(text) <= MAX_SHORT and _SHORT.match(text))]


def _is_strong(text: str, words: Sequence[str]) -> bool:
    """Whether ``strength`` is 2, by a look at the sentences that hold a word of a deed."""
    if len(text) <= MAX_SHORT and _SHORT.match(text):
        return True
    said = _QUOTED.sub(" ", text)
    for sentence in _SENTENCE.split(said)[:30]:
        lowered = sentence.lower()
        if (
            any(word in lowered for word in words)
            and _PAPER.search(sentence)
            and _READER.search(sentence)
            and _DEEDS.search(sentence)
        ):
            return bool(_TRADE.search(said))
    return False


def _groups(strong: list[int], bridges: set[int], texts: Sequence[str]) -> list[set[int]]:
    """Strong appeals that stand together, with what is between them. Pieces that are left out for their words anyway
    ('Read more', 'Donate now') part nothing.
    """
    groups: list[set[int]] = []
    last = 0
    for place in strong:
        way = range(last + 1, place) if groups else range(0)
        last = place
        waiting = [here for here in way if here in bridges] if len(way) <= MAX_WAY else []
        rest = len(way) - len(waiting)
        joined = bool(groups) and len(way) <= MAX_WAY and len(waiting) <= BRIDGE
        if joined and (not rest or all(here in bridges or junk_text(texts[here]) for here in way)):
            groups[-1] |= {*waiting, place}
        else:
            groups.append({place})
    return groups


def invitation(unit: Unit) -> str:
    """Why a short piece is a call to act, the offer of a newsletter or an advert that says so; '' where nothing says so."""
    if unit.block.kind not in ("paragraph", "heading"):
        return ""
    text = unit.block.text
    if len(text) > MAX_CALL:
        return ""
    linked = unit.link_share > 0
    if ACTION.match(text) or (
        linked and (last := _LAST_LINK.search(unit.html[-600:])) and ACTION.match(html.unescape(last[1]).strip())
    ):
        return "call to act"
    if _is_letter(text):
        return "newsletter box"
    if (linked or "|" in text) and PAID.search(text[-PAID_WITHIN:]) and (unit.link_share > 0.3 or "|" in text):
        return "advert"
    return "advert" if unit.link_share >= 0.5 and _NAMED_ADVERT.match(text) else ""


def _is_letter(text: str) -> bool:
    """Whether a text offers a newsletter. Its words are looked for as they stand before the regular expressions are."""
    lowered = text.lower()
    return (
        any(word in lowered for word in _LETTER_WORDS)
        and bool(_LETTERS.search(text) and _GETTING.search(text))
        and not _QUOTED.search(text)
    )


def particulars(text: str, authors: Sequence[str]) -> str:
    """Why a short line ahead of an article is not text: it says who wrote it, when, or how large its letters are."""
    if len(text) > MAX_LINE:
        return ""
    if sum(1 for sign in LINE_SIGNS if sign.search(text)) >= 2:
        return "byline"
    rest = text.casefold()
    for name in authors:
        rest = rest.replace(name.casefold(), " ")
    left = [word for word in tokens(rest) if not word.isdigit()]
    if len(left) <= 2 and rest != text.casefold():
        return "byline"
    return "date" if len(left) <= 5 and any(char.isdigit() for char in rest) and parse_date(rest) else ""
