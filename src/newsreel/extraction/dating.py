"""When a page says that it was published and changed.

Rules, each with what the recorded pages showed (60 of 1,031 state days that differ):

1. The order of trust: JSON-LD of the article, article:published_time, itemprop and pubdate, other meta names, JSON-LD's
   dateCreated, JSON-LD of the page, then what a reader sees near the title, the nearest first and <time> before lines, at
   last the day in the address. The first that states a date wins: of 10 newspapers' pages that contradict themselves
   JSON-LD is right on 10.
2. A later statement that names the time of the same day makes a day a time.
3. A <time> near the title that names the same moment in a zone of its own gives the moment its zone: blogs' meta elements
   say 02:41 in UTC, their <time> says 18:41 the day before, and so does the address.
4. A day that the address and a <time> or line near the title agree on wins over a statement that is more than a day away
   from it: such statements are of the day when the page was moved to another system. Where the address's day has the same
   numbers with day and month changed over, the address tells which is which.
5. A change before the publication is none. Where the data says so, or names one moment for both, a day near the title
   that is before both is the day of publication, unless the address names another: builders of sites print the template's
   date so (right on 5 of 5 recorded pages). Else the published date stays, and so do equal dates: most pages are never changed.
6. What is called a change ('updated', 'aktualisiert') is no date of publication, unless the page names no other: then it
   was out by that day (right on 15 of 25 recorded pages).
7. A time without a zone is read in the zone of the page's country or language (core.zones), and as UTC where neither
   tells one. '03/04/2025' is the 4th of March on pages in English of the USA and the Philippines, and on those whose
   language names no country and whose address ends in .com, .org, .net, .gov, .edu or .us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta, tzinfo
from itertools import chain, islice
from typing import NamedTuple

from newsreel.core.dates import parse_date
from newsreel.core.text import squeeze
from newsreel.core.types import Moment
from newsreel.core.urls import host_of
from newsreel.core.zones import likely_zone
from newsreel.extraction.dating_words import CHANGED, DATED, FIRST, MODIFIED_META, PUBLISHED_META, SHORT_YEAR, YEAR
from newsreel.extraction.page import Node
from newsreel.extraction.signs import AFTER, BEFORE, Line, Signs
from newsreel.extraction.structured import Data, words

# With nothing between, both month and day have two digits: '5-95-2070077' is a number.
_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:(?P<sep>[-/_.])(?P<month>0?[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01]|[1-9])"
    r"|(?P<month2>0[1-9]|1[0-2])(?P<day2>0[1-9]|[12]\d|3[01])"
    r"|/(?P<name>[a-z]{3,10})/(?P<day3>0[1-9]|[12]\d|3[01]|[1-9]))(?!\d)",
    re.IGNORECASE,
)
_AMERICAN = re.compile(r"^en[-_](?:us|ph)\b", re.IGNORECASE)
_AMERICAN_ENDINGS = frozenset(("com", "org", "net", "gov", "edu", "us"))
# Kana before Han: Japanese has both.
_SCRIPTS = (("ja", re.compile("[぀-ヿ]")), ("ko", re.compile("[가-힣]")), ("zh", re.compile("[一-鿿]")))
ONE_DAY = timedelta(days=1)
MAX_DATE_LINE = 150
MAX_BARE_LINE = 60  # of a line whose element is not called a date's
MAX_NEAR_DATES = 12
MAX_FAR_DATES = 60
BEHIND = 60  # elements behind the title that are right behind it
AHEAD = 20  # and right before it


class Clock(NamedTuple):
    """How a page writes its dates: in which zone those are that name none, and whether the month stands first."""

    zone: tzinfo | None = None
    month_first: bool = False

    def read(self, text: str) -> Moment | None:
        """The date that a text states, or None."""
        return parse_date(text, zone=self.zone, month_first=self.month_first) if text else None


def clock_of(url: str, language: str, title: str, locale: str = "") -> Clock:
    """A page's clock by its address and language (``locale``: what else it says of its country); where it states none,
    the script of its title tells it.
    """
    spoken = language or next((name for name, letters in _SCRIPTS if letters.search(title)), "")
    local = locale if len(spoken) == 2 and locale.lower().startswith(spoken.lower()) else spoken
    ending = host_of(url).partition(":")[0].rpartition(".")[2]
    american = bool(_AMERICAN.match(local)) or (local.lower() == "en" and ending in _AMERICAN_ENDINGS)
    return Clock(likely_zone(url, spoken), american)


class Dates(NamedTuple):
    """The moments of publication and of the last change that a page states."""

    published: Moment | None
    modified: Moment | None


def read_dates(article: Data, web_page: Data, signs: Signs, url: str, clock: Clock) -> Dates:
    """What a page says of its dates, by the rules above. ``web_page``: JSON-LD's object of the page itself."""
    changed = _modified(article, web_page, signs, clock)
    found = _published(article, web_page, signs, url, clock)
    if found is None:
        changed = changed or next((moment for text in _changes(signs) if (moment := clock.read(text))), None)
        return Dates(changed, changed)
    if found.precision == "time" and found.when.utcoffset() == timedelta():
        found = _in_own_zone(found, signs, clock)
    return _doubted(found, changed, signs, url, clock) if changed is not None else Dates(found, None)


