"""The outlets of the sample press: ten papers, each with markup of its own, read from press/outlets/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

KINDS = ("paragraph", "heading", "quote", "list", "item", "table", "row", "cell", "code", "image")


@dataclass(frozen=True, slots=True)
class Junk:
    """A foreign body in an article: HTML put in after so many blocks (0: before the first, -1: behind the last)."""

    after: int
    html: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """One paper. All markup is a string.Template; what it may name is listed in press/README.txt."""

    id: str
    name: str
    host: str
    language: str
    country: str
    zone: ZoneInfo
    encoding: str
    charset: str
    feed: str
    feed_path: str
    feed_text: str
    path: str
    section_path: str
    published: str
    precision: str
    robots: str
    shell: str
    head: str
    article: str
    item: str
    blocks: Mapping[str, str]
    junk: tuple[Junk, ...] = ()
    info: Mapping[str, str] = field(default_factory=dict)

    @property
    def zoned(self) -> bool:
        """Whether its pages or its feed say the zone of their times. Where not, a reader knows the local time alone."""
        markup = self.head + self.article
        return self.feed != "none" or any(name in markup for name in ("$iso", "$utc", "$jsonld", "$tz"))

    @property
    def root(self) -> str:
        """The address of its front door."""
        return f"http://{self.host}/"


def _outlet(name: str, row: Mapping[str, Any]) -> Outlet:
    encoding = row.get("encoding", "utf-8")
    return Outlet(
        id=name,
        name=row["name"],
        host=row["host"],
        language=row["language"],
        country=row["country"],
        zone=ZoneInfo(row["zone"]),
        encoding=encoding,
        charset=row.get("charset", encoding),
        feed=row["feed"],
        feed_path=row.get("feed_path", ""),
        feed_text=row.get("feed_text", "summary"),
        path=row["path"],
        section_path=row["section_path"],
        published=row["published"],
        precision=row.get("precision", "time"),
        robots=row.get("robots", "User-agent: *\nDisallow:\n"),
        shell=row["shell"],
        head=row.get("head", ""),
        article=row["article"],
        item=row["item"],
        blocks=row["blocks"],
        junk=tuple(Junk(one["after"], one["html"]) for one in row.get("junk", ())),
        info=row.get("info", {}),
    )


@lru_cache(maxsize=1)
def outlets() -> dict[str, Outlet]:
    """Every outlet by its id, in the order of the ids."""
    folder = resources.files("newsreel.sample").joinpath("press/outlets")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    names = [file.name.removesuffix(".toml") for file in files]
    return {
        name: _outlet(name, tomllib.loads(file.read_text("utf-8"))) for name, file in zip(names, files, strict=True)
    }
