"""What we watch: the catalogue of the world's press, the names of its channels, lists of feeds.

Facts in data files, and pure functions over them.
"""

from __future__ import annotations

from newsreel.sources.catalogue import (
    CatalogueChannel,
    Outlet,
    Selection,
    all_channels,
    in_catalogue,
    outlet_for,
    publisher_site,
    select,
    starters,
    topics,
)
from newsreel.sources.channels import channel_name, channel_name_zh
from newsreel.sources.countries import Country, countries
from newsreel.sources.opml import Opml, OpmlFeed, parse_opml, write_opml

__all__ = [
    "CatalogueChannel",
    "Country",
    "Opml",
    "OpmlFeed",
    "Outlet",
    "Selection",
    "all_channels",
    "channel_name",
    "channel_name_zh",
    "countries",
    "in_catalogue",
    "outlet_for",
    "parse_opml",
    "publisher_site",
    "select",
    "starters",
    "topics",
    "write_opml",
]
