"""Channels of the catalogue, switched on."""

from __future__ import annotations

from collections.abc import Iterable

from newsreel.archive.registering import Registered, register_many
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.sources import CatalogueChannel, publisher_site


def switch_on(channels: Iterable[CatalogueChannel], interval: int) -> Registered:
    """Has channels of the catalogue read from now on, all or none, every ``interval`` seconds at first."""
    return register_many([facts_of(channel) for channel in channels], interval)


def facts_of(channel: CatalogueChannel) -> tuple[SourceFacts, ChannelFacts]:
    """What the archive keeps of a channel of the catalogue and of its outlet."""
    outlet = channel.outlet
    source = SourceFacts(
        site=publisher_site(outlet.home),
        name=outlet.name,
        home_url=outlet.home,
        name_zh=outlet.name_zh,
        country=outlet.country,
        language=outlet.language,
    )
    return source, ChannelFacts(channel.url, "feed", channel.name, channel.name_zh)
