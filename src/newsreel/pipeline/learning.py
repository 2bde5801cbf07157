"""What the visits of a batch teach of their sites: loaded before them by one query each, used at once, written after them.

A site's memory (what recurs on its pages) is looked into by a child and by the writing at the end only. Its patterns (which of
its addresses are articles') are small and safe to read, and are asked before each visit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Literal

from newsreel.archive import site_memories, site_patterns
from newsreel.archive.models import Lead
from newsreel.archive.site_memories import Remembered
from newsreel.core.urls import site_of
from newsreel.discovery.patterns import AddressPatterns, merged
from newsreel.extraction.learning import MAX_LESSON_BYTES
from newsreel.pipeline.workshop import Workshop


class Lessons:
    """The memories of a batch's sites, as bytes, and the patterns of their addresses."""

    def __init__(self, known: Mapping[str, Remembered], patterns: Mapping[str, Remembered] | None = None) -> None:
        self.known = known
        self.known_patterns = patterns or {}
        self.taught: defaultdict[str, list[bytes]] = defaultdict(list)
        self.outcomes: defaultdict[str, AddressPatterns] = defaultdict(AddressPatterns)
        self._patterns: dict[str, AddressPatterns] = {}

    def of(self, url: str) -> list[bytes]:
        """What the site of an address has taught, the pages of this batch included."""
        site = site_of(url)
        kept = self.known.get(site)
        return [*([kept.data] if kept else []), *self.taught.get(site, ())]

    def add(self, url: str, lesson: bytes) -> None:
        """Takes in a lesson; one that is larger than a page's comes from no reader of ours."""
        if lesson and len(lesson) <= MAX_LESSON_BYTES and (site := site_of(url)):
            self.taught[site].append(lesson)

    def patterns_of(self, url: str) -> AddressPatterns:
        """The patterns of the site of an address, the visits of this batch included."""
        site = site_of(url)
        if site not in self._patterns:
            kept = self.known_patterns.get(site)
            self._patterns[site] = merged([kept.data] if kept else [])
        return self._patterns[site]

    def said(self, url: str) -> Literal["yes", "no", ""]:
        """What an editor has said of addresses like this one."""
        return self.patterns_of(url).said(url)

    def outcome(self, url: str, *, article: bool, told: bool = False) -> None:
        """Takes in what a visit showed. What a channel had ``told`` already is learned as long as it is news: a feed would teach the
        same with every article.
        """
        site = site_of(url)
        patterns = self.patterns_of(url)
        if not site or (told and patterns.judge(url) == "yes"):
            return
        if lesson := patterns.lesson([(url, article)]):
            patterns.merge(lesson)
            self.outcomes[site].merge(lesson)


@asynccontextmanager
async def lessons(shop: Workshop, leads: Iterable[Lead]) -> AsyncIterator[Lessons]:
    """What is known of the sites that these leads are expected to lead to. What was learned is written at the end, unless
    that end is an error of the house: the pages of a batch that broke off are read again.
    """
    sites = {site for lead in leads for site in (site_of(lead.url), site_of(lead.channel.source.home_url))}
    under_way = Lessons(await shop.db(site_memories.read, sites), await shop.db(site_patterns.read, sites))
    yield under_way
    if under_way.taught or under_way.outcomes:
        async with shop.costs.stage("learn"):
            await shop.db(site_memories.learn, under_way.taught, under_way.known)
            await shop.db(site_patterns.learn, under_way.outcomes, under_way.known_patterns)
