"""What a body is, whatever its address and header say."""

from __future__ import annotations

import re
from typing import Literal

from newsreel.core.encoding import decode

Kind = Literal["feed", "sitemap", "html", "unknown"]
GZIP = b"\x1f\x8b"
_ELEMENT = re.compile(r"<(?:[a-z][\w.-]{0,30}:)?([a-z][\w-]{0,30})(?=[\s/>])", re.IGNORECASE)
_ROOTS: dict[str, Kind] = {
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "channel": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "html": "html",
    "head": "html",
    "body": "html",
}
_PAGE = frozenset("title meta link div p script style table h1 h2 ul nav header main section span a center br".split())
_LISTED = re.compile(r"https?://\S+[ \t]*(?:[\r\n]|$)")


def sniff(body: bytes, content_type: str | None) -> Kind:
    """'feed', 'sitemap' (or a compressed body that is likely to be one), 'html' or 'unknown', from the first 64 kB."""
    if body.startswith(GZIP):
        return "sitemap"
    head = decode(body, content_type, limit=65_536)[0].lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return "feed" if "jsonfeed.org/version" in head or re.search(r'"items"\s*:\s*\[', head) else "unknown"
    if _LISTED.match(head) and "html" not in (content_type or ""):
        return "sitemap"
    return _by_markup(_without_comments(head), content_type)


def _by_markup(head: str, content_type: str | None) -> Kind:
    names = [match[1].lower() for match in _ELEMENT.finditer(head)][:40]
    for name in names:
        # The first root that is one: publishers' programs write warnings ('<br /><b>…') before their feeds.
        if name in _ROOTS:
            return _ROOTS[name]
    if (names and names[0] in _PAGE) or head[:9].lower() == "<!doctype" or (names and "html" in (content_type or "")):
        return "html"
    return "unknown"


def _without_comments(head: str) -> str:
    kept, position = [], 0
    while (start := head.find("<!--", position)) >= 0:
        kept.append(head[position:start])
        end = head.find("-->", start)
        if end < 0:
            return "".join(kept)
        position = end + 3
    return "".join([*kept, head[position:]])
