"""The same page in other clothes, so that the model learns to do without what an unknown page may lack.

Names hashed; foreign paragraphs planted between the article's; all of it flattened to a bare row of paragraphs.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from html import escape
from zlib import crc32

import numpy as np

from benchmarks.planted import row_of
from newsreel.extraction.outline import Outline, read_outline
from newsreel.extraction.stream import Stream
from tools.training.pages import Example, Floats, Sample, sample

_ATTRIBUTE = re.compile(r' ([^\s=/<>"]+)="([^"]*)"')
_TELLING = frozenset(
    "nav footer header aside article main section figure figcaption form button summary details address menu".split()
)
_KEPT = frozenset(("a", "meta", "link", "img", "source"))
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
MAX_PLANTS = 8  # places of a page
POOL = 15  # foreign texts from a page
_FOUND_AGAIN = 40  # leaves in which one is looked for when leaves were planted between


def variants(found: Sequence[Example], seed: int) -> list[dict[str, Sample]]:
    """For each page its variants by name: hashed, planted, flat. Pages with next to no text have the first only."""
    chance = random.Random(seed)  # noqa: S311
    pools = _pools(found, chance)
    return [_variants(example, pools[_wide(example)], chance) for example in found]


def _wide(example: Example) -> bool:
    text = " ".join(example.outline.text)[:3000]
    return len(_WIDE.findall(text)) > 0.3 * len(text)


def _pools(found: Sequence[Example], chance: random.Random) -> dict[bool, list[tuple[str, str]]]:
    """Texts that are no article's, of pages with and without East Asian scripts, each with its site."""
    pools: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for example in found:
        texts = [
            text
            for text, truth in zip(example.outline.text, example.sample.truth, strict=True)
            if truth < 0.05 and 15 <= len(text) <= 700 and (len(text) >= 50 or chance.random() < 0.3)
        ]
        pools[_wide(example)] += [(example.site, text) for text in chance.sample(texts, min(POOL, len(texts)))]
    return pools


def _variants(example: Example, pool: list[tuple[str, str]], chance: random.Random) -> dict[str, Sample]:
    texts, truth = example.outline.text, example.sample.truth
    foreign = [text for site, text in pool if site != example.site]
    bare = hashed(example.stream, chance, telling=chance.random() < 0.6)
    made = {"hashed": _again(bare, texts, truth, frozenset())}
    good = np.flatnonzero(truth >= 0.5).tolist()
    if len(good) >= 3 and len(foreign) >= 3:
        base = chance.choice((example.stream, bare))
        stream, planted = plant(base, example.outline, good, foreign, chance, plain=False)
        made["planted"] = _again(stream, texts, truth, planted)
        stream, planted = plant(example.stream, example.outline, good, foreign, chance, plain=True)
        made["flat"] = _again(flatten(stream, read_outline(stream)), texts, truth, planted)
    return made


def hashed(stream: Stream, chance: random.Random, *, telling: bool) -> Stream:
    """The page with all names replaced by numbers; where not ``telling`` its telling tags become div too."""
    salt = str(chance.random())
    pieces = list(stream.pieces)
    for place in range(1, len(pieces), 2):
        source = pieces[place]
        name = source.strip("</>").partition(" ")[0]
        plain = "div" if not telling and name in _TELLING else name
        if source.startswith("</"):
            pieces[place] = f"</{plain}>"
        elif name not in _KEPT and (" " in source or plain != name):
            attributes = dict(_ATTRIBUTE.findall(source))
            names = attributes.get("class") or attributes.get("id")
            pieces[place] = f'<{plain} class="h{crc32((names + salt).encode())}">' if names else f"<{plain}>"
    return Stream(pieces, stream.data, stream.title, stream.cut)


def plant(
    stream: Stream, outline: Outline, good: Sequence[int], pool: Sequence[str], chance: random.Random, *, plain: bool
) -> tuple[Stream, frozenset[str]]:
    """The page with foreign texts behind some of its ``good`` leaves, and those texts."""
    pieces = list(stream.pieces)
    planted: set[str] = set()
    for leaf in sorted(chance.sample(good, min(len(good), chance.randint(1, MAX_PLANTS))), reverse=True):
        place = outline.stop[leaf]
        if place < len(pieces) and pieces[place].startswith("</"):
            place += 2
        if place >= len(pieces):
            continue
        texts = chance.sample(pool, chance.choice((1, 1, 2, 3)))
        planted.update(" ".join(text.split()) for text in texts)
        pieces[place:place] = [piece for text in texts for piece in _dressed(text, chance, plain=plain)]
    return Stream(pieces, stream.data, stream.title, stream.cut), frozenset(planted)


def _dressed(text: str, chance: random.Random, *, plain: bool) -> list[str]:
    body, number = escape(text, quote=False), chance.randint(0, 99)
    ways = (
        ["<p>", body, "</p>", ""],
        [f'<p class="q{number}">', body, "</p>", ""],
        [f'<div class="q{number}">', "", "<p>", body, "</p>", "", "</div>", ""],
        ["<div>", "", '<a href="#">', body, "</a>", "", "</div>", ""],
        ["<p>", "", '<a href="#">', body, "</a>", "", "</p>", ""],
    )
    return ways[0] if plain else chance.choices(ways, (4, 2, 2, 1, 1))[0]


def flatten(stream: Stream, outline: Outline) -> Stream:
    """The page as a bare row of paragraphs, headings and items."""
    heads = [piece for place in outline.heads for piece in ("", stream.pieces[place])]
    return Stream([*heads, *row_of(stream, outline)], stream.data, stream.title, stream.cut)


def _again(stream: Stream, texts: Sequence[str], truth: Floats, planted: frozenset[str]) -> Sample:
    """A changed page as a sample: its leaves have the truth of those that say the same, in order."""
    outline = read_outline(stream)
    found = np.zeros(len(outline.text), np.float32)
    place = 0
    for leaf, text in enumerate(outline.text):
        if text in planted and not (place < len(texts) and texts[place] == text):
            continue
        here = next((near for near in range(place, min(len(texts), place + _FOUND_AGAIN)) if texts[near] == text), -1)
        if here >= 0:
            found[leaf], place = truth[here], here + 1
    return sample(stream, outline, found)
