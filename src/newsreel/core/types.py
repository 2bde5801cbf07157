"""The shapes that news has on its way through the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Precision = Literal["time", "day"]


class Moment(NamedTuple):
    """A date as somebody stated it.

    ``when`` is aware. A date without a time of day has the precision ``day`` and stands at midnight UTC of
    that day, whatever zone it was written in: it is a day, and is never converted to another zone.
    """

    when: datetime
    precision: Precision


BlockKind = Literal["paragraph", "heading", "quote", "list", "table", "image", "code", "embed"]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an article's body, in reading order.

    ``text`` is plain text: the paragraph, heading, quotation or code, or an image's caption.
    ``items`` holds a list's items or a table's rows (cells joined by a tab). ``level`` is a heading's (2 to 6),
    ``ordered`` a list's. ``src`` and ``credit`` are an image's; an embedded post has its address in ``src`` and a label.
    """

    kind: BlockKind
    text: str = ""
    items: tuple[str, ...] = ()
    level: int = 0
    ordered: bool = False
    src: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as read from one page. Everything that could not be read is empty or None, never a guess.

    ``text`` is the body's paragraphs, headings, quotes, list items, table rows and code in order, joined by a
    blank line; no title, captions, credits or bylines. ``html`` is sanitised; its pictures have the publisher's
    addresses, and whoever shows it fetches them for the reader (portal/figures.py) or leaves them out.
    ``removed`` says what was left out, and why. ``reason`` is why there is no text, in words, where there is none.
    """

    url: str
    canonical_url: str | None = None
    title: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    published_precision: Precision = "time"
    authors: tuple[str, ...] = ()
    site_name: str = ""
    section: str = ""
    language: str = ""
    publisher_keywords: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    text: str = ""
    html: str = ""
    lead_image: str | None = None
    removed: tuple[tuple[str, str], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, a news sitemap or a front page: a lead to an article.

    ``id`` is the feed's own (guid, atom:id) or the address. ``summary`` is plain text, ``html`` is the feed's
    own text of the article as it came: foreign and not sanitised.
    """

    id: str
    url: str
    title: str = ""
    published: datetime | None = None
    published_precision: Precision = "time"
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""
    html: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed's bytes say. ``error`` is None, or the reason in words why nothing (or not all) could be read.

    ``refresh_seconds`` is how long the feed itself says that it stays as it is (discovery/rhythm.py); None where it says nothing
    that can be meant.
    ``hubs`` push it under the address ``topic`` (discovery/hubs.py).
    """

    title: str = ""
    home_url: str = ""
    language: str = ""
    error: str | None = None
    entries: tuple[Entry, ...] = ()
    refresh_seconds: int | None = None
    hubs: tuple[str, ...] = ()
    topic: str = ""


class Offer(NamedTuple):
    """What a publisher offers to be told of: ``hubs`` that push ``topic`` (WebSub). Either both are there, or neither."""

    hubs: tuple[str, ...] = ()
    topic: str = ""

    def __bool__(self) -> bool:
        return bool(self.hubs)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap's entries, or, of an index, the addresses of its sitemaps (``children``: url, last modified)."""

    entries: tuple[Entry, ...] = ()
    children: tuple[tuple[str, datetime | None], ...] = ()
    error: str | None = None


ChannelKind = Literal["feed", "sitemap", "frontpage"]


@dataclass(frozen=True, slots=True)
class Response:
    """An answer from the press.

    ``url`` is the address that answered, after redirects; ``redirects`` those before it, in order, and ``redirect_statuses`` what
    each of them answered. ``body`` is decoded, ``wire_body`` as it was received (still compressed). Header names keep their
    case; look them up with ``header``, which does not.
    """

    requested_url: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    wire_body: bytes
    fetched_at: datetime
    redirects: tuple[str, ...] = ()
    redirect_statuses: tuple[int, ...] = ()
    http_version: str = "1.1"

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def content_type(self) -> str | None:
        """The Content-Type as sent, parameters included."""
        return self.header("content-type")


class Keyword(NamedTuple):
    """A term that says what a text is about; ``weight`` in (0, 1]."""

    text: str
    weight: float


class Topic(NamedTuple):
    """A subject of IPTC Media Topics: ``code`` 'medtop:20000593', its top level 'medtop:11000000', weight in (0, 1]."""

    code: str
    top: str
    weight: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the publisher says of a text, as evidence of its topic."""

    section: str = ""
    keywords: Sequence[str] = ()
    url: str = ""
    categories: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What a text is about."""

    language: str
    keywords: tuple[Keyword, ...] = ()
    topics: tuple[Topic, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteRule:
    """What overrules the general extraction on the pages of one odd site.

    ``drop``: CSS selectors of what is never the article's. ``keep``: of elements whose whole text is the article, and
    nothing outside them, where any is on the page. ``title`` and ``date``: of the element that states it, or ''.
    """

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    title: str = ""
    date: str = ""


class PageSigns(NamedTuple):
    """What a page says of itself in JSON-LD: that it is an ``article``, that it ``lists`` them (or is about a person or the site);
    its ``og_type`` in lower case; ``teased``: the share of places between two pieces of its text where another article's
    headline stands as a link, and ``teasers``, how many such places that is; ``linked``: the share of its text that is such links.
    """

    article: bool = False
    lists: bool = False
    og_type: str = ""
    teased: float = 0.0
    teasers: int = 0
    linked: float = 0.0
