"""The data files of this room: rows of text between tabs, '#' for remarks."""

from __future__ import annotations

from importlib.resources import files


def rows(name: str, width: int = 0) -> list[list[str]]:
    """The rows of a data file as their fields; of at least ``width`` fields, as empty ones at a row's end are not written."""
    text = files("newsreel.sources").joinpath(name).read_text(encoding="utf-8")
    found = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    for row in found:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return found


def written(header: str, lines: list[list[str]]) -> str:
    """A data file: its remark and its rows, without the empty fields at their ends."""
    return header + "".join("\t".join(row).rstrip("\t") + "\n" for row in lines)