def _doubted(found: Moment, changed: Moment, signs: Signs, url: str, clock: Clock) -> Dates:
    """Rule 5: what becomes of dates of which one cannot be, or that a template may have printed."""
    both_times = found.precision == changed.precision == "time"
    impossible = changed.when < found.when if both_times else _day(changed) < _day(found)
    if not impossible and found.when != changed.when:
        return Dates(found, changed)
    first = None if _same_day(clock.read(_address_day(url)), found) else next(_near_days(signs, clock), None)
    if first is not None and _day(first) < _day(changed) - ONE_DAY:
        return Dates(first, changed)
    return Dates(found, None if impossible else changed)


def _published(article: Data, web_page: Data, signs: Signs, url: str, clock: Clock) -> Moment | None:
    best: Moment | None = None
    for text in chain(_published_texts(article, web_page, signs), _visible(signs, far=False)):
        moment = clock.read(text)
        if moment is None:
            continue
        if best is None or (moment.precision == "time" and _same_day(best, moment)):
            best = moment
        if best.precision == "time":
            break
    if best is None:
        far = islice(_visible(signs), MAX_FAR_DATES)
        best = next((moment for text in far if (moment := clock.read(text))), None)
    addressed = clock.read(_address_day(url))
    if best is None or addressed is None or abs(_day(best) - _day(addressed)) <= ONE_DAY:
        return best or addressed
    numbers = (addressed.when.year, addressed.when.day, addressed.when.month)
    if (best.when.year, best.when.month, best.when.day) == numbers:
        return addressed  # the same numbers: the address tells which of them is the month
    return next((day for day in _near_days(signs, clock) if _day(day) == _day(addressed)), best)


def _modified(article: Data, web_page: Data, signs: Signs, clock: Clock) -> Moment | None:
    return next((moment for text in _modified_texts(article, web_page, signs) if (moment := clock.read(text))), None)


def _modified_texts(article: Data, web_page: Data, signs: Signs) -> Iterator[str]:
    yield words(article.get("dateModified"))
    for name in MODIFIED_META:
        yield from signs.meta.get(name, ())
    for place in signs.marked:
        if "dateModified" in signs.order[place].get("itemprop"):
            yield _value(signs.order[place])
    yield words(web_page.get("dateModified"))


def _published_texts(article: Data, web_page: Data, signs: Signs) -> Iterator[str]:
    meta = signs.meta
    yield words(article.get("datePublished"))
    for name in PUBLISHED_META[:4]:
        yield from meta.get(name, ())
    for place in signs.marked:
        node = signs.order[place]
        if "datePublished" in node.get("itemprop") or "pubdate" in node.attributes:
            yield _value(node)
    for name in PUBLISHED_META[4:]:
        yield from meta.get(name, ())
    yield words(article.get("dateCreated")) or words(article.get("uploadDate"))
    yield words(web_page.get("datePublished"))


def _visible(signs: Signs, *, far: bool = True) -> Iterator[str]:
    """Dates that a reader sees, each once: what stands right behind the title, then right before it, then (``far``) the
    others.
    """
    seen: set[str] = set()
    for text in _by_distance(signs, far=far):
        if text not in seen:
            seen.add(text)
            yield text


