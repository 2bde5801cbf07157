"""A site's memory on its way between processes: as bytes, the kept memory and after it the lessons that came since."""

from __future__ import annotations

from collections.abc import Iterable

from newsreel.core.errors import Permanent
from newsreel.core.types import Article, SiteRule
from newsreel.extraction.article import extract_and_learn
from newsreel.extraction.memory import SiteMemory

MAX_LESSON_BYTES = 8192  # a page's 400 hashes take 4,032


def remembered(parts: Iterable[bytes]) -> SiteMemory:
    """The memory that all of these make together. What cannot be read (another version's) is as if it was not known."""
    read = []
    for part in parts:
        try:
            read.append(SiteMemory.from_bytes(part))
        except Permanent:
            continue
    return SiteMemory().merge(*read)


def extract_with_memory(
    html: bytes,
    url: str,
    *,
    content_type: str | None = None,
    memory: Iterable[bytes] = (),
    rule: SiteRule | None = None,
) -> tuple[Article, bytes, str]:
    """``extract_and_learn`` for a caller in another process: the article, the page's lesson, and the text without memory
    where that is another one, else ''.
    """
    reading = extract_and_learn(html, url, content_type, remembered(memory), rule)
    whole = "" if reading.text_without_memory == reading.article.text else reading.text_without_memory
    return reading.article, reading.lesson.to_bytes(), whole
