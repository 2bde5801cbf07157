"""When a channel is read again, and how: (what we know, what we heard, now) beside what is to be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.core.types import Entry, Response
from newsreel.pipeline import polling
from newsreel.pipeline.freshness import fresh_seconds
from newsreel.pipeline.polling import Heard, State

NOW = datetime(2025, 8, 12, 12, 0, tzinfo=UTC)
HOUR, DAY = 3600, 86_400
URL = "https://a.test/feed"


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def known(interval: int = HOUR, **more: Any) -> State:
    """A channel that was read one interval ago."""
    facts: dict[str, Any] = {
        "key": "a.test/feed",
        "url": URL,
        "interval": interval,
        "window": 20,
        "last_ok_at": ago(interval),
        "last_read_at": ago(interval),
        "last_new_at": ago(interval),
        "whole_at": ago(interval),
    }
    return State(**facts | more)


def answer(status: int = 200, *hops: tuple[int, str], **headers: str) -> Response:
    """An answer; ``hops`` are the redirects before it: their status, and the address that each led to."""
    said = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    passed = (URL, *(target for _, target in hops))
    return Response(
        URL, passed[-1], status, said, b"", b"", NOW, passed[:-1], redirect_statuses=tuple(code for code, _ in hops)
    )


@pytest.mark.parametrize(
    ("state", "window", "new", "expected"),
    [
        (known(), 20, 9, HOUR),  # as it should be
        (known(), 20, 20, 1275),  # too late: others were perhaps missed
        (known(), 20, 16, 2550),
        (known(), 20, 2, 4500),  # too early, at most a quarter longer
        (known(), 20, 0, HOUR),  # an hour of silence is no reason yet
        (known(last_new_at=ago(32_000)), 20, 0, 4000),
        (known(last_new_at=ago(DAY)), 20, 0, 4500),
        (known(last_new_at=None), 20, 0, 4500),  # what it names, others name first
        (known(last_new_at=ago(-HOUR)), 20, 0, HOUR),  # a moved clock
        (known(), 1, 1, 3042),  # the only entry says little
        (known(), 1, 0, HOUR),
        (known(), 1000, 13, 3686),  # of a long list, as of one of thirty
        (known(), 1000, 60, 1138),
        (known(), 0, 0, HOUR),  # a 304 of a channel whose window is not known
        (known(last_ok_at=ago(3 * DAY)), 20, 20, HOUR),  # we were away: that all is new says nothing of its rate
        (known(last_ok_at=ago(3 * DAY)), 100, 60, 4500),
        (known(last_ok_at=ago(-DAY)), 20, 9, HOUR),  # the clock was set back
        (known(last_ok_at=ago(1)), 20, 9, 1695),  # read again at once, and full of news
        (known(last_ok_at=None), 20, 20, HOUR),  # a first look says nothing
        (known(300), 20, 20, 300),
        (known(DAY, last_new_at=ago(30 * DAY)), 20, 0, DAY),
        (known(7 * DAY), 20, 8, DAY),  # out of the frame before
        (known(1), 20, 8, 300),
    ],
)
def test_the_interval(state: State, window: int, new: int, expected: int) -> None:
    assert polling.next_interval(state, window, new, NOW, 900) == expected


@pytest.mark.parametrize(
    ("state", "new", "half", "expected"),
    [
        (known(DAY), 20, 120.0, 300),  # the news breaks: five a minute, in a feed that was read once a day
        (known(DAY), 20, 7200.0, 7200),
        (known(DAY), 20, None, 30_600),
        (known(DAY), 20, 40 * DAY, 30_600),
        (known(DAY), 19, 120.0, 54_400),  # one was known: what came since is counted, not dated
        (known(last_ok_at=None), 20, 120.0, HOUR),
    ],
)
def test_where_all_is_new_the_entries_dates_are_believed(
    state: State, new: int, half: float | None, expected: int
) -> None:
    assert polling.next_interval(state, 20, new, NOW, 900, half) == expected


@pytest.mark.parametrize(
    ("minutes", "precision", "expected"),
    [
        ((0, 1, 2, 3), "time", 60),
        ((3, 0, 2, 1), "time", 60),
        ((0, 1, 2, 3, 90_000), "time", 120),  # one that is pinned
        ((0, 1, 2), "time", None),
        ((0, 0, 0, 0), "time", None),
        ((0, 1, 2, 3), "day", None),
        ((0, 1, 2, 3, None, None, None, None), "time", 60),
        ((0, 1, 2, 3, None, None, None, None, None), "time", None),
        ((), "time", None),
    ],
)
def test_how_long_the_newer_half_took(minutes: tuple[int | None, ...], precision: Any, expected: int | None) -> None:
    entries = [
        Entry("", "", published=None if ago_ is None else ago(60 * ago_), published_precision=precision)
        for ago_ in minutes
    ]
    assert polling.half_of(entries) == expected


@pytest.mark.parametrize(
    ("start", "expected"), [(900, (300, DAY)), (300, (300, DAY)), (DAY, (300, DAY)), (3, (3, 864)), (1, (1, 288))]
)
def test_a_start_below_the_frame_moves_it(start: int, expected: tuple[int, int]) -> None:
    assert polling.frame(start) == expected


@pytest.mark.parametrize(
    ("interval", "hint", "low", "high"),
    [
        (HOUR, 0, 3240, 3960),
        (HOUR, 1800, 3240, 3960),  # never brings it nearer
        (HOUR, 4000, 4000, 4400),
        (HOUR, 2 * HOUR, 4400, 4840),  # more than half of the window would be new by then
        (HOUR, 31 * DAY, 4400, 4840),
        (300, 0, 300, 330),
        (300, DAY, 366, 404),
        (DAY, 0, 77_760, DAY),
        (DAY, 31 * DAY, DAY, DAY),
    ],
)
def test_a_hint_puts_off_within_bounds(interval: int, hint: int, low: int, high: int) -> None:
    waits = [polling.wait_for(known(interval, key=f"k{n}"), interval, hint, NOW, 900) for n in range(200)]
    assert low <= min(waits) <= low + (high - low) * 0.05
    assert high - (high - low) * 0.05 <= max(waits) <= high


def test_what_is_switched_on_together_comes_apart() -> None:
    first = [State(key=f"a{n}.test/feed", url=URL) for n in range(1000)]
    waits = sorted(polling.wait_for(state, 900, 0, NOW, 900) for state in first)
    assert waits[0] < 470
    assert waits[-1] > 1330
    most = max(sum(start <= wait < start + 90 for wait in waits) for start in range(450, 1350, 90))
    assert most < 150, "no tenth of the time has half as many again as its share"
    again = [polling.wait_for(state, 900, 0, NOW, 900) for state in first]
    assert sorted(again) == waits, "the same of the same values"
    assert again != [polling.wait_for(state, 900, 0, ago(1), 900) for state in first]


@given(
    st.integers(-10, 10**6),
    st.integers(0, 2000),
    st.integers(0, 2000),
    st.floats(-1e7, 1e7),
    st.none() | st.floats(-1e8, 1e8),
    st.integers(0, 10**9),
    st.sampled_from([1, 3, 300, 900, DAY]),
    st.booleans(),
)
def test_nothing_leaves_the_frame(
    interval: int, window: int, new: int, ok: float, silent: float | None, hint: int, start: int, first: bool
) -> None:
    shortest, longest = polling.frame(start)
    state = known(interval, last_ok_at=None if first else ago(ok), last_new_at=None if silent is None else ago(silent))
    found = polling.next_interval(state, window, min(new, window), NOW, start)
    assert shortest <= found <= longest
    assert shortest <= polling.wait_for(state, found, hint, NOW, start) <= longest


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (known(etag='"1"', last_modified="Mon"), ('"1"', "Mon")),
        (known(etag='W/"1"'), ('W/"1"', None)),
        (known(), (None, None)),
        (known(etag='"1"', whole_at=None), (None, None)),
        (known(etag='"1"', last_read_at=NOW, whole_at=ago(3 * DAY)), ('"1"', None)),
        (known(etag='"1"', last_read_at=NOW, whole_at=ago(3 * DAY + 1)), (None, None)),
        (known(etag='"1"', unmodified=99), ('"1"', None)),
        (known(etag='"1"', unmodified=100), (None, None)),
        (known(etag='"1"', distrusted=True), (None, None)),
        (known(etag='"1-gzip"'), ('"1-gzip", "1"', None)),
        (known(etag='"1--gzip"'), ('"1--gzip", "1"', None)),
        (known(etag='W/"1;br"'), ('W/"1;br", W/"1"', None)),
        (known(etag='"a-gzip-b"'), ('"a-gzip-b"', None)),
    ],
)
def test_validators(state: State, expected: tuple[str | None, str | None]) -> None:
    assert polling.validators(state) == expected


HEAD = b"<rss><channel><title>F</title>"
ITEM = b"<item><title>A</title><pubDate>Mon</pubDate></item></channel></rss>"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (HEAD + ITEM, HEAD + ITEM, True),
        (HEAD + b"<lastBuildDate>1</lastBuildDate>" + ITEM, HEAD + b"<lastBuildDate>2</lastBuildDate>" + ITEM, True),
        (HEAD + b"<pubDate>1</pubDate>" + ITEM, HEAD + b"<pubDate>2</pubDate>" + ITEM, True),
        (HEAD + ITEM + b"\n<!-- made in 0.1 s -->", HEAD + ITEM + b"<!-- made in 0.2 s -->\n<!-- cached -->", True),
        (HEAD + ITEM, HEAD + ITEM.replace(b"Mon", b"Tue"), False),
        (HEAD + ITEM, HEAD.replace(b"F", b"G") + ITEM, False),
        (HEAD + ITEM, (HEAD + ITEM).replace(b"<title>A", b"<!-- x --><title>B"), False),
        (b'{"items": [{"a": "<p>1</p>", "b": 1}]}', b'{"items": [{"a": "<p>1</p>", "b": 2}]}', False),
        (b"<feed><updated>1</updated><entry/></feed>", b"<feed><updated>2</updated><entry/></feed>", True),
        (b"<feed><entry><updated>1</updated>", b"<feed><entry><updated>2</updated>", False),
        (b"", b"<!-- x -->", True),
        (b"-->", b"", False),
    ],
)
def test_the_same_body_under_another_name(one: bytes, other: bytes, same: bool) -> None:
    assert (polling.digest_of(one) == polling.digest_of(other)) is same


@given(st.lists(st.sampled_from([b"<item>", b"<!--", b"-->", b"<pubDate>", b"</pubDate>", b"x", b"\xff\x00"])))
def test_any_bytes_have_a_digest(parts: list[bytes]) -> None:
    assert len(polling.digest_of(b"".join(parts))) == 32


def test_a_digest_takes_linear_time() -> None:
    for hostile in (
        b"<pubDate " * 500_000,
        b"<lastBuildDate>" * 300_000,
        b"<!--" * 1_000_000 + b"-->",
        b"<a:" * 1_000_000,
    ):
        assert polling.digest_of(hostile)


@pytest.mark.parametrize(
    ("state", "heard", "expected"),
    [
        (  # a 304 leaves all as it was
            known(etag='"1"', last_modified="Mon", digest="d", refresh_seconds=60, unmodified=4),
            Heard(answer(304)),
            {
                "etag": '"1"',
                "last_modified": "Mon",
                "digest": "d",
                "refresh_seconds": 60,
                "unmodified": 5,
                "whole": False,
            },
        ),
        (known(etag='"1"'), Heard(answer(304, etag='"2"')), {"etag": '"2"', "window": 20}),
        (  # the same body under a new name: no more than the name is new
            known(etag='"1"', digest="d", refresh_seconds=60, unmodified=4),
            Heard(answer(etag='"2"'), digest="d"),
            {"etag": '"2"', "digest": "d", "window": 20, "unmodified": 0, "whole": True, "refresh_seconds": 60},
        ),
        (
            known(etag='"1"', last_modified="Mon", refresh_seconds=60),
            Heard(answer(), 15, 5, "e", None),
            {
                "etag": "",
                "last_modified": "",
                "digest": "e",
                "window": 15,
                "refresh_seconds": None,
                "distrusted": False,
            },
        ),
        (  # an index of sitemaps stays as it is while they change
            known(),
            Heard(answer(etag='"2"', last_modified="Mon"), 15, 5, "e", alone=False),
            {"etag": "", "last_modified": "", "digest": ""},
        ),
        (known(etag='"1"'), Heard(answer(etag='"1"'), 15, 5, "e"), {"distrusted": True}),
        (known(etag='W/"1-gzip"'), Heard(answer(etag='"1"'), 15, 5, "e"), {"distrusted": True}),
        (known(etag='"1"'), Heard(answer(etag='"1"'), 15, 0, "e"), {"distrusted": False}),
        (known(last_modified="Mon"), Heard(answer(last_modified="Mon"), 15, 5, "e"), {"distrusted": True}),
        (known(), Heard(answer(), 15, 5, "e"), {"distrusted": False}),
        (known(etag='"1"', distrusted=True), Heard(answer(etag='"2"'), 15, 5, "e"), {"distrusted": True}),
    ],
)
def test_after_a_reading(state: State, heard: Heard, expected: dict[str, Any]) -> None:
    then = polling.after_reading(state, heard, NOW, 900)
    assert {name: getattr(then, name) for name in expected} == expected


def test_a_hint_counts_for_nothing_where_all_was_new() -> None:
    said = {"digest": "e", "refresh_seconds": DAY}
    late = polling.after_reading(known(), Heard(answer(), 20, 20, **said), NOW, 900)  # type: ignore[arg-type]
    assert late.wait <= late.interval * 1.1
    fine = polling.after_reading(known(), Heard(answer(), 20, 8, **said), NOW, 900)  # type: ignore[arg-type]
    assert fine.wait >= fine.interval * 1.2


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"cache_control": "max-age=600"}, 600),
        ({"Cache_Control": 'public, MAX-AGE = "600", must-revalidate'}, 600),
        ({"cache_control": "s-maxage=600"}, None),
        ({"cache_control": "max-age=0"}, None),
        ({"cache_control": "max-age=-1"}, None),
        ({"cache_control": "max-age=soon"}, None),
        ({"cache_control": "max-age=31536000"}, None),
        ({"cache_control": "no-cache, max-age=600"}, None),
        ({"cache_control": "private, no-store"}, None),
        ({"cache_control": "max-age=600", "age": "200"}, 400),
        ({"cache_control": "max-age=600", "age": "900"}, None),
        ({"cache_control": "max-age=600", "age": "-5"}, 600),
        ({"expires": "Tue, 12 Aug 2025 12:30:00 GMT"}, 1800),
        ({"expires": "Tue, 12 Aug 2025 12:30:00 GMT", "date": "Tue, 12 Aug 2025 12:20:00 GMT"}, 600),
        ({"expires": "Tue, 12 Aug 2025 12:30:00 GMT", "cache_control": "max-age=60"}, 60),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"expires": "Thu, 31 Dec 2037 23:55:55 GMT"}, None),
    ],
)
def test_how_long_an_answer_stays_fresh(headers: dict[str, str], expected: int | None) -> None:
    assert fresh_seconds(answer(**headers)) == expected


@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=20))
def test_freshness_is_within_a_day_or_nothing(control: str, expires: str, age: str) -> None:
    said = fresh_seconds(answer(cache_control=control, expires=expires, age=age))
    assert said is None or 0 < said <= DAY


NEW = "https://a.test/new-feed"


@pytest.mark.parametrize(
    ("state", "hops", "expected"),
    [
        (known(), [], ("", None)),
        (known(), [(301, NEW)], (NEW, NOW)),
        (known(), [(308, NEW)], (NEW, NOW)),
        (known(), [(302, NEW)], ("", None)),
        (known(), [(307, NEW)], ("", None)),
        (known(), [(303, NEW)], ("", None)),
        (known(moved_to=NEW, moved_since=ago(HOUR)), [(301, NEW)], (NEW, ago(HOUR))),
        (known(moved_to=NEW, moved_since=ago(HOUR)), [], ("", None)),
        (known(moved_to=NEW, moved_since=ago(HOUR)), [(302, NEW)], ("", None)),
        (known(moved_to="https://a.test/other", moved_since=ago(HOUR)), [(301, NEW)], (NEW, NOW)),
        (known(moved_to=NEW, moved_since=ago(-HOUR)), [(301, NEW)], (NEW, NOW)),  # the clock was set back
        (known(), [(301, NEW), (302, "https://cdn.test/x")], (NEW, NOW)),  # for good only as far as that goes
        (known(), [(302, "https://cdn.test/x"), (301, NEW)], ("", None)),
        (known(), [(301, "https://a.test/x"), (308, NEW)], (NEW, NOW)),
        (known(), [(301, "https://elsewhere.test/feed")], ("https://elsewhere.test/feed", NOW)),
        (known(), [(301, "https://a.test/")], ("", None)),
        (known(), [(301, "https://elsewhere.test")], ("", None)),
        (known(), [(301, NEW), (301, URL)], ("", None)),
        (known(url="https://a.test/", kind="frontpage"), [(301, "https://www.a.test/")], ("https://www.a.test/", NOW)),
        (known(url="https://a.test/", kind="frontpage"), [(301, "https://parked.test/")], ("", None)),
        (known(kind="frontpage"), [(301, "https://a.test/account/login")], ("", None)),
        (known(kind="frontpage"), [(301, "https://a.test/go?to=https%3A%2F%2Fa.test%2Ffeed")], ("", None)),
        (known(kind="frontpage"), [(301, "https://a.test/world")], ("https://a.test/world", NOW)),
        (known(url="rsshub://a/b"), [(301, NEW)], ("", None)),
    ],
)
def test_moving(state: State, hops: list[tuple[int, str]], expected: tuple[str, datetime | None]) -> None:
    assert polling.moving(state, answer(200, *hops), NOW) == expected


@pytest.mark.parametrize(("since", "moves"), [(HOUR, False), (DAY - 1, False), (DAY, True), (9 * DAY, True)])
def test_it_moves_after_a_day(since: int, moves: bool) -> None:
    state = known(moved_to=NEW, moved_since=ago(since))
    assert polling.after_reading(state, Heard(answer(304, (301, NEW))), NOW, 900).move is moves


BUSY = Temporary("rate_limited", "Busy.", retry_after=7200, status=429)
NOT_FOUND = Permanent("gone", "Not found.", status=404)
GONE = Permanent("gone", "Gone.", status=410)
DEAD = Temporary("connect_failed", "Dead.")


@pytest.mark.parametrize(
    ("state", "error", "low", "high"),
    [
        (known(), BUSY, 7200, 7200),
        (known(), Temporary("server_error", "Busy.", retry_after=1e12, status=503), DAY, DAY),
        (known(), Temporary("server_error", "Busy.", retry_after=0, status=503), 1, 1),
        (known(failures=5), Temporary("server_error", "Busy.", retry_after=1, status=503), 54, 66),
        (known(failures=8), BUSY, 9720, 11_880),
        (known(), DEAD, 54, 66),
        (known(failures=1), DEAD, 270, 330),
        (known(failures=2), DEAD, 1620, 1980),
        (known(failures=3), DEAD, 9720, 11_880),
        (known(failures=4), DEAD, 38_880, 47_520),
        (known(failures=5), DEAD, 77_760, DAY),
        (known(failures=50), DEAD, 77_760, DAY),
        (known(), NOT_FOUND, 3240, 3960),
        (known(300), NOT_FOUND, 3240, 3960),
        (known(failures=2), NOT_FOUND, 12_960, 15_840),
        (known(failures=40), NOT_FOUND, 77_760, DAY),
        (known(DAY), Permanent("bad_feed", "No feed."), 77_760, DAY),
        (known(), GONE, 23_328, 28_512),
    ],
)
def test_after_a_failure(state: State, error: NewsreelError, low: float, high: float) -> None:
    thens = [polling.after_failure(replace(state, key=f"k{n}"), error, NOW, 900) for n in range(100)]
    waits = [then.wait for then in thens]
    assert low <= min(waits)
    assert max(waits) <= high
    assert high - low < 2 or len(set(waits)) > 90, "they come apart"
    assert not any(then.retire for then in thens)


@pytest.mark.parametrize(
    ("since", "error", "kept", "retired"),
    [
        (None, GONE, NOW, False),
        (ago(HOUR), GONE, ago(HOUR), False),
        (ago(6 * HOUR), GONE, ago(6 * HOUR), True),
        (ago(-HOUR), GONE, NOW, False),  # the clock was set back
        (ago(9 * DAY), NOT_FOUND, ago(9 * DAY), False),
        (ago(9 * DAY), DEAD, ago(9 * DAY), False),
        (None, NOT_FOUND, None, False),
    ],
)
def test_only_gone_twice_retires(
    since: datetime | None, error: NewsreelError, kept: datetime | None, retired: bool
) -> None:
    then = polling.after_failure(known(gone_since=since), error, NOW, 900)
    assert (then.gone_since, then.retire) == (kept, retired)
