"""What each page shows, as one object for its template.

The position in the change log is read before the articles, so that the stream, which goes on from there, may repeat
an article that the page has already, but never leaves one out.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from newsreel.archive import queries
from newsreel.archive.cursors import Cursor
from newsreel.archive.shown import ChannelState, FullArticle, Headline, Listing, Outlet, SourceState
from newsreel.core.settings import settings
from newsreel.portal import doing, statements, topics
from newsreel.portal.doing import Doing
from newsreel.portal.names import in_language, sorting_key

SOURCES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page that is live: 滚动新闻, and where in the change log it was read."""

    position: str
    rolling: tuple[Headline, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list of articles. ``scope`` ('all', 'source:7', 'channel:9', '') says which live articles belong to it."""

    frame: Frame
    title: str
    kind: str
    listing: Listing
    scope: str = ""
    first: bool = True
    source: SourceState | None = None
    outlet: Outlet | None = None
    channel: ChannelState | None = None
    doing: Doing | None = None


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article with what is around it."""

    frame: Frame
    article: FullArticle
    statements: tuple[statements.Statement, ...]


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Sources, SOURCES_SHOWN at once; ``total`` is of all."""

    frame: Frame
    sources: tuple[SourceState, ...]
    total: int
    previous: int | None
    following: int | None


@dataclass(frozen=True, slots=True)
class AboutPage:
    """The installation in figures, and how it asks publishers for their pages."""

    frame: Frame
    totals: dict[str, int]
    contact: str
    gap: float


def frame() -> Frame:
    """Two queries, in this order."""
    position = str(queries.read_up_to())
    return Frame(position, queries.rolling())


def home(before: Cursor | None, after: Cursor | None) -> ListPage:
    """最新资讯."""
    around = frame()
    listing = queries.newest(before, after)
    first = listing.newer is None
    now = doing.doing() if first else None
    return ListPage(around, _("Latest news"), "home", listing, "all" if first else "", first, doing=now)


def source(id_: int, before: Cursor | None, after: Cursor | None) -> ListPage | None:
    """A source's articles, or None."""
    around = frame()
    found = queries.source(id_)
    if found is None:
        return None
    listing = queries.of_source(id_, before, after)
    first = listing.newer is None
    scope = f"source:{id_}" if first else ""
    return ListPage(around, in_language(found.name), "source", listing, scope, first, source=found)


def channel(id_: int, before: Cursor | None, after: Cursor | None) -> ListPage | None:
    """A channel's articles, or None."""
    around = frame()
    found = queries.channel(id_)
    if found is None:
        return None
    outlet, state = found
    listing = queries.of_channel(id_, before, after)
    first = listing.newer is None
    title = "-".join(part for part in (in_language(outlet.source), in_language(outlet.channel)) if part)
    scope = f"channel:{id_}" if first else ""
    return ListPage(around, title, "channel", listing, scope, first, outlet=outlet, channel=state)


def topic(code: str, before: Cursor | None, after: Cursor | None) -> ListPage | None:
    """A topic's articles. None where no topic has that code and no article names it."""
    around = frame()
    listing = queries.of_topic(code, before, after)
    if not listing.items and not topics.known(code):
        return None
    return ListPage(around, topics.label(code), "topic", listing, first=listing.newer is None)


def keyword(id_: int, before: Cursor | None, after: Cursor | None) -> ListPage | None:
    """A keyword's articles, or None."""
    around = frame()
    text = queries.keyword(id_)
    if text is None:
        return None
    listing = queries.of_keyword(id_, before, after)
    return ListPage(around, text, "keyword", listing, first=listing.newer is None)


def article(id_: int) -> ArticlePage | None:
    """An article, or None."""
    around = frame()
    found = queries.article(id_)
    return None if found is None else ArticlePage(around, found, statements.readable(found.statements))


def sources(number: int) -> SourcesPage | None:
    """A page of the sources, by name in the reader's language; None where there is no such page."""
    around = frame()
    names = queries.source_names()
    ids = [id_ for id_, _name in sorted(names, key=lambda row: (sorting_key(in_language(row[1])), row[0]))]
    pages = max(1, -(-len(ids) // SOURCES_SHOWN))
    if not 1 <= number <= pages:
        return None
    shown = ids[(number - 1) * SOURCES_SHOWN : number * SOURCES_SHOWN]
    previous = number - 1 if number > 1 else None
    following = number + 1 if number < pages else None
    return SourcesPage(around, queries.sources(shown), len(ids), previous, following)


def about() -> AboutPage:
    """What this is."""
    return AboutPage(frame(), queries.totals(), settings().contact, settings().crawl_gap)
