"""The kinds of characters that tell running text from menus, as a table over code points."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

SPACE, LETTER, UPPER, DIGIT, WIDE, END, COMMA, QUOTE, MARK, OTHER = range(10)
KINDS: Final = 10
_WIDE_RANGES = (
    (0x3040, 0x3100),
    (0x31F0, 0x3200),
    (0x3400, 0xA000),
    (0xAC00, 0xD7B0),
    (0xE00, 0xE80),
    (0xF900, 0xFB00),
)
_CHARS = (
    (END, ".!?…。！？．؟।۔"),
    (COMMA, ",;:，、；：،؛"),
    (QUOTE, "\"'‘’“”„«»「」『』《》"),
    (MARK, "{}[]$|/#@<>*+_=~^\\•·›‹©®™▶►→←｜"),
)


def _table() -> npt.NDArray[np.uint8]:
    """Code point (up to 0xFFFF, all beyond count as that) -> kind."""
    table = np.full(0x10000, LETTER, np.uint8)
    for code in range(0x250):
        char = chr(code)
        table[code] = (
            DIGIT
            if char.isdigit()
            else UPPER
            if char.isupper()
            else LETTER
            if char.isalpha()
            else SPACE
            if char.isspace()
            else OTHER
        )
    table[0x391:0x3AA] = UPPER
    table[0x400:0x430] = UPPER
    table[0x2000:0x2070] = OTHER
    table[0x2190:0x2C00] = MARK
    table[0x3000:0x3040] = OTHER
    table[0xE000:0xF900] = MARK
    table[0xFF00:0xFFF0] = OTHER
    for start, stop in _WIDE_RANGES:
        table[start:stop] = WIDE
    for kind, chars in _CHARS:
        for char in chars:
            table[ord(char)] = kind
    return table


TABLE: Final = _table()
