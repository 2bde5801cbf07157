"""JSON Feed 1 and 1.1, read with tolerance: a field of a wrong type is as good as none."""

from __future__ import annotations

import html
import json
from typing import Any

from newsreel.core.dates import parse_date
from newsreel.core.text import cut, squeeze
from newsreel.core.types import Entry, Feed
from newsreel.core.urls import absolute, split
from newsreel.discovery import hubs, languages
from newsreel.discovery.snippets import absolute_links, inline_text, plain_text

MAX_TEXT = 8_000_000
MAX_ENTRIES = 500


def parse(text: str, url: str) -> Feed:
    """The feed that a JSON text holds; ``error`` says why where it holds none. Never raises."""
    if len(text) > MAX_TEXT:
        return Feed(error=f"It is longer than {MAX_TEXT // 1_000_000} million characters.")
    try:
        data = json.loads(text)
    except ValueError:
        return Feed(error="It is not JSON that can be read.")
    except RecursionError:
        return Feed(error="It is nested deeper than any feed is.")
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return Feed(error="This is JSON, but not a JSON Feed.")
    items = data["items"]
    problem = None
    if len(items) > MAX_ENTRIES:
        problem = f"It has more entries than are read at once: only the first {MAX_ENTRIES} were read."
    offer = hubs.of_links(_links(data), url)
    return Feed(
        title=cut(inline_text(_text(data, "title")), 500),
        home_url=absolute(_text(data, "home_page_url"), url) or "" if _text(data, "home_page_url") else "",
        language=languages.tag(_text(data, "language")),
        error=problem,
        entries=tuple(_entry(item, url, data) for item in items[:MAX_ENTRIES] if isinstance(item, dict)),
        hubs=offer.hubs,
        topic=offer.topic,
    )


def _links(data: dict[str, Any]) -> list[hubs.Link]:
    named = [hub for hub in _list(data, "hubs") if isinstance(hub, dict) and _text(hub, "type").lower() == "websub"]
    return [("self", _text(data, "feed_url")), *(("hub", _text(hub, "url")) for hub in named)]


def _entry(item: dict[str, Any], url: str, feed: dict[str, Any]) -> Entry:
    ident = _text(item, "id") or (str(item["id"]) if isinstance(item.get("id"), int | float) else "")
    link = _address(item, url)
    if not link and split(ident):
        link = ident
    published, updated = parse_date(_text(item, "date_published")), parse_date(_text(item, "date_modified"))
    body = _text(item, "content_html") or html.escape(_text(item, "content_text"), quote=False)
    title = cut(inline_text(_text(item, "title"), markup=False), 500)
    return Entry(
        id=squeeze(ident)[:2000] or link or title,
        url=link,
        title=title,
        published=published.when if published else None,
        published_precision=published.precision if published else "time",
        updated=updated.when if updated else None,
        authors=_authors(item) or _authors(feed),
        summary=cut(squeeze(_text(item, "summary")[:20_000]) or plain_text(body), 2_000),
        html=absolute_links(body, link or url),
        categories=tuple(dict.fromkeys(squeeze(tag)[:200] for tag in _list(item, "tags") if isinstance(tag, str)))[:40],
        language=languages.tag(_text(item, "language")),
    )


def _address(item: dict[str, Any], url: str) -> str:
    for name in ("url", "external_url"):
        if stated := _text(item, name):
            return absolute(stated, url) or ""
    return ""


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """Of version 1.1 ('authors') and 1 ('author')."""
    people = [*_list(holder, "authors"), holder.get("author")]
    names = [squeeze(_text(person, "name"))[:200] for person in people if isinstance(person, dict)]
    return tuple(dict.fromkeys(name for name in names if name))[:40]


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _list(holder: dict[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value[:1000] if isinstance(value, list) else []
