"""An outline -> numbers about each of its leaves: what the model that chooses an article's text looks at.

Texts are looked at as one array of code points; sums over boxes are differences of running sums, for a box's leaves stand
together. Shares are of the page, so that a page's length says little. A row a feature, a column a leaf. Most of the
time goes into the calls, so what is alike is worked out in one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from newsreel.extraction.characters import COMMA, DIGIT, END, KINDS, LETTER, MARK, OTHER, QUOTE, TABLE, UPPER, WIDE
from newsreel.extraction.outline import Outline
from newsreel.extraction.tags import NAME_IDS, NAMES, SIGNS

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

WIDE_WEIGHT: Final = 2.5  # a Chinese, Japanese, Korean or Thai character says as much as so many Latin ones
RUNNING: Final = 60.0  # weight from which a leaf with punctuation and few links is running text
LEVELS: Final = 6  # boxes around a leaf that are looked at
MAX_LOOKED_AT: Final = 400  # characters of a leaf whose kinds are counted
_LEAF_TAGS = ("p", "div", "li", "h1", "h2", "h3", "h4", "td", "blockquote", "figcaption", "section", "custom")
_LIKE = {
    "h5": "h4",
    "h6": "h4",
    "th": "td",
    "dd": "li",
    "dt": "li",
    "caption": "figcaption",
    "article": "section",
    "main": "section",
}
_SLOTS = np.full(len(NAMES) + 1, len(_LEAF_TAGS), np.int64)
for _name, _number in NAME_IDS.items():
    if _LIKE.get(_name, _name) in _LEAF_TAGS:
        _SLOTS[_number] = _LEAF_TAGS.index(_LIKE.get(_name, _name))
_SHIFTS = np.arange(SIGNS, dtype=np.int64)[:, None]
_REACH = np.array([[-2, 0], [1, 3], [-5, 0], [1, 6], [-12, 0], [1, 13]])
_HEADINGS = tuple(NAME_IDS[name] for name in ("h1", "h2"))
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page says about its article besides showing it: its titles, its text and its summary, '' where it does not."""

    titles: tuple[str, ...] = ()
    body: str = ""
    summary: str = ""


@dataclass(slots=True)
class Features:
    """``rows``: (features, leaves); ``weight`` of each leaf (characters, East Asian ones counted WIDE_WEIGHT times);
    ``running``: that of running text, 0 for other leaves; ``title``: the leaf that shows the title, -1 where none does.
    """

    rows: Floats
    weight: Floats
    running: Floats
    title: int


@dataclass(slots=True)
class _Leaves:
    """The leaves' measures as arrays, each ``count`` long."""

    count: int
    box: Ints
    length: Floats
    kinds: Floats  # (KINDS, count)
    first: npt.NDArray[np.uint8]
    last: npt.NDArray[np.uint8]
    second: npt.NDArray[np.uint8]  # the last but one
    weight: Floats
    linked: Floats
    running: Floats

    @property
    def sums(self) -> Floats:
        """Running sums of weight, running text and linked text: (3, count + 1)."""
        sums = np.zeros((3, self.count + 1), np.float32)
        np.cumsum((self.weight, self.running, self.linked), axis=1, out=sums[:, 1:])
        return sums


def features(outline: Outline, stated: Stated) -> Features:
    """The features of all leaves of an outline that has at least one."""
    leaves = _leaves(outline)
    numbers = np.array([tag.number for tag in outline.tag], np.int64)
    total, good = max(float(leaves.weight.sum()), 1.0), max(float(leaves.running.sum()), 1.0)
    title = title_leaf(outline, numbers, stated.titles)
    sums = leaves.sums
    page = (
        np.log1p(total) / 10, np.log1p(good) / 10, good / total, np.log1p(leaves.count) / 7,
        float(leaves.linked.sum()) / total, float(leaves.kinds[WIDE].sum()) / max(float(leaves.kinds.sum()), 1),
    )  # fmt: skip
    blocks = (
        _own(leaves, outline),
        _place(leaves, title, total, good),
        _said(outline.text, stated),
        _names(outline, leaves.box, numbers),
        _kin_of_title(outline, leaves, numbers, sums, title, good),
        _boxes(outline, leaves, sums, good),
        _likes(outline, leaves, good),
        _neighbours(leaves.count, sums),
        np.repeat(np.array(page, np.float32)[:, None], leaves.count, axis=1),
    )
    return Features(np.concatenate(blocks, axis=0), leaves.weight, leaves.running, title)


