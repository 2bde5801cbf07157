from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.dates import parse_date
from newsreel.core.types import Moment


def at(*parts: int, hours: float = 0) -> Moment:
    return Moment(datetime(*parts, tzinfo=timezone(timedelta(hours=hours))), "time")


def day(year: int, month: int, number: int) -> Moment:
    return Moment(datetime(year, month, number, tzinfo=UTC), "day")


MACHINE = [
    ("2025-08-12T10:30:00Z", at(2025, 8, 12, 10, 30)),
    ("2025-08-12T10:30:00+02:00", at(2025, 8, 12, 10, 30, hours=2)),
    ("2025-08-12T10:30:00+0200", at(2025, 8, 12, 10, 30, hours=2)),
    ("2025-08-12T10:30:00+02", at(2025, 8, 12, 10, 30, hours=2)),
    ("2025-08-12T10:30:00 +0200", at(2025, 8, 12, 10, 30, hours=2)),
    ("2025-08-12T10:30:05.123456Z", at(2025, 8, 12, 10, 30, 5)),
    ("2025-08-12T10:30:05,123-05:00", at(2025, 8, 12, 10, 30, 5, hours=-5)),
    ("2025-08-12T10:30:05.123456789Z", at(2025, 8, 12, 10, 30, 5)),
    ("2025-08-12T10:30Z", at(2025, 8, 12, 10, 30)),
    ("2025-08-12t10:30:00z", at(2025, 8, 12, 10, 30)),
    ("2025-08-12T10:30", at(2025, 8, 12, 10, 30)),
    ("2025-08-12 10:30:00", at(2025, 8, 12, 10, 30)),
    ("2025-08-12 10:30:00.0", at(2025, 8, 12, 10, 30)),
    ("2025-08-12 10:30:00 UTC", at(2025, 8, 12, 10, 30)),
    ("2025-08-12 10:30:00+05:30", at(2025, 8, 12, 10, 30, hours=5.5)),
    ("2025-08-12T10:30:00+02:00[Europe/Berlin]", at(2025, 8, 12, 10, 30, hours=2)),
    ("2025-8-12 9:05", at(2025, 8, 12, 9, 5)),
    ("20250812T103000Z", at(2025, 8, 12, 10, 30)),
    ("20250812T103000+0900", at(2025, 8, 12, 10, 30, hours=9)),
    ("20250812103000", at(2025, 8, 12, 10, 30)),
    ("202508121030", at(2025, 8, 12, 10, 30)),
    ("2025/08/12 10:30", at(2025, 8, 12, 10, 30)),
    ("2025.08.12 10:30", at(2025, 8, 12, 10, 30)),
    ("2025-08-12", day(2025, 8, 12)),
    ("20250812", day(2025, 8, 12)),
    ("2025-W33-2", day(2025, 8, 12)),
    ("2025-224", day(2025, 8, 12)),
    ("2025-08-12T00:00:00", day(2025, 8, 12)),
    ("2025-08-12 00:00:00.0", day(2025, 8, 12)),
    ("2025-08-12T00:00:00Z", day(2025, 8, 12)),
    ("2025-08-12T00:00:00+08:00", at(2025, 8, 12, hours=8)),
    ("2025-08-12T24:00:00Z", at(2025, 8, 13)),
    ("2025-08-12T10:30:60Z", at(2025, 8, 12, 10, 30, 59)),
    ("1754994600", at(2025, 8, 12, 10, 30)),
    ("1754994600000", at(2025, 8, 12, 10, 30)),
    ("Tue, 12 Aug 2025 10:30:00 GMT", at(2025, 8, 12, 10, 30)),
    ("Tue, 12 Aug 2025 10:30:00 +0200", at(2025, 8, 12, 10, 30, hours=2)),
    ("12 Aug 2025 10:30:00 EST", at(2025, 8, 12, 10, 30, hours=-5)),
    ("Tue, 12 Aug 25 10:30 EDT", at(2025, 8, 12, 10, 30, hours=-4)),
    ("Tuesday, 12-Aug-25 10:30:00 GMT", at(2025, 8, 12, 10, 30)),
    ("Tue Aug 12 10:30:00 2025", at(2025, 8, 12, 10, 30)),
    ("Tue Aug 12 10:30:00 CEST 2025", at(2025, 8, 12, 10, 30, hours=2)),
    ("Tue Aug 12 10:30:00 +0000 2025", at(2025, 8, 12, 10, 30)),
    ("Tue Aug 12 2025 10:30:00 GMT+0200 (Central European Summer Time)", at(2025, 8, 12, 10, 30, hours=2)),
    ("Tue,12 Aug 2025 10:30:00 JST", at(2025, 8, 12, 10, 30, hours=9)),
]

