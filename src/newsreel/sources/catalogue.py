"""What is known of the world's outlets, by their domains: outlets.tsv, which ``newsreel.sources.derive`` writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from newsreel.core.urls import host_of, site_of
from newsreel.sources.tables import rows


@dataclass(frozen=True, slots=True)
class Outlet:
    """A publisher. ``country`` is ISO 3166-1 alpha-2, ``language`` BCP 47; what is not known is ''."""

    domain: str
    name: str
    name_zh: str = ""
    country: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class StarterFeed:
    """A feed of a large public outlet to begin with."""

    url: str
    outlet: str
    channel: str


@cache
def _outlets() -> dict[str, Outlet]:
    return {row[0]: Outlet(*row) for row in rows("outlets.tsv")}


def outlet_for(url: str) -> Outlet | None:
    """The outlet that an address belongs to: by its host, else by what its host is part of, up to the site."""
    host = host_of(url).partition(":")[0]
    site = site_of(url).partition(":")[0]
    known = _outlets()
    while host and site and host != site:
        if host in known:
            return known[host]
        host = host.partition(".")[2]
    return known.get(site)


@cache
def starter_feeds() -> tuple[StarterFeed, ...]:
    """Feeds of public broadcasters and agencies in several languages, for an installation without sources."""
    return tuple(StarterFeed(*row) for row in rows("starter.tsv"))
