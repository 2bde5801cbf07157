"""Whether a page's bytes are harmless to a parser that takes quadratic time on what no honest page holds.

HTML's own rules let a few bytes cost a parser quadratic time: nested blocks (each looks up the whole stack), open
formatting elements (each paragraph opens all of them again), attributes (each is compared with all before it). Measured on
lexbor: 80,000 nested div 6 s, 100,000 attributes 14 s. A look at the places of all '<' tells in a
third of the parse's time that a page cannot do so; what fails it goes through ``scanner``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from newsreel.extraction.scanner import count_attributes

MAX_MARKS: Final = 14_000  # '<' of a page; the most of 1,031 recorded pages are 11,808
MAX_REOPENED: Final = 200_000  # elements that a parser may have to open again, by a rough estimate
MAX_OPEN: Final = 24  # formatting elements of one kind
MAX_PAIRS: Final = 1_500_000_000  # squares of the tags' lengths, as an attribute is compared with all before it
LONG: Final = 2_000  # bytes from one '<' to the next; what is longer is looked at by itself
MAX_LONG: Final = 1_000
MAX_ATTRIBUTES: Final = 1_000  # of one tag
_FORMATTING = (b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u")

Array = npt.NDArray[np.generic]


def _kinds() -> npt.NDArray[np.uint8]:
    """First two bytes of a tag's name -> a number for each that a formatting element may begin with, 0 for all others."""
    table = np.zeros(65536, np.uint8)
    for kind, name in enumerate(_FORMATTING, 1):
        for first in {name[0], name[0] - 32}:
            if len(name) == 1:
                for second in b" \t\n\r\f/>":
                    table[first << 8 | second] = kind
            else:
                for second in {name[1], name[1] - 32}:
                    table[first << 8 | second] = kind
    return table


_KINDS = _kinds()


def harmless(html: bytes) -> bool:
    """Whether a parser reads the page in time about proportional to its length."""
    buffer = np.frombuffer(html, np.uint8)
    marks = np.flatnonzero(buffer == ord("<"))
    if len(marks) > MAX_MARKS:
        return False
    if not len(marks):
        return True
    gaps = np.diff(marks, append=len(html)).astype(np.int64)
    long = gaps > LONG
    if np.square(gaps[~long]).sum() > MAX_PAIRS or long.sum() > MAX_LONG:
        return False
    if any(count_attributes(html, int(place)) > MAX_ATTRIBUTES for place in marks[long]):
        return False
    return _closes_its_formatting(buffer, marks)


def _closes_its_formatting(buffer: npt.NDArray[np.uint8], marks: npt.NDArray[np.intp]) -> bool:
    marks = marks[: np.searchsorted(marks, len(buffer) - 3)]  # a tag has three bytes at least
    closing = buffer[marks + 1] == ord("/")
    at = marks + 1 + closing
    kinds = _KINDS[buffer[at].astype(np.uint16) << 8 | buffer[at + 1]]
    opened = int(((kinds > 0) & ~closing).sum())
    if opened <= MAX_OPEN or opened * len(marks) <= MAX_REOPENED:
        return True
    steps = np.where(closing, -1, 1)
    for kind in range(1, len(_FORMATTING) + 1):
        mine = steps[kinds == kind]
        if len(mine) <= MAX_OPEN:
            continue
        height = np.cumsum(mine)
        # Closing tags without an opening one count for nothing: the height is taken from the lowest before.
        if (height - np.minimum(np.minimum.accumulate(height), 0)).max() > MAX_OPEN:
            return False
    return True
