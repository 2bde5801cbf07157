"""A year alone: forgetting articles by age while readers ask for pages, and an archive as one file and back.

python -m benchmarks.keeping [--articles 120000]    (five of six are forgotten)
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import generated, material, pages, storing
from benchmarks.ground import Station, database, need, server
from benchmarks.report import milliseconds, table, write_section

DAYS = 15  # generated.py spreads its articles over 90 days
ASKED = ["http_newest", "http_article", "http_keyword"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=120_000)
    chosen = options.parse_args()
    need(material.CORPUS)
    with server() as (address, home):
        keeper = Station(database(address), home / "keeper")
        reader = Station(keeper.dsn, home / "reader")
        keeper.ask(storing.stored, 2 * 10**7, 160)
        print(f"Making an archive of {chosen.articles:,} articles …", file=sys.stderr)
        keeper.ask(generated.make, chosen.articles)
        packed = keeper.ask(backed_up, str(home / "backup.tar"))
        other = Station(database(address), home / "other")
        restored = other.ask(loaded, str(home / "backup.tar"))
        other.close()
        asked = reader.ask(pages.subjects)
        quiet = [reader.ask(pages.answered, asked, ASKED) for _ in range(20)]
        busy: list[dict[str, float]] = []
        gone: list[Any] = []
        work = threading.Thread(target=lambda: gone.append(keeper.ask(forgotten, DAYS)))
        work.start()
        while work.is_alive():
            busy.append(reader.ask(pages.answered, asked, ASKED))
        work.join()
        keeper.close()
        reader.close()
    write_section(
        "keeping",
        "A year alone (`python -m benchmarks.keeping`)",
        _told(chosen.articles, gone[0], quiet, busy, packed, restored),
    )


def forgotten(days: int) -> dict[str, float]:
    """Removes what is older, as housekeeping does: batches with a rest as long as each took. Called in a Station."""
    from newsreel.archive import retention

    began, place, articles = time.perf_counter(), retention.START, 0
    times: list[float] = []
    while place is not None:
        started = time.perf_counter()
        batch = retention.forget_articles(days, place)
        times.append(time.perf_counter() - started)
        articles += batch.articles
        place = batch.after
        time.sleep(times[-1])
    return {"articles": articles, "seconds": time.perf_counter() - began, "batch": median(times), "longest": max(times)}


def backed_up(file: str) -> dict[str, float]:
    """Writes a backup; its size and how long it took. Called in a Station."""
    from newsreel.archive import backing_up
    from newsreel.core.settings import settings

    began = time.perf_counter()
    with Path(file).open("wb") as out:
        manifest = backing_up.write(out, settings())
    took = time.perf_counter() - began
    return {"seconds": took, "bytes": Path(file).stat().st_size, "raw": manifest.size_of_tables}


def loaded(file: str) -> dict[str, float]:
    """Reads a backup's digests, and puts its rows into this Station's database, whose schema is there already."""
    import resource

    from newsreel.archive import restoring
    from newsreel.archive.backup_file import check

    began = time.perf_counter()
    with Path(file).open("rb") as source:
        manifest = check(source)
    checked = time.perf_counter()
    with Path(file).open("rb") as source:
        restoring.load_tables(source, manifest, os.environ["NEWSREEL_DATABASE_URL"], "bench", lambda text: None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"check": checked - began, "load": time.perf_counter() - checked, "memory": peak}


def _told(
    articles: int,
    gone: dict[str, float],
    quiet: list[dict[str, float]],
    busy: list[dict[str, float]],
    packed: dict[str, float],
    restored: dict[str, float],
) -> str:
    rows = []
    for name in ASKED:
        before, during = sorted(turn[name] for turn in quiet), sorted(turn[name] for turn in busy)
        worst = during[int(len(during) * 0.95)]
        rows.append(
            [pages.NAMES[name], milliseconds(median(before)), milliseconds(median(during)), milliseconds(worst)]
        )
    return (
        f"An archive of {articles:,} articles. {gone['articles']:,.0f} of them were forgotten in {gone['seconds']:.0f} s "
        f"({gone['articles'] / gone['seconds']:,.0f} a second, half of that time at rest): {milliseconds(gone['batch'])} for a "
        f"batch of 500, {milliseconds(gone['longest'])} for the longest. Meanwhile readers asked for pages, one after the other:\n\n"
        + table(["Page", "before", "meanwhile", "meanwhile, the 95th of 100"], rows)
        + f"\n\nThe same archive as one file, before: written in {packed['seconds']:.0f} s ({packed['bytes'] / 1e6:,.0f} MB, of rows "
        f"of {packed['raw'] / 1e6:,.0f} MB); its digests compared in {restored['check']:.1f} s; its rows loaded, with indexes and "
        f"references checked, in {restored['load']:.0f} s, by a process of {restored['memory'] / 1e6:,.0f} MB at most."
    )


if __name__ == "__main__":
    main()
