from __future__ import annotations

from datetime import timedelta

from newsreel.sample.articles import Piece, Version
from newsreel.sample.outlets import outlets
from newsreel.sample.timetable import DRIPPED, Printed, number_of, timetable
from newsreel.sample.words import languages
from tests.sample.week import OPENING, START


def test_the_week_ends_at_the_opening() -> None:
    printed = timetable(START)
    assert all(START <= one.appears < OPENING for one in printed)
    assert printed[-1].appears == OPENING - timedelta(minutes=10)
    assert [one.appears for one in printed] == sorted(one.appears for one in printed)


def test_with_a_drip_the_last_twenty_come_one_by_one() -> None:
    printed = timetable(START, drip=5)
    late = printed[-DRIPPED:]
    assert [(one.appears - OPENING).total_seconds() for one in late] == [5.0 * n for n in range(1, 21)]
    assert printed[-DRIPPED - 1].appears == OPENING - timedelta(minutes=10)
    assert len({one.outlet.id for one in late}) >= 6
    assert all(one.published <= one.appears < one.published + timedelta(minutes=1) for one in printed)


def test_the_same_week_has_the_same_addresses_and_every_address_is_one_article_s() -> None:
    once, again = timetable(START), timetable(START)
    assert [one.url for one in once] == [one.url for one in again]
    assert len({one.url for one in once}) == len(once)


def test_addresses_carry_the_local_day() -> None:
    one = next(one for one in timetable(START) if one.outlet.id == "hengchuan-times" and not one.piece.language)
    assert one.local.utcoffset() == timedelta(hours=8)
    assert one.path == f"/content/{one.local:%Y-%m}/{one.local:%d}/content_{number_of(one.piece)}.htm"


def changing(*versions: Version) -> Printed:
    outlet = outlets()["meridian-post"]
    first = Version("t", "s", "b")
    piece = Piece(outlet.id, "e", "slug", timedelta(0), "World", ("A",), "", (), "", "", (first, *versions))
    return Printed(piece, outlet, languages()["en"], START, START, "/slug")


def test_a_version_comes_after_its_time_or_after_so_many_answers() -> None:
    one = changing(Version("t2", "s", "b", after=60, fetches=3), Version("t3", "s", "b", after=120))
    assert [one.version(seconds, 0) for seconds in (0, 59, 60, 119, 120)] == [0, 0, 1, 1, 2]
    assert [one.version(0, fetches) for fetches in (0, 2, 3, 99)] == [0, 0, 1, 1]


def test_a_later_version_waits_for_the_one_before_it() -> None:
    one = changing(Version("t2", "s", "b", after=600), Version("t3", "s", "b", fetches=1))
    assert one.version(0, 5) == 0
    assert one.version(600, 5) == 2