def _by_distance(signs: Signs, *, far: bool) -> Iterator[str]:
    near = signs.lines(AHEAD, BEHIND)
    for first, last in ((0, BEHIND), (-AHEAD, 0)):
        here = [line for line in near if first <= line.position - signs.start < last]
        yield from _dates_in(signs.between(signs.times, first, last), here, MAX_BARE_LINE)
    if far:
        yield from _dates_in(signs.between(signs.times, -BEFORE, AFTER), signs.lines(BEFORE, AFTER), MAX_DATE_LINE)


def _dates_in(times: list[Node], lines: list[Line], longest: int) -> Iterator[str]:
    """Time elements first, then lines in elements named for a date, then others."""
    yield from (_value(node) for node in times if not _is_changed(node))
    dated = [line for line in lines if 6 <= len(line.text) <= MAX_DATE_LINE and _may_date(line.text)]
    named = [line for line in dated if DATED.search(line.node.get("class") + " " + line.node.get("id"))]
    bare = [line for line in dated if len(line.text) <= longest]
    for line in (*(line for line in named if not _is_changed(line.node)), *bare):
        if part := _without_change(line.text):
            yield part


def _may_date(text: str) -> bool:
    """Whether a line can hold a date: reading every line would cost more than all other metadata."""
    if year := YEAR.search(text):
        return any(map(str.isdigit, text[: year.start()])) or any(map(str.isdigit, text[year.end() :]))
    return bool(SHORT_YEAR.search(text))


def _without_change(text: str) -> str:
    """A line without the date of a change; '' where nothing of a date is left."""
    change = CHANGED.search(text)
    if change is None:
        return text
    head = text[: change.start()]
    if not any(char.isdigit() for char in head):
        first = FIRST.search(text, change.end())
        head = text[first.start() :] if first else ""
    return head if any(char.isdigit() for char in head) else ""


def _changes(signs: Signs) -> Iterator[str]:
    """What a reader sees near the title that is called a change."""
    yield from (_value(node) for node in signs.between(signs.times, -BEFORE, AFTER))
    for line in signs.lines(BEFORE, AFTER):
        if len(line.text) <= MAX_DATE_LINE and _may_date(line.text) and CHANGED.search(line.text):
            yield line.text


def _near_days(signs: Signs, clock: Clock) -> Iterator[Moment]:
    for text in islice(_visible(signs, far=False), MAX_NEAR_DATES):
        if moment := clock.read(text):
            yield moment


def _in_own_zone(moment: Moment, signs: Signs, clock: Clock) -> Moment:
    """A moment stated in UTC as a <time> near the title states it with the page's own offset."""
    for node in signs.between(signs.times, -BEFORE, AFTER)[:MAX_NEAR_DATES]:
        stated = clock.read(node.get("datetime"))
        if (
            stated is not None
            and stated.precision == "time"
            and stated.when.utcoffset()
            and abs(stated.when - moment.when) < timedelta(minutes=1)
        ):
            return Moment(moment.when.astimezone(stated.when.tzinfo), "time")
    return moment


def _address_day(url: str) -> str:
    match = _IN_ADDRESS.search(url.partition("?")[0].partition("//")[2].partition("/")[2])
    if match is None:
        return ""
    if match["name"]:
        return f"{match['day3']} {match['name']} {match['year']}"
    return f"{match['year']}-{match['month'] or match['month2']}-{match['day'] or match['day2']}"


def _same_day(one: Moment | None, other: Moment) -> bool:
    return one is not None and _day(one) == _day(other)


def _day(moment: Moment) -> date:
    return moment.when.date()


def _is_changed(node: Node) -> bool:
    named = node.get("class") + " " + node.get("itemprop") + " " + node.get("id")
    if CHANGED.search(named):
        return True
    before = node.parent
    if before is None or len(before.children) >= 4:
        return False
    return bool(CHANGED.match(next((text for text in _texts(before)), "")))


def _texts(node: Node) -> Iterator[str]:
    """The first words below an element."""
    for count, part in enumerate(node.walk()):
        yield from (bare for child in part.children if isinstance(child, str) and (bare := child.strip()))
        if count == 8:
            return


def _value(node: Node) -> str:
    for name in ("datetime", "content", "data-datetime", "title"):
        if stated := node.get(name):
            return stated
    return squeeze(node.text()[:300])
