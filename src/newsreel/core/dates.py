"""Dates as the web and the press write them.

Machine forms come first (ISO 8601 in the web's spellings, RFC 822, 850 and 1123, asctime, Unix time), then the forms
that people read, in the press's main languages. Stated rules:

- A time without a zone is read in ``zone`` where the caller knows one, else in UTC.
- A date without a time, or with exactly midnight in UTC or in no zone at all (how systems print a date that has no
  time), is a day.
- '03/04/2025' is the 3rd of April, unless ``month_first``, or an 'am'/'pm' or a North American zone stands beside it.
- A date without a year, a month without a day, years before 1990, and days that no calendar has are no dates.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from newsreel.core.date_words import ZONE_MINUTES, ZONE_PLACES, month_words
from newsreel.core.types import Moment

EARLIEST_YEAR = 1990  # before the web; Unix time 0 and year 1 are how systems print 'no date'
LATEST_YEAR = 2100
AHEAD = timedelta(days=731)
MAX_LENGTH = 160  # characters looked at: a date and its label are shorter


def fold(text: str) -> str:
    """Compatibility forms and accents away, digits of every script as ASCII; case and order stay."""
    if text.isascii():
        return text
    # NFKD turns full-width digits into ASCII; 'decimal' does so for Arabic, Devanagari and others.
    kept = (char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) not in ("Mn", "Cf"))
    digits = (str(unicodedata.decimal(char)) if char.isdecimal() else char for char in kept)
    return unicodedata.normalize("NFC", "".join(digits))


_MONTHS = {fold(word).lower(): number for word, number in month_words().items()}
_MONTH = "(?P<month>" + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_DAY = r"(?<![\d:.])(?P<day>\d{1,2})(?:st|nd|rd|th|er|re|[ºª°.])?"
_OF = r"(?:(?:\s+|-)(?:de|del|di|do|of|den|ב)|\s+d')?"
_GAP = r"[\s\-/,.']{0,3}"
_YEAR = r"(?P<year>\d{4})(?!\d)"


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(body, re.IGNORECASE)


# The date alone; the time is looked for around it.
_DATES: tuple[re.Pattern[str], ...] = (
    _pattern(
        r"(?<![\d./-])(?P<year>\d{4})\s?(?P<sep>[-/.])\s?(?P<month>\d{1,2})\s?(?P=sep)\s?(?P<day>\d{1,2})(?!\d)\.?"
    ),
    _pattern(r"(?<!\d)(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日号號일]?"),
    _pattern(r"令和\s*(?P<era>\d{1,2}|元)\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日?"),
    _pattern(rf"{_DAY}{_OF}{_GAP}{_MONTH}{_OF}{_GAP}{_YEAR}"),
    _pattern(rf"(?<![^\W\d_]){_MONTH}{_GAP}{_DAY},?{_GAP}{_YEAR}"),
    _pattern(rf"(?<![\d:]){_YEAR}{_GAP}{_MONTH}{_GAP}(?P<day>\d{{1,2}})(?!\d)"),
    _pattern(
        rf"(?<!\d)(?P<day>\d{{1,2}})\s*tháng\s*(?P<month>\d{{1,2}})(?:\s*năm|,)?\s*{_YEAR}".replace("á", "a").replace(
            "ă", "a"
        )
    ),
    _pattern(r"(?<![\d./-])(?P<day>\d{1,2})(?P<sep>[-/.])\s?(?P<month>\d{1,2})(?P=sep)\s?(?P<year>\d{4})(?!\d)"),
    _pattern(rf"{_DAY}{_GAP}{_MONTH}{_GAP}(?P<year>\d{{2}})(?!\d)"),
    # '25.04.24' and '10/31/24': two-digit years only where the numbers before can be a day and a month.
    _pattern(
        r"(?<![\d./:-])(?P<day>0?[1-9]|[12]\d|3[01])(?P<sep>\.)(?P<month>0?[1-9]|1[0-2])\.(?P<year>\d{2})(?![\d.:])"
    ),
    _pattern(
        r"(?<![\d./:-])(?P<day>0?[1-9]|[12]\d|3[01])(?P<sep>/)(?P<month>0?[1-9]|[12]\d|3[01])/(?P<year>\d{2})(?![\d/:])"
    ),
    # asctime: the year last, after the time and a zone.
    _pattern(
        rf"(?<![^\W\d_]){_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<rest>\d{{1,2}}:\d\d(?::\d\d)?(?:\s+[A-Z+][A-Z0-9:+-]{{0,8}})?)\s+{_YEAR}"
    ),
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:[T ]?(?P<time>\d{4}(?:\d\d)?)(?:[.,]\d+)?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_EPOCH = re.compile(r"(?P<seconds>\d{9,10})(?P<more>\d{3}|\d{6}|\d{9}|\.\d{1,9})?")
_ORDINAL = re.compile(r"\d{4}-(?:W\d\d-\d|\d{3})")

_HALF = r"(?P<half>[ap]\.?\s?m\b\.?|上午|下午|凌晨|早上|晚上|中午|午前|午後|오전|오후)"
_LEAD = _HALF.replace("half", "lead").replace(r"[ap]\.?\s?m\b\.?|", "")
_CLOCK = _pattern(
    rf"(?<![\d.:+-])(?:{_LEAD}\s*)?(?:(?P<hour>\d{{1,2}})\s?(?:[:.h时時点點시]|\s?uhr\s|시\s)\s?(?P<minute>\d\d|\d(?=\s?[分분]))(?!\d)(?!\.\d{{2,4}}\b)"
    rf"(?:\s?[:.分분]\s?(?P<second>\d\d)(?!\d))?(?:[.,:]\d{{1,9}})?\s?[분分秒초]?\s?{_HALF}?"
    rf"|(?P<bare>\d{{1,2}})\s?(?:uhr\b|h\b(?!\s?\d)|[时時点點시](?!\d)|(?P<barehalf>[ap]\.?\s?m\b\.?)))"
)
_ISO_TIME = re.compile(
    r"\s?T(?P<hour>\d\d)(?::?(?P<minute>\d\d))?(?::?(?P<second>\d\d))?(?:[.,]\d{1,9})?(?![\d:])", re.IGNORECASE
)
_SHORT_NAMES = "|".join(sorted(map(re.escape, (*ZONE_MINUTES, *ZONE_PLACES)), key=len, reverse=True))
_ZONE = re.compile(
    r"[\s,(]{0,3}(?:uhr|Uhr|hrs?\b\.?|h\b)?[\s,(]{0,2}"
    r"(?:(?:UTC|GMT)?\s?(?P<sign>[+\-−])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d)(?:\s?\[(?P<named>[A-Za-z]+(?:/[A-Za-z_]+){1,2})\])?"
    rf"|\[?(?P<place>[A-Z][A-Za-z]+(?:/[A-Za-z_]+){{1,2}})|(?P<name>{_SHORT_NAMES}|[zZ]|utc|gmt)(?![^\W_]))"
)
_AMERICAN = frozenset(
    ("EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "ET", "CT", "PT", "MT", "AKST", "AKDT", "HST")
)
_AFTERNOON = ("下午", "晚上", "午後", "오후", "中午")


class _Clock(NamedTuple):
    hour: int
    minute: int
    second: int
    zone: tzinfo | None
    american: bool


def iso(moment: datetime | None, precision: str = "time") -> str | None:
    """A moment as ISO 8601 writes it with its zone, a day as '2025-08-12'; None stays None."""
    if moment is None:
        return None
    return moment.date().isoformat() if precision == "day" else moment.isoformat()


def parse_date(
    text: str, *, now: datetime | None = None, zone: tzinfo | None = None, month_first: bool = False
) -> Moment | None:
    """The first date that a text states, or None.

    ``now`` (aware): what lies more than two years after it is no date. ``zone``: that of times without one (UTC).
    The datetime keeps the offset it was written with. Any text is fine; at most 160 characters are looked at.
    """
    folded = fold(text[:MAX_LENGTH]).strip().replace("\xa0", " ")
    if not any(char.isdigit() for char in folded):
        return None
    try:
        moment = _machine(folded, zone) or _search(folded, zone, month_first)
    except (ValueError, OverflowError):  # the 31st of February, the hour 25
        return None
    if moment is None or not EARLIEST_YEAR <= moment.when.year <= LATEST_YEAR:
        return None
    if now is not None and moment.when > now + AHEAD:
        return None
    return moment


def _machine(text: str, zone: tzinfo | None) -> Moment | None:
    """Forms without any separator a search could lean on: compact ISO 8601, week and ordinal days, Unix time."""
    if match := _COMPACT.fullmatch(text):
        year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
        if EARLIEST_YEAR <= year <= LATEST_YEAR and 1 <= month <= 12 and 1 <= day <= 31:
            digits = match["time"]
            if digits is None:
                return _day(year, month, day)
            offset = _zone_at(match["zone"] or "", 0)[0]
            return _join(
                (year, month, day), _Clock(int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0), offset, False), zone
            )
    if match := _EPOCH.fullmatch(text):
        fraction = match["more"] or ""
        seconds = float(match["seconds"] + (fraction if fraction.startswith(".") else f".{fraction or 0}"))
        return Moment(datetime.fromtimestamp(seconds, UTC), "time")
    if _ORDINAL.fullmatch(text):
        when = datetime.fromisoformat(text) if "W" in text else datetime.strptime(text, "%Y-%j")  # noqa: DTZ007
        return _day(when.year, when.month, when.day)
    return None


def _search(text: str, zone: tzinfo | None, month_first: bool) -> Moment | None:
    for pattern in _DATES:
        match = pattern.search(text)
        if match is None:
            continue
        groups = match.groupdict()
        clock = _clock_around(text, match)
        year = _year(groups)
        day, month = int(groups["day"]), _MONTHS.get(groups["month"].lower()) or int(groups["month"])
        both = groups.get("sep") and match.start("day") < match.start("year")
        if both and (
            month > 12 or (groups["sep"] != "." and day <= 12 and (month_first or (clock and clock.american)))
        ):
            day, month = month, day
        return _day(year, month, day) if clock is None else _join((year, month, day), clock, zone)
    return None


def _year(groups: dict[str, str | None]) -> int:
    era = groups.get("era")
    if era:
        return 2018 + (1 if era == "元" else int(era))
    written = groups["year"] or "0"
    if len(written) == 2:
        return int(written) + (1900 if written >= "69" else 2000)  # as POSIX reads two digits
    return int(written)


def _clock_around(text: str, match: re.Match[str]) -> _Clock | None:
    """The time of day that stands with a date: in the match, after it, or before it."""
    rest = match.groupdict().get("rest")
    after = rest if rest else text[match.end() : match.end() + 60]
    if iso := _ISO_TIME.match(after):
        zone, american = _zone_at(after, iso.end())
        return _Clock(int(iso["hour"]), int(iso["minute"] or 0), int(iso["second"] or 0), zone, american)
    return _clock_in(after) or _clock_in(text[max(0, match.start() - 40) : match.start()])


def _clock_in(text: str) -> _Clock | None:
    match = _CLOCK.search(text)
    if match is None:
        return None
    hour, minute, second = int(match["hour"] or match["bare"]), int(match["minute"] or 0), int(match["second"] or 0)
    half = (match["lead"] or match["half"] or match["barehalf"] or "").lower()
    latin = half[:1] in ("a", "p") and bool(half)
    if hour < 12 and (half[:1] == "p" or half in _AFTERNOON):
        hour += 12
    elif hour == 12 and (half[:1] == "a" or half in ("上午", "凌晨", "午前", "오전")):
        hour = 0
    if hour > 24 or minute > 59 or second > 60:
        return None
    zone, american = _zone_at(text, match.end())
    return _Clock(hour, minute, second, zone, american or latin)


def _zone_at(text: str, position: int) -> tuple[tzinfo | None, bool]:
    """The zone written at a place of a text, and whether it is one of North America's."""
    match = _ZONE.match(text, position)
    if match is None:
        return None, False
    if match["sign"]:
        minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
        if minutes > 15 * 60:
            return None, False
        return _fixed(minutes if match["sign"] == "+" else -minutes), False
    if match["place"]:
        return _place(match["place"]), match["place"].startswith("America/")
    name = match["name"].upper()
    if name in ZONE_PLACES:
        return _place(ZONE_PLACES[name]), name in _AMERICAN
    return _fixed(ZONE_MINUTES[name]), name in _AMERICAN


def _fixed(minutes: int) -> tzinfo:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


@lru_cache(maxsize=256)
def _place(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _day(year: int, month: int, day: int) -> Moment:
    return Moment(datetime(year, month, day, tzinfo=UTC), "day")


def _join(date: tuple[int, int, int], clock: _Clock, zone: tzinfo | None) -> Moment:
    midnight = clock.hour % 24 == clock.minute == clock.second == 0
    if midnight and clock.hour == 0 and (clock.zone is None or clock.zone is UTC):
        return _day(*date)
    start = datetime(*date, tzinfo=clock.zone or zone or UTC)
    # As wall time: the zone's own rule gives the offset after the hours are added. A leap second is the one before.
    when = start + timedelta(hours=clock.hour, minutes=clock.minute, seconds=min(clock.second, 59))
    # The offset of that moment, not the named zone: the processes that read foreign bytes hand over plain data only.
    return Moment(when.replace(tzinfo=_fixed(round((when.utcoffset() or timedelta()).total_seconds() / 60))), "time")
