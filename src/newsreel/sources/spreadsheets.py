"""Lists of channels as tables (CSV), as a spreadsheet writes and reads them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from newsreel.core.encoding import decode
from newsreel.core.rsshub import feed_address, feed_identity
from newsreel.core.text import cut, squeeze
from newsreel.core.urls import absolute

MAX_BYTES = 8_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 100
MAX_CELL = 10_000
KINDS = ("feed", "sitemap", "frontpage")
# A spreadsheet computes what begins so, and these tables hold names that others chose.
_FORMULA = re.compile(r"^[=+\-@\t\r]")


class Row(NamedTuple):
    """One channel; what the table does not say is ''."""

    url: str
    outlet: str = ""
    outlet_zh: str = ""
    channel: str = ""
    channel_zh: str = ""
    kind: str = "feed"
    language: str = ""
    country: str = ""
    home_url: str = ""


# What a column may be called, folded to letters. The first is what is written.
COLUMNS = {
    "outlet": ("outlet", "source", "publisher", "media", "媒体", "来源", "信源"),
    "outlet_zh": ("outlet_zh", "outlet (Chinese)", "媒体中文名", "中文名"),
    "channel": ("channel", "title", "name", "text", "频道", "名称", "标题"),
    "channel_zh": ("channel_zh", "channel (Chinese)", "频道中文名"),
    "kind": ("kind", "type", "类型"),
    "language": ("language", "lang", "语言"),
    "country": ("country", "国家", "国家地区"),
    "home_url": ("home", "home page", "homepage", "htmlurl", "website", "site", "首页", "网站"),
    "url": (
        "address",
        "url",
        "feed",
        "feed url",
        "feedurl",
        "rss",
        "rss url",
        "xmlurl",
        "link",
        "地址",
        "网址",
        "链接",
    ),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read; the fields are those of ``Opml``."""

    rows: tuple[Row, ...] = ()
    error: str | None = None
    fault: str = ""
    repeated: int = 0
    odd: tuple[str, ...] = ()


def parse_csv(body: bytes) -> Table:
    """The channels that a table names, each once, in its order. Never raises: ``error`` says what could not be read.

    The first row names the columns; a table without such a row has addresses in its first column.
    """
    if not body.strip():
        return Table(error="It is empty.", fault="list_empty")
    if len(body) > MAX_BYTES:
        return Table(error=f"It is larger than {MAX_BYTES // 1_000_000} MB.", fault="list_too_large")
    text = decode(body)[0].lstrip("\ufeff")
    if "\x00" in text:
        return Table(error="It is neither a list of feeds (OPML) nor a table (CSV).", fault="list_unknown")
    return _read(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))


def _read(reader: Iterator[list[str]]) -> Table:
    found: dict[str, Row] = {}
    odd: list[str] = []
    repeated, columns = 0, None
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MAX_ROWS + 1:
                return Table(error=f"It has more than {MAX_ROWS} rows.", fault="list_too_long")
            if len(cells) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in cells):
                return Table(error=f"Row {number} is wider than a row of a list is.", fault="list_broken")
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells)
                if "url" in columns:
                    continue
                columns = {"url": 0}
            row = _row(cells, columns)
            if row is None:
                odd.append(cut(squeeze(_cell(cells, columns["url"]) or " ".join(cells)), 200))
            elif feed_identity(row.url) in found:
                repeated += 1
            else:
                found[feed_identity(row.url)] = row
    except csv.Error:
        return Table(error="It is not a table (CSV) that can be read: a quotation mark is amiss.", fault="list_broken")
    if odd and not found and columns == {"url": 0}:
        return Table(error="It is neither a list of feeds (OPML) nor a table (CSV) of them.", fault="list_unknown")
    if not found and not odd:
        return Table(error="It names no feeds.", fault="list_no_feeds")
    return Table(tuple(found.values()), repeated=repeated, odd=tuple(odd))


def _delimiter(text: str) -> str:
    """What the first line has most of: spreadsheets of different countries write different ones."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)


def _columns(cells: list[str]) -> dict[str, int]:
    """Which column holds what, by the names in the first row."""
    folded = [_letters(cell) for cell in cells]
    found = {}
    for name, called in COLUMNS.items():
        places = [folded.index(_letters(word)) for word in called if _letters(word) in folded]
        if places:
            found[name] = places[0]
    return found


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _row(cells: list[str], columns: dict[str, int]) -> Row | None:
    """A row as a channel; None where it names no address of the web."""
    said = {name: cut(squeeze(_cell(cells, place)), 200) for name, place in columns.items()}
    url = feed_address(_cell(cells, columns["url"]).strip())
    if url is None:
        return None
    home = absolute(_cell(cells, columns["home_url"]).strip(), "") if said.get("home_url") else None
    kind = said.get("kind", "").lower()
    return Row(**said | {"url": url, "home_url": home or "", "kind": kind if kind in KINDS else "feed"})


def _cell(cells: list[str], place: int) -> str:
    """A cell, without the apostrophe that ``write_csv`` puts before what would be a formula."""
    cell = cells[place] if place < len(cells) else ""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def write_csv(rows: Iterable[Row]) -> str:
    """A table with a first row that names the columns. No cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(called[0] for called in COLUMNS.values())
    for row in rows:
        writer.writerow(_safe(squeeze(getattr(row, name).replace("\x00", ""))) for name in COLUMNS)
    return out.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
