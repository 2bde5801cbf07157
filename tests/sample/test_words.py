from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsreel.sample.words import languages

MONDAY = datetime(2026, 8, 31, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "Monday, Sunday, 31 August, 1 September"),
        ("zh-Hans", "星期一, 星期日, 8月31日, 9月1日"),
        ("zh-Hant", "週一, 週日, 8月31日, 9月1日"),
        ("ru", "понедельник, воскресенье, 31 августа, 1 сентября"),
        ("ar", "الاثنين, الأحد, 31 أغسطس, 1 سبتمبر"),
        ("ja", "月曜日, 日曜日, 31日, 1日"),
        ("fr", "lundi, dimanche, 31 août, 1 septembre"),
        ("es", "lunes, domingo, 31 de agosto, 1 de septiembre"),
    ],
)
def test_days_in_words(code: str, expected: str) -> None:
    assert languages()[code].dated("{wd}, {wd-1}, {md}, {md+1}", MONDAY) == expected


def test_only_arabic_runs_from_right_to_left() -> None:
    assert [code for code, language in languages().items() if language.direction == "rtl"] == ["ar"]


def test_the_parts_of_a_moment() -> None:
    names = languages()["en"].names(MONDAY)
    assert (names["y"], names["mm"], names["dd"], names["hh"], names["mi"]) == ("2026", "08", "31", "22", "05")
    assert (names["weekday"], names["month"], names["tz"]) == ("Monday", "August", "UTC")