HUMAN = [
    ("August 12, 2025", day(2025, 8, 12)),
    ("Published Aug. 12, 2025 at 3:05 p.m. ET", at(2025, 8, 12, 15, 5, hours=-4)),
    ("Jan. 12, 2025 3:05 PM EST", at(2025, 1, 12, 15, 5, hours=-5)),
    ("12 August 2025, 10:30am", at(2025, 8, 12, 10, 30)),
    ("Tuesday 12 August 2025 10.30 BST", at(2025, 8, 12, 10, 30, hours=1)),
    ("12th August 2025", day(2025, 8, 12)),
    ("10:30 AM, Aug 12, 2025", at(2025, 8, 12, 10, 30)),
    ("12 AM Aug 12, 2025 CET", day(2025, 8, 12)),
    ("08/12/2025 3:05 PM", at(2025, 8, 12, 15, 5)),
    ("12/08/2025 15:05", at(2025, 8, 12, 15, 5)),
    ("Do 25.04.24 | 14:07 Uhr", at(2024, 4, 25, 14, 7)),
    ("10/31/24", day(2024, 10, 31)),
    ("08/13/2025", day(2025, 8, 13)),
    ("12.08.2025, 10:30 Uhr", at(2025, 8, 12, 10, 30)),
    ("12. August 2025 um 10.30 Uhr MESZ", at(2025, 8, 12, 10, 30, hours=2)),
    ("Stand: 3. März 2025, 18 Uhr", at(2025, 3, 3, 18)),
    ("le 12 août 2025 à 10h30", at(2025, 8, 12, 10, 30)),
    ("Publié le 1er février 2025 à 09h05, mis à jour le 2 février 2025", at(2025, 2, 1, 9, 5)),
    ("mar. 12 août 2025 10:30 CEST", at(2025, 8, 12, 10, 30, hours=2)),
    ("12 de agosto de 2025 a las 10:30", at(2025, 8, 12, 10, 30)),
    ("12 ago 2025 10:30 CET", at(2025, 8, 12, 10, 30, hours=1)),
    ("mar 12 ago 2025", day(2025, 8, 12)),
    ("12 settembre 2025 alle 10:30", at(2025, 9, 12, 10, 30)),
    ("12 de março de 2025 às 10h30", at(2025, 3, 12, 10, 30)),
    ("12 maart 2025 10:30", at(2025, 3, 12, 10, 30)),
    ("12 августа 2025, 10:30 МСК", at(2025, 8, 12, 10, 30, hours=3)),
    ("12 мая 2025 г. в 10:30", at(2025, 5, 12, 10, 30)),
    ("12 أغسطس 2025", day(2025, 8, 12)),
    ("١٢ أغسطس ٢٠٢٥ ١٠:٣٠", at(2025, 8, 12, 10, 30)),
    ("12 كانون الثاني 2025", day(2025, 1, 12)),
    ("2025年8月12日 10:30", at(2025, 8, 12, 10, 30)),
    ("2025年08月12日10:30", at(2025, 8, 12, 10, 30)),
    ("2025年8月12日 下午3:05", at(2025, 8, 12, 15, 5)),
    ("2025年8月12日 10时30分", at(2025, 8, 12, 10, 30)),
    ("2025年8月12日 午後3時5分", at(2025, 8, 12, 15, 5)),
    ("令和7年8月12日", day(2025, 8, 12)),
    ("2025-08-12 10:30(北京时间)", at(2025, 8, 12, 10, 30, hours=8)),
    ("2025년 8월 12일 오후 3:05", at(2025, 8, 12, 15, 5)),
    ("2025. 8. 12. 10:30", at(2025, 8, 12, 10, 30)),
    ("입력 2025.08.12. 오후 3:05", at(2025, 8, 12, 15, 5)),
    ("12 sierpnia 2025, 10:30", at(2025, 8, 12, 10, 30)),
    ("12 Ağustos 2025 10:30", at(2025, 8, 12, 10, 30)),
    ("2025. augusztus 12. 10:30", at(2025, 8, 12, 10, 30)),
]


