"""Where older entries are: the next page of a feed or of a front page, as they name it themselves or as paging is usually written.

RFC 5005 (next, prev-archive), JSON Feed's next_url, HTML's rel=next, the links of a pager, WordPress's ?paged=2.
"""

from __future__ import annotations

import html
import json
import re
import urllib.parse

from newsreel.core.encoding import decode
from newsreel.core.urls import absolute, host_of, identity, split
from newsreel.discovery.markup import attributes_of
from newsreel.discovery.soup import pieces

MAX_BYTES = 4_000_000
MAX_PIECES = 150_000
MOST = 3
MAX_PAGE = 500
_FEED = re.compile(r"<(?:[a-z][\w.-]{0,30}:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_ITEM = re.compile(r"<(?:[a-z][\w.-]{0,30}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_LINK = re.compile(r"<(?:[a-z][\w.-]{0,30}:)?link\s[^<>]{1,2000}>", re.IGNORECASE)
_WORDPRESS = re.compile(r"<generator>[^<]{0,40}wordpress", re.IGNORECASE)
_NEXT_URL = re.compile(r'"next_url"\s*:\s*"((?:[^"\\]|\\.){1,2000})"')
_OLDER = ("next", "prev-archive")  # the next page of a paged feed before the archive of an archived one
_PARAMETERS = frozenset("page paged p pg pagina seite pageno pagenum page_no pn".split())
# What a pager's addresses have beside the page's number: '/page/2', '/2/', 'index_2.html', 'list-2.shtml'.
_NUMBER = re.compile(r"(?<=/page/)(\d{1,3})(?=/?$)|(?<=[a-z][-_])(\d{1,3})(?=\.s?html?$)|(?<=/p)(\d{1,3})(?=/?$)")


def older_pages(body: bytes, url: str, content_type: str | None = None) -> tuple[str, ...]:
    """Addresses of the page with the entries before those of this one, the likeliest first, MOST at most; of the same host
    alone. () where it names none.
    """
    text = decode(body, content_type, limit=MAX_BYTES)[0].lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        found = _in_json(text)
    elif _FEED.search(text, 0, 20_000):
        found = _in_feed(text, url)
    else:
        found = _in_page(text, url)
    kept: dict[str, str] = {}
    for reference in found:
        address = absolute(reference, url)
        if address and host_of(address) == host_of(url) and identity(address) != identity(url):
            kept.setdefault(identity(address), address)
    return tuple(kept.values())[:MOST]


def _in_json(text: str) -> list[str]:
    match = _NEXT_URL.search(text[:20_000]) or _NEXT_URL.search(text[-20_000:])
    try:
        return [str(json.loads(f'"{match[1]}"'))] if match else []
    except ValueError:
        return []


def _in_feed(text: str, url: str) -> list[str]:
    """The links of the feed itself, which stand before its first entry or, in careless ones, after the last."""
    first = _ITEM.search(text)
    head = text[: first.start()] if first else text
    last = max(text.rfind("</item>"), text.rfind("</entry>"))
    tail = text[last:] if last >= 0 else ""
    stated: list[tuple[int, str]] = []
    for part in (head[:100_000], tail[:100_000]):
        for match in _LINK.finditer(part):
            said = dict(attributes_of(match[0][1:-1]))
            relations = said.get("rel", "").lower().split()
            stated += [(_OLDER.index(name), said.get("href", "")) for name in relations if name in _OLDER]
    found = [reference for _, reference in sorted(stated)]
    if not found and _WORDPRESS.search(head[:100_000]):
        found = [_with(url, "paged", _page_of(url) + 1)]
    return found


def _in_page(text: str, url: str) -> list[str]:
    """What a page calls the next one, then the link that is its own address with the next number."""
    named: list[str] = []
    numbered: list[str] = []
    wanted = _page_of(url) + 1
    own = _without_number(url)
    for piece in pieces(text, MAX_PIECES):
        if piece.closing or piece.name not in ("a", "link") or "=" not in piece.source:
            continue
        reference = piece.attributes.get("href", "").strip()
        if "next" in piece.source.lower() and "next" in piece.attributes.get("rel", "").lower().split():
            named.append(reference)
        elif piece.name == "a" and len(numbered) < MOST and str(wanted) in reference:
            address = absolute(html.unescape(reference), url)
            if address and _page_of(address) == wanted and _without_number(address) == own:
                numbered.append(address)
        if len(named) >= MOST:
            break
    return named + numbered


def _page_of(url: str) -> int:
    """Which page of a list an address names, 1 where it names none."""
    parts = split(url)
    if parts is None:
        return 1
    for name, value in urllib.parse.parse_qsl(parts.query[:500]):
        if name.lower() in _PARAMETERS and value.isascii() and value.isdecimal() and len(value) <= 3:
            return max(1, min(int(value), MAX_PAGE))
    match = _NUMBER.search(parts.path)
    return max(1, min(int(next(filter(None, match.groups()))), MAX_PAGE)) if match else 1


def _without_number(url: str) -> str:
    """The list that an address is a page of."""
    parts = split(url)
    if parts is None:
        return ""
    path = re.sub(r"(?:/page/|/p|[-_])$", "", re.sub(r"(?:/|\.s?html?)$", "", _NUMBER.sub("", parts.path)))
    path = re.sub(r"/(?:index|default)$", "", path)
    query = sorted(
        (name, value) for name, value in urllib.parse.parse_qsl(parts.query[:500]) if name.lower() not in _PARAMETERS
    )
    return f"{host_of(url)}{path.rstrip('/')}?{urllib.parse.urlencode(query)}"


def _with(url: str, name: str, page: int) -> str:
    parts = urllib.parse.urlsplit(url)
    query = [pair for pair in urllib.parse.parse_qsl(parts.query[:500]) if pair[0].lower() != name]
    return parts._replace(query=urllib.parse.urlencode([*query, (name, str(page))]), fragment="").geturl()
