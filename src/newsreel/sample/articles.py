"""What the sample press prints: articles by event, read from press/events/*.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from importlib import resources
from typing import Any

_OFFSET = re.compile(r"([0-6])d (\d{2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Version:
    """One state of an article's page. ``after`` seconds or ``fetches`` answers later it takes the former's place."""

    title: str
    standfirst: str
    body: str
    after: float | None = None
    fetches: int | None = None
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of one outlet. ``offset`` is its place in the week; ``versions`` begin with the first as printed."""

    outlet: str
    event: str
    slug: str
    offset: timedelta
    section: str
    bylines: tuple[str, ...]
    place: str
    keywords: tuple[str, ...]
    language: str
    wire: str
    versions: tuple[Version, ...]


@lru_cache(maxsize=1)
def pieces() -> tuple[Piece, ...]:
    """Every article, in the order of the week."""
    folder = resources.files("newsreel.sample").joinpath("press/events")
    found: list[Piece] = []
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            found += _event(tomllib.loads(file.read_text("utf-8")))
    return tuple(sorted(found, key=lambda piece: (piece.offset, piece.outlet, piece.slug)))


@lru_cache(maxsize=1)
def events() -> dict[str, str]:
    """The title of every event by its id."""
    folder = resources.files("newsreel.sample").joinpath("press/events")
    rows = [tomllib.loads(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")]
    return {row["id"]: row["title"] for row in sorted(rows, key=lambda row: str(row["id"]))}


def _event(row: Mapping[str, Any]) -> list[Piece]:
    wires = {wire["id"]: str(wire["body"]) for wire in row.get("wire", ())}
    return [_piece(str(row["id"]), article, wires) for article in row["article"]]


def _piece(event: str, row: Mapping[str, Any], wires: Mapping[str, str]) -> Piece:
    first = Version(title=row["title"], standfirst=row.get("standfirst", ""), body=_body(row, wires))
    byline = row.get("byline", [])
    return Piece(
        outlet=row["outlet"],
        event=event,
        slug=row["slug"],
        offset=offset_of(row["at"]),
        section=row["section"],
        bylines=(byline,) if isinstance(byline, str) else tuple(byline),
        place=row.get("place", ""),
        keywords=tuple(row.get("keywords", ())),
        language=row.get("language", ""),
        wire=row.get("wire", ""),
        versions=tuple(_versions(first, row.get("version", ()))),
    )


def _body(row: Mapping[str, Any], wires: Mapping[str, str]) -> str:
    """An article's own text, or a wire's as the paper cut it: own words ahead, so many blocks of the end left out."""
    own = str(row.get("body", "")).strip("\n")
    if "wire" not in row:
        return own
    blocks = wires[row["wire"]].strip("\n").split("\n\n")
    kept = blocks[: len(blocks) - int(row.get("drop", 0))]
    text = "\n\n".join([own, *kept] if own else kept)
    return replaced(text, row.get("replace", ()))


def _versions(first: Version, rows: Iterable[Mapping[str, Any]]) -> list[Version]:
    found = [first]
    for row in rows:
        last = found[-1]
        body = str(row["body"]).strip("\n") if "body" in row else replaced(last.body, row.get("replace", ()))
        found.append(
            replace(
                last,
                title=row.get("title", last.title),
                standfirst=row.get("standfirst", last.standfirst),
                body=body,
                after=row.get("after"),
                fetches=row.get("fetches"),
                announced=row.get("announced", False),
            )
        )
    return found


def replaced(text: str, pairs: Iterable[Sequence[str]]) -> str:
    """A text with words exchanged. A pair that is not there is a slip of the pen, and is said."""
    for old, new in pairs:
        if old not in text:
            raise ValueError(f"press/events: nothing to replace: {old!r}")
        text = text.replace(old, new)
    return text


def offset_of(written: str) -> timedelta:
    """'2d 07:35' is the third day of the week, 7 hours 35 minutes in."""
    found = _OFFSET.fullmatch(written)
    if found is None:
        raise ValueError(f"press/events: not a place in the week: {written!r}")
    return timedelta(days=int(found[1]), hours=int(found[2]), minutes=int(found[3]))
