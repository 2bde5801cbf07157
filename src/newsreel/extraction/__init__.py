"""Bytes of a page -> Article: body, metadata, dates, sanitised HTML. A pure function; no network, no clock."""

from newsreel.core.encoding import decode
from newsreel.extraction.article import article_from_feed, extract, extract_and_learn
from newsreel.extraction.explaining import Explanation, Piece, explain
from newsreel.extraction.kinds import extract_with_signs
from newsreel.extraction.learning import extract_with_memory
from newsreel.extraction.memory import SiteMemory
from newsreel.extraction.reading import Reading
from newsreel.extraction.sanitising import sanitise

__all__ = [
    "Explanation",
    "Piece",
    "Reading",
    "SiteMemory",
    "article_from_feed",
    "decode",
    "explain",
    "extract",
    "extract_and_learn",
    "extract_with_memory",
    "extract_with_signs",
    "sanitise",
]
