"""Sitemaps: address lists, news sitemaps and indexes of sitemaps (sitemaps.org, Google News), and plain lists."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from xml.parsers import expat

from newsreel.core.dates import parse_date
from newsreel.core.encoding import decode
from newsreel.core.text import cut
from newsreel.core.types import Entry, Sitemap
from newsreel.core.urls import absolute
from newsreel.core.xml import AMPERSAND, ENTITIES, ILLEGAL
from newsreel.discovery import languages
from newsreel.discovery.feeds import parse_feed, unique
from newsreel.discovery.markup import declares_entities, entity_text
from newsreel.discovery.sniffing import GZIP, sniff
from newsreel.discovery.snippets import inline_text

MAX_BYTES = 12_000_000  # sitemaps.org allows 50 MB; 50,000 addresses with their dates have 6
MAX_ELEMENTS = 700_000  # 50,000 addresses, the most that a sitemap may have, with all facts of a news sitemap
MAX_ESCAPES = 1_000_000
MAX_DEPTH = 40
MAX_ENTRIES = 2_000
MAX_CHILDREN = 2_000
MAX_FIELD = 4_000
_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]{0,30}:)?(?:urlset|sitemapindex)(?=[\s>])", re.IGNORECASE)
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)[^>]*>?", re.IGNORECASE)
# Where a fact stands, by local names: pictures and videos have titles and addresses of their own.
_FACTS = {
    ("url", "loc"): "loc",
    ("sitemap", "loc"): "loc",
    ("url", "lastmod"): "lastmod",
    ("sitemap", "lastmod"): "lastmod",
    ("news", "title"): "title",
    ("news", "publication_date"): "published",
    ("news", "keywords"): "keywords",
    ("publication", "language"): "language",
}


class _EnoughError(Exception):
    """As much was read as is read of one sitemap."""


def parse_sitemap(body: bytes, url: str) -> Sitemap:
    """The sitemap that ``body`` (compressed or not) holds; the newest first where dates are stated. Never raises."""
    if body.startswith(GZIP):
        inflated = _inflated(body)
        if inflated is None:
            return Sitemap(error="It is compressed, and cannot be decompressed.")
        body = inflated
    text = decode(body, limit=MAX_BYTES)[0].lstrip("\ufeff \t\r\n")
    if not text:
        return Sitemap(error="It is empty.")
    root = _ROOT.search(text, 0, 200_000)
    if root is None:
        return _other(body, text, url)
    if any(declares_entities(found[0]) for found in _DECLARATION.finditer(text, 0, root.start())):
        return Sitemap(error=ENTITIES)
    reader = _Reader()
    problem = reader.read(text[root.start() :])
    if len(body) >= MAX_BYTES:
        problem = "It is larger than what is read of a sitemap: the rest was not read."
    return _sitemap(reader, url, problem)


def _inflated(body: bytes) -> bytes | None:
    """At most MAX_BYTES of a gzip body; what a broken end leaves is used."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        return inflater.decompress(body, MAX_BYTES)
    except zlib.error:
        return None


def _other(body: bytes, text: str, url: str) -> Sitemap:
    """What is a sitemap by the standard's other forms: a plain list of addresses, or a feed."""
    kind = sniff(body, None)
    if kind == "feed":
        feed = parse_feed(body, url)
        return Sitemap(entries=feed.entries, error=feed.error)
    if kind == "sitemap":
        lines = text[: MAX_ENTRIES * 2_100].splitlines()[: MAX_ENTRIES * 2]
        found = unique((absolute(line, url) or "" for line in lines if line.strip()), MAX_ENTRIES, MAX_FIELD)
        return Sitemap(entries=tuple(Entry(id=address, url=address) for address in found))
    if any(declares_entities(found[0]) for found in _DECLARATION.finditer(text, 0, 200_000)):
        return Sitemap(error=ENTITIES)
    return Sitemap(error="This is a web page, not a sitemap." if kind == "html" else "This is not a sitemap.")


