"""A page read to the end: stream, outline, choice, then the part around the article for its metadata and its blocks."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass, field, replace
from html import escape

from newsreel.core.encoding import decode
from newsreel.core.text import cut, one_line, squeeze, tokens
from newsreel.core.types import Article, Block, SiteRule
from newsreel.extraction import dating
from newsreel.extraction.appeals import appeals
from newsreel.extraction.blocks import Unit, block_text
from newsreel.extraction.body import read_body
from newsreel.extraction.boilerplate import junk_text
from newsreel.extraction.choice import Choice, choose, reason_of
from newsreel.extraction.features import Stated
from newsreel.extraction.memory import SiteMemory
from newsreel.extraction.metadata import Metadata, read_metadata, squeeze_body
from newsreel.extraction.model import Judge
from newsreel.extraction.outline import Outline, read_outline
from newsreel.extraction.page import Node, Page, read_head, read_part
from newsreel.extraction.recurrence import REASON, recurring_blocks
from newsreel.extraction.ruled import Ruled
from newsreel.extraction.sanitising import MAX_MARKUP, MAX_TOTAL, sanitise_pieces
from newsreel.extraction.scanner import MAX_BYTES
from newsreel.extraction.stream import read_stream
from newsreel.extraction.structured import Statements, read_statements
from newsreel.extraction.tags import INSIDE

MIN_TEXT = 25  # characters: below this a page has no text
MAX_REMOVED, MAX_REMOVED_TEXT = 400, 2_000
MAX_PIECE = 100_000  # characters of one paragraph, list or table
MAX_STATED = 200_000  # characters of a stated body that are looked at
STATED_SHARE = 0.4  # a page's text under this share of what its data calls the body is not the whole

APPEAL = "appeal"

Removed = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as it was read: the article; what the page teaches its site's memory; the article's text as it was before that
    memory was asked; the page's outline with the choice among its leaves, and what their words and the memory took out.
    """

    article: Article
    lesson: SiteMemory = field(default_factory=SiteMemory)
    text_without_memory: str = ""
    outline: Outline = field(default_factory=Outline)
    choice: Choice | None = None
    taken_out: tuple[tuple[str, str], ...] = ()


def read(
    html: bytes | str,
    url: str,
    content_type: str | None = None,
    memory: SiteMemory | None = None,
    rule: SiteRule | None = None,
    judge: Judge | None = None,
) -> Reading:
    """What ``extract`` says of its arguments. ``judge`` rates the page's leaves: the stored model where None."""
    stream = read_stream(_utf8(html, content_type), rule)
    outline = read_outline(stream)
    root = read_head(stream, outline)
    data = read_statements(stream.data)
    choice = choose(outline, stated(root, data, stream.title), judge, ruled=rule is not None)
    appealing = _appeals(outline, choice)
    choice.kept = [leaf for leaf in choice.kept if leaf not in appealing]
    page = read_part(root, stream, outline, choice.kept, choice.title)
    page.data = data
    meta = _overruled(read_metadata(page, url), stream.ruled, url)
    units, taken_out = read_body(page.root, url, meta)
    if rule is None and _size(units) < STATED_SHARE * len(meta.article_body):
        # The page shows a beginning (or nothing, until a script runs) and states the whole as data.
        units = _from_data(meta.article_body, page.root)
    units = bounded(_without_title(units, meta.title), page.root)
    lesson, whole = SiteMemory(), ""
    if memory is not None:
        lesson = memory.lesson(outline.text, url, meta.title)
        whole = text_of(units)
        gone = recurring_blocks([unit.block for unit in units], memory, lesson)
        taken_out += [(block_text(units[place].block), REASON) for place in sorted(gone)]
        units = [unit for place, unit in enumerate(units) if place not in gone]
    removed = [*_left_out(outline, choice, appealing), *taken_out]
    taken_out += [(outline.text[leaf], APPEAL) for leaf in sorted(appealing)]
    return Reading(_article(url, meta, units, removed, page), lesson, whole, outline, choice, tuple(taken_out))


def _utf8(html: bytes | str, content_type: str | None) -> bytes | str:
    """A page's text, as the bytes that it came in where those are UTF-8."""
    if isinstance(html, str):
        return html
    text, name = decode(html[:MAX_BYTES], content_type)
    return html if name == "utf-8" and not html.startswith(BOM_UTF8) and "\ufffd" not in text else text


def stated(root: Node, data: Statements, title: str) -> Stated:
    """What a page says about its article in its head (``root`` of ``read_head``), its data and its title element."""
    said: dict[str, str] = {}
    for node in root.children[0].children if root.children and isinstance(root.children[0], Node) else ():
        if isinstance(node, Node) and (name := node.get("property") or node.get("name")):
            said.setdefault(name.lower(), node.get("content"))
    body = next((squeeze_body(entry["articleBody"]) for entry in data.articles if entry.get("articleBody")), "")
    titles = tuple(text for text in (said.get("og:title", ""), title) if text)
    return Stated(titles, body[:MAX_STATED], said.get("og:description") or said.get("description", ""))


def text_of(units: list[Unit]) -> str:
    """The text of pieces, joined by blank lines."""
    return "\n\n".join(part for unit in units if (part := block_text(unit.block)))


def bounded(units: list[Unit], root: Node) -> list[Unit]:
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


def _size(units: list[Unit]) -> int:
    return sum(len(block_text(unit.block)) for unit in units)


def _overruled(meta: Metadata, found: Ruled, url: str) -> Metadata:
    """The metadata with the title and the date that a rule found; a date that cannot be read leaves the page's own."""
    if not found.title and not found.date:
        return meta
    title = found.title or meta.title
    clock = dating.clock_of(url, meta.language, title)
    return replace(meta, title=title, published=clock.read(found.date) or meta.published)


def _appeals(outline: Outline, choice: Choice) -> set[int]:
    """The chosen leaves that ask for money or a subscription."""
    if choice.ruled:
        return set()
    looked_over = INSIDE["li"] | INSIDE["table"]
    texts = [
        "" if box >= 0 and outline.bits[box] & looked_over else text
        for text, box in zip(outline.text, outline.box, strict=True)
    ]
    return appeals(texts, choice.kept)


def _left_out(outline: Outline, choice: Choice, appealing: set[int]) -> Removed:
    """The leaves that were not chosen, with reasons: those nearest to the article where there are more than MAX_REMOVED."""
    kept = frozenset(choice.kept)
    places = [leaf for leaf in range(len(outline.text)) if leaf not in kept]
    if len(places) > MAX_REMOVED:
        middle = choice.kept[len(choice.kept) // 2] if choice.kept else 0
        places = sorted(sorted(places, key=lambda leaf: abs(leaf - middle))[:MAX_REMOVED])
    return [
        (text, APPEAL if leaf in appealing else reason_of(outline, leaf, choice))
        for leaf in places
        if (text := one_line(outline.text[leaf][:MAX_REMOVED_TEXT]))
    ]


def _from_data(article_body: str, root: Node) -> list[Unit]:
    """JSON-LD's articleBody as paragraphs."""
    lines = (squeeze(line) for line in article_body.splitlines())
    return [
        Unit(Block("paragraph", line), root, f"<p>{escape(line, quote=False)}</p>")
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


def _article(url: str, meta: Metadata, units: list[Unit], removed: Removed, page: Page) -> Article:
    text = text_of(units)
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
        removed=tuple(removed),
        reason=reason,
    )
