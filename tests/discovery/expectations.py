"""What the suites of other projects expect of their feeds, read from their own words and held against our Feed.

feedparser writes an expression into each file (``Expect: not bozo and entries[0]['title'] == u'…'``). Of it the parts are taken
that speak of titles, links, ids, dates, languages and encodings; the others name what a Feed of ours does not have.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from newsreel.core.encoding import codec_of, decode
from newsreel.core.types import Feed
from newsreel.core.urls import absolute
from newsreel.discovery import languages, parse_feed
from newsreel.discovery.snippets import plain_text

OF_FEED = {"title": "title", "link": "home_url", "language": "language"}
OF_ENTRY = {
    "title": "title",
    "link": "url",
    "id": "id",
    "published_parsed": "published",
    "updated_parsed": "updated",
    "published_at": "published",
    "updated_at": "updated",
    "language": "language",
}
_EXPECT = re.compile(rb"Expect:\s*(.*?)\s*(?:-->|\n)")
_HEADER = re.compile(rb"Header:\s*Content-[tT]ype:\s*(.*?)\s*\n")


class Wish(NamedTuple):
    """Something expected: of which entry (None: of the feed), which of OF_FEED or OF_ENTRY, or 'encoding', and what."""

    entry: int | None
    name: str
    value: Any


def feedparsers(path: Path) -> tuple[list[Wish], str | None]:
    """What a file of feedparser's suite expects that we can answer, and the content type with which it comes."""
    body = path.read_bytes()
    if body[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in body[:40]:
        body = decode(body)[0].encode()
    found, header = _EXPECT.search(body), _HEADER.search(body)
    wishes: list[Wish] = []
    if found is not None:
        try:
            wishes = list(_wishes(ast.parse(found[1].decode("utf-8", "replace"), mode="eval").body))
        except SyntaxError:
            wishes = []  # goes on over several lines
    return wishes, header[1].decode("latin-1") if header else None


def _wishes(node: ast.expr) -> Iterator[Wish]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for part in node.values:
            yield from _wishes(part)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        try:
            value = ast.literal_eval(node.comparators[0])
        except ValueError:
            return
        match _steps(node.left):
            case ["encoding"]:
                yield Wish(None, "encoding", value)
            case ["feed", str(name)] if name in OF_FEED:
                yield Wish(None, name, value)
            case ["entries", int(number), str(name)] if name in OF_ENTRY:
                yield Wish(number, name, value)


def _steps(node: ast.expr) -> list[Any]:
    """``entries[0]['title']`` as ['entries', 0, 'title']."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return [*_steps(node.value), node.slice.value]
    return [None]


def by_hand(feed: list[Any], entry: list[Any]) -> list[Wish]:
    """What truths.toml says of a feed and its first entry."""
    wishes = [Wish(None, name, value) for name, value in zip(("title", "link", "entries"), feed, strict=True)]
    names = ("title", "link", "id", "published_at", "updated_at")
    return wishes + [Wish(0, name, value) for name, value in zip(names, entry, strict=bool(entry))]


def agrees(body: bytes, url: str, content_type: str | None, wishes: list[Wish]) -> bool:
    """Whether all that is expected of a feed is so."""
    feed = parse_feed(body, url, content_type)
    return all(_meets(wish, feed, body, url, content_type) for wish in wishes)


def _meets(wish: Wish, feed: Feed, body: bytes, url: str, content_type: str | None) -> bool:
    if wish.name == "encoding":
        return decode(body, content_type)[1] == codec_of(str(wish.value))
    if wish.entry is not None and wish.entry >= len(feed.entries):
        return False
    whose: Any = feed if wish.entry is None else feed.entries[wish.entry]
    if wish.name == "entries":
        return len(feed.entries) == wish.value
    said = getattr(whose, (OF_FEED if wish.entry is None else OF_ENTRY)[wish.name])
    match wish.name:
        case "link":
            return said == (absolute(wish.value, url) if wish.value else "")
        case "language":
            return said == languages.tag(wish.value or "")
        case "title":
            return plain_text(wish.value or "") in (said, plain_text(said))
        case "published_parsed" | "updated_parsed":
            return said == (datetime(*wish.value[:6], tzinfo=UTC) if wish.value else None)
        case "published_at" | "updated_at":
            return said == (datetime.fromisoformat(wish.value) if wish.value else None)
    return bool(said == wish.value)
