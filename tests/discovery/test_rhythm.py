"""What feeds say of their own rhythm, beside what can be meant by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.discovery import parse_feed
from newsreel.discovery.rhythm import LONGEST_MEANT, refresh_seconds

SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
ITEM = "<item><title>A</title><link>https://a.test/1</link></item>"


@pytest.mark.parametrize(
    ("ttl", "period", "frequency", "expected"),
    [
        ("", "", "", None),
        ("60", "", "", 3600),
        (" 15 \n", "", "", 900),
        ("0", "", "", None),
        ("-5", "", "", None),
        ("5256000", "", "", None),  # ten years
        ("1e3", "", "", None),
        ("an hour", "", "", None),
        ("٦٠", "", "", None),
        ("99999999999999999999", "", "", None),
        ("44640", "", "", LONGEST_MEANT),
        ("", "hourly", "1", 3600),
        ("", "hourly", "", 3600),
        ("", " Hourly\n", " 4 ", 900),
        ("", "daily", "", 86_400),
        ("", "weekly", "7", 86_400),
        ("", "monthly", "1", 2_592_000),
        ("", "yearly", "1", None),
        ("", "yearly", "52", 606_461),
        ("", "", "2", 43_200),  # the period is then daily
        ("", "hourly", "0", None),
        ("", "hourly", "-1", None),
        ("", "hourly", "9999", None),
        ("", "fortnightly", "1", None),
        ("10", "hourly", "1", 3600),
        ("90", "hourly", "1", 5400),
        ("0", "hourly", "1", 3600),
        ("60", "nonsense", "x", 3600),
    ],
)
def test_what_is_said_beside_what_is_meant(ttl: str, period: str, frequency: str, expected: int | None) -> None:
    assert refresh_seconds(ttl, period, frequency) == expected


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (f'<rss version="2.0"><channel><title>F</title><ttl>30</ttl>{ITEM}</channel></rss>', 1800),
        (f'<rss version="2.0"><channel><title>F</title><TTL><![CDATA[ 30 ]]></TTL>{ITEM}</channel></rss>', 1800),
        (f'<rss version="2.0"><channel><title>F</title>{ITEM}</channel></rss>', None),
        (
            f'<rss version="2.0" {SY}><channel><title>F</title><sy:updatePeriod>\n\thourly\t</sy:updatePeriod>'
            f"<sy:updateFrequency>\n\t2\t</sy:updateFrequency>{ITEM}</channel></rss>",
            1800,
        ),
        (  # another prefix of the same namespace
            f'<rss version="2.0" {SY.replace(":sy", ":syn")}><channel><title>F</title>'
            f"<syn:updatePeriod>daily</syn:updatePeriod>{ITEM}</channel></rss>",
            86_400,
        ),
        (
            f'<feed xmlns="http://www.w3.org/2005/Atom" {SY}><title>F</title><sy:updatePeriod>daily</sy:updatePeriod>'
            "<entry><id>1</id><title>A</title><link href='https://a.test/1'/></entry></feed>",
            86_400,
        ),
        (  # an item's own is not the feed's
            '<rss version="2.0"><channel><title>F</title><item><title>A</title><link>https://a.test/1</link>'
            "<ttl>30</ttl></item></channel></rss>",
            None,
        ),
        ('{"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": []}', None),
    ],
)
def test_of_the_feed_s_own_bytes(feed: str, expected: int | None) -> None:
    assert parse_feed(feed.encode(), "https://a.test/feed").refresh_seconds == expected


@given(st.text(max_size=20), st.sampled_from(["", "hourly", "daily", "yearly"]) | st.text(max_size=12), st.text())
def test_whatever_is_said_is_within_a_month_or_nothing(ttl: str, period: str, frequency: str) -> None:
    said = refresh_seconds(ttl, period, frequency)
    assert said is None or 0 < said <= LONGEST_MEANT


@given(st.integers(-10, 10**12), st.integers(-10, 10**6))
def test_numbers_too(ttl: int, frequency: int) -> None:
    said = refresh_seconds(str(ttl), "daily", str(frequency))
    assert said is None or 0 < said <= LONGEST_MEANT