def _leaves(outline: Outline) -> _Leaves:
    texts = outline.text
    count = len(texts)
    cut = [text if len(text) <= MAX_LOOKED_AT else text[: MAX_LOOKED_AT - 40] + text[-40:] for text in texts]
    codes = np.frombuffer("".join(cut).encode("utf-32-le", "replace"), np.uint32)
    kinds = TABLE[np.minimum(codes, 0xFFFF)]
    seen = np.array([len(text) for text in cut], np.int64)
    stops = np.cumsum(seen)
    owner = np.repeat(np.arange(0, count * KINDS, KINDS, dtype=np.int64), seen)
    counts = np.bincount(owner + kinds, minlength=count * KINDS).reshape(count, KINDS).T.astype(np.float32)
    length = np.array([len(text) for text in texts], np.float32)
    counts *= length / seen
    weight = length + (WIDE_WEIGHT - 1) * counts[WIDE]
    linked = np.minimum(np.array(outline.linked, np.float32), length)
    share = linked / length
    running = ((weight >= RUNNING) & (counts[END] + counts[COMMA] >= 1) & (share < 0.4)) * weight * (1 - share)
    return _Leaves(
        count, np.array(outline.box, np.int64), length, counts, kinds[stops - seen], kinds[stops - 1],
        kinds[np.maximum(stops - 2, stops - seen)], weight, linked, running.astype(np.float32),
    )  # fmt: skip


def _own(leaves: _Leaves, outline: Outline) -> Floats:
    length, kinds, last, first = leaves.length, leaves.kinds, leaves.last, leaves.first
    marked = np.array((outline.links, outline.bold, outline.italic, outline.pictures, outline.broken), np.float32)
    out = np.empty((19 + KINDS, leaves.count), np.float32)
    out[0] = np.log1p(leaves.weight) / 6
    out[1] = leaves.linked / length
    out[2] = np.log1p(marked[0])
    out[3] = leaves.running / leaves.weight
    out[4 : 4 + KINDS] = kinds / length
    row = 4 + KINDS
    out[row] = np.minimum(kinds[END], 6) / 6
    out[row + 1] = np.minimum(kinds[COMMA], 8) / 8
    out[row + 2] = last == END
    out[row + 3] = ((last == QUOTE) | (last == OTHER)) & (leaves.second == END)
    out[row + 4] = last == COMMA
    for place, kind in enumerate((UPPER, DIGIT, QUOTE, MARK, LETTER), row + 5):
        out[place] = first == kind
    out[row + 10 : row + 12] = np.minimum(marked[1:3] / length, 1)
    out[row + 12] = np.minimum(marked[3], 3) / 3
    out[row + 13] = marked[4]
    seen: dict[str, int] = {}
    for text in outline.text:
        seen[text] = seen.get(text, 0) + 1
    out[row + 14] = [min(seen[text] - 1, 3) / 3 for text in outline.text]
    return out


def _place(leaves: _Leaves, title: int, total: float, good: float) -> Floats:
    count = leaves.count
    place = np.arange(count, dtype=np.float32)
    before = np.cumsum(leaves.weight) - leaves.weight
    running_before = (np.cumsum(leaves.running) - leaves.running) / good
    shown = title >= 0
    since = (before - before[title]) / 1000 if shown else before / 2000
    leaves_since = (place - title) / 20 if shown else place / 40
    out = np.empty((9, count), np.float32)
    out[0] = shown
    out[1] = place == title
    out[2] = place > title if shown else 0.5
    out[3] = np.clip(np.sign(since) * np.log1p(np.abs(since)), -2, 3)
    out[4] = np.clip(np.sign(leaves_since) * np.log1p(np.abs(leaves_since)), -2, 3)
    out[5] = place / count
    out[6] = before / total
    out[7] = running_before
    out[8] = 1 - running_before - leaves.running / good
    return out


