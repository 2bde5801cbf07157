"""Countries: what they are called, and on which continent they lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from newsreel.sources.tables import rows

CONTINENTS = ("africa", "asia", "europe", "north-america", "south-america", "oceania")


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory. ``code`` is ISO 3166-1 alpha-2, ``alpha3`` alpha-3, ``continent`` one of CONTINENTS."""

    code: str
    alpha3: str
    continent: str
    name_zh: str
    name: str


@cache
def countries() -> MappingProxyType[str, Country]:
    """All that are known, by their codes."""
    return MappingProxyType({row[0]: Country(*row) for row in rows("countries.tsv")})