class _Reader:
    """Collects the facts of each address while expat reads: one call, no tree, stopped by an exception."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.elements = 0
        self.fact: str | None = None
        self.pieces: list[str] = []
        self.row: dict[str, str] = {}
        self.urls: list[dict[str, str]] = []
        self.children: list[dict[str, str]] = []

    def read(self, text: str) -> str | None:
        """Reads a document that begins with its root; None, or why not all of it could be read."""
        if text.count("&") > MAX_ESCAPES:
            return "It has more entities than a sitemap has."
        if "&" in text:
            text = AMPERSAND.sub("&amp;", entity_text_kept(text))
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        try:
            parser.Parse(ILLEGAL.sub("", text).encode("utf-8", "replace"), True)
        except _EnoughError:
            return "It is larger than a sitemap may be: the rest was not read."
        except expat.ExpatError:
            return "It is not well-formed: what stands after the fault was not read."
        return None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS or len(self.path) > MAX_DEPTH:
            raise _EnoughError
        local = name.rpartition(":")[2].lower()
        self.fact = _FACTS.get((self.path[-1], local)) if self.path else None
        self.path.append(local)
        self.pieces = []
        if local in ("url", "sitemap"):
            self.row = {}

    def characters(self, data: str) -> None:
        if self.fact:
            self.pieces.append(data[:MAX_FIELD])

    def end(self, name: str) -> None:
        local = self.path.pop()
        if self.fact:
            self.row.setdefault(self.fact, "".join(self.pieces)[:MAX_FIELD].strip())
            self.fact = None
        elif local == "url" and self.row.get("loc"):
            self.urls.append(self.row)
        elif local == "sitemap" and self.row.get("loc"):
            self.children.append(self.row)


def entity_text_kept(text: str) -> str:
    """HTML's own entities as characters; those of XML stay, as they escape markup."""
    return re.sub(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31};", lambda match: _kept(match[0]), text)


def _kept(entity: str) -> str:
    character = entity_text(entity)
    return entity if any(sign in character for sign in "&<>") else character


def _sitemap(reader: _Reader, url: str, problem: str | None) -> Sitemap:
    rows = _newest(reader.urls)
    if len(reader.urls) > MAX_ENTRIES:
        problem = problem or f"It lists more addresses than are read at once: the newest {MAX_ENTRIES} were read."
    entries = [entry for row in rows[:MAX_ENTRIES] if (entry := _entry(row, url))]
    children = []
    for row in _newest(reader.children)[:MAX_CHILDREN]:
        changed = parse_date(row.get("lastmod", ""))
        if address := absolute(row["loc"], url):
            children.append((address, changed.when if changed else None))
    if not entries and not children and problem is None:
        problem = "It lists no addresses."
    return Sitemap(entries=tuple(entries), children=tuple(children), error=problem)


def _newest(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows by date, newest first; those without a date after them, in their order."""
    never = datetime.min.replace(tzinfo=UTC)

    def written(row: dict[str, str]) -> str:
        return row.get("published") or row.get("lastmod") or ""

    def when(row: dict[str, str]) -> datetime:
        found = parse_date(written(row))
        return found.when if found else never

    if len(rows) > 2 * MAX_ENTRIES:
        # ISO dates sort as they are written, but for their zones: reading all of 50,000 dates takes 0.5 s.
        rows = sorted(rows, key=written, reverse=True)[: 2 * MAX_ENTRIES]
    return sorted(rows, key=when, reverse=True)


def _entry(row: dict[str, str], url: str) -> Entry | None:
    address = absolute(row["loc"], url)
    if address is None:
        return None
    published, updated = parse_date(row.get("published", "")), parse_date(row.get("lastmod", ""))
    return Entry(
        id=address,
        url=address,
        title=cut(inline_text(row.get("title", "")), 500),
        published=published.when if published else None,
        published_precision=published.precision if published else "time",
        updated=updated.when if updated else None,
        categories=unique(word.strip() for word in row.get("keywords", "").split(",")),
        language=languages.tag(row.get("language")),
    )
