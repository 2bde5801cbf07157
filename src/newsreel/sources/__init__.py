"""What we watch: what is known of the world's outlets, the names of their channels, lists of feeds.

Facts in data files, and pure functions over them.
"""

from __future__ import annotations

from newsreel.sources.catalogue import Outlet, StarterFeed, outlet_for, starter_feeds
from newsreel.sources.channels import channel_name, channel_name_zh
from newsreel.sources.opml import Opml, OpmlFeed, parse_opml, write_opml
from newsreel.sources.site_rules import NamedRule, named_rule_for, rule_for

__all__ = [
    "NamedRule",
    "Opml",
    "OpmlFeed",
    "Outlet",
    "StarterFeed",
    "channel_name",
    "channel_name_zh",
    "named_rule_for",
    "outlet_for",
    "parse_opml",
    "rule_for",
    "starter_feeds",
    "write_opml",
]
