"""Counting what is done for a channel, a row a day: each in the transaction of what it counts.

Days and hours are UTC by the database's clock. A row is a few hundred bytes, and is forgotten after DAYS_KEPT.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection

from newsreel.archive.coverage import CLOSE_GAPS, patience
from newsreel.archive.latencies import BUCKETS, bucket

DAYS_KEPT = timedelta(days=90)
GOOD = frozenset({"ok", "unchanged"})
# A page that was read and is no article, as against one that could not be had.
TEXTLESS = frozenset({"no_text", "not_article", "reader_failed", "reader_hung", "reader_crashed"})

_TODAY = "(now() AT TIME ZONE 'UTC')::date"
_HOUR = "extract(hour FROM now() AT TIME ZONE 'UTC')::int"
_NO_LATENCIES = f"'{{{','.join('0' * BUCKETS)}}}'::integer[]"
_NO_HOURS = f"'{{{','.join('0' * 24)}}}'::integer[]"
# The channel is locked as a foreign key would lock it: of one that was removed meanwhile nothing is counted.
_CHANNEL = "FROM archive_channel WHERE id = %(channel)s FOR KEY SHARE"

_READING = f"""
    INSERT INTO archive_readingday AS d
        (channel_id, day, readings, failed, unchanged, entries, leads, seconds, latencies, hours, good_at)
    SELECT id, {_TODAY}, 1, %(failed)s, %(unchanged)s, %(entries)s, %(leads)s, %(seconds)s, %(latencies)s::integer[],
        {_NO_HOURS}, CASE WHEN %(failed)s = 0 THEN now() END
    {_CHANNEL}
    ON CONFLICT (channel_id, day) DO UPDATE SET readings = d.readings + 1, failed = d.failed + EXCLUDED.failed,
        unchanged = d.unchanged + EXCLUDED.unchanged, entries = d.entries + EXCLUDED.entries,
        leads = d.leads + EXCLUDED.leads, seconds = d.seconds + EXCLUDED.seconds,
        latencies[%(bucket)s] = d.latencies[%(bucket)s] + 1 - EXCLUDED.failed, good_at = coalesce(EXCLUDED.good_at, d.good_at)
"""
_PAGE = f"""
    INSERT INTO archive_readingday AS d (channel_id, day, pages, pages_failed, texts, textless, page_fault, latencies, hours)
    SELECT id, {_TODAY}, 1, %(failed)s, %(texts)s, %(textless)s, %(fault)s, {_NO_LATENCIES}, {_NO_HOURS}
    {_CHANNEL}
    ON CONFLICT (channel_id, day) DO UPDATE SET pages = d.pages + 1, pages_failed = d.pages_failed + EXCLUDED.pages_failed,
        texts = d.texts + EXCLUDED.texts, textless = d.textless + EXCLUDED.textless,
        page_fault = CASE WHEN EXCLUDED.page_fault = '' THEN d.page_fault ELSE EXCLUDED.page_fault END
"""
# A part of the statement that adds an article (storing.py): ``added`` names its channel_id.
ARTICLE = f"""
    INSERT INTO archive_readingday AS d
        (channel_id, day, pages, texts, articles, latencies, hours, article_at)
    SELECT channel_id, {_TODAY}, 1, 1, 1, {_NO_LATENCIES},
        array_fill(0, ARRAY[{_HOUR}]) || 1 || array_fill(0, ARRAY[23 - {_HOUR}]), now()
    FROM added
    ON CONFLICT (channel_id, day) DO UPDATE SET pages = d.pages + 1, texts = d.texts + 1, articles = d.articles + 1,
        hours[{_HOUR} + 1] = d.hours[{_HOUR} + 1] + 1, article_at = EXCLUDED.article_at
"""
_FORGET = f"DELETE FROM archive_readingday WHERE day < {_TODAY} - %s OR day > {_TODAY} + 1"


class Counted(NamedTuple):
    """A reading of a channel. ``outcome``: 'ok', 'unchanged' (304, or the same body) or an error's name; ``entries`` it named, ``new`` of
    them leads; ``seconds`` it took. ``interval`` and ``before``: the seconds after which it was due, and the outcome of the reading
    before: what a gap that ends here is measured by.
    """

    channel: int
    outcome: str
    entries: int
    new: int
    seconds: float
    interval: int
    before: str


def readings(counted: Sequence[Counted]) -> None:
    """Counts readings, each of another channel; within the transaction that writes what they left behind."""
    values = [_values(one) for one in counted]
    good = [row for row in values if not row["failed"]]
    with connection.cursor() as cursor:
        if good:
            cursor.executemany(CLOSE_GAPS, good)
        cursor.executemany(_READING, values)


def _values(one: Counted) -> dict[str, Any]:
    failed = one.outcome not in GOOD
    place = bucket(one.seconds)
    return {
        "channel": one.channel,
        "failed": int(failed),
        "unchanged": int(one.outcome == "unchanged"),
        "entries": one.entries,
        "leads": one.new,
        "seconds": 0.0
        if failed
        else one.seconds,  # how long a host lets us wait that does not answer says nothing of it
        "latencies": [int(number == place and not failed) for number in range(BUCKETS)],
        "bucket": place + 1,
        "patience": patience(one.interval).total_seconds(),
        "why": "not_read" if one.before in ("", "ok") else one.before[:40],
    }


def page(channel: int, outcome: str) -> None:
    """A visit of a page that brought no new article: 'changed', 'unchanged', or why it gave none."""
    values: dict[str, Any] = {
        "channel": channel,
        "failed": int(outcome not in TEXTLESS and outcome not in ("changed", "unchanged")),
        "texts": int(outcome == "changed"),
        "textless": int(outcome in TEXTLESS),
        "fault": "" if outcome in ("changed", "unchanged") or outcome in TEXTLESS else outcome[:40],
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, values)


def forget(age: timedelta = DAYS_KEPT) -> int:
    """Removes days older than ``age``, and those that a clock which ran ahead has left; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [age.days])
        return int(cursor.rowcount)
