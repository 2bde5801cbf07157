"""Writes outlets.tsv: ``python -m newsreel.sources.derive CATALOGUE``.

CATALOGUE is a folder with ``kite_media_data.json`` (MIT licence; the outlets of a public news service, with owner
and country). Facts alone are taken: domain, name, country. What known.tsv says goes first.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from newsreel.core.text import squeeze
from newsreel.core.urls import site_of
from newsreel.sources.tables import rows

HEADER = """\
# What is known of outlets, derived by newsreel.sources.derive from known.tsv and from kite_media_data.json.
# Of the latter (MIT licence) only facts are here: domain, name, country.
# domain, name, Chinese name, country (ISO 3166-1 alpha-2), language (BCP 47)
"""
COUNTRIES = {
    "Argentina": "AR", "Australia": "AU", "Bahrain": "BH", "Belgium": "BE", "Bulgaria": "BG", "Canada": "CA", "China": "CN",
    "Croatia": "HR", "Cyprus": "CY", "Czech Republic": "CZ", "Egypt": "EG", "Estonia": "EE", "Finland": "FI", "France": "FR",
    "Germany": "DE", "Hong Kong": "HK", "Hungary": "HU", "India": "IN", "Iran": "IR", "Iraq": "IQ", "Ireland": "IE",
    "Israel": "IL", "Italy": "IT", "Japan": "JP", "Jordan": "JO", "Kuwait": "KW", "Lebanon": "LB", "New Zealand": "NZ",
    "Oman": "OM", "Pakistan": "PK", "Palestine": "PS", "Qatar": "QA", "Russia": "RU", "Saint Kitts and Nevis": "KN",
    "Saudi Arabia": "SA", "Singapore": "SG", "South Korea": "KR", "Spain": "ES", "Switzerland": "CH", "Syria": "SY",
    "Taiwan": "TW", "The Netherlands": "NL", "Turkey": "TR", "United Arab Emirates": "AE", "United Kingdom": "GB",
    "United States": "US", "Yemen": "YE",
}  # fmt: skip
# A country's one language of the press; countries with several are left open.
LANGUAGES = {
    "AR": "es", "AU": "en", "BG": "bg", "CZ": "cs", "DE": "de", "ES": "es", "FR": "fr", "GB": "en", "HR": "hr", "HU": "hu",
    "IT": "it", "NL": "nl", "NZ": "en", "US": "en",
}  # fmt: skip


def derive(media: list[dict[str, Any]]) -> list[list[str]]:
    """The rows of outlets.tsv, by domain."""
    known = {row[0]: row for row in rows("known.tsv")}
    for entry in media:
        domains = {site_of(f"https://{domain}/") for domain in entry["domains"]}
        name = squeeze(re.sub(r"\s*\([^)]*\)$", "", entry["organization"]))
        country = COUNTRIES.get(entry["country"], "")
        for domain in domains:
            held = any(other == domain or other.endswith(f".{domain}") for other in known)
            if domain and not held and (len(domains) == 1 or _named_after(name, domain)):
                known[domain] = [domain, name, "", country, LANGUAGES.get(country, "")]
    return sorted(known.values())


def _named_after(name: str, domain: str) -> bool:
    """Whether a group's domain is that of the outlet of its name: owners of thirty papers are no outlet's name."""
    label = re.sub(r"[^a-z0-9]", "", domain.partition(".")[0])
    letters = re.sub(r"[^a-z0-9]", "", name.lower().removeprefix("the "))
    return bool(letters) and (label == letters or letters == label.removeprefix("the"))


def main() -> None:
    """The command."""
    media = json.loads(Path(sys.argv[1], "kite_media_data.json").read_text(encoding="utf-8"))
    lines = ["\t".join(row) for row in derive(media)]
    Path(__file__).with_name("outlets.tsv").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} outlets, {sum(1 for line in lines if line.split(chr(9))[2])} with a Chinese name")


if __name__ == "__main__":
    main()
