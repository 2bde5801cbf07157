"""What every page of the sample press says, as written: the expected values of extraction, stories and keywords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from newsreel.core.text import squeeze
from newsreel.core.types import Precision
from newsreel.sample.markup import parse, text_of
from newsreel.sample.timetable import Printed, timetable


@dataclass(frozen=True, slots=True)
class Truth:
    """One version of one article. ``text`` is as Article.text has it, ``wire`` the wire text's id ('': own work).

    ``published`` with the precision ``day`` stands at midnight UTC of the day that the page names. ``version`` counts
    from 0; ``local`` is ``published`` as the page writes it, naive; where the outlet is not ``zoned`` nothing says more
    than that. ``announced`` says that the page owns up to the change. ``allowed``: robots.txt lets a crawler read it.
    """

    url: str
    title: str
    text: str
    published: datetime
    local: datetime
    zoned: bool
    precision: Precision
    language: str
    event: str
    outlet: str
    wire: str
    authors: tuple[str, ...]
    section: str
    keywords: tuple[str, ...]
    standfirst: str
    captions: tuple[str, ...]
    appears: datetime
    version: int
    announced: bool
    allowed: bool


def truth(start_week: datetime, drip: float | None = None, *, later_versions: bool = False) -> list[Truth]:
    """Every article's truth, in the order of appearance: as first printed, and with ``later_versions`` as changed too.

    ``start_week`` and ``drip`` as given to SamplePress.
    """
    found = []
    for printed in timetable(start_week, drip):
        count = len(printed.piece.versions) if later_versions else 1
        found += [told(printed, number) for number in range(count)]
    return found


def told(printed: Printed, number: int = 0) -> Truth:
    """The truth of one version of an article."""
    piece, outlet = printed.piece, printed.outlet
    version = piece.versions[number]
    blocks = parse(printed.dated(version.body))
    published = printed.published
    day_only = outlet.precision == "day"
    if day_only:
        published = datetime.combine(printed.local.date(), datetime.min.time(), UTC)
    return Truth(
        url=printed.url,
        title=squeeze(version.title),
        text=text_of(blocks),
        published=published,
        local=published.replace(tzinfo=None) if day_only else printed.local.replace(tzinfo=None),
        zoned=outlet.zoned,
        precision="day" if day_only else "time",
        language=printed.language.code,
        event=piece.event,
        outlet=outlet.id,
        wire=piece.wire,
        authors=piece.bylines,
        section=piece.section,
        keywords=piece.keywords,
        standfirst=printed.dated(version.standfirst),
        captions=tuple(block.text for block in blocks if block.kind == "image"),
        appears=printed.appears,
        version=number,
        announced=version.announced,
        allowed=not any(printed.path.startswith(rule) for rule in disallowed(outlet.robots)),
    )


def disallowed(robots: str) -> list[str]:
    """The path prefixes that an outlet's robots.txt keeps back (ours have no wildcards and one group)."""
    rules = (line.partition(":") for line in robots.splitlines())
    return [value.strip() for name, _, value in rules if name.strip().lower() == "disallow" and value.strip()]
