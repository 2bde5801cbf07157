"""When each article of the sample press appears, at which address, and which version of it stands there."""

from __future__ import annotations

import hashlib
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Template

from newsreel.sample.articles import Piece, Version, pieces
from newsreel.sample.outlets import Outlet, outlets
from newsreel.sample.words import Language, languages

WEEK = timedelta(days=7)
DRIPPED = 20
LAST_BEFORE_OPENING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Printed:
    """An article in real time. ``published`` is what it says (whole minutes), ``appears`` when it can be read."""

    piece: Piece
    outlet: Outlet
    language: Language
    published: datetime
    appears: datetime
    path: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.outlet.host}{self.path}"

    @property
    def local(self) -> datetime:
        """``published`` as the clock of its outlet's country had it."""
        return self.published.astimezone(self.outlet.zone)

    def dated(self, text: str) -> str:
        """A text with its ``{wd}`` and ``{md}`` told by this article's own day."""
        return self.language.dated(text, self.local)

    def version(self, elapsed: float, fetches: int) -> int:
        """Which version stands ``elapsed`` seconds after it could first be read, after so many answers."""
        number = 0
        for index, version in enumerate(self.piece.versions[1:], 1):
            by_time = version.after is not None and elapsed >= version.after
            by_count = version.fetches is not None and fetches >= version.fetches
            if not (by_time or by_count):
                break
            number = index
        return number

    def first(self) -> Version:
        """The version as it was printed first."""
        return self.piece.versions[0]


def timetable(start_week: datetime, drip: float | None = None) -> tuple[Printed, ...]:
    """Every article with its times, in the order of appearance.

    ``start_week``: aware, the week's first moment; the press opens seven days later. ``drip``: seconds between the
    last twenty articles, which then appear one by one after the opening; None: they are all there at the opening.
    The week as written is moved as a whole so that its last article stands ten minutes before the opening.
    """
    everything = pieces()
    opening = start_week + WEEK
    ahead = len(everything) - DRIPPED if drip is not None else len(everything)
    monday = opening - LAST_BEFORE_OPENING - everything[ahead - 1].offset
    printed = []
    for index, piece in enumerate(everything):
        appears = monday + piece.offset
        if index >= ahead and drip is not None:
            appears = opening + timedelta(seconds=drip * (index - ahead + 1))
        printed.append(_printed(piece, appears))
    return tuple(printed)


def _printed(piece: Piece, appears: datetime) -> Printed:
    outlet = outlets()[piece.outlet]
    language = languages()[piece.language or outlet.language]
    published = appears.replace(second=0, microsecond=0)
    names: Mapping[str, str] = {
        **language.names(published.astimezone(outlet.zone)),
        "slug": piece.slug,
        "number": str(number_of(piece)),
        "section": urllib.parse.quote(piece.section),
    }
    path = Template(outlet.path).substitute(names)
    return Printed(piece, outlet, language, published, appears, path)


def number_of(piece: Piece) -> int:
    """A number for an address, the same in every run: seven digits out of the outlet's and the article's names."""
    digest = hashlib.sha256(f"{piece.outlet}/{piece.slug}".encode()).digest()
    return 1_000_000 + int.from_bytes(digest[:4], "big") % 9_000_000