@pytest.mark.parametrize(("text", "expected"), MACHINE)
def test_machine_forms(text: str, expected: Moment) -> None:
    found = parse_date(text)
    assert found is not None
    assert found == expected
    assert found.when.utcoffset() == expected.when.utcoffset()


@pytest.mark.parametrize(("text", "expected"), HUMAN)
def test_human_forms(text: str, expected: Moment) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "0", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2025-02-30",
        "2025-13-01", "31 June 2025", "2025-08", "2025", "August 2025", "12 August", "10:30", "9999-12-31T23:59:59Z",
        "+1 555 0123 456 789", "version 1.2.3", "123456789012345678901234567890",
    ],
)  # fmt: skip
def test_no_dates(text: str) -> None:
    assert parse_date(text) is None


def test_a_date_two_years_ahead_is_none() -> None:
    now = datetime(2025, 8, 12, tzinfo=UTC)
    assert parse_date("2027-08-01", now=now) == day(2027, 8, 1)
    assert parse_date("2028-08-01", now=now) is None
    assert parse_date("2028-08-01") == day(2028, 8, 1)


def test_a_time_without_zone_is_in_the_zone_given() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert parse_date("12.08.2025, 10:30 Uhr", zone=berlin) == at(2025, 8, 12, 10, 30, hours=2)
    assert parse_date("2025-08-12T10:30:00Z", zone=berlin) == at(2025, 8, 12, 10, 30)
    assert parse_date("2025-08-12", zone=berlin) == day(2025, 8, 12)


def test_month_first_where_the_caller_knows() -> None:
    assert parse_date("03/04/2025") == day(2025, 4, 3)
    assert parse_date("03/04/2025", month_first=True) == day(2025, 3, 4)
    assert parse_date("03.04.2025", month_first=True) == day(2025, 4, 3)


@given(st.text(max_size=300) | st.text("0123456789-:/. TZ+年月日augmr,de", max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or (found.when.utcoffset() is not None and 1990 <= found.when.year <= 2100)


WALL_TIMES = st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001


@given(WALL_TIMES, st.integers(-720, 840))
@settings(max_examples=300, deadline=None)
def test_iso_comes_back_as_written(when: datetime, minutes: int) -> None:
    aware = when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    found = parse_date(aware.isoformat())
    assert found is not None
    assert found.when == aware


def test_long_and_hostile_text_is_fast() -> None:
    start = time.process_time()
    for text in ("1" * 10**6, "12 " * 10**5, "- " * 10**5, "12.12." * 10**5, "jan " * 10**5, "12 jan 10:10:" * 10**4):
        for _ in range(20):
            parse_date(text)
    assert time.process_time() - start < 2


def test_a_named_zone_leaves_its_offset_of_that_day() -> None:
    for text, hours in (
        ("Aug 12, 2025 5:12 PM ET", -4),
        ("Jan 12, 2025 5:12 PM ET", -5),
        ("2025-08-12 05:12 Europe/Berlin", 2),
    ):
        found = parse_date(text)
        assert found is not None
        assert found.when.tzinfo == timezone(timedelta(hours=hours))


@pytest.mark.parametrize(
    "text", ["10.1.24.5", "version 1.13.24", "12.30.45", "32.01.24", "1/2/24/3", "score 12:10/31/24"]
)
def test_numbers_with_points_that_are_no_date(text: str) -> None:
    assert parse_date(text) is None
