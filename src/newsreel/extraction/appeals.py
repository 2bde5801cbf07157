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
from newsreel.extraction.appeal_words import ACTIONS, DEEDS, PAPER, PARTICULARS, READER, SHORT_APPEALS, SPONSORED, TRADE
from newsreel.extraction.blocks import Unit, block_text
from newsreel.extraction.boilerplate import junk_text

MAX_APPEAL = 1200  # characters of a paragraph
MAX_SHORT = 100
MAX_CALL = 220
MAX_LINE = 160
EDGE = 5  # pieces at either end of a text where one appeal may stand alone
BRIDGE = 2  # pieces between two appeals that belong to them


def _any_of(words: str, *, bounded: bool = True) -> re.Pattern[str]:
    edge = r"(?<![^\W_])" if bounded else ""
    lines = "|".join(line for line in words.split("\n") if line)
    return re.compile(rf"{edge}(?:{lines})", re.IGNORECASE)


# Words of scripts without spaces stand in lines of their own and need no boundary.
_PAPER, _READER, _DEEDS, _TRADE = (_any_of(words, bounded=False) for words in (PAPER, READER, DEEDS, TRADE))
_SHORT = _any_of(SHORT_APPEALS)
_ACTION = re.compile(rf"^(?:{'|'.join(line for line in ACTIONS.split(chr(10)) if line)})\W*$", re.IGNORECASE)
_SPONSORED = re.compile(
    rf"(?:^|[\s|·•(\[\u3014\u3010])(?:{'|'.join(line for line in SPONSORED.split(chr(10)) if line)})\W*(?:(?i:undo|learn more)\W*)?$"
)
_PARTICULARS = tuple(_any_of(line, bounded=False) for line in PARTICULARS.split("\n") if line)
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
    trade = bool(_TRADE.search(said))
    best = 0
    for sentence in _SENTENCE.split(said)[:30]:
        signs = bool(_PAPER.search(sentence)) + bool(_READER.search(sentence))
        deed = bool(_DEEDS.search(sentence))
        best = max(best, 2 if signs == 2 and deed and trade else 1 if signs and deed else 0)
    return best or int(trade and bool(_PAPER.search(said)))


def appeals(units: Sequence[Unit]) -> set[int]:
    """The places of the pieces that belong to appeals. Nothing is, where that would be half of the text."""
    strong: list[int] = []
    weak: set[int] = set()
    clear: set[int] = set()  # pieces that are left out for other reasons anyway: neither text nor appeal
    for place, unit in enumerate(units):
        if unit.block.kind not in ("paragraph", "heading", "quote"):
            continue
        text = block_text(unit.block)
        if junk_text(text):
            clear.add(place)
        force = strength(text)
        if force == 2:
            strong.append(place)
        elif force == 1:
            weak.add(place)
    found: set[int] = set()
    for place in strong:
        company = _company(place, weak, clear, set(strong), len(units))
        # Alone in the middle of a text, or said in the running text of a column, it may be the article's own.
        if len(company) > 1 or place < EDGE or place >= len(units) - EDGE:
            found |= company
    whole = sum(len(block_text(unit.block)) for unit in units)
    taken = sum(len(block_text(units[place].block)) for place in found)
    return found if 2 * taken < whole else set()


def _company(place: int, weak: set[int], clear: set[int], strong: set[int], count: int) -> set[int]:
    """An appeal with what belongs to it on both sides: weak ones next to it, and weak ones on the way to the next."""
    company = {place}
    for step in (-1, 1):
        here = place + step
        waiting: set[int] = set()
        while 0 <= here < count and (here in weak or here in clear or here in strong):
            if here in strong:
                company |= waiting | {here}
                waiting = set()
            elif here in weak:
                waiting.add(here)
            if len(waiting) > BRIDGE:
                break
            here += step
        company |= waiting if len(waiting) <= 1 else set()
    return company


def invitation(unit: Unit) -> str:
    """Why a short paragraph is a call to act or an advert that says so; '' where nothing says so."""
    if unit.block.kind != "paragraph":
        return ""
    text = unit.block.text
    if len(text) > MAX_CALL:
        return ""
    linked = unit.link_share > 0
    if linked and (last := _LAST_LINK.search(unit.html[-600:])) and _ACTION.match(html.unescape(last[1]).strip()):
        return "call to act"
    if _SPONSORED.search(text) and (unit.link_share > 0.3 or "|" in text):
        return "advert"
    return "advert" if unit.link_share >= 0.5 and _NAMED_ADVERT.match(text) else ""


def particulars(text: str, authors: Sequence[str]) -> str:
    """Why a short line ahead of an article is not text: it says who wrote it, when, or how large its letters are."""
    if len(text) > MAX_LINE:
        return ""
    if sum(1 for sign in _PARTICULARS if sign.search(text)) >= 2:
        return "byline"
    rest = text.casefold()
    for name in authors:
        rest = rest.replace(name.casefold(), " ")
    left = [word for word in tokens(rest) if not word.isdigit()]
    if len(left) <= 2 and rest != text.casefold():
        return "byline"
    return "date" if len(left) <= 5 and any(char.isdigit() for char in rest) and parse_date(rest) else ""