def _said(texts: Sequence[str], stated: Stated) -> Floats:
    out = np.zeros((3, len(texts)), np.float32)
    if len(stated.body) >= 200:
        body = " ".join(stated.body.split())
        out[0] = [len(text) >= 15 and text[2:50] in body for text in texts]
        out[1] = 1.0 if out[0].any() else 0.5
    if len(stated.summary) > 20:
        out[2] = [len(text) > 20 and text[:60] in stated.summary for text in texts]
    return out


def _names(outline: Outline, box: Ints, numbers: Ints) -> Floats:
    if not len(numbers):
        return np.zeros((2 * SIGNS + len(_LEAF_TAGS), len(box)), np.float32)
    around, top = np.array((outline.bits, outline.parent), np.int64)
    own = np.array([tag.bits for tag in outline.tag], np.int64)
    top = np.maximum(top, 0)
    near = own | own[top] | own[top[top]]
    inline = np.array(outline.inline, np.int64)
    outside = box < 0
    out = np.empty((2 * SIGNS + len(_LEAF_TAGS), len(box)), np.float32)
    for row, bits in ((0, around), (SIGNS, near)):
        at = bits[box]
        at[outside] = 0
        out[row : row + SIGNS] = ((at | inline) >> _SHIFTS) & 1
    slots = _SLOTS[numbers[box]]
    out[2 * SIGNS :] = slots == np.arange(len(_LEAF_TAGS))[:, None]
    return out


def _kin_of_title(outline: Outline, leaves: _Leaves, numbers: Ints, sums: Floats, title: int, good: float) -> Floats:
    """How near each leaf is to the title in the tree: where the ways to both part, whether one article element holds both, and
    how many other first headings stand between: the next story on an endless page has its own.
    """
    out = np.zeros((7, leaves.count), np.float32)
    if title < 0 or leaves.box[title] < 0:
        return out
    shared, article = _shared_and_article(outline, leaves.box[title].item())
    inside = leaves.box >= 0
    here = np.where(inside, leaves.box, 0)
    meet = np.where(inside, np.array(shared, np.int64)[here], 0)
    depth = np.array(outline.depth, np.float32)
    mine = np.where(inside, np.array(article, np.int64)[here], -1)
    own = article[leaves.box[title]]
    first, last = np.array(outline.first, np.int64), np.array(outline.last, np.int64)
    held = np.where(mine >= 0, sums[1, last[mine]] - sums[1, first[mine]], 0)
    out[0] = depth[meet] / max(float(depth[leaves.box[title]]), 1)
    out[1] = np.minimum(depth[here] - depth[meet], 12) / 12
    out[2] = (sums[1, last[meet]] - sums[1, first[meet]]) / good
    out[3] = mine == own if own >= 0 else 0.5
    out[4] = held / good
    out[5] = mine >= 0
    heads = np.cumsum(np.where(inside, numbers[here] == _HEADINGS[0], False))
    out[6] = np.clip(heads - heads[title], -1, 3) / 3
    return out


def _shared_and_article(outline: Outline, title: int) -> tuple[list[int], list[int]]:
    """For each box the innermost box around it that is around the title's box too, and the innermost article around it."""
    way = set()
    box = title
    while box >= 0:
        way.add(box)
        box = outline.parent[box]
    shared: list[int] = []
    article: list[int] = []
    for box, above in enumerate(outline.parent):
        shared.append(box if box in way else shared[above] if above >= 0 else 0)
        article.append(box if outline.tag[box].name == "article" else article[above] if above >= 0 else -1)
    return shared, article


