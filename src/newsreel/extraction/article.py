"""The room's faces: bytes of a page, or a feed's own text -> Article."""

from __future__ import annotations

import re
from html import escape

from newsreel.core.encoding import decode
from newsreel.core.text import cut, squeeze, tokens
from newsreel.core.types import Article, Block, Entry, SiteRule
from newsreel.core.urls import absolute
from newsreel.extraction.blocks import Unit, UnitReader, block_text
from newsreel.extraction.body import measure, read_body
from newsreel.extraction.boilerplate import junk_text
from newsreel.extraction.metadata import Metadata, read_metadata
from newsreel.extraction.overruled import kept_units, overruled, read_ruled_page
from newsreel.extraction.page import MAX_BYTES, Node, Page, read_page
from newsreel.extraction.ruled import REASON, Ruled
from newsreel.extraction.sanitising import MAX_MARKUP, MAX_TOTAL, sanitise_pieces

MIN_TEXT = 25  # characters: below this a page has no text
MAX_REMOVED = 200
MAX_PIECE = 100_000  # characters of one paragraph, list or table
STATED_SHARE = 0.4  # a page's text under this share of what its data calls the body is not the whole
_MAGIC = (
    (b"%PDF", "The address holds a PDF file, not a page."),
    (b"\x89PNG", "The address holds a picture, not a page."),
    (b"\xff\xd8\xff", "The address holds a picture, not a page."),
    (b"GIF8", "The address holds a picture, not a page."),
    (b"PK\x03\x04", "The address holds an archive, not a page."),
    (b"\x1f\x8b", "The page is still compressed."),
)


def extract(html: bytes | str, url: str, *, content_type: str | None = None, rule: SiteRule | None = None) -> Article:
    """The article of a page as it was fetched from ``url``. Whatever the bytes are: what cannot be read gives an
    empty text with the reason in words. At most 8 MiB are read. ``rule`` overrules what is known of all sites.
    """
    if reason := not_a_page(html):
        return Article(url, reason=reason)
    text = html if isinstance(html, str) else decode(html[:MAX_BYTES], content_type)[0]
    page, found = (read_page(text), Ruled()) if rule is None else read_ruled_page(text, rule)
    meta = read_metadata(page, url)
    kept = None
    if rule is not None:
        meta = overruled(meta, found, url)
        kept = kept_units(page.root, url)
    units, removed = kept or read_body(page.root, url, meta)
    if kept is None and _weight(units) < STATED_SHARE * len(meta.article_body):
        # The page shows a beginning (or nothing, until a script runs) and states the whole as data.
        units = _stated(meta.article_body, page)
    return _article(url, meta, units, [*((text, REASON) for text in found.dropped), *removed], page)


def _weight(units: list[Unit]) -> int:
    return sum(len(block_text(unit.block)) for unit in units)


def _stated(article_body: str, page: Page) -> list[Unit]:
    """JSON-LD's articleBody as paragraphs."""
    lines = (squeeze(line) for line in article_body.splitlines())
    return [
        Unit(Block("paragraph", line), page.root, f"<p>{escape(line, quote=False)}</p>")
        for line in lines
        if line and not junk_text(line)
    ]


def _without_title(units: list[Unit], title: str) -> list[Unit]:
    """The units without a heading that says the title once more before the text begins."""
    said = tokens(title)
    for place, unit in enumerate(units[:3]):
        if unit.block.kind == "heading" and tokens(unit.block.text) == said:
            return units[:place] + units[place + 1 :]
        if unit.block.kind == "paragraph" and len(unit.block.text) > 200:
            break
    return units


def _bounded(units: list[Unit], root: Node) -> list[Unit]:
    """The units that can be shown as HTML too, so that text, blocks and HTML end at the same place: MAX_TOTAL characters
    of markup in all. A single piece longer than a sanitiser reads stays as plain text of MAX_PIECE characters.
    """
    kept: list[Unit] = []
    total = 0
    for unit in units:
        if len(unit.html) > MAX_MARKUP // 2:
            text = cut(block_text(unit.block), MAX_PIECE)
            unit = Unit(Block("paragraph", text), root, f"<p>{escape(text, quote=False)}</p>")
        total += len(unit.html) + 1
        if total > MAX_TOTAL:
            break
        kept.append(unit)
    return kept


def _article(url: str, meta: Metadata, units: list[Unit], removed: list[tuple[str, str]], page: Page) -> Article:
    units = _bounded(_without_title(units, meta.title), page.root)
    text = "\n\n".join(part for unit in units if (part := block_text(unit.block)))
    reason = ""
    if len(text) < MIN_TEXT:
        text, units = "", []
        reason = "The page is too large to read." if page.cut else "The page holds no running text."
    return Article(
        url=url,
        canonical_url=meta.canonical_url,
        title=meta.title,
        published=meta.published.when if meta.published else None,
        modified=meta.modified.when if meta.modified else None,
        published_precision=meta.published.precision if meta.published else "time",
        authors=meta.authors,
        site_name=meta.site_name,
        section=meta.section,
        language=meta.language,
        publisher_keywords=meta.keywords,
        blocks=tuple(unit.block for unit in units),
        text=text,
        html=sanitise_pieces((unit.html for unit in units if unit.html), url),
        lead_image=meta.lead_image,
        removed=tuple(removed[:MAX_REMOVED]),
        reason=reason,
    )


def article_from_feed(entry: Entry, feed_language: str = "") -> Article:
    """A feed's own text of an article as an article, where its page gave nothing."""
    page = read_page(entry.html or "")
    measure(page.root)
    reader = UnitReader(entry.url, set())
    reader.read(page.root)
    units = _bounded(reader.units, page.root)
    text = "\n\n".join(part for unit in units if (part := block_text(unit.block)))
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
        removed=tuple(reader.removed[:MAX_REMOVED]),
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
