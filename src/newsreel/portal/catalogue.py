"""The catalogue of the world's press as a page: its outlets with their channels, narrowed by place, language, topic, kind and
words, and which of them are read already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter

from django.http import QueryDict
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from newsreel.archive.registering import watched_keys
from newsreel.archive.registry import channel_key
from newsreel.archive.shown import Name
from newsreel.portal import languages, pages
from newsreel.portal.names import in_language, sorting_key
from newsreel.portal.pages import Frame
from newsreel.sources import CatalogueChannel, Outlet, Selection, all_channels, countries, select, topics
from newsreel.sources.catalogue import KINDS
from newsreel.sources.countries import CONTINENTS

MOST_OUTLETS = 40  # of a page
MOST_CHANNELS = 100  # of a page, so that a form with all of them ticked is one that Django takes
MOST_WORDS = 100
FIELDS = ("place", "language", "topic", "kind", "words")
KIND_WORDS = {
    "newspaper": _("newspaper"),
    "agency": _("news agency"),
    "broadcaster": _("broadcaster"),
    "magazine": _("magazine"),
    "online": _("online medium"),
    "government": _("government"),
    "organisation": _("organisation"),
}
CONTINENT_WORDS = {
    "africa": _("Africa"),
    "asia": _("Asia"),
    "europe": _("Europe"),
    "north-america": _("North America"),
    "south-america": _("South America"),
    "oceania": _("Oceania"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for. ``query`` is that part of an address which asks for the same, to be gone on with."""

    values: dict[str, str]
    selection: Selection
    query: str
    number: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of the form."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A channel; ``watched`` where it is read already."""

    channel: CatalogueChannel
    name: Name
    language: str
    watched: bool


@dataclass(frozen=True, slots=True)
class ShownOutlet:
    """An outlet with those of its channels that are meant. ``other`` is its own name, where it is shown under another."""

    outlet: Outlet
    name: Name
    other: str
    country: str
    kind: str
    channels: tuple[ShownChannel, ...]


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """A page of the catalogue. ``total`` and ``outlets`` count the channels and outlets that are meant."""

    frame: Frame
    asked: Asked
    shown: tuple[ShownOutlet, ...]
    total: int
    outlets: int
    everything: int
    pages: int
    places: tuple[tuple[str, tuple[Choice, ...]], ...]
    languages: tuple[Choice, ...]
    topics: tuple[Choice, ...]
    kinds: tuple[Choice, ...]


def asked(query: QueryDict) -> Asked | None:
    """What an address or a form asks for; None where it names what there is not."""
    values = {name: query.get(name, "").replace("\x00", "").strip()[:MOST_WORDS] for name in FIELDS}
    place, number = values["place"], query.get("page", "1")
    known = (
        place in ("", *CONTINENTS, *countries())
        and values["language"] in ("", *_languages())
        and values["topic"] in ("", *topics())
        and values["kind"] in ("", *KINDS)
    )
    if not known or not (number.isascii() and number.isdecimal() and len(number) <= 4):
        return None
    selection = Selection(
        continents=(place,) if place in CONTINENTS else (),
        countries=(place,) if place in countries() else (),
        **{f"{name}s": (values[name],) if values[name] else () for name in ("language", "topic", "kind")},
        words=values["words"],
    )
    kept = {name: value for name, value in values.items() if value}
    return Asked(values, selection, urlencode(kept) + "&" if kept else "", int(number))


def chosen(wanted: Asked, form: QueryDict) -> list[CatalogueChannel]:
    """The channels that a form means: all of the selection, or those that were ticked."""
    if form.get("all"):
        return select(wanted.selection)
    ticked = set(form.getlist("channel"))
    return [channel for channel in all_channels() if channel.url in ticked]


