"""What storing costs: beside one bare INSERT, and in an empty archive beside a large one. Run by benchmarks/archive.py.

One article stored is: its response appended to a WARC file and synced, then one committed transaction with the article,
its snapshot, its line of the change log and its lead. The bare INSERT is psycopg's, committed, of the article's title,
text, HTML and blocks into a table with nothing but a primary key. Both are done in turns by one process.
"""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from benchmarks import material
from benchmarks.ground import Station
from benchmarks.report import milliseconds, table

ROUNDS, EACH = 6, 100
BATCH = 25


def beside_an_insert(first: int, count: int, packed: bool) -> dict[str, float]:
    """Medians in seconds over some articles, each written both ways; called in a Station."""
    import psycopg
    from psycopg.types.json import Jsonb

    from newsreel.archive import storing
    from newsreel.archive.snapshots import SnapshotStore

    leads = material.leads(first, count)
    evidence = SnapshotStore(Path(os.environ["NEWSREEL_HOME"]) / "evidence")
    times: dict[str, list[float]] = {name: [] for name in ("insert", "insert_page", "snapshot", "store")}
    gc.collect()
    with psycopg.connect(os.environ["NEWSREEL_DATABASE_URL"], autocommit=True) as bare:
        columns = "id bigserial PRIMARY KEY, title text, text text, html text, blocks jsonb"
        bare.execute(f"CREATE TABLE IF NOT EXISTS bare ({columns})")
        bare.execute(f"CREATE TABLE IF NOT EXISTS bare_page ({columns}, page bytea)")
        for number, lead in zip(range(first, first + count), leads, strict=True):
            page = material.page(number)
            answer = material.response(number, page.body, page.packed if packed else None)
            facts = page.facts
            blocks = Jsonb([storing._block_json(block) for block in facts.blocks])
            values = [facts.title, facts.text, facts.html, blocks]
            moments = [time.perf_counter()]
            bare.execute("INSERT INTO bare (title, text, html, blocks) VALUES (%s, %s, %s, %s)", values)
            moments.append(time.perf_counter())
            page_too = "INSERT INTO bare_page (title, text, html, blocks, page) VALUES (%s, %s, %s, %s, %b)"
            bare.execute(page_too, [*values, answer.wire_body])
            moments.append(time.perf_counter())
            record = evidence.write(answer)
            moments.append(time.perf_counter())
            outcome, _ = storing.store(lead, facts, storing.Visit(answer, record, 3600.0))
            moments.append(time.perf_counter())
            assert outcome == "new", outcome
            for name, began, ended in zip(times, moments, moments[1:], strict=False):
                times[name].append(ended - began)
    evidence.close()
    return {name: median(some) for name, some in times.items()}


def enriched(first: int, count: int) -> float:
    """Seconds an article for keywords and topics, written in batches as the enrichment does; called in a Station."""
    from newsreel.archive import storing
    from newsreel.archive.models import Article
    from newsreel.core.types import Enrichment, Keyword, Topic

    ids = list(Article.objects.order_by("-id").values_list("pk", flat=True)[:count])
    batches = []
    for begin in range(0, len(ids), BATCH):
        found = []
        for pk in ids[begin : begin + BATCH]:
            words = tuple(Keyword(f"term {(pk * 31 + place * 977) % 5000}", 1 - place / 10) for place in range(8))
            found.append((pk, Enrichment("en", words, (Topic("medtop:20000593", "medtop:11000000", 0.8),))))
        began = time.perf_counter()
        storing.store_enrichments(found)
        batches.append((time.perf_counter() - began) / len(found))
    return median(batches)


def stored(first: int, count: int) -> tuple[list[float], float]:
    """Seconds of each article, and PostgreSQL's processor seconds for all, to store some articles; called in a Station."""
    from django.db import connection

    from newsreel.archive import storing
    from newsreel.archive.snapshots import SnapshotStore

    leads = material.leads(first, count)
    evidence = SnapshotStore(Path(os.environ["NEWSREEL_HOME"]) / "evidence")
    backend = connection.connection.info.backend_pid
    times, processor = [], _processor_seconds(backend)
    for number, lead in zip(range(first, first + count), leads, strict=True):
        page = material.page(number)
        answer = material.response(number, page.body, page.packed)
        began = time.perf_counter()
        storing.store(lead, page.facts, storing.Visit(answer, evidence.write(answer), 3600.0))
        times.append(time.perf_counter() - began)
    evidence.close()
    return times, _processor_seconds(backend) - processor


