"""Small charts, drawn by the server as one path each: no script, and readable without colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars in a box of ``width`` times ``height``. ``path``: the values; ``ill``: a mark below each day on which most readings
    failed; ``dark``: one where nothing was read.
    """

    width: int
    height: int
    path: str
    ill: str
    dark: str
    most: int
    total: int


def bars(values: Sequence[int], ill: Sequence[bool], dark: Sequence[bool], *, step: int = 4, height: int = 24) -> Bars:
    """A bar for each value, as wide as three quarters of its ``step``; a value above nought is always to be seen."""
    room, most = height - 3, max(values, default=0)
    wide = max(step - max(step // 4, 1), 1)
    path = []
    for number, value in enumerate(values):
        if value:
            tall = max(round(value / most * room, 1), 1.0)
            path.append(f"M{number * step} {room - tall:g}h{wide}v{tall:g}h-{wide}z")
    return Bars(
        len(values) * step,
        height,
        "".join(path),
        _marks(ill, step, wide, height),
        _marks(dark, step, wide, height),
        most,
        sum(values),
    )


def _marks(where: Sequence[bool], step: int, wide: int, height: int) -> str:
    return "".join(f"M{number * step} {height - 2}h{wide}v2h-{wide}z" for number, here in enumerate(where) if here)
