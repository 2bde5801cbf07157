"""The room's faces: bytes of a page, or a feed's own text -> Article."""

from __future__ import annotations

import re

from newsreel.core.text import squeeze
from newsreel.core.types import Article, Entry, SiteRule
from newsreel.core.urls import absolute
from newsreel.extraction.blocks import UnitReader
from newsreel.extraction.memory import SiteMemory
from newsreel.extraction.model import Judge
from newsreel.extraction.page import read_whole
from newsreel.extraction.reading import Reading, bounded, read, text_of
from newsreel.extraction.sanitising import sanitise_pieces

_MAGIC = (
    (b"%PDF", "The address holds a PDF file, not a page."),
    (b"\x89PNG", "The address holds a picture, not a page."),
    (b"\xff\xd8\xff", "The address holds a picture, not a page."),
    (b"GIF8", "The address holds a picture, not a page."),
    (b"PK\x03\x04", "The address holds an archive, not a page."),
    (b"\x1f\x8b", "The page is still compressed."),
)


def extract(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    memory: SiteMemory | None = None,
    rule: SiteRule | None = None,
    judge: Judge | None = None,
) -> Article:
    """The article of a page as it was fetched from ``url``. Whatever the bytes are: what cannot be read gives an
    empty text with the reason in words. At most 8 MiB are read. ``memory``: what other pages of the site have taught; it
    is not changed. ``rule`` overrules what is known of all sites. ``judge`` rates the page's leaves: the stored model
    where None.
    """
    return read_page(html, url, content_type=content_type, memory=memory, rule=rule, judge=judge).article


def extract_and_learn(
    html: bytes | str,
    url: str,
    content_type: str | None = None,
    memory: SiteMemory | None = None,
    rule: SiteRule | None = None,
) -> Reading:
    """The same, with what the page teaches: ``memory.merge(reading.lesson)`` learns it. The page is parsed once."""
    return read_page(html, url, content_type=content_type, memory=memory or SiteMemory(), rule=rule)


def read_page(
    html: bytes | str,
    url: str,
    *,
    content_type: str | None = None,
    memory: SiteMemory | None = None,
    rule: SiteRule | None = None,
    judge: Judge | None = None,
) -> Reading:
    """The whole reading of which ``extract`` gives the article."""
    if reason := not_a_page(html):
        return Reading(Article(url, reason=reason))
    return read(html, url, content_type, memory, rule, judge)


def article_from_feed(entry: Entry, feed_language: str = "") -> Article:
    """A feed's own text of an article as an article, where its page gave nothing."""
    page = read_whole(entry.html or "")
    reader = UnitReader(entry.url)
    reader.read(page.root)
    units = bounded(reader.units, page.root)
    text = text_of(units)
    blocks = tuple(unit.block for unit in units)
    return Article(
        url=entry.url,
        title=squeeze(entry.title),
        published=entry.published,
        published_precision=entry.published_precision,
        modified=entry.updated,
        authors=entry.authors,
        language=entry.language or feed_language,
        publisher_keywords=entry.categories,
        blocks=blocks,
        text=text,
        html=sanitise_pieces((unit.html for unit in units if unit.html), entry.url),
        lead_image=next(
            (block.src for block in blocks if block.kind == "image" and absolute(block.src, entry.url)), None
        ),
        removed=tuple(reader.removed),
        reason="" if text else "Neither the page nor the feed holds the text.",
    )


def not_a_page(html: bytes | str) -> str:
    """Why an answer can hold no article, in words; '' where it may be a page."""
    if not html or not html.strip():
        return "The answer was empty."
    if isinstance(html, str):
        return ""
    head = html[:1024]
    for magic, reason in _MAGIC:
        if head.startswith(magic):
            return reason
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "The address holds a picture, not a page."
    # Zeros stand in UTF-16, which starts with a mark, and in no other text.
    if head.count(b"\x00") > len(head) // 20 and not re.match(rb"\xff\xfe|\xfe\xff|<\x00|\x00<", head):
        return "The address holds binary data, not a page."
    return ""
