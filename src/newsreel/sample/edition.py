"""What the sample press answers to an address at a moment: bytes as each outlet sends them. No sockets, no clock."""

from __future__ import annotations

import hashlib
import html
import json
import urllib.parse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from string import Template

from newsreel.sample.feeds import MEDIA_TYPES, feed
from newsreel.sample.outlets import Outlet, outlets
from newsreel.sample.pages import article_page, info_page, list_page
from newsreel.sample.pictures import picture
from newsreel.sample.timetable import WEEK, Printed, timetable

INDEX_HOST = "press.example"
FRONT_PAGE = 40
# Decoders of a label do not all agree on these characters (0x815C is U+2014 to Python, U+2015 to browsers): such a
# character is sent as a reference, so that every reader sees the one that was written.
RIVALS = {"shift_jis": "cp932", "gb18030": "gb18030", "windows-1251": "cp1251", "utf-8": "utf-8"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, media type with charset, bytes, and when the resource last got anything new (or None)."""

    status: int
    content_type: str
    body: bytes
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """A validator of the bytes; weak, as it is the same with and without gzip."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:20]}"'


class Edition:
    """The whole press of one week. It counts how often each article was read: a silent correction may wait for that."""

    def __init__(self, start_week: datetime, drip: float | None = None, seed: int = 1) -> None:
        self.opening = start_week + WEEK
        self.drip, self.seed = drip, seed
        self.printed = timetable(start_week, drip)
        self.reads: Counter[str] = Counter()
        self._hosts = {outlet.host: outlet for outlet in outlets().values()}
        self._pages = {printed.url: printed for printed in self.printed}

    def out(self, outlet: Outlet, now: datetime) -> list[Printed]:
        """An outlet's articles that have appeared, in the order of appearance."""
        return [printed for printed in self.printed if printed.outlet is outlet and printed.appears <= now]

    def answer(self, host: str, target: str, now: datetime, *, counts: bool = True) -> Answer:
        """The answer to GET http://host/target. ``counts``: whether this is a reading (a HEAD request is none)."""
        parts = urllib.parse.urlsplit(target)
        path = parts.path or "/"
        if host == INDEX_HOST:
            return self._index(path, now)
        outlet = self._hosts.get(host)
        if outlet is None:
            return _plain(404, "no such site in the sample press")
        printed = self._pages.get(f"http://{host}{path}")
        if printed is not None and printed.appears <= now:
            return self._article(printed, now, counts)
        return self._other(outlet, path, now)

    def version(self, printed: Printed, now: datetime) -> int:
        """Which version of an article stands now."""
        since = (now - max(printed.appears, self.opening)).total_seconds()
        return printed.version(since, self.reads[printed.url])

    def _article(self, printed: Printed, now: datetime, counts: bool) -> Answer:
        number = self.version(printed, now)
        if counts:
            self.reads[printed.url] += 1
        text = article_page(printed, number, self.out(printed.outlet, now), self.seed)
        return _page(printed.outlet, text)

    def _other(self, outlet: Outlet, path: str, now: datetime) -> Answer:
        listed = self.out(outlet, now)
        newest = listed[::-1][:FRONT_PAGE]
        if path == "/":
            return _page(outlet, list_page(outlet, outlet.name, newest, listed))
        if path == "/robots.txt":
            return _plain(200, outlet.robots)
        if outlet.feed != "none" and path == outlet.feed_path:
            body = encoded(feed(outlet, newest), outlet)
            kind = f"{MEDIA_TYPES[outlet.feed]}; charset={outlet.charset}"
            return Answer(200, kind, body, listed[-1].appears if listed else None)
        if path in outlet.info:
            return _page(outlet, info_page(outlet, outlet.info[path], listed))
        if path.startswith("/pictures/") and path.endswith(".png"):
            return Answer(200, "image/png", picture(path[10:-4]))
        if path == "/static/logo.png":
            return Answer(200, "image/png", picture(outlet.id))
        section = self._section(outlet, path, listed)
        return section or _page(outlet, info_page(outlet, "404", listed), status=404)

    def _section(self, outlet: Outlet, path: str, listed: Sequence[Printed]) -> Answer | None:
        wanted = urllib.parse.unquote(path)
        for name in {printed.piece.section for printed in listed}:
            if Template(outlet.section_path).substitute(section=name) == wanted:
                chosen = [printed for printed in reversed(listed) if printed.piece.section == name]
                return _page(outlet, list_page(outlet, name, chosen, listed))
        return None

    def _index(self, path: str, now: datetime) -> Answer:
        """The press's own pages: what it consists of, for people (/) and programs (/sites)."""
        sites = {
            outlet.host: {
                "name": outlet.name,
                "url": outlet.root,
                "language": outlet.language,
                "country": outlet.country,
                "feed": outlet.feed,
                "articles": [printed.url for printed in self.out(outlet, now)],
            }
            for outlet in outlets().values()
        }
        if path == "/sites":
            return Answer(200, "application/json", json.dumps(sites, ensure_ascii=False).encode())
        if path != "/":
            return _plain(404, "no such page")
        rows = "".join(
            f'<li><a href="{site["url"]}">{html.escape(str(site["name"]))}</a> {site["language"]} {site["feed"]}</li>'
            for site in sites.values()
        )
        head = "<!doctype html><html lang=en><meta charset=utf-8><title>Sample press</title>"
        text = f"{head}<h1>A fictional press</h1><ul>{rows}</ul>"
        return Answer(200, "text/html; charset=utf-8", text.encode())


def encoded(text: str, outlet: Outlet) -> bytes:
    """A page in the outlet's encoding; what that cannot say, or not alike to all, is a character reference."""
    rival = RIVALS[outlet.charset.lower()]
    if outlet.encoding == "utf-8":
        return text.encode()
    safe = "".join(
        char if char.isascii() or _same(char, outlet.encoding, rival) else f"&#{ord(char)};" for char in text
    )
    return safe.encode(outlet.encoding)


@lru_cache(maxsize=8192)
def _same(char: str, one: str, other: str) -> bool:
    try:
        return char.encode(one) == char.encode(other)
    except UnicodeEncodeError:
        return False


def _page(outlet: Outlet, text: str, status: int = 200) -> Answer:
    # An old-style paper names its encoding in the page alone, as such servers do.
    kind = "text/html" if outlet.encoding != "utf-8" else "text/html; charset=utf-8"
    return Answer(status, kind, encoded(text, outlet))


def _plain(status: int, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", text.encode())


def last_modified(answer: Answer) -> dict[str, str]:
    """The Last-Modified header of an answer that has one."""
    if answer.modified is None:
        return {}
    return {"Last-Modified": format_datetime(answer.modified.astimezone(UTC), usegmt=True)}
