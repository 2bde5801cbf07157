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
from newsreel.sources.lists import FeedList, ListedFeed, csv_of, opml_of, parse_list
from newsreel.sources.opml import Opml, OpmlFeed, parse_opml, write_opml
from newsreel.sources.site_rules import NamedRule, named_rule_for, rule_for

__all__ = [
    "CatalogueChannel",
    "Country",
    "FeedList",
    "ListedFeed",
    "NamedRule",
    "Opml",
    "OpmlFeed",
    "Outlet",
    "Selection",
    "all_channels",
    "channel_name",
    "channel_name_zh",
    "countries",
    "csv_of",
    "in_catalogue",
    "named_rule_for",
    "opml_of",
    "outlet_for",
    "parse_list",
    "parse_opml",
    "publisher_site",
    "rule_for",
    "select",
    "starters",
    "topics",
    "write_opml",
]
