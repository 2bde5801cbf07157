"""How long a feed says that it stays as it is: RSS 2.0's ``ttl``, and the syndication module of RSS 1.0.

Sources: RSS 2.0, 'ttl' (minutes for which a channel can be cached); RDF Site Summary 1.0 Modules: Syndication
(``updatePeriod``, daily where it is left out, and ``updateFrequency`` times in it, once where that is).
``skipHours`` and ``skipDays`` are not read: a newsroom's silence shows in its own rhythm, and what breaks at night breaks then.
"""

from __future__ import annotations

import re

_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
# Beyond it nobody speaks of a feed's rhythm: it is a default that was never thought about, or a slip.
LONGEST_MEANT = 31 * 86_400
_NUMBER = re.compile(r"\d{1,9}")


def refresh_seconds(ttl: str, period: str, frequency: str) -> int | None:
    """Seconds for which a feed says that it stays as it is, by the texts of its elements ('' where it has none).

    The longer where it says two things. None for nothing, and for what cannot be meant: zero, less, no number, more than a month.
    """
    stated = (_minutes(ttl), _period(period, frequency))
    return max((seconds for seconds in stated if seconds is not None), default=None)


def _minutes(ttl: str) -> int | None:
    number = _number(ttl)
    return _meant(number * 60) if number is not None else None


def _period(period: str, frequency: str) -> int | None:
    name = period.strip().lower()
    if not name and not frequency.strip():
        return None
    length = _PERIODS.get(name or "daily")
    times = _number(frequency) if frequency.strip() else 1
    return _meant(length // times) if length and times else None


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and _NUMBER.fullmatch(text) else None


def _meant(seconds: int) -> int | None:
    return seconds if 0 < seconds <= LONGEST_MEANT else None
