"""Makes topics.tsv from IPTC's own table of Media Topics: ``python -m newsreel.enrichment.make_topics FILE.xlsx``.

Needs openpyxl, which nothing else here does. The table (IPTC-MediaTopic-NewsCodes-mappings.xlsx) is published by IPTC
under CC BY 4.0 at https://iptc.org/standards/media-topics/.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HEADER = """\
# IPTC Media Topics NewsCodes by tabs: code, top level, broader topic, and the names in the languages of NAMES there.
# © International Press Telecommunications Council (https://iptc.org), CC BY 4.0
# (https://creativecommons.org/licenses/by/4.0/); reduced to these columns by newsreel.enrichment.make_topics.
"""
LEVELS = range(2, 8)
RETIRED = "RetiredDate"
NAMES = ("en-GB", "zh-Hans", "ar", "de", "dk", "es", "fr", "no-NB", "pt-PT", "pt-BR", "se")


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of IPTC's table as mappings, each with ``level`` and ``code``; retired topics are left out."""
    import openpyxl

    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    next(rows)
    names = [str(name) for name in next(rows)]
    found = []
    for values in rows:
        level = next((column - 1 for column in LEVELS if values[column]), 0)
        row = dict(zip(names, values, strict=True))
        if level and not row[RETIRED]:
            found.append(row | {"level": level, "code": str(values[1])})
    return found


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """The lines of topics.tsv: the level of a row says which row before it is the broader topic."""
    above: dict[int, str] = {}
    out = []
    for row in rows:
        level, code = row["level"], row["code"]
        above[level] = code
        broader = above.get(level - 1, "") if level > 1 else ""
        names = (" ".join(str(row[f"Name ({name})"] or "").split()) for name in NAMES)
        out.append("\t".join((code, above[1], broader, *names)))
    return out


if __name__ == "__main__":
    target = Path(__file__).with_name("topics.tsv")
    made = lines(read(Path(sys.argv[1])))
    target.write_text(HEADER + "\n".join(made) + "\n", "utf-8")
    print(f"{target}: {len(made)} topics")
