"""Keywords against those that people gave: 250 news texts of 500N-KPCrowd (../shared/language/keyphrases).

Usage: python benchmarks/keywords.py [--verbose]. A term is right where its stemmed words are one of the people's
terms. They gave 48 terms a text on average, so recall at 8 has a ceiling of about 0.17;
precision at 8 says more. ``overlap`` counts terms whose every word stands in some term of theirs.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from newsreel.core.text import tokens
from newsreel.enrichment import keywords
from newsreel.enrichment.stemming import stem

DATA = Path(__file__).resolve().parents[2] / "shared" / "language" / "keyphrases" / "kpcrowd.jsonl"
COUNT = 8


def stems(term: str) -> tuple[str, ...]:
    return tuple(stem(word, "en") for word in tokens(term))


def measure(path: Path = DATA, verbose: bool = False) -> dict[str, float]:
    """Means over the texts of precision, recall and F1 at 8, of the share of terms made of their words, and the time."""
    sums = dict.fromkeys(("precision", "recall", "f1", "overlap", "milliseconds"), 0.0)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if len(row["text"].split()) >= 50]
    for row in rows:
        title, _, body = row["text"].partition("\n")
        began = time.perf_counter()
        found = keywords(body, title=title, language="en", count=COUNT)
        sums["milliseconds"] += (time.perf_counter() - began) * 1000
        wanted = {stems(key) for key in row["keys"]}
        words = {word for key in wanted for word in key}
        hits = sum(stems(term.text) in wanted for term in found)
        precision, recall = hits / max(1, len(found)), hits / max(1, len(wanted))
        sums["precision"] += precision
        sums["recall"] += recall
        sums["f1"] += 2 * precision * recall / (precision + recall) if hits else 0.0
        sums["overlap"] += sum(set(stems(term.text)) <= words for term in found) / max(1, len(found))
        if verbose:
            print(row["id"], [(term.text, term.weight, stems(term.text) in wanted) for term in found])
    return {name: round(value / len(rows), 4) for name, value in sums.items()} | {"texts": float(len(rows))}


if __name__ == "__main__":
    print(json.dumps(measure(verbose="--verbose" in sys.argv)))
