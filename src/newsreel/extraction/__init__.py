"""Bytes of a page -> Article: body, metadata, dates, sanitised HTML. A pure function; no network, no clock."""

from newsreel.core.encoding import decode
from newsreel.extraction.article import Reading, article_from_feed, extract, extract_and_learn
from newsreel.extraction.learning import extract_with_memory
from newsreel.extraction.memory import SiteMemory
from newsreel.extraction.sanitising import sanitise

__all__ = [
    "Reading",
    "SiteMemory",
    "article_from_feed",
    "decode",
    "extract",
    "extract_and_learn",
    "extract_with_memory",
    "sanitise",
]