def page(query: QueryDict) -> CataloguePage | None:
    """A page of the catalogue, or None. Three queries."""
    wanted = asked(query)
    if wanted is None:
        return None
    meant = [channel for channel in _in_order(_reading()) if wanted.selection.holds(channel)]
    bundles = [list(rows) for _domain, rows in groupby(meant, attrgetter("domain"))]
    sheets = list(_sheets(bundles)) or [[]]
    if not 1 <= wanted.number <= len(sheets):
        return None
    sheet = sheets[wanted.number - 1]
    frame = pages.frame()
    watched = watched_keys(channel.url for rows in sheet for channel in rows)
    return CataloguePage(
        frame,
        wanted,
        tuple(_outlet(rows, watched) for rows in sheet),
        len(meant),
        len(bundles),
        len(all_channels()),
        len(sheets),
        _places(wanted.values["place"]),
        _choices(((code, language_name(code)) for code in _languages()), wanted.values["language"], sort=True),
        _choices(
            ((topic.code, _here(topic.name_zh, topic.name)) for topic in topics().values()), wanted.values["topic"]
        ),
        _choices(((kind, str(KIND_WORDS[kind])) for kind in KINDS), wanted.values["kind"]),
    )


def language_name(code: str) -> str:
    """A language's name, its code where it has none."""
    return languages.name(code) or code


def _sheets(bundles: list[list[CatalogueChannel]]) -> Iterator[list[list[CatalogueChannel]]]:
    """Outlets by the page, so many that neither they nor their channels are too many."""
    sheet: list[list[CatalogueChannel]] = []
    for rows in bundles:
        if sheet and (len(sheet) == MOST_OUTLETS or sum(map(len, sheet)) + len(rows) > MOST_CHANNELS):
            yield sheet
            sheet = []
        sheet.append(rows)
    if sheet:
        yield sheet


def _outlet(rows: list[CatalogueChannel], watched: frozenset[str]) -> ShownOutlet:
    outlet = rows[0].outlet
    name = Name(outlet.name, outlet.name_zh)
    own = outlet.original or outlet.name
    channels = tuple(
        ShownChannel(row, Name(row.name, row.name_zh), language_name(row.language), channel_key(row.url) in watched)
        for row in rows
    )
    country = countries()[outlet.country]
    other = own if own != in_language(name) else ""
    return ShownOutlet(
        outlet, name, other, _here(country.name_zh, country.name), str(KIND_WORDS[outlet.kind]), channels
    )


def _reading() -> str:
    return translation.get_language() or "en"


def _here(chinese: str, english: str) -> str:
    """A word in the reader's language."""
    return in_language(Name(english, chinese))


@lru_cache(maxsize=4)
def _in_order(language: str) -> tuple[CatalogueChannel, ...]:
    """All channels by their outlets' names in the reader's language; an outlet's stay as they are."""

    def key(channel: CatalogueChannel) -> tuple[object, ...]:
        return (sorting_key(in_language(Name(channel.outlet.name, channel.outlet.name_zh))), channel.domain)

    return tuple(sorted(all_channels(), key=key))


@cache
def _languages() -> tuple[str, ...]:
    return tuple(sorted({channel.language for channel in all_channels()}))


@cache
def _with_press() -> frozenset[str]:
    return frozenset(channel.outlet.country for channel in all_channels())


def _places(wanted: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """The continents, each with its countries: the whole continent first."""
    groups = []
    for continent in CONTINENTS:
        label = str(CONTINENT_WORDS[continent])
        named = (
            (country.code, _here(country.name_zh, country.name))
            for country in countries().values()
            if country.continent == continent and country.code in _with_press()
        )
        whole = Choice(continent, translation.gettext("All of %(place)s") % {"place": label}, wanted == continent)
        groups.append((label, (whole, *_choices(named, wanted, sort=True))))
    return tuple(groups)


def _choices(pairs: Iterable[tuple[str, str]], wanted: str, *, sort: bool = False) -> tuple[Choice, ...]:
    found = [Choice(value, label, value == wanted) for value, label in pairs]
    return tuple(sorted(found, key=lambda choice: sorting_key(choice.label)) if sort else found)
