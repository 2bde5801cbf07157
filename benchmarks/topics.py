"""Topics by the text alone, against classes that people gave (../shared/language/topics): python benchmarks/topics.py

SIB-200 (dev, single sentences of guide books and encyclopaedias, 25 languages), MasakhaNEWS (dev, articles in English and
French), THUCNews (dev, Chinese headlines, every fourth). Their classes are not IPTC's: CLASSES says which top levels are
right for each; a class that IPTC has no place for (geography) is left out. ``right`` is the share of texts whose first
topic is right, ``said`` the share that got a topic at all, ``sure`` the share right among those.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from newsreel.enrichment import topics
from newsreel.enrichment.vectors import KNOWN

DATA = Path(__file__).resolve().parents[2] / "shared" / "language" / "topics"
CLASSES = {
    "science/technology": "13", "technology": "13", "science": "13", "travel": "10", "politics": "11 16", "sports": "15",
    "health": "07", "entertainment": "01", "business": "04", "religion": "12", "finance": "04", "realty": "04", "stocks": "04",
    "education": "05", "society": "14 02 03 08", "game": "10",
}  # fmt: skip
CODES = {
    "arb": "ar", "ces": "cs", "deu": "de", "ell": "el", "eng": "en", "fra": "fr", "heb": "he", "hin": "hi", "ind": "id", "ita": "it",
    "jpn": "ja", "kor": "ko", "nld": "nl", "pes": "fa", "pol": "pl", "por": "pt", "rus": "ru", "spa": "es", "swe": "sv", "tha": "th",
    "tur": "tr", "ukr": "uk", "vie": "vi", "zho": "zh",
}  # fmt: skip


class Case(NamedTuple):
    """One text with the class that people gave it."""

    language: str
    title: str
    text: str
    label: str


def sib(part: str = "dev") -> Iterator[Case]:
    for folder in sorted((DATA / "sib200").iterdir()):
        if folder.is_dir():
            for line in (folder / f"{part}.tsv").read_text("utf-8").splitlines()[1:]:
                _, label, text = line.split("\t")
                yield Case(CODES[folder.name[:3]], "", text, label)


def masakha() -> Iterator[Case]:
    csv.field_size_limit(10**7)
    for language, folder in (("en", "eng"), ("fr", "fra")):
        with (DATA / "masakhanews" / folder / "dev.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                yield Case(language, row["headline"], row["text"], row["category"])


def thucnews(step: int = 4) -> Iterator[Case]:
    names = (DATA / "thucnews" / "class.txt").read_text("utf-8").split()
    for line in (DATA / "thucnews" / "dev.txt").read_text("utf-8").splitlines()[::step]:
        title, _, number = line.rpartition("\t")
        yield Case("zh", title, "", names[int(number)])


def measure(cases: Iterator[Case], wrong: dict[str, int] | None = None) -> dict[str, float]:
    """The shares named above, over cases whose class IPTC has a place for."""
    count = said = right = 0
    for case in cases:
        if case.label not in CLASSES:
            continue
        found = topics(case.title, case.text, language=case.language)
        hit = bool(found) and found[0].top[7:9] in CLASSES[case.label].split()
        count, said, right = count + 1, said + bool(found), right + hit
        if wrong is not None and not hit:
            key = f"{case.label} -> {found[0].top[7:9] if found else 'nothing'}"
            wrong[key] = wrong.get(key, 0) + 1
    return {
        "texts": count,
        "right": round(right / count, 4),
        "said": round(said / count, 4),
        "sure": round(right / max(1, said), 4),
    }


def main() -> None:
    wrong: dict[str, int] | None = {} if "--verbose" in sys.argv else None
    for name, cases in (
        ("sib200_known", (case for case in sib() if case.language in KNOWN)),
        ("sib200_others", (case for case in sib() if case.language not in KNOWN)),
        ("masakhanews", masakha()),
        ("thucnews", thucnews()),
    ):
        if wrong is not None:
            wrong.clear()
        print(json.dumps({"set": name} | measure(cases, wrong)), flush=True)
        if wrong:
            print(sorted(wrong.items(), key=lambda item: -item[1])[:25])


if __name__ == "__main__":
    main()
