"""Lists of feeds as people bring and take them: OPML, or a table (CSV), whichever the bytes turn out to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newsreel.core.errors import Permanent
from newsreel.core.text import cut, squeeze
from newsreel.sources.opml import OpmlFeed, parse_opml, write_opml
from newsreel.sources.spreadsheets import Row, parse_csv, write_csv

MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """An entry of a list: the channel's address, and what the list says of it and of its outlet ('' where nothing)."""

    url: str
    outlet: str = ""
    outlet_zh: str = ""
    channel: str = ""
    channel_zh: str = ""
    kind: str = "feed"
    language: str = ""
    country: str = ""
    home_url: str = ""
    title: str = ""  # the feed's own, where outlet and channel are not told apart
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedList:
    """A list as it was read. ``error`` is None, or why it cannot be taken whole, in words; ``fault`` is that fault's name.

    ``repeated`` counts entries that name a feed once more, ``odd`` holds the first that stand where an address should.
    """

    feeds: tuple[ListedFeed, ...] = ()
    error: str | None = None
    fault: str = ""
    repeated: int = 0
    odd: tuple[str, ...] = ()


class RefusedList(Permanent):
    """A list that is not taken because of some of its entries: the first of them are ``entries``."""

    def __init__(self, outcome: str, reason: str, entries: tuple[str, ...] = ()) -> None:
        super().__init__(outcome, reason)
        self.entries = entries


def parse_list(body: bytes) -> FeedList:
    """The feeds of a list, each once, in its order: all of them, or none and the reason. Never raises."""
    if _is_markup(body):
        found = parse_opml(body)
        feeds = tuple(_of_opml(feed) for feed in found.feeds)
        return _whole(feeds, found.error, found.fault, found.repeated, found.odd)
    table = parse_csv(body)
    return _whole(
        tuple(ListedFeed(**row._asdict()) for row in table.rows), table.error, table.fault, table.repeated, table.odd
    )


def _is_markup(body: bytes) -> bool:
    """Whether the first sign is '<', in any of the encodings that lists come in."""
    return body[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


def _whole(
    feeds: tuple[ListedFeed, ...], error: str | None, fault: str, repeated: int, odd: tuple[str, ...]
) -> FeedList:
    """All or nothing: a list with a fault, or with an entry that names no address, gives no feeds."""
    if error is not None:
        return FeedList(error=error, fault=fault)
    if odd:
        first = tuple(cut(text, 80) for text in odd[:3])
        shown = ", ".join(map(repr, first))
        many = "One entry names" if len(odd) == 1 else f"{len(odd)} entries name"
        return FeedList(error=f"{many} no address of the web (http or https): {shown}.", fault="list_odd", odd=first)
    return FeedList(feeds, repeated=repeated)


def _of_opml(feed: OpmlFeed) -> ListedFeed:
    return ListedFeed(feed.url, title=feed.title, home_url=feed.home_url, folders=feed.categories)


def opml_of(feeds: Iterable[ListedFeed], title: str = "Newsreel") -> str:
    """The feeds as OPML, a folder for each outlet. Other kinds of channels than feeds have no place in it."""
    return write_opml(
        (
            OpmlFeed(
                feed.url,
                "-".join(filter(None, (feed.outlet, feed.channel))),
                (feed.outlet,) if feed.outlet else (),
                feed.home_url,
            )
            for feed in feeds
            if feed.kind == "feed"
        ),
        title,
    )


def csv_of(feeds: Iterable[ListedFeed]) -> str:
    """The channels as a table, of every kind."""
    return write_csv(Row(**{name: getattr(feed, name) for name in Row._fields}) for feed in feeds)


def names_of(feed: ListedFeed, outlet: str) -> str:
    """What a list calls a channel of an outlet: its own word, else the title without the outlet's name before it."""
    title = squeeze(feed.channel or feed.title)
    for mark in (f"{outlet}-", f"{outlet} - ", f"{feed.outlet}-"):
        if len(mark) > 2 and title.startswith(mark):
            title = title.removeprefix(mark)
    return cut("" if title == outlet else title, MOST_NAME)
