"""What to do next with an address, decided from values alone: which statement is taken, what counts as an article, when to come again.

Of channels see polling.py.

Pure functions of (what we know, what we heard): storage writes their answers, nothing here reads a clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from newsreel.archive.storing import ArticleFacts
from newsreel.core.dates import iso
from newsreel.core.errors import NewsreelError, Temporary
from newsreel.core.text import squeeze, tokens
from newsreel.core.types import Article, Entry, PageSigns, Precision

# After a failure: a minute, five, half an hour, three hours, twelve. Then it is set aside.
BACK_OFF = (60.0, 300.0, 1800.0, 10800.0, 43200.0)
# A Retry-After is obeyed as it is so often in a row; from then on it is at least a back-off.
PATIENT_TRIES = 5
# Pages are corrected silently, most often soon: an hour after the first visit, and a day.
REVISITS = (3600.0, 86400.0)
LONGEST_WAIT_FOR_HOST = 60.0  # what `crawl --once` waits out
# Of the disk and the database, and so of no page or channel: they stop the crawl, and nothing of the press is blamed.
HOUSE_FAULTS = frozenset({"disk_full", "disk_failed", "database_lost"})
HOST_FAILURES = frozenset({"dns_failed", "connect_failed", "tls_failed", "timed_out", "robots_unreachable"})
# How long a host waits whose first answer is a fault of its own (5xx). It may be that of one section: so the host is asked for another
# address as soon as there is a place for one that failed last time. If that is a fault too the host as a whole is left alone.
FIRST_FAULT = 0.0
MIN_TOKENS_FRONTPAGE = 60
ENOUGH_EVIDENCE = 2
# A list's teasers stand between nearly all pieces of its text, at the least between every second one. Of 240 recorded articles none
# has three and such a share.
FEWEST_TEASERS, TEASED = 3, 0.4
LINKED = 0.5  # of a list's text, where whole teasers are links
NO_SIGNS = PageSigns()


def retry_in(error: NewsreelError, attempts: int) -> float | None:
    """Seconds until an address is tried again after its (attempts + 1)th failure in a row; None is never."""
    if not isinstance(error, Temporary):
        return None
    if attempts >= PATIENT_TRIES + len(BACK_OFF) or (error.retry_after is None and attempts >= len(BACK_OFF)):
        return None
    return _after(error, attempts)


def put_off(chance: float) -> float:
    """Seconds until an address is tried again on whose way another worker speaks to a host. ``chance``, from 0 to 1, so
    that two who wait for each other's hosts part. It is no failure, and not counted as one.
    """
    return 5.0 + 10.0 * chance


def names_its_time(error: NewsreelError, failures: int) -> bool:
    """Whether a host's Retry-After is taken at its word: not from one that says 'in a second' for ever."""
    return isinstance(error, Temporary) and error.retry_after is not None and failures < PATIENT_TRIES


def _after(error: Temporary, failures: int) -> float:
    if error.retry_after is None:
        return BACK_OFF[min(failures, len(BACK_OFF) - 1)]
    asked = min(max(error.retry_after, 1.0), 86400.0)
    if failures < PATIENT_TRIES:
        return asked
    return max(asked, BACK_OFF[min(failures - PATIENT_TRIES, len(BACK_OFF) - 1)])


def revisit_in(visits: int) -> float | None:
    """Seconds until a page is looked at again, after so many visits before this one."""
    return REVISITS[visits] if visits < len(REVISITS) else None


def choose_title(page: Article, entry: Entry, kind: str) -> str:
    """The title of an article.

    A feed or news sitemap states the headline for machines, so it is taken, unless it was cut short or is no more than the address.
    A front page's anchor may be a teaser: there the page's own title goes first.
    """
    stated = squeeze(entry.title)
    if kind == "frontpage" or not _is_headline(stated):
        return page.title or stated
    if page.title and stated.rstrip(" .…") != stated and page.title.startswith(stated.rstrip(" .…")):
        return page.title
    return stated


