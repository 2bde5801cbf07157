"""What the pages of a batch teach of their sites: loaded before them by one query, used at once, written after them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from newsreel.archive import site_memories
from newsreel.archive.models import Lead
from newsreel.archive.site_memories import Remembered
from newsreel.core.urls import site_of
from newsreel.extraction.learning import MAX_LESSON_BYTES
from newsreel.pipeline.workshop import Workshop


class Lessons:
    """The memories of a batch's sites, as bytes: only a child and the writing at the end look into them."""

    def __init__(self, known: Mapping[str, Remembered]) -> None:
        self.known = known
        self.taught: defaultdict[str, list[bytes]] = defaultdict(list)

    def of(self, url: str) -> list[bytes]:
        """What the site of an address has taught, the pages of this batch included."""
        site = site_of(url)
        kept = self.known.get(site)
        return [*([kept.data] if kept else []), *self.taught.get(site, ())]

    def add(self, url: str, lesson: bytes) -> None:
        """Takes in a lesson; one that is larger than a page's comes from no reader of ours."""
        if lesson and len(lesson) <= MAX_LESSON_BYTES and (site := site_of(url)):
            self.taught[site].append(lesson)


@asynccontextmanager
async def lessons(shop: Workshop, leads: Iterable[Lead]) -> AsyncIterator[Lessons]:
    """The memories of the sites that these leads are expected to lead to. What was learned is written at the end, unless
    that end is an error of the house: the pages of a batch that broke off are read again.
    """
    sites = {site for lead in leads for site in (site_of(lead.url), site_of(lead.channel.source.home_url))}
    under_way = Lessons(await shop.db(site_memories.read, sites))
    yield under_way
    if under_way.taught:
        async with shop.costs.stage("learn"):
            await shop.db(site_memories.learn, under_way.taught, under_way.known)
