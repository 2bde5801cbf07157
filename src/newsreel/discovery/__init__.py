"""From the bytes of a feed, a sitemap or a front page to leads: addresses of articles, and what is said of them.

Pure functions of bytes. Whatever the bytes are, the outcome is an answer in bounded time, never an exception.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsreel.discovery.autodiscovery import FeedLink, common_places, find_feeds
    from newsreel.discovery.feeds import parse_feed
    from newsreel.discovery.frontpages import parse_frontpage, read_front
    from newsreel.discovery.hubs import find_hubs
    from newsreel.discovery.paging import older_pages
    from newsreel.discovery.sitemaps import parse_sitemap
    from newsreel.discovery.sniffing import sniff

_FACES = {
    "FeedLink": "autodiscovery",
    "common_places": "autodiscovery",
    "find_feeds": "autodiscovery",
    "find_hubs": "hubs",
    "parse_feed": "feeds",
    "older_pages": "paging",
    "parse_frontpage": "frontpages",
    "read_front": "frontpages",
    "parse_sitemap": "sitemaps",
    "sniff": "sniffing",
}

__all__ = [
    "FeedLink",
    "common_places",
    "find_feeds",
    "find_hubs",
    "older_pages",
    "parse_feed",
    "parse_frontpage",
    "parse_sitemap",
    "read_front",
    "sniff",
]


def __getattr__(name: str) -> Any:
    if name not in _FACES:
        raise AttributeError(f"module 'newsreel.discovery' has no attribute {name!r}")
    return getattr(import_module(f"newsreel.discovery.{_FACES[name]}"), name)
