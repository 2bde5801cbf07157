"""Feeds: RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0, and (by jsonfeeds) JSON Feed."""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from newsreel.core.dates import parse_date
from newsreel.core.encoding import decode
from newsreel.core.text import cut, squeeze
from newsreel.core.types import Entry, Feed, Moment
from newsreel.core.urls import absolute, split
from newsreel.discovery import hubs, jsonfeeds, languages, markup
from newsreel.discovery.rhythm import refresh_seconds
from newsreel.discovery.snippets import absolute_links, inline_text, plain_text

MAX_BYTES = 8_000_000
MAX_SUMMARY = 2_000
MAX_TITLE = 500
MAX_LINKS = 100_000  # made absolute in one feed; 3 microseconds each
_ROOT = re.compile(r"<(?:[a-z][\w.-]{0,30}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml+xml")
_NOT_FEEDS = {
    "html": "This is a web page, not a feed.",
    "urlset": "This is a sitemap, not a feed.",
    "sitemapindex": "This is an index of sitemaps, not a feed.",
    "opml": "This is a list of feeds (OPML), not a feed.",
}
_ADDRESS = re.compile(r"\s*<?[\w.+-]{1,64}@[\w.-]{1,100}>?\s*")


def parse_feed(body: bytes, url: str, content_type: str | None = None) -> Feed:
    """The feed that ``body`` holds. ``url`` is where it was found, the base of its relative links.

    Never raises: where nothing (or not all) can be read, ``error`` says why.
    """
    if not body.strip():
        return Feed(error="It is empty.")
    text = decode(body, content_type, limit=MAX_BYTES)[0].lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return jsonfeeds.parse(text, url)
    document = markup.clean(text)
    if not document.refused and document.root not in _NOT_FEEDS and not document.xml:
        root = _ROOT.search(text, 0, 100_000)  # a warning of the publisher's program before the feed
        if root:
            document = markup.clean(text[root.start() :])
    if document.refused or not document.xml:
        return Feed(error=document.problem or _NOT_FEEDS.get(document.root, "This is not a feed."))
    if not _well_formed(document.xml):
        return Feed(error="It is not XML that can be read.")
    problem = document.problem
    if len(body) > MAX_BYTES:
        problem = f"Only its first {MAX_BYTES // 1_000_000} MB were read."
    return _adapted(_parsed(document.xml, url), url, problem)


