"""Lists of feeds that somebody brings: looked through first, then added, all or nothing; and the list of what is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newsreel.archive.registering import Registered, register_many, watched_keys
from newsreel.archive.registry import ChannelFacts, SourceFacts, channel_key, overview
from newsreel.core import rsshub
from newsreel.core.errors import NewsreelError, Permanent
from newsreel.core.settings import Settings
from newsreel.core.state import is_sample
from newsreel.core.types import ChannelKind
from newsreel.core.urls import host_of, split
from newsreel.fetching.targets import check_target, parse_target
from newsreel.pipeline.adding import SAMPLE_ONLY, front_door
from newsreel.pipeline.naming import site_name
from newsreel.sources import (
    ListedFeed,
    channel_name,
    channel_name_zh,
    countries,
    outlet_for,
    parse_list,
    publisher_site,
)
from newsreel.sources.lists import RefusedList, names_of

_KINDS: dict[str, ChannelKind] = {"feed": "feed", "sitemap": "sitemap", "frontpage": "frontpage"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a list in would do: ``new`` would be added; ``known`` are read already, ``repeated`` stand in it again."""

    new: tuple[ListedFeed, ...]
    known: int
    repeated: int


def look_through(body: bytes, settings: Settings) -> Plan:
    """What a list of feeds (OPML or CSV) would add. Permanent where it cannot be taken whole: nothing of it is then taken."""
    refuse_in_sample(settings)
    listed = parse_list(body)
    if listed.error is not None:
        raise RefusedList(listed.fault, listed.error, listed.odd)
    _refuse_without_instance(listed.feeds, settings)
    _refuse_private(listed.feeds, settings)
    watched = watched_keys(feed.url for feed in listed.feeds)
    new = tuple(feed for feed in listed.feeds if channel_key(feed.url) not in watched)
    return Plan(new, len(listed.feeds) - len(new), listed.repeated)


def refuse_in_sample(settings: Settings) -> None:
    """The sample holds its fictional press alone."""
    if is_sample(settings.home):
        raise Permanent("sample_only", SAMPLE_ONLY)


def _refuse_without_instance(feeds: Iterable[ListedFeed], settings: Settings) -> None:
    routes = [feed.url for feed in feeds if rsshub.is_one(feed.url)]
    if routes and not settings.rsshub:
        more = f" and {len(routes) - 1} more" if len(routes) > 1 else ""
        raise Permanent(
            "list_rsshub",
            f"The list holds {routes[0][:120]}{more}: for such addresses the setting NEWSREEL_RSSHUB must name an RSSHub instance.",
        )


def _refuse_private(feeds: Iterable[ListedFeed], settings: Settings) -> None:
    """The gate would refuse these whenever they were due; a list that holds one is not taken."""
    refused = []
    for feed in feeds:
        try:
            url = rsshub.resolved(feed.url, settings.rsshub)
            check_target(parse_target(url), exempt=settings.allowed_hosts, proxied=bool(settings.proxy))
        except NewsreelError as error:
            refused.append((feed.url[:120], error.reason))
    if refused:
        more = f" And {len(refused) - 1} more." if len(refused) > 1 else ""
        first = tuple(url for url, _ in refused[:3])
        raise RefusedList("list_refused", f"An address of the list is refused: {': '.join(refused[0])}{more}", first)


def take_in(feeds: Iterable[ListedFeed], interval: int) -> Registered:
    """Adds the channels of a plan, all or none, to be read every ``interval`` seconds at first."""
    return register_many([facts_of(feed) for feed in feeds], interval)


def facts_of(feed: ListedFeed) -> tuple[SourceFacts, ChannelFacts]:
    """A channel and its outlet: by the list's own word, else the catalogue's, else by title and address."""
    outlet = outlet_for(feed.home_url) or outlet_for(feed.url)
    if outlet is None and rsshub.is_one(feed.url) and not split(feed.home_url):
        return _facts_of_route(feed)
    home = outlet.home if outlet else front_door(feed.home_url if split(feed.home_url) else feed.url)
    name = feed.outlet or (outlet.name if outlet else site_name(filter(None, [feed.title]), host_of(home)))
    said = names_of(feed, name)
    channel = said if feed.channel else channel_name(said, feed.url, name)
    source = SourceFacts(
        site=publisher_site(home)[:255],
        name=name[:200],
        home_url=home,
        name_zh=feed.outlet_zh or (outlet.name_zh if outlet else ""),
        country=feed.country.upper() if feed.country.upper() in countries() else (outlet.country if outlet else ""),
        language=feed.language[:20] or (outlet.language if outlet else ""),
    )
    zh = feed.channel_zh or channel_name_zh(channel)
    return source, ChannelFacts(feed.url, _KINDS.get(feed.kind, "feed"), channel, zh)


def _facts_of_route(feed: ListedFeed) -> tuple[SourceFacts, ChannelFacts]:
    """A channel of RSSHub of which the list says no home page: what its route calls the site is its source."""
    called = rsshub.namespace(feed.url)
    name = feed.outlet or called
    source = SourceFacts(
        site=f"{called}.{rsshub.NOWHERE}"[:255],
        name=name[:200],
        home_url="",
        name_zh=feed.outlet_zh,
        country=feed.country.upper() if feed.country.upper() in countries() else "",
        language=feed.language[:20],
    )
    return source, ChannelFacts(feed.url, "feed", names_of(feed, name), feed.channel_zh)


def taken_out() -> list[ListedFeed]:
    """All channels that are read, as a list to take elsewhere. Three queries."""
    return [
        ListedFeed(
            channel["url"],
            outlet=source["name"],
            outlet_zh=source["name_zh"],
            channel=channel["name"],
            channel_zh=channel["name_zh"],
            kind=channel["kind"],
            language=source["language"],
            country=source["country"],
            home_url=source["home_url"],
        )
        for source in overview()
        if not source["retired"]
        for channel in source["channels"]
    ]
