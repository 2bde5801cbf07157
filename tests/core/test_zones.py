"""Which zone a page means that names none."""

from zoneinfo import ZoneInfo, available_timezones

import pytest

from newsreel.core import zones
from newsreel.core.zones import likely_zone


@pytest.mark.parametrize(
    ("url", "language", "expected"),
    [
        ("http://politics.people.com.cn/n1/2024/0424/c1001.html", "", "Asia/Shanghai"),
        ("https://www.example.com/x", "zh-Hans", "Asia/Shanghai"),
        ("https://www.example.com/x", "ja", "Asia/Tokyo"),
        ("https://www.example.co.uk/x", "en", "Europe/London"),
        ("https://www.example.at:8080/x", "de", "Europe/Vienna"),
        ("https://www.example.com/x", "de-CH", "Europe/Berlin"),
        ("https://www.example.com/x", "en", None),
        ("https://www.example.com/x", "", None),
        ("https://127.0.0.1/x", "", None),
        ("nonsense", "zh", "Asia/Shanghai"),
    ],
)
def test_likely_zone(url: str, language: str, expected: str | None) -> None:
    assert likely_zone(url, language) == (ZoneInfo(expected) if expected else None)


def test_every_zone_of_the_tables_exists() -> None:
    named = set(zones._table(zones._BY_COUNTRY).values()) | set(zones._table(zones._BY_LANGUAGE).values())
    assert named - available_timezones() == set()
    assert len(zones._table(zones._BY_COUNTRY)) > 100
