"""How fast extractors are, and how much memory they take: each measurement in a process of its own.

python -m benchmarks.extraction_costs speed|memory < JSON   (what benchmarks.extraction asks of its children)
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.report import table

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
READING = "reading the pages alone"
AT_ONCE = 6  # pages that an extractor reads before it is another's turn
WARMING = 3  # pages of each corpus, and a date that nothing reads: trafilatura loads dateparser's languages for it (2.5 s, once)
UNREADABLE_DATE = b'<html><body><div class="date">3. nosuchmonth nosuchday 2019</div><p>A text.</p></body></html>'


class Page(NamedTuple):
    """A recorded page."""

    corpus: str
    html: bytes
    url: str


def sample(corpora: Sequence[str], count: int, first: int = 0) -> Iterator[Page]:
    """Up to ``count`` pages of each corpus, evenly from its whole and one at a time; another ``first`` gives their neighbours."""
    for corpus in corpora:
        with (CORPUS / corpus / "index.jsonl").open(encoding="utf-8") as lines:
            number = sum(1 for _ in lines)
            lines.seek(0)
            for line in islice(lines, first, None, max(1, -(-number // count))):
                row = json.loads(line)
                yield Page(corpus, gzip.decompress((CORPUS / corpus / row["html"]).read_bytes()), row["url"])


def speed(asked: dict[str, Any]) -> dict[str, Any]:
    """One round: the seconds (of the processor, by the clock) that each extractor takes for a corpus, on one core.

    All read the same few pages in turns, then the next few. Every page is read once: nobody's caches know it. What comes
    first loads and warms, with other pages, and is not counted.
    """
    from benchmarks import rivals

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    present = [rivals.contestant(name, asked["ours"]) for name in asked["names"]]
    for one in present:
        for page in (Page("", UNREADABLE_DATE, "https://news.test/a"), *sample(asked["corpora"], WARMING, first=1)):
            one.extract(page.html, page.url)
    spent = {one.name: {corpus: [0.0, 0.0] for corpus in asked["corpora"]} for one in present}
    pages = list(sample(asked["corpora"], asked["count"]))
    for turn, place in enumerate(range(0, len(pages), AT_ONCE), asked["round"]):
        first = turn % len(present)
        for one in (*present[first:], *present[:first]):
            gc.collect()
            for page in pages[place : place + AT_ONCE]:
                processor, clock = time.process_time(), time.perf_counter()
                one.extract(page.html, page.url)
                taken = spent[one.name][page.corpus]
                taken[0] += time.process_time() - processor
                taken[1] += time.perf_counter() - clock
    counts = {corpus: sum(page.corpus == corpus for page in pages) for corpus in asked["corpora"]}
    sizes = {corpus: sum(len(page.html) for page in pages if page.corpus == corpus) for corpus in asked["corpora"]}
    return {"spent": spent, "pages": counts, "bytes": sizes}


def memory(asked: dict[str, Any]) -> dict[str, Any]:
    """The peak of memory in KB after an extractor is loaded, and after it read the pages, which are held one at a time."""
    from benchmarks import rivals

    (name,) = asked["names"]
    extract = None if name == READING else rivals.contestant(name, asked["ours"]).extract
    loaded = peak()
    for page in sample(asked["corpora"], asked["count"]):
        if extract is not None:
            extract(page.html, page.url)
    return {"loaded": loaded, "peak": peak()}


def peak() -> int:
    """The most memory that this program has had resident, in KB: what ru_maxrss is meant to say.

    Linux counts in ru_maxrss also what the process was before it became this program, a copy of its parent (measured: a child of
    a parent of 300 MB begins with 300 MB), so its line of /proc is read where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text("ascii").split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def child(what: str, **asked: Any) -> dict[str, Any]:
    """What a process of its own measured; numeric libraries have one thread in it."""
    environment = os.environ | dict.fromkeys(ONE_THREAD, "1")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.extraction_costs", what],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The measurement of {what} ended with {done.returncode}.")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def section(corpora: Sequence[str], count: int, rounds: int, ours: str) -> str:
    """The tables of speed and memory with what is to be known of them, ours beside the rivals that are installed."""
    from benchmarks import rivals

    names, notes = [], []
    for name in (rivals.OURS, *rivals.RIVALS, rivals.BARE):
        try:
            rivals.contestant(name, ours)
            names.append(name)
        except rivals.MissingError as error:
            notes.append(str(error))
    took = []
    for number in range(rounds):
        took.append(child("speed", corpora=list(corpora), count=count, round=number, names=names, ours=ours))
        print(f"Speed, round {number + 1} of {rounds}:\n{speeds(took[-1:], corpora, names)}", file=sys.stderr)
    pages, size = took[0]["pages"], took[0]["bytes"]
    each = ", ".join(
        f"{pages[corpus]} of {corpus}, on average {size[corpus] / pages[corpus] / 1000:.0f} KB" for corpus in corpora
    )
    notes.append(
        f"The same {sum(pages.values())} pages ({each}), {AT_ONCE} by one extractor, then by the next, in one process on one core; a page "
        f"is read once by each, so that nobody's caches know it. Medians of {rounds} rounds, each in a process of its own. From bytes "
        "to text and metadata, dates included (lexbor: to a tree, and nothing asked of it). Seconds are the processor's, of which "
        "other programs take nothing; the last column is by the clock."
    )
    held = {}
    for name in (*names, READING):
        held[name] = child("memory", corpora=list(corpora), count=count, names=[name], ours=ours)
        print(f"Memory of {name}: {held[name]['peak']} KB", file=sys.stderr)
    return "\n\n".join(
        [speeds(took, corpora, names), ratios(took, corpora, names), *notes, "### Memory", memories(held)]
    )


