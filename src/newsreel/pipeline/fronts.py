"""What a reading of a channel named becomes leads: what its site's addresses have taught says which, and in what order.

A front page names everything; a plain sitemap too. There an address of a shape that is known to be no article's is not visited, one
of a shape that is known to be articles' goes first, and what general rules left out is taken where the site has taught better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from newsreel.archive import registry, site_patterns
from newsreel.archive.models import Channel
from newsreel.core.errors import Permanent, Temporary
from newsreel.core.types import Entry, Feed, Response
from newsreel.core.urls import identity, site_of
from newsreel.discovery.addresses import article_likeness
from newsreel.discovery.patterns import AddressPatterns, merged
from newsreel.pipeline import decisions, gaps, indexes
from newsreel.pipeline.subscribing import notice
from newsreel.pipeline.workshop import Workshop

MOST_ENTRIES = 1000  # of one reading; a news sitemap has at most as many


@dataclass(frozen=True, slots=True)
class Named:
    """What a reading named: ``entries``; ``others`` that general rules took for no articles; addresses of ``older`` entries.
    ``refresh_seconds`` as of Feed; ``alone``: whether nothing else had to be asked to know it.
    """

    entries: tuple[Entry, ...]
    others: tuple[Entry, ...] = ()
    older: tuple[str, ...] = ()
    refresh_seconds: int | None = None
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it: the ``entries`` that may be articles, how many ``new`` leads, and of a gap that it showed what was found."""

    entries: tuple[Entry, ...]
    new: int
    filling: gaps.Filling | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Entries to be visited, and those of them that are articles by all that is known."""

    sure: tuple[Entry, ...]
    unsure: tuple[Entry, ...]


async def named(shop: Workshop, channel: Channel, response: Response) -> Named:
    """What an answer names. Permanent where it is not what the channel should be."""
    if channel.kind == Channel.Kind.FRONTPAGE:
        await notice(shop, channel, response)
        found, others = await shop.read("read_front", response.body, response.url, content_type=response.content_type)
        if not found and not others:
            raise Permanent("no_links", "The front page names no articles that could be recognised.")
        return Named(found, others)
    if channel.kind == Channel.Kind.SITEMAP:
        listed = await indexes.sitemap_entries(shop, channel, response)
        # An index stays as it is while the sitemaps that it names change.
        return Named(listed.entries, older=listed.older, alone=listed.alone)
    feed: Feed = await shop.read("parse_feed", response.body, response.url, content_type=response.content_type)
    if feed.error and not feed.entries:
        raise Permanent("bad_feed", feed.error)
    await notice(shop, channel, response, feed)
    return Named(feed.entries, refresh_seconds=feed.refresh_seconds)


async def keep(shop: Workshop, channel: Channel, found: Named, response: Response, accept: str) -> Kept:
    """Makes leads of what a reading named, and of what was published in a gap that it shows. Temporary, when all is kept, where the
    host asked on the way to be left alone.
    """
    patterns = await _patterns(shop, channel, found)
    chosen = choose(channel.kind, found, patterns)
    entries = (*chosen.sure, *chosen.unsure)[:MOST_ENTRIES]
    keys = {key for entry in entries if (key := identity(entry.url))}
    watched = channel.kind == Channel.Kind.FRONTPAGE
    steady = channel.overlaps >= gaps.STEADY
    # A front page names the same again and again. Of a feed it need not be asked before: what is new tells.
    known = await shop.db(registry.known_leads, sorted(keys)) if watched or steady else None
    filling: gaps.Filling | None = None
    missed: Sequence[Entry] = ()
    asked: Temporary | None = None
    if known is not None and gaps.should_page_back(channel.overlaps, len(keys), bool(known)):
        read = partial(_read_older, shop, channel, patterns)
        missed, filling, asked = await gaps.fill(shop, channel, response, entries, found.older, read, accept)
    if watched and known:
        chosen = _without(chosen, known)
    new = await _store(shop, channel, chosen, missed)
    met = bool(known) if known is not None else new < len(keys)
    overlaps = gaps.overlaps_after(channel.overlaps, len(keys), met, filling)
    if overlaps != channel.overlaps:
        await shop.db(registry.channel_overlaps, channel, overlaps)
    if asked is not None:
        raise asked
    return Kept(entries, new, filling)


def choose(kind: str, found: Named, patterns: AddressPatterns | None) -> Chosen:
    """Which of the entries named are visited. Feeds, and sitemaps that say a title or a date, name articles."""
    sure: list[Entry] = []
    unsure: list[Entry] = []
    for entry in found.entries:
        if decisions.is_vouched_for(entry, kind) or patterns is None:
            unsure.append(entry)
            continue
        verdict = patterns.judge(entry.url)
        if verdict == "yes":
            sure.append(entry)
        elif verdict == "no":
            unsure += [entry] if patterns.worth_a_look(entry.url) else []
        elif kind == Channel.Kind.FRONTPAGE or article_likeness(entry.url) >= 0:
            unsure.append(entry)
    if patterns is not None:
        sure += [entry for entry in found.others if _taught(patterns, entry.url)]
    return Chosen(tuple(sure), tuple(unsure))


def _taught(patterns: AddressPatterns, url: str) -> bool:
    """Whether the site has taught that an address is an article's, which by general rules stands where articles do not. What names a
    list or a service by its words is one all the same, unless a person has said otherwise.
    """
    return patterns.judge(url) == "yes" and (article_likeness(url) >= 0 or patterns.said(url) == "yes")


async def _patterns(shop: Workshop, channel: Channel, found: Named) -> AddressPatterns | None:
    """What is known of the addresses of the channel's site, where anything named must be judged by it: one query."""
    if not found.others and all(decisions.is_vouched_for(entry, channel.kind) for entry in found.entries):
        return None
    site = site_of(channel.url)
    known = await shop.db(site_patterns.read, [site])
    return merged([known[site].data] if site in known else [])


async def _read_older(
    shop: Workshop, channel: Channel, patterns: AddressPatterns | None, response: Response
) -> tuple[Entry, ...]:
    """The entries of an older page, of the channel's own kind."""
    if channel.kind == Channel.Kind.SITEMAP:
        part = await shop.read("parse_sitemap", response.body, response.url)
        older = Named(part.entries)
    else:
        older = await named(shop, channel, response)
    chosen = choose(channel.kind, older, patterns)
    wanted = {entry.url for entry in (*chosen.sure, *chosen.unsure)}
    return tuple(entry for entry in (*older.entries, *older.others) if entry.url in wanted)  # in the page's order


async def _store(shop: Workshop, channel: Channel, chosen: Chosen, missed: Iterable[Entry]) -> int:
    """Leads: what was kept last is visited first, so the surest last, after the older ones."""
    new = 0
    for entries in (tuple(missed), chosen.unsure[:MOST_ENTRIES], chosen.sure[:MOST_ENTRIES]):
        if entries:
            new += await shop.db(registry.store_leads, channel, entries)
    return new


def _without(chosen: Chosen, known: set[str]) -> Chosen:
    def left(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(entry for entry in entries if identity(entry.url) not in known)

    return Chosen(left(chosen.sure), left(chosen.unsure))