def _well_formed(xml: str) -> bool:
    """Feed parsers read what is not well-formed as tag soup, in quadratic time: nothing such may reach them."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    try:
        parser.Parse(xml.encode("utf-8"), True)
    except expat.ExpatError:
        return False
    return True


def _parsed(xml: str, url: str) -> Any:
    import feedparser

    body = b'<?xml version="1.0" encoding="utf-8"?>' + xml.encode("utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # Bytes in a stream: a string could name a file or an address, and would be opened.
        return feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            resolve_relative_uris=False,
            sanitize_html=False,
        )


def _get(mapping: Any, key: str, default: Any = None) -> Any:
    """A stored value; feedparser's own look-up answers with other keys' values."""
    return dict.get(mapping, key, default) if isinstance(mapping, dict) else default


def _adapted(parsed: Any, url: str, problem: str | None) -> Feed:
    version = str(_get(parsed, "version") or "")
    feed = _get(parsed, "feed") or {}
    language = languages.tag(_text(_get(feed, "language")))
    if not version and not parsed["entries"] and not feed:
        return Feed(error=problem or "It holds nothing.")
    atom = version.startswith("atom")
    links = max(100, MAX_LINKS // max(1, len(parsed["entries"])))
    offer = hubs.of_links(
        ((_text(_get(link, "rel")), _text(_get(link, "href"))) for link in _get(feed, "links") or []), url
    )
    return Feed(
        title=_title(feed, atom=atom),
        home_url=_alternate(feed, url),
        language=language,
        error=problem,
        entries=tuple(_entry(entry, url, atom=atom, links=links) for entry in parsed["entries"]),
        refresh_seconds=refresh_seconds(
            _text(_get(feed, "ttl")), _text(_get(feed, "sy_updateperiod")), _text(_get(feed, "sy_updatefrequency"))
        ),
        hubs=offer.hubs,
        topic=offer.topic,
    )


def _entry(entry: Any, url: str, *, atom: bool, links: int) -> Entry:
    original = _text(_get(entry, "feedburner_origlink")).strip()
    link = (absolute(original, url) if original else None) or _alternate(entry, url)
    ident = squeeze(_text(_get(entry, "id")))
    if not link and "guidislink" not in entry and split(ident):
        link = ident  # of RDF: rdf:about; a guid that is an address and no permanent link is none
    published, updated = _date(entry, "published"), _date(entry, "updated")
    if published is None:
        published = _date(entry, "created") or (None if atom else updated)  # dc:date is RSS's and RDF's date
    body, base = _fullest(entry)
    title = _title(entry, atom=atom)
    summary = _get(entry, "summary") or body
    return Entry(
        id=ident or link or title,
        url=link,
        title=title,
        published=published.when if published else None,
        published_precision=published.precision if published else "time",
        updated=updated.when if updated else None,
        authors=_authors(entry),
        summary=cut(plain_text(_text(summary)), MAX_SUMMARY),
        html=absolute_links(body, base or url, links),
        categories=_categories(entry),
        language=languages.tag(_language(entry)),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _title(context: Any, *, atom: bool) -> str:
    """By what the feed says of its kind: Atom's plain text has no tags, RSS leaves it open."""
    title, kind = _text(_get(context, "title")), _text(_get(_get(context, "title_detail"), "type"))
    if kind in _HTML:
        title = plain_text(title)
        # Written twice ('&amp;lt;i&amp;gt;') where tags are left that are even closed.
        return cut(inline_text(title) if "</" in title else title, MAX_TITLE)
    return cut(inline_text(title, markup=not (atom and kind == "text/plain")), MAX_TITLE)


def _alternate(context: Any, url: str) -> str:
    """The first link to a page of its own; '' where there is none."""
    links = [link for link in _get(context, "links") or [] if _get(link, "rel", "alternate") == "alternate"]
    pages = [link for link in links if _get(link, "type", "text/html") in _HTML]
    stated = [_text(_get(link, "href")) for link in pages]
    stated += [_text(_get(context, "link")), *(_text(_get(link, "href")) for link in links)]
    for address in stated:
        if address.strip() and (found := absolute("".join(address.split("\n")), url)):
            return found
    return ""


def _date(entry: Any, name: str) -> Moment | None:
    return parse_date(_text(_get(entry, name)))


def _fullest(entry: Any) -> tuple[str, str]:
    """The longest text that the feed has of an article, as HTML, and the base of its links."""
    candidates = list(_get(entry, "content") or [])
    if detail := _get(entry, "summary_detail"):
        candidates.append(detail)
    best, base = "", ""
    for candidate in candidates:
        value, kind = _text(_get(candidate, "value")), _text(_get(candidate, "type"))
        if kind == "text/plain":
            value = html.escape(value, quote=False)
        elif kind not in _HTML:
            continue
        if len(value) > len(best):
            best, base = value, _text(_get(candidate, "base"))
    return best, base


def _authors(entry: Any) -> tuple[str, ...]:
    named = [_text(_get(author, "name")) for author in _get(entry, "authors") or []]
    if not any(named):
        named = [_text(_get(entry, "author"))]
    return unique(inline_text(name) for name in named if not _ADDRESS.fullmatch(name))


def _categories(entry: Any) -> tuple[str, ...]:
    return unique(inline_text(_text(_get(tag, "label") or _get(tag, "term"))) for tag in _get(entry, "tags") or [])


def _language(entry: Any) -> str:
    stated = [_get(entry, "language")] + [_get(content, "language") for content in _get(entry, "content") or []]
    return next((value for value in stated if isinstance(value, str)), "")


def unique(values: Iterable[str], most: int = 40, length: int = 200) -> tuple[str, ...]:
    """The values in order, each once, without empty ones; at most ``most`` of at most ``length`` characters."""
    return tuple(dict.fromkeys(cut(value, length) for value in values if value))[:most]
