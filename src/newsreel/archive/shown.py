"""The shapes in which pages are given what the archive holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from newsreel.archive.cursors import Cursor
from newsreel.archive.snapshots import Record
from newsreel.core.types import Precision


class Name(NamedTuple):
    """A proper name, and in Chinese where that is known ('' where not)."""

    name: str
    name_zh: str = ""


NAMELESS = Name("")


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where an article comes from: '独立报-世界新闻'. A channel without a name is not shown."""

    source_id: int
    source: Name
    channel_id: int | None = None
    channel: Name = NAMELESS


@dataclass(frozen=True, slots=True)
class Headline:
    """An article in a list. ``when`` is the published time, or (``collected``) the time we first saw it."""

    id: int
    title: str
    outlet: Outlet
    when: datetime
    precision: Precision
    collected: bool
    language: str


@dataclass(frozen=True, slots=True)
class Item:
    """A headline with the first words of its body and its first topic's top level ('' where none is known)."""

    headline: Headline
    lead: str
    topic: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. ``newer`` and ``older`` are cursors, None where there is nothing more."""

    items: tuple[Item, ...]
    newer: Cursor | None = None
    older: Cursor | None = None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A channel as the list of sources shows it. ``outcome`` is '' (not yet read), 'ok' or an error's name."""

    id: int
    name: Name
    kind: str
    url: str
    outcome: str
    failures: int
    last_read_at: datetime | None
    last_new_at: datetime | None
    next_due_at: datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source with its channels."""

    id: int
    name: Name
    site: str
    home_url: str
    country: str
    language: str
    paused: bool
    channels: tuple[ChannelState, ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an article said before ``replaced_at``."""

    id: int
    title: str
    html: str
    text: str
    published_at: datetime | None
    precision: Precision
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class FullArticle:
    """Everything of an article's page. ``topics`` are codes of top levels (the narrower ones are not yet measured)
    and ``keywords`` (id, text), heaviest first.
    """

    headline: Headline
    url: str
    html: str
    text: str
    authors: tuple[str, ...]
    section: str
    first_seen: datetime
    modified_at: datetime | None
    enriched: bool
    statements: dict[str, Any] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    keywords: tuple[tuple[int, str], ...] = ()
    revisions: tuple[Earlier, ...] = ()
    lead_image: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The response that an article was last read from: where it lies, and what is needed to read it again."""

    url: str
    fetched_at: datetime
    content_type: str
    record: Record
