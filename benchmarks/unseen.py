"""Our extractor on the recorded pages as if it had never seen their sites: what is measured of quality.

The stored model was trained on all recorded pages, so it says little about pages that nobody has recorded. ``unseen.npz`` holds,
for each of them, the ratings by a model that was trained without any page of its site (python -m tools.training --ratings
benchmarks/unseen.npz makes it together with the stored one); all else of the extraction is as it always is.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.ground import SHARED
from newsreel.core.types import Article, SiteRule
from newsreel.extraction import article

RATINGS = Path(__file__).with_name("unseen.npz")
CORPORA = ("fundus", "magic", "wcxb")


class Known:
    """Rates the leaves of one page as they were rated."""

    def __init__(self, ratings: npt.NDArray[np.float32]) -> None:
        self.ratings = ratings

    def rate(self, rows: npt.NDArray[np.float32], weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Those ratings."""
        if len(weight) != len(self.ratings):
            raise SystemExit("Pages are cut into other leaves than when benchmarks/unseen.npz was made: train again.")
        return self.ratings.copy()


@cache
def keys() -> dict[bytes, str]:
    """The digest of a page's bytes -> its key among the ratings; some addresses were recorded twice."""
    found = {}
    for corpus in CORPORA:
        folder = SHARED / "corpus" / corpus
        with (folder / "index.jsonl").open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                found[_digest(gzip.decompress((folder / row["html"]).read_bytes()))] = f"{corpus}/{row['id']}"
    return found


def _digest(html: bytes) -> bytes:
    return hashlib.blake2b(html, digest_size=16).digest()


@cache
def ratings() -> dict[str, npt.NDArray[np.float32]]:
    """The ratings by key."""
    with np.load(RATINGS, allow_pickle=False) as data:
        return {name: data[name].astype(np.float32) for name in data.files}


def extract(html: bytes, url: str, *, rule: SiteRule | None = None) -> Article:
    """The article of a recorded page."""
    return article.extract(html, url, rule=rule, judge=Known(ratings()[keys()[_digest(html)]]))
