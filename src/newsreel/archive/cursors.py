"""Where a page of a list begins: a place in the order (shown_at, id), as text in an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The years 1 to 9999, less a day at either end: PostgreSQL and every zone can then show the time.
_FIRST = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND


class Cursor(NamedTuple):
    """A row's place in a list that is newest first."""

    shown_at: datetime
    id: int

    def __str__(self) -> str:
        """'1754994600000000.17': microseconds since 1970 and the row's id."""
        return f"{(self.shown_at - _EPOCH) // _MICROSECOND}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor that ``str`` wrote, or None for anything else."""
        when, dot, id_ = text.partition(".")
        digits = when.removeprefix("-")
        if not dot or not _number(digits) or not _number(id_):
            return None
        microseconds = int(when)
        if not _FIRST <= microseconds <= _LAST:
            return None
        return cls(_EPOCH + timedelta(microseconds=microseconds), int(id_))


def _number(text: str) -> bool:
    """Digits only, and few enough for a bigint: ``isdecimal`` alone would take other scripts' digits."""
    return 0 < len(text) <= 18 and text.isascii() and text.isdecimal()