def choose_date(page: Article, entry: Entry) -> tuple[datetime | None, Precision]:
    """When an article was published.

    The page is believed before the feed (feeds date their items anew when they are edited), except that an article cannot be published more
    than a day after the feed named it, and a feed's time of day completes a page's bare day.
    """
    if page.published is None or entry.published is None:
        found, precision = (
            (page.published, page.published_precision)
            if page.published
            else (entry.published, entry.published_precision)
        )
        return found, precision
    if page.published - entry.published > timedelta(days=1):
        return entry.published, entry.published_precision
    same_day = abs(page.published - entry.published) <= timedelta(hours=36)
    if page.published_precision == "day" and entry.published_precision == "time" and same_day:
        return entry.published, "time"
    return page.published, page.published_precision


def is_vouched_for(entry: Entry, kind: str) -> bool:
    """Whether what a channel named is an article by the channel's own word: feeds name nothing else, nor do sitemaps that say a
    title or a date of publication. Front pages and plain sitemaps name all that a site has.
    """
    return kind == "feed" or (kind == "sitemap" and bool(entry.title or entry.published))


def is_article(article: Article, entry: Entry, kind: str, signs: PageSigns = NO_SIGNS, said: str = "") -> bool:
    """Whether a page that a channel named is an article: where nobody vouches for it, by the evidence of the page. ``said``: what an
    editor says of addresses of its shape, 'yes' or 'no'; that counts before all else.
    """
    if not article.text or said == "no":
        return False
    return said == "yes" or is_vouched_for(entry, kind) or article_evidence(article, signs) >= ENOUGH_EVIDENCE


def article_evidence(article: Article, signs: PageSigns) -> int:
    """How much speaks for a page's being an article. Text: 2 from MIN_TOKENS_FRONTPAGE words, 1 from a third of that; a date or an
    author: 1; its own word (JSON-LD, og:type): 1. Against it: 3 where its text is a row of teasers, 2 where its JSON-LD calls it a
    list or a page about somebody, 1 where it says of itself no more than 'website'.
    """
    length = len(tokens(article.text))
    found = (length >= MIN_TOKENS_FRONTPAGE) + (length >= MIN_TOKENS_FRONTPAGE // 3)
    found += bool(article.published or article.authors)
    found += signs.article or signs.og_type == "article"
    if signs.linked > LINKED or (signs.teasers >= FEWEST_TEASERS and signs.teased >= TEASED):
        found -= 3
    if signs.lists and not signs.article:
        found -= 2
    elif signs.og_type == "website" and not signs.article:
        found -= 1
    return found


def facts_of(article: Article, entry: Entry, kind: str, source_language: str) -> ArticleFacts:
    """What the archive is to say, from what the page and the feed each said."""
    published, precision = choose_date(article, entry)
    return ArticleFacts(
        url=entry.url,
        title=choose_title(article, entry, kind) or article.text.split("\n", 1)[0][:120] or entry.url,
        text=article.text,
        html=article.html,
        canonical_url=article.canonical_url or "",
        blocks=article.blocks,
        published=published,
        published_precision=precision,
        modified=article.modified or entry.updated,
        authors=article.authors or entry.authors,
        section=article.section,
        publisher_keywords=article.publisher_keywords or entry.categories,
        language=article.language or entry.language or source_language,
        lead_image=article.lead_image or "",
        statements=_statements(article, entry),
    )


def _statements(article: Article, entry: Entry) -> dict[str, Any]:
    said = {
        "page": {
            "title": article.title,
            "published": iso(article.published, article.published_precision),
            "modified": iso(article.modified),
        },
        "feed": {
            "title": entry.title,
            "published": iso(entry.published, entry.published_precision),
            "updated": iso(entry.updated),
        },
    }
    return {who: {what: value for what, value in statement.items() if value} for who, statement in said.items()}


def _is_headline(title: str) -> bool:
    return bool(title) and "://" not in title and len(tokens(title)) >= 2
