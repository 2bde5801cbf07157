"""How good and how fast extraction is on the recorded pages beside the project.

    python benchmarks/extraction.py [fundus|magic|wcxb …] [--worst N]

The measure is the corpus's own: F1 of 4-token shingles as multisets, every CJK or Thai character a token of its own,
the best of a page's accepted bodies; the mean over pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from newsreel.core.types import Article
from newsreel.extraction import extract

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
CORPORA = ("fundus", "magic", "wcxb")
_TOKEN = re.compile(
    "[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f\U00020000-\U0003134f]"
    "|[^\\W\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f\U00020000-\U0003134f]+"
)


@dataclass(slots=True)
class Score:
    """One page: F1, precision and recall of its text; title, day and authors right, None where the truth is not known."""

    id: str
    f1: float
    precision: float
    recall: float
    title: bool | None
    day: bool | None
    authors: bool | None
    milliseconds: float
    article: Article = field(repr=False)


def rows(corpus: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The rows of a corpus, each with its page's bytes."""
    folder = CORPUS / corpus
    with (folder / "index.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row, gzip.decompress((folder / row["html"]).read_bytes())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The multiset of runs of four tokens; a shorter text is one run."""
    words = _TOKEN.findall(text.lower())
    if len(words) < 4:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))


def overlap(text: str, accepted: list[list[str]]) -> tuple[float, float, float]:
    """F1, precision, recall against the accepted body that fits best."""
    found, best = shingles(text), (0.0, 0.0, 0.0)
    for body in accepted:
        truth = shingles("\n".join(body))
        common = (found & truth).total()
        if common:
            precision, recall = common / found.total(), common / truth.total()
            best = max(best, (2 * precision * recall / (precision + recall), precision, recall))
    return best


def score(row: dict[str, Any], html: bytes) -> Score:
    """Extract a page and compare."""
    start = time.perf_counter()
    article = extract(html, row["url"])
    spent = (time.perf_counter() - start) * 1000
    f1, precision, recall = overlap(article.text, row["bodies"])
    return Score(
        row["id"],
        f1,
        precision,
        recall,
        _title(row, article),
        _day(row, article),
        _authors(row, article),
        spent,
        article,
    )


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _title(row: dict[str, Any], article: Article) -> bool | None:
    return _words(row["title"]) == _words(article.title) if row.get("title") else None


def _day(row: dict[str, Any], article: Article) -> bool | None:
    if not row.get("published"):
        return None
    try:
        truth = datetime.fromisoformat(row["published"])
    except ValueError:  # a month, or words
        return None
    if article.published is None:
        return False
    if truth.tzinfo is not None and article.published_precision == "time":
        return truth.date() == article.published.astimezone(truth.tzinfo).date()
    return truth.date() == article.published.date()


def _authors(row: dict[str, Any], article: Article) -> bool | None:
    truth = row.get("authors")
    if not truth or not isinstance(truth, list):
        return None
    return {name.casefold() for name in truth} == {name.casefold() for name in article.authors}


def measure(corpus: str, limit: int | None = None) -> list[Score]:
    """The scores of a corpus's pages."""
    return [score(row, html) for number, (row, html) in enumerate(rows(corpus)) if limit is None or number < limit]


def share(values: list[bool | None]) -> float:
    """The share of what is right among what is known, 0 where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def mean(values: list[float]) -> float:
    """The mean, 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", default=list(CORPORA))
    parser.add_argument("--worst", type=int, default=10)
    arguments = parser.parse_args()
    out = sys.stdout.write
    out("corpus  pages    F1  precision  recall  title   day  authors  ms median   max\n")
    worst: list[tuple[str, Score]] = []
    for corpus in arguments.corpora:
        scores = measure(corpus)
        times = [item.milliseconds for item in scores]
        out(
            f"{corpus:7} {len(scores):5}  {mean([item.f1 for item in scores]):.3f}      {mean([item.precision for item in scores]):.3f}"
            f"   {mean([item.recall for item in scores]):.3f}   {share([item.title for item in scores]):4.0%}"
            f"  {share([item.day for item in scores]):4.0%}     {share([item.authors for item in scores]):4.0%}"
            f"     {median(times):6.1f}  {max(times):5.0f}\n"
        )
        worst += [(corpus, item) for item in sorted(scores, key=lambda item: item.f1)[: arguments.worst]]
    for corpus, item in worst:
        out(f"{corpus:7} {item.f1:.2f} p {item.precision:.2f} r {item.recall:.2f}  {item.id}\n")


if __name__ == "__main__":
    main()