def rates(took: list[dict[str, Any]], name: str, corpora: Sequence[str], clock: bool = False) -> list[float]:
    """Pages a second of an extractor on some corpora together, a figure a round."""
    return [
        sum(one["pages"][corpus] for corpus in corpora) / sum(one["spent"][name][corpus][clock] for corpus in corpora)
        for one in took
    ]


def groups(corpora: Sequence[str]) -> list[list[str]]:
    """The columns of the tables: each corpus, and all together."""
    return [*([corpus] for corpus in corpora), list(corpora)]


def speeds(took: list[dict[str, Any]], corpora: Sequence[str], names: Sequence[str]) -> str:
    """The table of pages a second."""
    cells = []
    for name in names:
        figures = [*(rates(took, name, group) for group in groups(corpora)), rates(took, name, corpora, clock=True)]
        cells.append([name, *(f"{median(figure):.1f}" for figure in figures)])
    return table(["pages a second", *corpora, "all", "all, by the clock"], cells)


def ratios(took: list[dict[str, Any]], corpora: Sequence[str], names: Sequence[str]) -> str:
    """Our rate divided by each other's, round by round: the median, and the lowest and highest for all pages."""
    cells = []
    for name in names[1:]:
        each = [
            [a / b for a, b in zip(rates(took, names[0], group), rates(took, name, group), strict=True)]
            for group in groups(corpora)
        ]
        *parts, whole = (figure(median(found)) for found in each)
        cells.append([f"ours / {name}", *parts, f"**{whole}**", f"{figure(min(each[-1]))} to {figure(max(each[-1]))}"])
    return table(["ratio of the rates", *corpora, "all", "lowest and highest round"], cells)


def figure(ratio: float) -> str:
    """A ratio to two places, one below 1 to three."""
    return f"{ratio:.2f}" if ratio >= 1 else f"{ratio:.3f}"


def memories(held: dict[str, dict[str, int]]) -> str:
    """The table of memory: each extractor alone in a process over the same pages."""
    cells = [
        [
            name,
            *(f"{kilobytes / 1024:.0f} MB" for kilobytes in (one["loaded"], one["peak"], one["peak"] - one["loaded"])),
        ]
        for name, one in held.items()
    ]
    return (
        f"{table(['extractor', 'once loaded', 'peak', 'growth'], cells)}\n\nThe most that was resident, each extractor alone in a process "
        "over the same pages, which are held one at a time; nothing is taken off. What is loaded includes Python and this program."
    )


def main() -> None:
    """Measure what standard input asks for, and print it as JSON."""
    print(json.dumps({"speed": speed, "memory": memory}[sys.argv[1]](json.load(sys.stdin))))


if __name__ == "__main__":
    main()
