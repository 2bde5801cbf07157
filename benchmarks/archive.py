"""The archive's own costs: storing beside a bare INSERT, and storing and reading in a large archive beside a small one.

python -m benchmarks.archive [--articles 200000] [--only storing|size|pages]
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import generated, material, pages, storing
from benchmarks.ground import Station, database, need, server
from benchmarks.report import write_section

FEW = 1000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=200_000)
    options.add_argument("--only", choices=["storing", "size", "pages"])
    chosen = options.parse_args()
    need(material.CORPUS)
    with server() as (address, home):

        def station(name: str) -> Station:
            return Station(database(address), home / name)

        empty = station("empty")
        if chosen.only in (None, "storing"):
            write_section(
                "storing", "Storing an article (`python -m benchmarks.archive`)", storing.insert_section(empty)
            )
        empty.close()
        if chosen.only == "storing":
            return
        empty, small, large = station("fresh"), station("small"), station("large")
        for place, count in ((small, FEW), (large, chosen.articles)):
            place.ask(storing.stored, 2 * 10**7, 160)  # the real articles of which the others are made
            print(f"Making an archive of {count:,} articles …", file=sys.stderr)
            place.ask(generated.make, count)
        if chosen.only in (None, "pages"):
            text = pages.section(small, large, FEW, chosen.articles)
            write_section("pages", "Reading a large archive (`python -m benchmarks.archive`)", text)
        if chosen.only in (None, "size"):
            text = storing.size_section(empty, large, chosen.articles)
            write_section("size", "Storing into a large archive (`python -m benchmarks.archive`)", text)
        for place in (empty, small, large):
            place.close()


if __name__ == "__main__":
    main()
