"""Writes outlets.tsv and feeds.tsv: ``python -m newsreel.sources.derive CATALOGUE``.

CATALOGUE is a folder with ``kite_media_data.json`` and ``kite_feeds.json`` (MIT licence; a public news service's outlets
and feeds) and ``yavuz-active.json`` (MIT licence; news feeds by country). Facts alone are taken: domain, name, country,
owner, addresses. What known.tsv says, which is written by hand, goes first. Nothing is fetched.
"""

from __future__ import annotations

import json
import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from newsreel.sources.catalogue import CatalogueChannel, Outlet
from newsreel.sources.derive_channels import derive_channels
from newsreel.sources.derive_outlets import derive_outlets
from newsreel.sources.tables import written

OUTLETS_HEADER = """\
# What is known of outlets, derived by newsreel.sources.derive from known.tsv and the files that it names (MIT licence; facts alone).
# domain, name, Chinese name, country (ISO 3166-1 alpha-2), language (BCP 47), kind, name in its own script, home page, owner
"""
FEEDS_HEADER = """\
# Channels of the catalogue, derived by newsreel.sources.derive (see there).
# address, outlet's domain, name, Chinese name, topic, language (BCP 47)
"""


def derive(folder: Path) -> tuple[list[Outlet], list[CatalogueChannel]]:
    """The outlets by domain, and the channels by outlet and name."""
    media, kite, yavuz = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("kite_media_data.json", "kite_feeds.json", "yavuz-active.json")
    )
    return derived(media, kite, yavuz)


def derived(media: Any, kite: Any, yavuz: Any) -> tuple[list[Outlet], list[CatalogueChannel]]:
    """The same from what the files hold."""
    outlets = derive_outlets(media, kite, yavuz)
    return sorted(outlets.values(), key=lambda outlet: outlet.domain), derive_channels(outlets, kite, yavuz)


def main() -> None:
    """The command."""
    outlets, channels = derive(Path(sys.argv[1]))
    here = Path(__file__).parent
    (here / "outlets.tsv").write_text(
        written(OUTLETS_HEADER, [list(astuple(row)) for row in outlets]), encoding="utf-8"
    )
    (here / "feeds.tsv").write_text(written(FEEDS_HEADER, [list(astuple(row)) for row in channels]), encoding="utf-8")
    print(f"{len(outlets)} domains, {len(channels)} channels of {len({row.domain for row in channels})} outlets")


if __name__ == "__main__":
    main()
