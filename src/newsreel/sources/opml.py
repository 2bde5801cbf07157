"""Lists of feeds as other readers write and read them: OPML 1 and 2."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from newsreel.core.encoding import decode
from newsreel.core.rsshub import feed_address, feed_identity, is_one
from newsreel.core.text import cut, squeeze
from newsreel.core.urls import absolute
from newsreel.core.xml import AMPERSAND, ENTITIES, ILLEGAL

MAX_BYTES = 8_000_000
MAX_OUTLINES = 50_000
MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed in a list: its address, title, the folders that it lies in, and its site's home page."""

    url: str
    title: str = ""
    categories: tuple[str, ...] = ()
    home_url: str = ""


@dataclass(frozen=True, slots=True)
class Opml:
    """A list as it was read. ``error`` is None, or why nothing (or not all) could be read, in words, ``fault`` its name.

    ``repeated`` counts entries that name a feed once more, ``odd`` holds what stood where an address should.
    """

    feeds: tuple[OpmlFeed, ...] = ()
    title: str = ""
    error: str | None = None
    fault: str = ""
    repeated: int = 0
    odd: tuple[str, ...] = ()


class _StopError(Exception):
    """No more is read: the fault's name, and the reason in words."""


class _Reader:
    def __init__(self) -> None:
        self.root = ""
        self.title = ""
        self.in_title = False
        self.path: list[str] = []
        self.folders: list[str] = []
        self.outlines = 0
        self.repeated = 0
        self.odd: list[str] = []
        self.feeds: dict[str, OpmlFeed] = {}

    def doctype(self, name: str, system: str | None, public: str | None, inner: bool) -> None:
        if inner:
            raise _StopError("list_entities", ENTITIES)

    def entity(self, *_: object) -> None:
        raise _StopError("list_entities", ENTITIES)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.lower()
        if not self.path and name != "opml":
            raise _StopError("list_unknown", "This is not a list of feeds (OPML).")
        self.path.append(name)
        if len(self.path) > MAX_DEPTH:
            raise _StopError("list_too_deep", "It is nested deeper than a list of feeds is.")
        self.in_title = self.path == ["opml", "head", "title"]
        if name == "outline":
            self.outline({key.lower(): value for key, value in attributes.items()})

    def outline(self, attributes: dict[str, str]) -> None:
        self.outlines += 1
        if self.outlines > MAX_OUTLINES:
            raise _StopError("list_too_long", f"It has more than {MAX_OUTLINES} entries: the rest was not read.")
        title = cut(squeeze(attributes.get("title") or attributes.get("text") or ""), 200)
        reference = attributes.get("xmlurl", "").strip()
        url = feed_address(reference) if reference else None
        self.folders.append("" if reference else title)
        if reference and not url:
            self.odd.append(cut(reference, 200))
        elif url and feed_identity(url) in self.feeds:
            self.repeated += 1
        elif url:
            home = attributes.get("htmlurl", "").strip()
            stated = [cut(squeeze(part), 100) for part in re.split("[,/]", attributes.get("category", "")[:1000])]
            folders = tuple(dict.fromkeys(filter(None, [*self.folders[:-1], *stated])))[:20]
            self.feeds[feed_identity(url)] = OpmlFeed(url, title, folders, _home(home, url))

    def end(self, name: str) -> None:
        if self.path.pop() == "outline":
            self.folders.pop()
        self.in_title = False

    def text(self, data: str) -> None:
        if self.in_title and len(self.title) < 500:
            self.title += data


def _home(stated: str, url: str) -> str:
    return (absolute(stated, "" if is_one(url) else url) or "") if stated else ""


def parse_opml(body: bytes) -> Opml:
    """The feeds that a list names, each once, in its order. Never raises: ``error`` says what could not be read."""
    if not body.strip():
        return Opml(error="It is empty.", fault="list_empty")
    if len(body) > MAX_BYTES:
        return Opml(error=f"It is larger than {MAX_BYTES // 1_000_000} MB.", fault="list_too_large")
    text = AMPERSAND.sub("&amp;", ILLEGAL.sub("", decode(body)[0].lstrip("\ufeff \t\r\n")))
    reader, parser = _Reader(), expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.entity
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    fault, error = "", None
    try:
        parser.Parse(text.encode("utf-8"), True)
    except _StopError as stop:
        fault, error = stop.args
    except expat.ExpatError:
        fault, error = _broken(reader)
    feeds = () if fault == "list_entities" else tuple(reader.feeds.values())
    if not feeds and error is None and not reader.odd:
        fault, error = "list_no_feeds", "It names no feeds."
    return Opml(feeds, squeeze(reader.title), error, fault, reader.repeated, tuple(reader.odd))


def _broken(reader: _Reader) -> tuple[str, str]:
    if reader.path:
        return "list_broken", "It is not well-formed: what stands after the fault was not read."
    return "list_unknown", "It is not XML that can be read."


def write_opml(feeds: Iterable[OpmlFeed], title: str = "Newsreel") -> str:
    """A list in OPML 2.0, a folder for each first category; what XML cannot hold is left out of the texts."""
    folders: dict[str, list[OpmlFeed]] = {}
    for feed in feeds:
        folders.setdefault(feed.categories[0] if feed.categories else "", []).append(feed)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{_quoted(title)[1:-1]}</title></head>", "  <body>"]
    for folder, held in folders.items():
        indent = "      " if folder else "    "
        lines += [f"    <outline text={_quoted(folder)}>"] if folder else []
        lines += [indent + _outline(feed) for feed in held]
        lines += ["    </outline>"] if folder else []
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _outline(feed: OpmlFeed) -> str:
    name = _quoted(feed.title or feed.url)
    home = f" htmlUrl={_quoted(feed.home_url)}" if feed.home_url else ""
    return f'<outline type="rss" text={name} title={name} xmlUrl={_quoted(feed.url)}{home}/>'


def _quoted(text: str) -> str:
    return '"' + html.escape(squeeze(ILLEGAL.sub("", text))) + '"'
