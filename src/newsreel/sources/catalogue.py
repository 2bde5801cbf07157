"""The catalogue of the world's press: outlets and their channels, from tables that ``newsreel.sources.derive`` writes.

Read when first asked for, and kept: 0.03 s and 4 MB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from newsreel.core.urls import host_of, identity, site_of
from newsreel.sources.countries import countries
from newsreel.sources.tables import rows

T = TypeVar("T")
KINDS = ("newspaper", "agency", "broadcaster", "magazine", "online", "government", "organisation")


@dataclass(frozen=True, slots=True)
class Outlet:
    """A publisher. ``country`` is ISO 3166-1 alpha-2, ``language`` BCP 47, ``kind`` one of KINDS, ``original`` the name in
    its own script where ``name`` is not; what is not known is ''.
    """

    domain: str
    name: str
    name_zh: str = ""
    country: str = ""
    language: str = ""
    kind: str = ""
    original: str = ""
    home: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueChannel:
    """A feed of an outlet of the catalogue. ``topic`` is one of topics.tsv."""

    url: str
    domain: str
    name: str
    name_zh: str
    topic: str
    language: str

    @property
    def outlet(self) -> Outlet:
        """Whose it is."""
        return _outlets()[self.domain]


@dataclass(frozen=True, slots=True)
class Topic:
    """What channels are about."""

    code: str
    name_zh: str
    name: str


@cache
def _outlets() -> dict[str, Outlet]:
    return {row[0]: Outlet(*row) for row in rows("outlets.tsv")}


def part_of(host: str, known: Mapping[str, T]) -> T | None:
    """What is known of a host: by itself, else by what it is part of, up to the site."""
    host = host.partition(":")[0]
    site = site_of(f"https://{host}/").partition(":")[0] if host else ""
    while host and site and host != site:
        if host in known:
            return known[host]
        host = host.partition(".")[2]
    return known.get(site)


def outlet_for(url: str) -> Outlet | None:
    """The outlet that an address belongs to: by its host, else by what its host is part of, up to the site."""
    return part_of(host_of(url), _outlets())


def publisher_site(url: str) -> str:
    """The site under which the publisher of an address is kept: that of the outlet's home page, where the catalogue knows
    it ('bbc.co.uk' of feeds.bbci.co.uk, 'oglobo.globo.com' of a part of globo.com), else the address's own.
    """
    outlet = outlet_for(url)
    if outlet is None or not outlet.home:
        return site_of(url)
    site = site_of(outlet.home)
    main = _outlets().get(host_of(outlet.home).removeprefix("www."))
    return main.domain if main is not None and main.domain.endswith(f".{site}") else site


@cache
def all_channels() -> tuple[CatalogueChannel, ...]:
    """All channels, those of an outlet one after the other."""
    return tuple(CatalogueChannel(*row) for row in rows("feeds.tsv"))


@cache
def topics() -> MappingProxyType[str, Topic]:
    """What the channels are about, by code."""
    return MappingProxyType({row[0]: Topic(*row[:3]) for row in rows("topics.tsv")})


@cache
def _topic_of() -> dict[str, str]:
    return {name: row[0] for row in rows("topics.tsv") for name in row[3].split("; ")}


def topic_of(name_zh: str) -> str:
    """The topic of a channel that has this Chinese name."""
    return _topic_of().get(name_zh, "general")


@cache
def _by_identity() -> dict[str, CatalogueChannel]:
    return {identity(channel.url): channel for channel in all_channels()}


def in_catalogue(url: str) -> CatalogueChannel | None:
    """The channel of the catalogue at an address."""
    return _by_identity().get(identity(url))


@dataclass(frozen=True, slots=True)
class Selection:
    """Which channels are meant; what is empty does not narrow them. ``words`` are sought in names, domains and addresses."""

    continents: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    words: str = ""

    def holds(self, channel: CatalogueChannel) -> bool:
        """Whether a channel is meant."""
        outlet = channel.outlet
        return (
            _among(outlet.country, self.countries)
            and _among(channel.topic, self.topics)
            and _among(outlet.kind, self.kinds)
            and (not self.languages or any(_speaks(channel.language, wanted) for wanted in self.languages))
            and (not self.continents or countries()[outlet.country].continent in self.continents)
            and all(word in _sought(channel) for word in self.words.casefold().split())
        )


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


def _speaks(language: str, wanted: str) -> bool:
    """'zh' means zh-Hans and zh-Hant too."""
    return language == wanted or language.startswith(f"{wanted}-")


def _sought(channel: CatalogueChannel) -> str:
    outlet = channel.outlet
    return "\n".join(
        (outlet.name, outlet.name_zh, outlet.original, outlet.domain, channel.name, channel.name_zh, channel.url)
    ).casefold()


def select(selection: Selection) -> list[CatalogueChannel]:
    """The channels that a selection means, in the catalogue's order."""
    return [channel for channel in all_channels() if selection.holds(channel)]


@cache
def starters() -> tuple[CatalogueChannel, ...]:
    """The selection that a new installation begins with: about a hundred outlets of all continents."""
    return tuple(_by_identity()[identity(row[0])] for row in rows("starter.tsv"))
