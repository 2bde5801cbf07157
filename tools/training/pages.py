"""The recorded pages as examples: leaves with their features, and how much of each the accepted body holds."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.overlap import overlap, shingles, tokens
from newsreel.core.encoding import decode
from newsreel.core.urls import host_of
from newsreel.extraction.features import features
from newsreel.extraction.outline import Outline, read_outline
from newsreel.extraction.page import read_head
from newsreel.extraction.reading import stated
from newsreel.extraction.stream import Stream, read_stream
from newsreel.extraction.structured import read_statements
from newsreel.extraction.tags import INSIDE

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
CAPTION = INSIDE["figcaption"]  # never text, whatever a truth says
CORPORA = ("fundus", "magic", "wcxb")
NEAR = 4  # leaves to both sides in which the article is looked for around a doubtful one

Floats = npt.NDArray[np.float32]


@dataclass(slots=True)
class Sample:
    """One way to see a page: a row of features, a weight and a truth (0 to 1) for each leaf."""

    rows: Floats  # (leaves, features), half precision
    weight: Floats
    truth: Floats


@dataclass(slots=True)
class Example:
    """A recorded page."""

    corpus: str
    id: str
    url: str
    site: str
    bodies: list[list[str]]
    stream: Stream
    outline: Outline
    sample: Sample


def examples() -> Iterator[Example]:
    """All recorded pages that have leaves."""
    for corpus in CORPORA:
        with (CORPUS / corpus / "index.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                html = gzip.decompress((CORPUS / corpus / row["html"]).read_bytes())
                stream = read_stream(decode(html, None)[0])
                outline = read_outline(stream)
                if outline.text:
                    truth = truth_of(outline.text, row["bodies"])
                    truth[[box >= 0 and outline.bits[box] & CAPTION > 0 for box in outline.box]] = 0
                    yield Example(
                        corpus,
                        row["id"],
                        row["url"],
                        site_of(row),
                        row["bodies"],
                        stream,
                        outline,
                        sample(stream, outline, truth),
                    )


def site_of(row: dict[str, Any]) -> str:
    """What tells the page's site from others: the end of its host; its own id where it has none."""
    host = host_of(row["url"]) or row["id"]
    return ".".join(host.removeprefix("www.").split(".")[-3:])


def sample(stream: Stream, outline: Outline, truth: Floats) -> Sample:
    """A page's leaves as the model sees them."""
    said = stated(read_head(stream, outline), read_statements(stream.data), stream.title)
    seen = features(outline, said)
    return Sample(np.ascontiguousarray(seen.rows.T).astype(np.float16), seen.weight, truth)


def truth_of(texts: Sequence[str], bodies: Sequence[Sequence[str]]) -> Floats:
    """How much of each leaf the accepted body holds that fits best. Short leaves count where their words stand in it and the
    leaves around do too; of leaves that say the same only as many as the body has, those with the article around them.
    """
    words = [tokens(text) for text in texts]
    best, found = -1.0, np.zeros(len(texts), np.float32)
    for body in bodies:
        truth = _held(words, body)
        score = overlap("\n".join(text for text, held in zip(texts, truth, strict=True) if held >= 0.5), [body]).f1
        if score > best:
            best, found = score, truth
    return found


def _held(words: Sequence[Sequence[str]], body: Sequence[str]) -> Floats:
    whole = tokens("\n".join(body))
    runs, paragraphs, flat = shingles("\n".join(body)), {tuple(tokens(part)) for part in body}, f" {' '.join(whole)} "
    held = np.zeros(len(words), np.float32)
    doubtful = []
    for place, leaf in enumerate(words):
        if len(leaf) >= 4:
            mine = list(zip(leaf, leaf[1:], leaf[2:], leaf[3:], strict=False))
            held[place] = sum(1 for run in mine if run in runs) / len(mine)
        elif tuple(leaf) in paragraphs:
            held[place] = 0.9
        elif leaf and f" {' '.join(leaf)} " in flat:
            doubtful.append(place)
    for place in doubtful:
        if held[max(0, place - 2) : place].max(initial=0) >= 0.5 and held[place + 1 : place + 3].max(initial=0) >= 0.5:
            held[place] = 0.7
    _without_repeats(words, held, flat)
    return held


def _without_repeats(words: Sequence[Sequence[str]], held: Floats, flat: str) -> None:
    size = np.array([len(leaf) for leaf in words], np.float32)
    same: dict[tuple[str, ...], list[int]] = {}
    for place, leaf in enumerate(words):
        if held[place] >= 0.5:
            same.setdefault(tuple(leaf), []).append(place)

    def around(place: int) -> float:
        near = slice(max(0, place - NEAR), place + NEAR + 1)
        return float((held[near] * size[near]).sum())

    for leaf, places in same.items():
        if len(places) > 1:
            wanted = max(1, flat.count(f" {' '.join(leaf)} "))
            for place in sorted(places, key=around, reverse=True)[wanted:]:
                held[place] = 0


def folds(found: Sequence[Example], count: int) -> list[int]:
    """Each example's fold: a site is in one only."""
    sites = sorted({example.site for example in found})
    random.Random(3).shuffle(sites)  # noqa: S311
    number = {site: place % count for place, site in enumerate(sites)}
    return [number[example.site] for example in found]


def sizes(found: Sequence[Example]) -> dict[str, int]:
    """Pages a corpus."""
    return dict(Counter(example.corpus for example in found))
