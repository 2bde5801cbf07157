"""The outlets of the catalogue from the files of facts: who has a name, and which domains are one outlet's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from newsreel.core.text import squeeze
from newsreel.core.urls import host_of, site_of
from newsreel.sources.catalogue import Outlet, part_of
from newsreel.sources.countries import countries
from newsreel.sources.tables import rows

# Where the files call a country otherwise than countries.tsv.
_CALLED = {"Czech Republic": "CZ", "The Netherlands": "NL", "Turkey": "TR"}
# A country's one language of the press; of the others a name alone says nothing.
_LANGUAGES = {
    "AR": "es", "AU": "en", "BG": "bg", "BR": "pt", "CL": "es", "CO": "es", "CU": "es", "CZ": "cs", "DE": "de", "DK": "da",
    "ES": "es", "FR": "fr", "GB": "en", "HR": "hr", "HU": "hu", "IS": "is", "IT": "it", "JP": "ja", "KR": "ko", "MX": "es",
    "NL": "nl", "NZ": "en", "PL": "pl", "PT": "pt", "RO": "ro", "RU": "ru", "SE": "sv", "TR": "tr", "US": "en", "UY": "es",
}  # fmt: skip
_NO_OWNER = re.compile(r"^(?:unknown|independent|private ownership|n/a)?$|\bis \b|\bare \b", re.IGNORECASE)
MOST_OWNER = 80


def derive_outlets(media: Any, kite: Any, yavuz: Any) -> dict[str, Outlet]:
    """Outlets by domain; a second domain of an outlet has a row with the same home page."""
    known = {row[0]: Outlet(*row[:7]) for row in rows("known.tsv", 7)}
    order = list(known)
    for outlet in (*_of_media(media), *_of_countries(yavuz)):
        if part_of(outlet.domain, known) is None and not _holds_known(outlet.domain, known):
            known[outlet.domain] = outlet
            order.append(outlet.domain)
    owners = _owners(media)
    homes = _homes(known, order, _hosts(kite, yavuz))
    return {
        domain: replace(outlet, home=homes[domain], owner=owners.get(domain, "")) for domain, outlet in known.items()
    }


@cache
def shut() -> frozenset[str]:
    """Sites that are no outlets: search engines, aggregators, hosters, companies, personal blogs."""
    return frozenset(site for row in rows("shut.tsv") for site in row[1].split())


def _holds_known(domain: str, known: dict[str, Outlet]) -> bool:
    return any(other.endswith(f".{domain}") for other in known)


def _of_media(media: Any) -> Iterator[Outlet]:
    """Outlets of kite_media_data.json. Of an owner of many domains only that which bears its name."""
    codes = {country.name: country.code for country in countries().values()} | _CALLED
    for entry in media:
        domains = {site_of(f"https://{domain}/") for domain in entry["domains"]}
        name = squeeze(re.sub(r"\s*\([^)]*\)$", "", entry["organization"]))
        own = squeeze("".join(re.findall(r"\(([^)a-zA-Z]+)\)$", entry["organization"])))
        country = codes.get(entry["country"], "")
        for domain in sorted(domains - shut() - {""}):
            if len(domains) == 1 or _named_after(name, domain):
                yield Outlet(domain, name, "", country, _LANGUAGES.get(country, ""), "online", own)


def _of_countries(yavuz: Any) -> Iterator[Outlet]:
    """Outlets of yavuz-active.json that call themselves by something like their domain's name."""
    codes = {country.alpha3: country.code for country in countries().values()}
    for alpha3, entries in yavuz.items():
        country = codes.get("XKX" if alpha3 == "XKK" else alpha3, "")
        for entry in entries:
            domain = site_of(entry["publication_website_uri"])
            name = _said(entry["publication_name"], domain)
            if domain and name and domain not in shut():
                yield Outlet(domain, name, "", country, _LANGUAGES.get(country, ""), "online")


def _said(title: str, domain: str) -> str:
    """The part of a feed's title that its domain's name spells; '' where none does."""
    label = re.sub(r"[^a-z0-9]", "", domain.partition(".")[0])
    for part in re.split(r"\s+[-–—|:]+\s+|\s*[|»]\s*", squeeze(title)):
        letters = re.sub(r"[^a-z0-9]", "", part.lower())
        if letters and (
            letters in (label, f"the{label}") or letters.startswith(label) or label == letters.removeprefix("the")
        ):
            return part
    return ""


def _named_after(name: str, domain: str) -> bool:
    """Whether a group's domain is that of the outlet of its name: owners of thirty papers are no outlet's name."""
    label = re.sub(r"[^a-z0-9]", "", domain.partition(".")[0])
    letters = re.sub(r"[^a-z0-9]", "", name.lower().removeprefix("the "))
    return bool(letters) and (label == letters or letters == label.removeprefix("the"))


def _owners(media: Any) -> dict[str, str]:
    """Who owns a domain's outlet, in few words."""
    found: dict[str, str] = {}
    for entry in media:
        owner = squeeze(re.split(r"[(;]", entry["owner"], maxsplit=1)[0]).rstrip(".,")
        if not _NO_OWNER.search(owner) and len(owner) <= MOST_OWNER and owner != entry["organization"]:
            for domain in entry["domains"]:
                found.setdefault(site_of(f"https://{domain}/"), owner)
    return found


def _hosts(kite: Any, yavuz: Any) -> set[str]:
    """Every host that the files name."""
    named = [url for category in kite.values() for url in category["feeds"]]
    for entries in yavuz.values():
        for entry in entries:
            named += [entry["publication_website_uri"], entry["publication_rss_feed_uri"]]
    return {host_of(url) for url in named}


def _homes(known: dict[str, Outlet], order: list[str], hosts: set[str]) -> dict[str, str]:
    """Home pages by domain: with www. where the files name it so. An outlet's domains share the first one's."""
    homes: dict[str, str] = {}
    first: dict[tuple[str, str], str] = {}
    for domain in order:
        outlet = known[domain]
        main = first.setdefault((outlet.name, outlet.country), domain)
        own = f"https://www.{domain}/" if f"www.{domain}" in hosts else f"https://{domain}/"
        homes[domain] = homes.get(main, own)
    return homes
