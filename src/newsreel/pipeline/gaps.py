"""A gap in what a channel has shown us, and the way back through its older pages until something known is met.

A channel shows a window of its latest entries. As long as each reading meets something that an earlier one has named, nothing
was missed. Where none of it is known, although it was in all readings before, more was published meanwhile than the window
holds: older pages are read, once, as many as the bounds allow.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from newsreel.archive import registry
from newsreel.archive.models import Channel
from newsreel.core.errors import Misconfigured, NewsreelError, Temporary
from newsreel.core.types import Entry, Response
from newsreel.core.urls import host_of, identity
from newsreel.pipeline import decisions
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.crawl")

STEADY = 3  # readings in a row that overlapped, from which one that does not is a gap
MOST_PAGES = 10
MOST_ENTRIES = 1000
MOST_SECONDS = 120.0  # the host's lease is renewed meanwhile, but its other channels wait
MARGIN = timedelta(days=1)  # what is older than the last good reading by more than that was there to be seen then

End = Literal["met", "reached", "ended", "repeated", "bounded", "failed"]
Read = Callable[[Response], Awaitable[Sequence[Entry]]]


@dataclass(frozen=True, slots=True)
class Filling:
    """What became of a gap of a channel. ``since``: its last good reading, where that is known; ``until``: the reading that found
    the gap. ``pages`` were read and named ``entries`` beyond those of the first.

    ``end``: 'met' something known, 'reached' what is older than the gap, 'ended' as there is no older page that may be read,
    'repeated' itself, 'bounded' by MOST_PAGES, MOST_ENTRIES or MOST_SECONDS, or 'failed' with the ``outcome`` of a fetch.
    """

    channel: int
    since: datetime | None
    until: datetime
    pages: int
    entries: int
    end: End
    outcome: str = ""

    @property
    def filled(self) -> bool:
        """Whether all that was published meanwhile has been named."""
        return self.end in ("met", "reached")


def should_page_back(overlaps: int, named: int, known: bool) -> bool:
    """Whether a reading shows a gap: it named something, none of it known, after STEADY readings that overlapped."""
    return named > 0 and not known and overlaps >= STEADY


def overlaps_after(overlaps: int, named: int, known: bool, filling: Filling | None = None) -> int:
    """The number of readings in a row that overlapped, after another one. A channel whose gap could not be filled must be
    steady anew before older pages are read again: one that changes all its addresses at each reading never is.
    """
    if not named:
        return overlaps
    if known or (filling is not None and filling.filled):
        return min(overlaps + 1, STEADY)
    return 0


def last_good(channel: Channel) -> datetime | None:
    """When a channel was surely read the last time; of one that could not be read lately, when it last named something new."""
    return channel.last_read_at if channel.outcome == "ok" else channel.last_new_at


def end_of(
    entries: Sequence[Entry], fresh: int, known: bool, since: datetime | None, pages: int, total: int, seconds: float
) -> End | None:
    """Why to stop behind an older page, or None: ``fresh`` of its ``entries`` were not on the pages before; ``known``: some were
    in the archive; ``pages``, ``total`` entries and ``seconds`` so far.
    """
    if known:
        return "met"
    if not fresh:
        return "repeated" if entries else "ended"
    dates = [moment for entry in entries if (moment := entry.published or entry.updated)]
    if since is not None and dates and len(dates) * 2 > len(entries) and max(dates) < since - MARGIN:
        return "reached"
    if pages >= MOST_PAGES or total >= MOST_ENTRIES or seconds >= MOST_SECONDS:
        return "bounded"
    return None


def of_the_gap(entries: Iterable[Entry], known: frozenset[str] | set[str], since: datetime | None) -> list[Entry]:
    """The entries of an older page that belong to the gap: up to the last known one, and not older than the last good reading."""
    listed = list(entries)
    places = [place for place, entry in enumerate(listed) if identity(entry.url) in known]
    kept = listed[: places[-1]] if places else listed
    return [
        entry
        for entry in kept
        if identity(entry.url) not in known
        and (since is None or (moment := entry.published or entry.updated) is None or moment >= since - MARGIN)
    ]


@dataclass
class _Way:
    """The way back so far."""

    seen: set[str]
    read: set[str]
    older: list[str]
    found: list[Entry] = field(default_factory=list)
    pages: int = 0
    started: float = field(default_factory=time.monotonic)


async def fill(
    shop: Workshop,
    channel: Channel,
    first: Response,
    entries: Sequence[Entry],
    older: Sequence[str],
    read: Read,
    accept: str,
) -> tuple[list[Entry], Filling, Temporary | None]:
    """The entries of the gap behind a reading (``first``, which named ``entries``), how that ended, and the host's word where it
    asked to be left alone. ``older``: where older pages are, where the channel's kind tells (sitemaps); else each page says so
    itself. ``read`` makes entries of a page.
    """
    since = last_good(channel)
    way = _Way({identity(entry.url) for entry in entries}, {identity(first.url), identity(channel.url)}, list(older))
    end, outcome = "ended", ""
    asked: Temporary | None = None
    response = first
    try:
        while True:
            url = await _next(shop, channel, way, response, listed=bool(older))
            if url is None:
                break
            response = await shop.fetch(channel.source, url, accept=accept)
            way.pages += 1
            if stopped := await _take(shop, way, await read(response), since):
                end = stopped
                break
    except NewsreelError as error:
        if isinstance(error, Misconfigured) or error.outcome in decisions.HOUSE_FAULTS:
            raise
        # A page that is not there is the end of the paging; anything else kept us from looking.
        end, outcome = ("ended", "") if error.outcome == "gone" else ("failed", error.outcome)
        asked = error if isinstance(error, Temporary) and error.retry_after is not None else None
    filling = Filling(channel.pk, since, first.fetched_at, way.pages, len(way.found), end, outcome)  # type: ignore[arg-type]
    shop.costs.outcomes["gap_filled" if filling.filled else "gap_not_filled"] += 1
    log.info("channel %s: a gap, %s after %s older pages with %s entries", channel.pk, end, way.pages, len(way.found))
    return way.found, filling, asked


async def _next(shop: Workshop, channel: Channel, way: _Way, response: Response, *, listed: bool) -> str | None:
    """The address of the next older page: of a host that we hold, and never one twice."""
    if not listed:
        way.older = list(
            await shop.read("older_pages", response.body, response.url, content_type=response.content_type)
        )
    while way.older:
        url = way.older.pop(0)
        if host_of(url) == channel.host and identity(url) not in way.read:
            way.read.add(identity(url))
            return url
    return None


async def _take(shop: Workshop, way: _Way, entries: Sequence[Entry], since: datetime | None) -> End | None:
    keys = {identity(entry.url) for entry in entries}
    known = await shop.db(registry.known_leads, sorted(keys - way.seen))
    fresh = [entry for entry in entries if identity(entry.url) not in way.seen]
    way.found += of_the_gap(fresh, known, since)[: MOST_ENTRIES - len(way.found)]
    way.seen |= keys
    seconds = time.monotonic() - way.started
    return end_of(entries, len(fresh), bool(known), since, way.pages, len(way.found), seconds)
