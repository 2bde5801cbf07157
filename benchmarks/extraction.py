"""How good and how fast extraction is on the recorded pages beside the project, and how good and fast its rivals are.

    python -m benchmarks.extraction [fundus|magic|wcxb …] [--worst N] [--only quality|costs] [--extractor module:function]

It writes two sections of docs/benchmarks.md; with some corpora, a limit or another extractor it prints them alone. The measure is the
corpus's own (benchmarks/overlap.py): F1 of 4-token shingles as multisets, the best of a page's accepted bodies, the mean over pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import extraction_costs, particulars, rivals
from benchmarks.overlap import chinese, fitting, overlap, rouge_lsum, shingles
from benchmarks.report import table, write_section
from newsreel import extract
from newsreel.core.types import Article

__all__ = ["Score", "main", "mean", "measure", "overlap", "rows", "score", "share", "shingles"]

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
CORPORA = ("fundus", "magic", "wcxb")
COMMAND = "python -m benchmarks.extraction"
_HEAD = "corpus|extractor|pages|F1|precision|recall|ROUGE-LSum|titles exact|titles near|days|authors".split("|")
_BELOW = """F1, precision, recall: the corpus's measure, the mean over pages (a page's best accepted body). ROUGE-LSum: F1 over the same
tokens and the same body, a line a sentence. Titles exact: the same tokens; near: at least 0.9 by difflib's ratio after NFKC, case folding,
and punctuation and spaces made one space. Days: right in the truth's own zone or in UTC. Authors: the same set of names (wcxb: the same
words). Shares are of the pages whose truth is known; a dash where it is known of none. resiliparse reads neither days nor authors,
readability-lxml no days; resiliparse's title is the page's `<title>`."""


@dataclass(slots=True)
class Score:
    """One page: its text's F1, precision, recall and ROUGE-LSum (F1); title, day and authors right, None where nobody knows."""

    id: str
    f1: float
    precision: float
    recall: float
    rouge: float
    title: bool | None
    title_near: bool | None
    day: bool | None
    authors: bool | None
    chinese: bool
    milliseconds: float
    article: Article = field(repr=False)


