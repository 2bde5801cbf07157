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
from typing import Any

from benchmarks.report import table

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
READING = "reading the pages alone"


def sample(corpora: Sequence[str], count: int) -> Iterator[tuple[str, bytes, str]]:
    """Up to ``count`` pages of each corpus, evenly from its whole, one at a time: corpus, bytes, address."""
    for corpus in corpora:
        with (CORPUS / corpus / "index.jsonl").open(encoding="utf-8") as lines:
            number = sum(1 for _ in lines)
            lines.seek(0)
            for line in islice(lines, 0, None, max(1, -(-number // count))):
                row = json.loads(line)
                yield corpus, gzip.decompress((CORPUS / corpus / row["html"]).read_bytes()), row["url"]


def run(contestant: Any, pages: list[tuple[str, bytes, str]]) -> dict[str, tuple[float, float]]:
    """One round: for each corpus the seconds of the processor and of the clock."""
    contestant.forget()
    gc.collect()
    spent: dict[str, tuple[float, float]] = {}
    for corpus in dict.fromkeys(page[0] for page in pages):
        own = [page[1:] for page in pages if page[0] == corpus]
        processor, clock = time.process_time(), time.perf_counter()
        for html, url in own:
            attempt(contestant.extract, html, url)
        spent[corpus] = (time.process_time() - processor, time.perf_counter() - clock)
    return spent


def attempt(extract: Any, html: bytes, url: str) -> None:
    """One page; what a rival raises has been counted by the table of quality."""
    try:
        extract(html, url)
    except Exception:
        return


def speed(asked: dict[str, Any]) -> dict[str, Any]:
    """The seconds of every round of every extractor, in turns on one core; the first round, which loads and warms, is left out."""
    from benchmarks import rivals

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    pages = list(sample(asked["corpora"], asked["count"]))
    present = [rivals.contestant(name, asked["ours"]) for name in asked["names"]]
    found: dict[str, list[dict[str, tuple[float, float]]]] = {one.name: [] for one in present}
    for number in range(asked["rounds"] + 1):
        first = number % len(present)
        for one in (*present[first:], *present[:first]):
            spent = run(one, pages)
            if number:
                found[one.name].append(spent)
        print(f"Round {number} of {asked['rounds']} …", file=sys.stderr)
    count = {corpus: sum(page[0] == corpus for page in pages) for corpus in asked["corpora"]}
    size = {corpus: sum(len(page[1]) for page in pages if page[0] == corpus) for corpus in asked["corpora"]}
    return {"rounds": found, "pages": count, "bytes": size}


def memory(asked: dict[str, Any]) -> dict[str, Any]:
    """The peak of memory in KB after an extractor is loaded, and after it read the pages, which are held one at a time."""
    from benchmarks import rivals

    (name,) = asked["names"]
    extract = None if name == READING else rivals.contestant(name, asked["ours"]).extract
    loaded = peak()
    for _, html, url in sample(asked["corpora"], asked["count"]):
        if extract is not None:
            attempt(extract, html, url)
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
        except rivals.Missing as error:
            notes.append(str(error))
    took = child("speed", corpora=list(corpora), count=count, rounds=rounds, names=names, ours=ours)
    notes.append(
        f"The same {sum(took['pages'].values())} pages ("
        + ", ".join(f"{corpus} {took['pages'][corpus]} of {took['bytes'][corpus] / took['pages'][corpus] / 1000:.0f} KB" for corpus in corpora)
        + f" on average) in one process on one core, median of {rounds} rounds in turns after one that is not counted; from bytes to text and "
        "metadata, dates included (lexbor: to a tree, and nothing asked of it). Caches that a rival can empty are emptied before each round. "
        "Seconds are the processor's, of which other programs take nothing; the last column is by the clock."
    )
    held = {
        name: child("memory", corpora=list(corpora), count=count, names=[name], ours=ours)
        for name in (*names, READING)
    }
    return "\n\n".join([speeds(took, corpora, names), *ratios(took, corpora, names), *notes, "### Memory", memories(held)])


def rates(took: dict[str, Any], name: str, corpora: Sequence[str], clock: bool = False) -> list[float]:
    """Pages a second of an extractor on some corpora together, a figure a round."""
    pages = sum(took["pages"][corpus] for corpus in corpora)
    return [pages / sum(spent[corpus][clock] for corpus in corpora) for spent in took["rounds"][name]]


def speeds(took: dict[str, Any], corpora: Sequence[str], names: Sequence[str]) -> str:
    """The table of pages a second."""
    head = ["pages a second", *corpora, "all", "all, by the clock"]
    groups = [*([corpus] for corpus in corpora), list(corpora)]
    cells = [
        [
            name,
            *(f"{median(rates(took, name, group)):.1f}" for group in groups),
            f"{median(rates(took, name, list(corpora), clock=True)):.1f}",
        ]
        for name in names
    ]
    return table(head, cells)


def ratios(took: dict[str, Any], corpora: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Our rate divided by each other's, round by round: the median, and the lowest and highest for all pages."""
    own = names[0]
    cells = []
    for name in names[1:]:
        row = [f"ours / {name}"]
        for group in (*([corpus] for corpus in corpora), list(corpora)):
            each = [a / b for a, b in zip(rates(took, own, group), rates(took, name, group), strict=True)]
            row.append(f"**{median(each):.2f}**" if len(group) == len(corpora) else f"{median(each):.2f}")
        cells.append([*row, f"{min(each):.2f} to {max(each):.2f}"])
    if cells:
        yield table(["ratio of the rates", *corpora, "all", "lowest and highest round"], cells)


def memories(held: dict[str, dict[str, int]]) -> str:
    """The table of memory: each extractor alone in a process over the same pages."""
    cells = [
        [name, *(f"{kilobytes / 1024:.0f} MB" for kilobytes in (one["loaded"], one["peak"], one["peak"] - one["loaded"]))]
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
