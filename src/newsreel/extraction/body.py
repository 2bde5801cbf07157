"""The article's text as pieces: the part of the page around the chosen leaves read for its blocks, and what their words say
is no text of the article taken out.
"""

from __future__ import annotations

import re
from dataclasses import replace

from newsreel.core.text import tokens
from newsreel.extraction.appeals import invitation, particulars
from newsreel.extraction.blocks import Unit, UnitReader, block_text
from newsreel.extraction.boilerplate import junk_text
from newsreel.extraction.captions import follows_picture, stands_as_caption
from newsreel.extraction.metadata import Metadata
from newsreel.extraction.page import Node
from newsreel.extraction.pictures import with_caption
from newsreel.extraction.texts import weight

_SENTENCE_END = re.compile("[.!?…。؟।:;»”\"'’)\\]」』\uff01\uff1f\uff1a\uff1b\uff09\uff0e]\\W*$")
ALL_LINK, LINE = 0.8, 200  # share of a paragraph in links, and characters, that make it a pointer elsewhere
MAX_HEAD = 40  # pieces ahead of the running text
_NO_TEXT = ("image", "embed")


def read_body(root: Node, url: str, meta: Metadata) -> tuple[list[Unit], list[tuple[str, str]]]:
    """The article's pieces in order, and what was left out with its reasons. ``root``: of the page's part, its texts
    chosen; ``meta``: what the page says about its article.
    """
    reader = UnitReader(url)
    reader.read(root)
    removed = reader.removed
    units: list[Unit] = []
    head = True  # ahead of the first running text
    for place, unit in enumerate(reader.units):
        reason = (
            _caption(unit, units)
            or _junk_unit(unit, meta.title)
            or invitation(unit)
            or (particulars(block_text(unit.block), meta.authors) if head or len(units) < 3 else "")
        )
        head = head and place < MAX_HEAD and (bool(reason) or not _is_running(unit))
        if reason:
            removed.append((block_text(unit.block), reason))
        else:
            units.append(unit)
    return _within(units), removed


def _within(units: list[Unit]) -> list[Unit]:
    """The units without pictures and posts far from the text: one ahead of it, none behind."""
    places = [place for place, unit in enumerate(units) if unit.block.kind not in _NO_TEXT]
    if not places:
        return units
    first, last = places[0], places[-1]
    ahead = [unit for unit in units[:first] if unit.block.kind == "image"][-1:]
    return ahead + units[first : last + 1]


def _caption(unit: Unit, before: list[Unit]) -> str:
    """Whether a paragraph is the caption of the picture before it, which then takes it."""
    if unit.block.kind != "paragraph" or not before or before[-1].block.kind != "image":
        return ""
    if not follows_picture(unit.node, unit.block.text, weight(unit.block.text)):
        return ""
    before[-1].block = replace(before[-1].block, text=unit.block.text)
    before[-1].html = with_caption(before[-1].html, unit.block.text)
    return "caption"


def _junk_unit(unit: Unit, title: str) -> str:
    block = unit.block
    if block.kind in _NO_TEXT:
        return ""
    text = block_text(block)
    if reason := junk_text(text):
        return reason
    if block.kind == "paragraph" and stands_as_caption(text, weight(text)):
        return "caption"
    if block.kind == "paragraph" and unit.link_share > ALL_LINK and len(text) < LINE and not _SENTENCE_END.search(text):
        return "link"
    if (
        block.kind in ("heading", "paragraph")
        and len(text) < 2 * len(title) + 20
        and _begins(text) == _begins(title)
        and tokens(text) == tokens(title)
    ):
        return "title"
    if block.kind != "code" and not any(char.isalnum() for char in text):
        return "no words"
    return ""


def _begins(text: str) -> str:
    return next((char for char in text[:20].casefold() if char.isalnum()), "")


def _is_running(unit: Unit) -> bool:
    block = unit.block
    if block.kind in (*_NO_TEXT, "heading"):
        return False
    if block.kind in ("quote", "list", "table", "code"):
        return True
    text = block.text
    size = weight(text)
    return unit.link_share < 0.5 and (size >= 80 or (size >= 20 and bool(_SENTENCE_END.search(text))))
