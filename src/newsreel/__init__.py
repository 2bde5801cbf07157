"""Newsreel: the world's press as one clean, searchable, rolling newspaper.

The names below are the stable faces. Importing them imports no Django, and each room only when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsreel.core.types import Article, Block, Entry, Evidence, Feed, Keyword, Topic
    from newsreel.discovery import parse_feed
    from newsreel.enrichment import detect_language, keywords, topics
    from newsreel.extraction import SiteMemory, extract

__version__ = "0.1.0"

_FACES = {
    "Article": "newsreel.core.types",
    "Block": "newsreel.core.types",
    "Entry": "newsreel.core.types",
    "Evidence": "newsreel.core.types",
    "Feed": "newsreel.core.types",
    "Keyword": "newsreel.core.types",
    "SiteMemory": "newsreel.extraction",
    "Topic": "newsreel.core.types",
    "detect_language": "newsreel.enrichment",
    "extract": "newsreel.extraction",
    "keywords": "newsreel.enrichment",
    "parse_feed": "newsreel.discovery",
    "topics": "newsreel.enrichment",
}

__all__ = [
    "Article",
    "Block",
    "Entry",
    "Evidence",
    "Feed",
    "Keyword",
    "SiteMemory",
    "Topic",
    "detect_language",
    "extract",
    "keywords",
    "parse_feed",
    "topics",
]


def __getattr__(name: str) -> Any:
    if name not in _FACES:
        raise AttributeError(f"module 'newsreel' has no attribute {name!r}")
    return getattr(import_module(_FACES[name]), name)
