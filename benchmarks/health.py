"""What source health costs: counting beside storing an article, and the pages with many sources.

python -m benchmarks.health [--sources 3000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from benchmarks import health_rows
from benchmarks.ground import Station, database, server
from benchmarks.report import milliseconds, table, write_section

ARTICLES, ROUNDS = 40, 12


def storing() -> dict[str, list[float]]:
    """Seconds for storing an article with and without counting it, in turns of ARTICLES."""
    from datetime import UTC, datetime

    from newsreel.archive import counts, registry, storing
    from newsreel.archive.models import Lead
    from newsreel.archive.registry import ChannelFacts, SourceFacts
    from newsreel.archive.snapshots import Record
    from newsreel.archive.storing import ArticleFacts, Visit
    from newsreel.core.types import Entry, Response

    _, (channel,) = registry.register(
        SourceFacts("a.test", "A", "https://a.test/"), [ChannelFacts("https://a.test/feed", "feed")], 900
    )
    text = "The port authority said on Monday that the harbour would stay closed. " * 70
    taken: dict[str, list[float]] = {"with": [], "without": []}
    whole = counts.ARTICLE
    nothing = " SELECT 1"
    number = 0
    for turn in range(2 * ROUNDS):
        name = "with" if turn % 2 else "without"
        counts.ARTICLE = whole if name == "with" else nothing
        urls = [f"https://a.test/{number + n}" for n in range(ARTICLES)]
        number += ARTICLES
        registry.store_leads(channel, [Entry(url, url) for url in urls])
        rows = Lead.objects.select_related("channel__source").filter(url__in=urls)
        leads = {lead.url: lead for lead in rows}
        for url in urls:
            facts = ArticleFacts(url=url, title="A title", text=text, html=f"<p>{text}</p>")
            response = Response(url, url, 200, (), b"", b"", datetime.now(UTC))
            visit = Visit(response, Record("2025/file.warc.gz", number, 10, b"\0" * 32), 3600.0)
            began = time.perf_counter()
            storing.store(leads[url], facts, visit)
            taken[name].append(time.perf_counter() - began)
    counts.ARTICLE = whole
    return taken


def readings() -> dict[str, float]:
    """Medians for writing down a reading: as it is, and the channel's row alone."""
    from newsreel.archive import counts, reading
    from newsreel.archive.models import Channel

    channel = Channel.objects.select_related("source").get()
    then = reading.AfterReading(900, 900)
    count: Callable[..., None] = counts.readings
    taken: dict[str, list[float]] = {"with": [], "without": []}
    for turn in range(400):
        name = "with" if turn % 2 else "without"
        counts.readings = count if name == "with" else lambda *_: None
        began = time.perf_counter()
        reading.channels_read([reading.Reading(channel, then, 900, entries=20, new=0, seconds=0.3)])
        taken[name].append(time.perf_counter() - began)
    counts.readings = count
    return {name: median(values) for name, values in taken.items()}


def looking(sources: int) -> dict[str, Any]:
    """Makes a watched press, and looks it over to the end: seconds by the clock and of processor, rows and bytes."""
    from django.db import connection

    from newsreel.archive import coverage
    from newsreel.pipeline.overseeing import look_over

    made = health_rows.make(sources)
    gaps = []
    for _ in range(5):
        began = time.perf_counter()
        coverage.look()
        gaps.append(time.perf_counter() - began)
    began, spent, many = time.perf_counter(), time.process_time(), 0
    while done := look_over():
        many += done
    clock, processor = time.perf_counter() - began, time.process_time() - spent
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('archive_readingday'), (SELECT count(*) FROM archive_readingday)")
        size, rows = cursor.fetchone()
    return {
        "made": made,
        "many": many,
        "clock": clock,
        "processor": processor,
        "gaps": median(gaps),
        "size": size,
        "rows": rows,
    }


def pages() -> dict[str, tuple[float, int]]:
    """The whole HTTP answers: the median of 15, and bytes."""
    from django.test import Client

    from newsreel.archive.models import SourceHealth

    client = Client(HTTP_HOST="localhost")
    bad = SourceHealth.objects.filter(state="bad").values_list("source", flat=True)[0]
    found = {}
    for name, path in (
        ("all sources", "/health/"),
        ("those at fault", "/health/?state=bad"),
        ("by name", "/health/?sort=name&page=20"),
        ("all sources, JSON (500)", "/health/?format=json"),
        ("one source", f"/health/{bad}/"),
        ("one source, JSON", f"/health/{bad}/?format=json"),
    ):
        taken = []
        for _ in range(16):
            began = time.perf_counter()
            answer = client.get(path)
            taken.append(time.perf_counter() - began)
            assert answer.status_code == 200, path
        found[name] = (median(taken[1:]), len(answer.content))
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sources", type=int, default=3000)
    sources = options.parse_args().sources
    with server() as (address, home):
        small, large = (Station(database(address), home / name) for name in ("small", "large"))
        taken = small.ask(storing)
        reading = small.ask(readings)
        looked = large.ask(looking, sources)
        shown = large.ask(pages)
        small.close()
        large.close()
    quick = {name: quantiles(values, n=4)[0] for name, values in taken.items()}
    middle = {name: median(values) for name, values in taken.items()}
    rows = [(name, milliseconds(seconds), f"{size / 1000:,.0f} KB") for name, (seconds, size) in shown.items()]
    text = f"""{table(("page", "the whole HTTP answer", "size"), rows)}

{sources:,} sources with 90 days of counts ({looked["rows"]:,} rows, {looked["size"] / 1e6:,.0f} MB); medians of 15, Django's own answers without the socket.

| | with counting | without | |
| --- | ---: | ---: | ---: |
| storing an article, the median | {milliseconds(middle["with"])} | {milliseconds(middle["without"])} | **{middle["with"] / middle["without"] - 1:+.1%}** |
| the fastest quarter is below | {milliseconds(quick["with"])} | {milliseconds(quick["without"])} | {quick["with"] / quick["without"] - 1:+.1%} |
| writing down a reading, the median | {milliseconds(reading["with"])} | {milliseconds(reading["without"])} | {reading["with"] / reading["without"] - 1:+.1%} |

In turns of {ARTICLES} articles, {ROUNDS} each way, without evidence; a reading in turns of one.

Looking over all {looked["many"]:,} sources takes {looked["processor"]:.1f} s of a worker's processor ({looked["clock"]:.0f} s by the clock), every ten minutes, 200 at a
time; noting gaps {milliseconds(looked["gaps"])}, once a minute.
"""
    write_section("health", "Source health (`python -m benchmarks.health`)", text)


if __name__ == "__main__":
    main()
