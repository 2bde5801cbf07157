"""IPTC Media Topics: names, broader topics, and which topic a word names."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from newsreel.core.text import squeeze

TOPS = 17


class Row(NamedTuple):
    """One topic: its code, top level and broader topic ('' for a top level), its English and Chinese names, all names."""

    code: str
    top: str
    broader: str
    english: str
    chinese: str
    names: tuple[str, ...]


@cache
def table() -> dict[str, Row]:
    """Every topic by its code, a broader one before the narrower."""
    rows: dict[str, Row] = {}
    for line in data_lines("topics.tsv"):
        code, top, broader, *names = line.split("\t")
        rows[code] = Row(code, top, broader, names[0], names[1], tuple(filter(None, names)))
    return rows


@cache
def ours() -> dict[str, str]:
    """Chinese names where IPTC's table has none, and where its own would puzzle a reader of news."""
    return dict(line.split("\t") for line in data_lines("topic_names.tsv"))


@cache
def named() -> dict[str, tuple[str, float]]:
    """A normalised word or name -> (code, how surely), from the names of sections (ours) and of topics (IPTC's)."""
    found: dict[str, tuple[str, float]] = {}
    for row in table().values():
        for name in row.names:
            # 'jul' is Christmas in Norway, and July in half of the press's addresses.
            if name.isascii() and len(name) < 4:
                continue
            found.setdefault(normal(name), (row.code, 0.5))
    for line in data_lines("sections.tsv"):
        code, sure, words = line.split("\t")
        for word in words.split("|"):
            found[normal(word)] = (f"medtop:{code}", float(sure))
    for word in (
        "",
        "region",
        "values",
        "communities",
        "post",
        "report",
        "series",
    ):  # of a site's order, not of a subject
        found.pop(word, None)
    return found


def normal(name: str) -> str:
    """A name as it is compared: lower case, one line, '-' and '_' as spaces."""
    return squeeze(re.sub(r"[-_+/]", " ", name[:120].lower()))


def label(code: str, language: str) -> str:
    """The name of a topic in Chinese (zh, zh-hans ...) or, for any other language, English; the code where it is unknown."""
    row = table().get(code)
    if row is None:
        return code
    if language.lower().startswith("zh"):
        return ours().get(code) or row.chinese or row.english
    return row.english


def data_lines(name: str) -> list[str]:
    """The rows of a data file of this package, comments left out."""
    lines = files(__package__).joinpath(name).read_text("utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]
