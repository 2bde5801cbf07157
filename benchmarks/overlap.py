"""How much of an accepted body a text holds: the corpus's own measure, and ROUGE-LSum beside it.

Both read the same tokens: lower-cased words, every CJK or Thai character a token of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

MATCHED_TOKENS = (
    50_000  # the longest accepted body of the 1,031 pages has 34,098; what a text has beyond is not matched
)
_ALONE = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f\U00020000-\U0003134f"
)
_TOKEN = re.compile(f"[{_ALONE}]|[^\\W{_ALONE}]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")


class Overlap(NamedTuple):
    """F1, precision and recall of a text against one body."""

    f1: float
    precision: float
    recall: float


NONE = Overlap(0.0, 0.0, 0.0)


def tokens(text: str) -> list[str]:
    """The tokens of a text, lower-cased."""
    return _TOKEN.findall(text.lower())


def chinese(text: str) -> bool:
    """Whether a text is written in Chinese: more than half of its tokens are Han, and hardly any kana stands among them."""
    han = len(_HAN.findall(text))
    return 2 * han > len(tokens(text)) and len(_KANA.findall(text)) * 20 < han


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The multiset of runs of four tokens; a shorter text is one run."""
    words = tokens(text)
    if len(words) < 4:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))


def fitting(text: str, accepted: Sequence[Sequence[str]]) -> tuple[Overlap, Sequence[str]]:
    """The overlap with the accepted body (paragraphs) that fits best by F1 of shingles, and that body; the first where none does."""
    found, best = shingles(text), NONE
    fits: Sequence[str] = accepted[0] if accepted else ()
    for body in accepted:
        truth = shingles("\n".join(body))
        now = _overlap((found & truth).total(), found.total(), truth.total())
        if now > best:
            best, fits = now, body
    return best, fits


def overlap(text: str, accepted: Sequence[Sequence[str]]) -> Overlap:
    """F1, precision, recall of shingles against the accepted body that fits best."""
    return fitting(text, accepted)[0]


def rouge_lsum(text: str, body: Sequence[str]) -> Overlap:
    """ROUGE-LSum of a text against one body, both read line by line.

    For each line of the body, the union of its longest common subsequences with all lines of the text; hits are counted at most
    as often as their token stands in the text. The hits are those of rouge-score 0.1.2 (compared on 3,000 random pairs and 36 recorded
    pages: no difference), which is not used for its tokeniser drops all Chinese, and it brings nltk and absl.
    """
    truth = [line for line in map(tokens, "\n".join(body).splitlines()) if line]
    found = [line for line in map(tokens, text.splitlines()) if line]
    known = {tuple(line) for line in found}
    union: Counter[str] = Counter()
    left = []
    for line in truth:  # a line that stands in the text as it is needs no search: most do
        if tuple(line) in known:
            union.update(line)
        else:
            left.append(line)
    for line, covered in zip(left, _union_of_subsequences(left, found), strict=True):
        union.update(token for place, token in enumerate(line) if covered >> place & 1)
    held = Counter(token for line in found for token in line)
    return _overlap((union & held).total(), held.total(), sum(map(len, truth)))


def _overlap(common: int, found: int, truth: int) -> Overlap:
    if not common:
        return NONE
    precision, recall = common / found, common / truth
    return Overlap(2 * precision * recall / (precision + recall), precision, recall)


def _union_of_subsequences(truth: list[list[str]], found: list[list[str]]) -> list[int]:
    """For each line of the truth, the places (as bits) that a longest common subsequence with some found line covers.

    The table of the dynamic programme is kept as one number a found token, a bit a token of the truth (Hyyrö 2004): all lines
    of the truth stand side by side in it, a bit between them that stops the carry. A step costs less than a microsecond for
    a page, where the table itself would have millions of cells.
    """
    starts: list[int] = []
    masks: dict[str, int] = {}
    every, place = 0, 0
    for line in truth:
        starts.append(place)
        for token in line:
            masks[token] = masks.get(token, 0) | 1 << place
            every |= 1 << place
            place += 1
        place += 1
    covered, read = [0] * len(truth), 0
    for words in found if truth else ():
        unmatched, steps = every, []
        for word in words[: max(0, MATCHED_TOKENS - read)]:
            mask = masks.get(word, 0)
            hits = unmatched & mask
            unmatched = (unmatched + hits | unmatched - hits) & every
            steps.append((every ^ unmatched | mask, mask))
        read += len(words)
        grown = every ^ unmatched
        for number, line in enumerate(truth):
            whole, start = (1 << len(line)) - 1, starts[number]
            if covered[number] != whole and grown >> start & whole:
                covered[number] |= _subsequence(steps, start, whole)
    return covered


def _subsequence(steps: list[tuple[int, int]], start: int, below: int) -> int:
    """The places of one longest common subsequence with the line that begins at ``start``, the one that rouge-score takes.

    ``steps`` has for each found token the places at which the length grows or the token stands, and those of the token; ``below``
    are the places that are left. Read backwards: a match is taken where there is one, else the shorter beginning of the line as
    long as nothing is lost.
    """
    places = 0
    for grown, mask in reversed(steps):
        place = (grown >> start & below).bit_length()
        if not place:
            break
        bit = 1 << place - 1
        if mask >> start & bit:
            places |= bit
            below = bit - 1
        else:
            below = 2 * bit - 1
    return places