def _processor_seconds(process: int) -> float:
    """What a process has used of the processor, as Linux counts it (0 elsewhere)."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    counted = stat.read_text().rsplit(")", 1)[1].split()
    return (int(counted[11]) + int(counted[12])) / os.sysconf("SC_CLK_TCK")


def sizes() -> tuple[int, int, int]:
    """Mean bytes of a page, of a page compressed, and of what is inserted of it; called in a Station."""
    from newsreel.archive import storing

    known = material.pages()
    texts = [
        len(f"{facts.title}{facts.text}{facts.html}{[storing._block_json(block) for block in facts.blocks]}".encode())
        for facts in (page.facts for page in known)
    ]
    count = len(known)
    return sum(len(p.body) for p in known) // count, sum(len(p.packed) for p in known) // count, sum(texts) // count


def insert_section(station: Station) -> str:
    rounds: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    number = 0
    station.ask(beside_an_insert, 10**7, 30, True)  # the caches are warm
    for _ in range(ROUNDS):
        for packed in (True, False):
            rounds[packed].append(station.ask(beside_an_insert, number, EACH, packed))
            number += EACH
    keywords = station.ask(enriched, 0, ROUNDS * EACH)
    rows: list[list[Any]] = []
    for packed, some in rounds.items():
        ours = [each["snapshot"] + each["store"] for each in some]
        ratios = [mine / each["insert"] for mine, each in zip(ours, some, strict=True)]
        page_ratios = [mine / each["insert_page"] for mine, each in zip(ours, some, strict=True)]
        middles = [median(each[name] for each in some) for name in ("insert", "insert_page", "snapshot", "store")]
        rows.append([
            "gzip" if packed else "not compressed", *map(milliseconds, middles),
            f"**{median(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})",
            f"{median(page_ratios):.2f} ({min(page_ratios):.2f} to {max(page_ratios):.2f})",
        ])  # fmt: skip
    whole, packed_size, inserted = station.ask(sizes)
    head = [
        "page as it came", "bare INSERT", "with the page in it", "evidence, synced", "rows, committed",
        "storing, times the INSERT", "times that with the page",
    ]  # fmt: skip
    return (
        f"{table(head, rows)}\n\n"
        f"Medians of {ROUNDS} rounds of {EACH} articles of ../shared/corpus/fundus, on average {whole // 1000} KB a page "
        f"({packed_size // 1000} KB compressed) and {inserted // 1000} KB of title, text, HTML and blocks. "
        "In brackets the lowest and the highest round.\n\n"
        "Target: at most 5 times the INSERT of title, text, HTML and blocks. Nearly all of the web sends its pages compressed, and "
        "that page goes into the evidence as it came; one that came uncompressed is compressed first (ISA-L's gzip, level 2).\n\n"
        f"Keywords and topics, which the enrichment writes later in batches of {BATCH}, cost {milliseconds(keywords)} an article more."
    )


def size_section(empty: Station, large: Station, articles: int) -> str:
    """1,000 articles into either archive, twenty at a time and in turns."""
    for station in (empty, large):
        station.ask(stored, 10**7, 50)
    sides: dict[int, tuple[list[float], list[float]]] = {id(empty): ([], []), id(large): ([], [])}
    for first in range(0, 1000, 20):
        for station in (empty, large) if first % 40 else (large, empty):
            times, processor = station.ask(stored, first, 20)
            sides[id(station)][0].extend(times)
            sides[id(station)][1].append(processor / 20)
    rows = []
    for name, place in (("an article and its evidence, the median", 1), ("the fastest quarter is below", 0)):
        before, after = (quantiles(sides[id(station)][0], n=4)[place] for station in (empty, large))
        rows.append([name, milliseconds(before), milliseconds(after), f"**{after / before:.2f}**"])
    before, after = (mean(sides[id(station)][1]) for station in (empty, large))
    if before:
        rows.append(["PostgreSQL's processor time", milliseconds(before), milliseconds(after), f"{after / before:.2f}"])
    return (
        f"{table(['1,000 articles stored', 'empty archive', f'{articles:,} articles', 'ratio'], rows)}\n\n"
        "In turns, twenty at a time. Target: within a fifth. The large archive is made by SQL "
        "(`benchmarks/generated.py`) and analysed."
    )
