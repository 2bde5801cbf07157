"""From facts to findings: what is said, how grave it is, and what is not said because something else explains it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsreel.archive.coverage import Gap
from newsreel.archive.health import ChannelFacts, DayFacts, SourceFacts, Told
from newsreel.pipeline.diagnosis import Signs, diagnose, state_of
from newsreel.pipeline.overseeing import history_of, judge
from newsreel.pipeline.rhythm import Change, Silence

NOW = datetime(2025, 8, 12, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def a_channel(
    number: int = 1, outcome: str = "ok", reason: str = "", good: float | None = 0.01, **more: Any
) -> ChannelFacts:
    at = None if good is None else NOW - good * DAY
    return ChannelFacts(
        number, more.get("kind", "feed"), outcome, reason, more.get("paused", False), at, more.get("moved", False)
    )


def a_day(back: int = 0, channel: int = 1, **counts: Any) -> DayFacts:
    none: dict[str, Any] = dict.fromkeys(
        ("readings", "failed", "unchanged", "entries", "pages", "pages_failed", "texts", "textless", "articles"), 0
    )
    given = {"latencies": [0] * 8, "hours": [0] * 24, "page_fault": "", **none, **counts}
    return DayFacts(channel=channel, day=(NOW - back * DAY).date(), **given)


def facts(*channels: ChannelFacts, **more: Any) -> SourceFacts:
    return SourceFacts(1, more.pop("paused", False), more.pop("retired", False), NOW, channels, **more)


def told(found: SourceFacts, signs: Signs | None = None) -> list[tuple[str, str]]:
    return [(each.name, each.severity) for each in diagnose(found, signs or Signs())]


def test_a_channel_that_moves_is_named() -> None:
    found = facts(a_channel(), a_channel(2, moved=True), days=[a_day(readings=5, entries=50)])
    assert told(found) == [("moved", "note")]


def test_nothing_is_wrong() -> None:
    found = facts(a_channel(), days=[a_day(readings=5, entries=50)])
    assert told(found) == []
    assert state_of(found, []) == "fine"


@pytest.mark.parametrize(
    ("outcome", "name", "good", "severity"),
    [
        ("forbidden", "refused", 0.1, "bad"), ("robots_disallowed", "robots", 0.1, "bad"), ("gone", "gone", 0.1, "bad"),
        ("dns_failed", "no_name", 0.1, "bad"), ("tls_failed", "certificate", 0.1, "bad"),
        ("timed_out", "unreachable", 0.1, "warn"), ("timed_out", "unreachable", 2, "bad"),
        ("connect_failed", "unreachable", None, "bad"), ("server_error", "their_fault", 0.1, "warn"),
        ("rate_limited", "asks_for_less", 0.1, "note"), ("rate_limited", "asks_for_less", 3, "warn"),
        ("bad_feed", "unreadable", 2, "bad"), ("no_links", "no_links", 2, "bad"), ("too_large", "fault", 2, "bad"),
        ("an_outcome_to_come", "fault", 0.1, "warn"), ("robots_unreachable", "robots_away", 2, "bad"),
    ],
)  # fmt: skip
def test_channels_that_fail(outcome: str, name: str, good: float | None, severity: str) -> None:
    assert told(facts(a_channel(1, outcome, "Why.", good))) == [(name, severity)]
    other = facts(a_channel(1, outcome, "Why.", good), a_channel(2))
    assert told(other) == [(name, "note" if severity == "note" or name == "asks_for_less" else "warn")]


def test_the_status_and_how_many() -> None:
    found = facts(
        a_channel(1, "forbidden", "news.test answered 403 (Forbidden).", 3),
        a_channel(2, "forbidden", "news.test answered 403 (Forbidden).", 1),
        a_channel(3, "forbidden", "news.test answered 401 (Unauthorized).", None),
        a_channel(4),
    )
    one, two = diagnose(found, Signs())
    since = (NOW - 3 * DAY).isoformat()
    assert one.facts == {"since": since, "channels": 2, "of": 4, "status": "403"}
    assert two.facts == {"since": None, "channels": 1, "of": 4, "status": "401"}


def test_paused_and_retired_say_only_that() -> None:
    broken = a_channel(1, "forbidden", "", None)
    silence = Signs(silence=Silence(NOW - DAY, 40.0, 40.0))
    assert told(facts(broken, paused=True), silence) == [("paused", "note")]
    assert told(facts(broken, paused=True, retired=True), silence) == [("retired", "note")]
    assert state_of(facts(broken, paused=True, retired=True), []) == "retired"
    one = facts(a_channel(1, paused=True), a_channel(2))
    assert told(one) == [("channels_paused", "note")]
    assert state_of(one, diagnose(one, Signs())) == "fine"
    assert state_of(facts(a_channel(1, paused=True)), []) == "paused"


def test_not_read_yet_and_nothing_to_read() -> None:
    new = facts(a_channel(1, "", good=None))
    assert told(new) == [("not_yet", "note")]
    assert state_of(new, diagnose(new, Signs())) == "new"
    assert told(facts()) == [("no_channels", "note")]


def test_we_were_not_looking() -> None:
    gap = Gap(NOW - DAY, None, "database_lost")
    found = facts(a_channel(), gaps=[gap, Gap(NOW - DAY, None, "not_read", 1, 1)])
    assert told(found) == [("not_looking", "warn")]
    late = facts(a_channel(), a_channel(2), gaps=[Gap(NOW - DAY, None, "not_read", 1, 1)])
    assert told(late) == [("not_read", "warn")]
    assert told(facts(a_channel(), gaps=[replace(gap, until=NOW)])) == []


def test_a_feed_that_is_empty() -> None:
    days = [a_day(1, readings=4, unchanged=1), a_day(0, readings=3, failed=1)]
    assert told(facts(a_channel(), days=days)) == [("feed_empty", "bad")]
    assert told(facts(a_channel(), a_channel(2), days=days)) == [("feed_empty", "warn")]
    assert told(facts(a_channel(), days=[replace(days[0], entries=1), days[1]])) == []
    assert told(facts(a_channel(), days=[a_day(0, readings=9, unchanged=9)])) == []


def test_pages_that_cannot_be_had() -> None:
    some = facts(
        a_channel(), days=[a_day(0, pages=10, pages_failed=6, texts=4, page_fault="forbidden")], article_at=NOW
    )
    (found,) = diagnose(some, Signs())
    assert (found.name, found.severity) == ("pages_fail", "warn")
    assert found.facts == {"outcome": "forbidden", "pages": 10, "failed": 6}
    all_ = facts(a_channel(), days=[a_day(0, pages=10, pages_failed=10, page_fault="gone")], article_at=NOW)
    assert told(all_, Signs(silence=Silence(NOW - DAY, 40.0, 40.0))) == [("pages_fail", "bad")]
    assert told(facts(a_channel(), days=[a_day(0, pages=4, pages_failed=4)], article_at=NOW)) == []


def test_no_text_explains_the_silence() -> None:
    signs = Signs(silence=Silence(NOW - DAY, 40.0, 40.0), share=Change(0.0, 0.95))
    assert told(facts(a_channel(), article_at=NOW - DAY), signs) == [("no_text", "bad")]
    assert told(facts(a_channel()), Signs(share=Change(0.4, 0.95))) == [("text_fell", "warn")]
    assert told(facts(a_channel(), days=[a_day(0, readings=5, entries=9, textless=10)])) == [("no_text", "bad")]


def test_silence_and_what_else_the_counts_say() -> None:
    silence = Signs(silence=Silence(NOW - 3 * DAY, 120.0, 40.0), slower=Change(10, 40), latency=Change(9.0, 0.4))
    found = diagnose(facts(a_channel(), article_at=NOW - 3 * DAY), silence)
    assert [each.name for each in found] == ["silent", "latency_grew"]
    since = (NOW - 3 * DAY).isoformat()
    assert found[0].facts == {"since": since, "seconds": 259200, "per_day": 40.0, "expected": 120.0}
    assert told(facts(a_channel()), Signs(slower=Change(10, 40))) == [("slower", "note")]


def test_a_silence_outlasts_the_counts() -> None:
    last = NOW - 200 * DAY
    before = Told(
        "bad", last, [{"name": "silent", "severity": "bad", "facts": {"since": last.isoformat(), "per_day": 4.0}}]
    )
    found = facts(a_channel(), article_at=last, before=before, days=[a_day(n, readings=9, entries=9) for n in (9, 0)])
    (still,) = diagnose(found, Signs())
    assert still.facts == {"since": last.isoformat(), "per_day": 4.0, "seconds": 200 * 86400}
    assert told(replace(found, article_at=NOW)) == []


def test_never_an_article() -> None:
    days = [a_day(back, readings=3, entries=30) for back in (5, 4, 3, 2, 1, 0)]
    assert told(facts(a_channel(), days=days)) == [("nothing_yet", "warn")]
    assert told(facts(a_channel(), days=days[2:])) == []


def hours(many: int) -> list[int]:
    return [many] * 24


def test_gaps_are_taken_out_by_the_share_of_the_channel() -> None:
    days = [
        a_day(back, channel, articles=24 * many, hours=hours(many))
        for back in (3, 2, 1, 0)
        for channel, many in ((1, 3), (2, 1))
    ]
    start = datetime(2025, 8, 10, tzinfo=UTC)
    gaps = [
        Gap(start, start + timedelta(hours=2), "gone", 1, 1),
        Gap(start + timedelta(hours=1), start + timedelta(hours=1.5), "x"),
    ]
    history = history_of(facts(a_channel(), a_channel(2), days=days, gaps=gaps))
    assert history is not None
    assert history.start == start  # the day of the first reading was no whole one
    assert history.looked[:3].tolist() == [0.25, 0.0, 1.0]
    assert history.articles[:2].tolist() == [4.0, 4.0]
    assert len(history.articles) == 2 * 24 + 13


def test_a_judgement_keeps_since_when() -> None:
    found = facts(
        a_channel(1, "forbidden", "x answered 403 (F).", 3), days=[a_day(back, readings=1) for back in (2, 1, 0)]
    )
    before = Told("bad", NOW - 9 * DAY)
    assert judge(replace(found, before=before)).since == NOW - 9 * DAY
    assert judge(replace(found, before=replace(before, state="fine"))).since is None
    said = judge(found)
    assert said.state == "bad"
    assert said.findings[0]["facts"]["status"] == "403"
    assert said.good_at == NOW - 3 * DAY