def rows(corpus: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The rows of a corpus, each with its page's bytes."""
    folder = CORPUS / corpus
    with (folder / "index.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row, gzip.decompress((folder / row["html"]).read_bytes())


def score(row: dict[str, Any], html: bytes, extractor: rivals.Extractor = extract) -> Score:
    """Extract a page and compare."""
    start = time.perf_counter()
    article = extractor(html, row["url"])
    spent = (time.perf_counter() - start) * 1000
    best, body = fitting(article.text, row["bodies"])
    return Score(
        row["id"],
        *best,
        rouge_lsum(article.text, body).f1,
        particulars.title_exact(row, article),
        particulars.title_near(row, article),
        particulars.day(row, article),
        particulars.authors(row, article),
        chinese("\n".join(body)),
        spent,
        article,
    )


def measure(corpus: str, limit: int | None = None, extractor: rivals.Extractor = extract) -> list[Score]:
    """The scores of a corpus's pages (of the first ``limit``) by an extractor, which may be one that is cross-validated.

    The extractor is given a page's bytes and its address: by that it can tell which of its models has not seen the site.
    """
    pages = rows(corpus)
    return [score(row, html, extractor) for number, (row, html) in enumerate(pages) if limit is None or number < limit]


def share(values: Sequence[bool | None]) -> float:
    """The share of what is right among what is known, 0 where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def line(scores: list[Score]) -> list[str]:
    """The cells of a row of the table; a dash where the corpus knows no truth."""

    def average(get: Callable[[Score], float]) -> str:
        return f"{mean([get(item) for item in scores]):.3f}"

    def right(get: Callable[[Score], bool | None]) -> str:
        known = [get(item) for item in scores]
        return f"{100 * share(known):.1f} %" if any(value is not None for value in known) else "–"

    return [
        str(len(scores)),
        f"**{average(lambda item: item.f1)}**",
        average(lambda item: item.precision),
        average(lambda item: item.recall),
        average(lambda item: item.rouge),
        right(lambda item: item.title),
        right(lambda item: item.title_near),
        right(lambda item: item.day),
        right(lambda item: item.authors),
    ]


def worst(found: dict[str, list[Score]], count: int) -> str:
    """The pages of each corpus that are read worst, as a block of text."""
    lines = [
        f"{corpus:7} {item.f1:.2f} p {item.precision:.2f} r {item.recall:.2f}  {item.id}"
        for corpus, scores in found.items()
        for item in sorted(scores, key=lambda item: item.f1)[:count]
    ]
    return "\n".join(["```", *lines, "```"])


def contestants(ours: str) -> tuple[list[rivals.Contestant], list[str]]:
    """Ours and the rivals that are installed, and a sentence for each that is not."""
    found, missing = [], []
    for name in (rivals.OURS, *rivals.RIVALS):
        try:
            found.append(rivals.contestant(name, ours))
        except rivals.MissingError as error:
            missing.append(str(error))
            print(error, file=sys.stderr)
    return found, missing


def quality(corpora: Sequence[str], limit: int | None, count: int, ours: str) -> str:
    """The table of quality, ours beside its rivals, with the sentences below it and our worst pages."""
    present, notes = contestants(ours)
    cells: list[list[str]] = []
    own = {}
    for corpus in corpora:
        in_chinese: list[list[str]] = []
        for one in present:
            print(f"Reading {corpus} by {one.name} …", file=sys.stderr)
            scores = measure(corpus, limit, one.extract)
            cells.append([corpus, f"{one.name} {one.release}".strip(), *line(scores)])
            print(" | ".join(cells[-1]), file=sys.stderr)  # a run of many minutes says what it has
            chosen = [item for item in scores if item.chinese]
            if corpus == "magic" and chosen:
                in_chinese.append(["magic, Chinese", one.name, *line(chosen)])
            if failed := sum(item.article.reason == rivals.RAISED for item in scores):
                notes.append(f"{one.name} raised an exception on {failed} of the {len(scores)} pages of {corpus}.")
            if one.name == rivals.OURS:
                own[corpus] = scores
        cells += in_chinese
    return "\n\n".join(
        [
            table(_HEAD, cells),
            _BELOW,
            *notes,
            rivals.PUBLISHED,
            f"Our worst {count} pages of each:\n\n{worst(own, count)}" if count else "",
        ]
    )


UNSEEN = "benchmarks.unseen:extract"


def main() -> None:
    """Print the tables, and write them to docs/benchmarks.md when all was measured."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("corpora", nargs="*", default=list(CORPORA))
    options.add_argument("--worst", type=int, default=10, help="how many of our worst pages of each corpus are named")
    options.add_argument("--only", choices=["quality", "costs"])
    options.add_argument("--limit", type=int, help="only the first pages of each corpus")
    options.add_argument("--rounds", type=int, default=5, help="rounds in which speed is measured")
    options.add_argument(
        "--sample", type=int, default=60, help="pages of each corpus on which speed and memory are measured"
    )
    options.add_argument("--extractor", default="newsreel:extract", help="our extractor, if another: module:function")
    chosen = options.parse_args()
    if not CORPUS.is_dir():
        raise SystemExit(f"Left out: this benchmark reads {CORPUS}, which is not here.")
    whole = chosen.corpora == list(CORPORA) and chosen.limit is None and chosen.extractor == "newsreel:extract"

    def say(name: str, title: str, text: str) -> None:
        if whole:
            write_section(name, f"{title} (`{COMMAND}`)", text)
        else:
            print(f"\n{title}\n\n{text}")

    if chosen.only != "costs":
        ours = UNSEEN if chosen.extractor == "newsreel:extract" else chosen.extractor
        text = quality(chosen.corpora, chosen.limit, chosen.worst, ours)
        say("extraction", "Quality of extraction", text)
    if chosen.only != "quality":
        text = extraction_costs.section(chosen.corpora, chosen.sample, chosen.rounds, chosen.extractor)
        say("extraction-costs", "Speed and memory of extraction", text)


if __name__ == "__main__":
    main()