def _boxes(outline: Outline, leaves: _Leaves, sums: Floats, good: float) -> Floats:
    count = leaves.count
    if not outline.tag:
        return np.zeros((3 * LEVELS + 10, count), np.float32)
    first, last, parent, depth = np.array((outline.first, outline.last, outline.parent, outline.depth), np.int64)
    held = last - first
    top = np.maximum(parent, 0)
    # The next box that holds more leaves than this one: wrappers around one thing say nothing.
    above = top
    for _ in range(3):
        above = np.where(held[above] == held, top[above], above)
    here = np.empty((LEVELS, count), np.int64)
    here[0] = np.maximum(leaves.box, 0)
    for level in range(1, LEVELS):
        here[level] = above[here[level - 1]]
    inner = (sums[:, last] - sums[:, first])[:, here]  # (3, levels, count)
    weight = np.maximum(inner[0], 1)
    many = held[here[:4]]
    out = np.empty((3 * LEVELS + 10, count), np.float32)
    out[0] = depth[here[0]] / 30
    out[1 : 1 + LEVELS] = inner[1] / good
    out[1 + LEVELS : 1 + 2 * LEVELS] = inner[1] / weight
    row = 1 + 2 * LEVELS
    out[row : row + LEVELS] = inner[2] / weight
    row += LEVELS
    out[row : row + 4] = np.log1p(many) / 5
    out[row + 4 : row + 8] = (np.arange(count) - first[here[:4]]) / np.maximum(many, 1)
    out[row + 8] = (inner[1, 0] - leaves.running) / good
    return out


def _likes(outline: Outline, leaves: _Leaves, good: float) -> Floats:
    out = np.empty((10, leaves.count), np.float32)
    for row, (numbers, size) in ((0, (outline.path, outline.paths)), (5, (outline.shape, outline.shapes))):
        values = np.array([0, *numbers], np.int64)[leaves.box + 1]
        counts = np.maximum(np.bincount(values, minlength=size + 1), 1)
        inner, running, linked = (
            np.bincount(values, measure, size + 1) for measure in (leaves.weight, leaves.running, leaves.linked)
        )
        solid = np.maximum(inner, 1)
        table = np.array(
            (running / good, np.log1p(counts) / 4, np.log1p(inner / counts) / 6, linked / solid, running / solid),
            np.float32,
        )
        out[row : row + 5] = table[:, values]
    return out


def _neighbours(count: int, sums: Floats) -> Floats:
    """Sums over the leaves near each: 2, 5 and 12 to both sides, before and after apart."""
    bounds = np.clip(np.arange(count) + _REACH[:, :, None], 0, count)  # (6, 2, count)
    inner = sums[:, bounds[:, 1]] - sums[:, bounds[:, 0]]  # (3, 6, count)
    weight = np.maximum(inner[0], 1)
    return np.concatenate((np.log1p(inner[1]) / 8, inner[1] / weight, inner[2] / weight)).astype(np.float32)


def words_of(text: str) -> set[str]:
    """The words of a text for comparing titles; of texts without spaces also their characters."""
    lowered = text.lower()
    found = set(_WORD.findall(lowered))
    return found if " " in lowered.strip() or len(text) < 4 else found | set(lowered)


def title_leaf(outline: Outline, numbers: Ints, titles: Sequence[str]) -> int:
    """The leaf that shows the page's title: of the headings, else of the short leaves, the one that says most of what the
    page calls its title; -1 where none does.
    """
    wanted = [words for title in titles if (words := words_of(title))]
    if not wanted or not len(numbers):
        return -1
    box = np.array(outline.box, np.int64)
    kinds = np.where(box >= 0, numbers[box], -1)
    best, place = 0.5, -1
    for number, bonus in zip(_HEADINGS, (0.5, 0.3), strict=True):
        for leaf in np.flatnonzero(kinds == number).tolist():
            score = _likeness(outline.text[leaf], wanted)
            if score >= 0.5 and score + bonus > best:
                best, place = score + bonus, leaf
    if place < 0:
        for leaf, text in enumerate(outline.text[:200]):
            if 12 < len(text) <= 300 and (score := _likeness(text, wanted)) > best:
                best, place = score, leaf
    return place


def _likeness(text: str, wanted: Sequence[set[str]]) -> float:
    words = words_of(text) if len(text) <= 300 else set()
    if not words:
        return 0.0
    whole = max(len(words & one) / len(words | one) for one in wanted)
    return max(whole, 0.9 * max(len(words & one) for one in wanted) / len(words)) if len(words) >= 3 else whole
