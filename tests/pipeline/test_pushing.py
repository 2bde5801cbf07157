"""What hubs say, and when they are asked: decided from values alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.archive.callbacks import Known
from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.pipeline import pushing
from newsreel.pipeline.pushing import DAY, LEASE, Verdict, signature_of, verdict
from tests.pipeline.hub import signed

TOPIC = "https://news.test/feed?a=1&b=é"
QUOTED = "https%3A%2F%2Fnews.test%2Ffeed%3Fa%3D1%26b%3D%C3%A9"
SECRET, BODY = "s" * 43, b"<feed/>"


def known(**more: Any) -> Known:
    values = {"pk": 1, "mode": "subscribe", "state": "asked", "asked": True, "topic": TOPIC, "secret": SECRET}
    return Known(**(values | {"method": "", "live": True} | more))


def query(
    mode: str = "subscribe", topic: str = QUOTED, challenge: str = "abc", more: str = "&hub.lease_seconds=86400"
) -> bytes:
    return f"hub.mode={mode}&hub.topic={topic}&hub.challenge={challenge}{more}".encode()


def test_what_was_asked_is_confirmed() -> None:
    assert verdict(known(), query()) == Verdict("verified", b"abc", DAY)
    assert verdict(known(state="verified"), query()) == Verdict("verified", b"abc", DAY)  # a renewal
    assert verdict(known(state="failed"), query()) == Verdict("verified", b"abc", DAY)  # late, and still wanted
    assert verdict(known(), query(more="")) == Verdict("verified", b"abc", DAY)
    assert verdict(known(), b"a=1&" + query() + b"&b=hub.mode") == Verdict("verified", b"abc", DAY)
    assert verdict(known(mode="unsubscribe"), query("unsubscribe", more="")) == Verdict("ended", b"abc")
    assert verdict(known(), query(challenge="a%00%ff%2B+b")) == Verdict("verified", b"a\x00\xff+ b", DAY)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (known(), query(topic="https://news.test/other")),  # the challenge of another topic
        (known(), query(topic=QUOTED + "%20")),
        (known(), query(topic=QUOTED.replace("%C3%A9", "e%CC%81"))),
        (known(), query(topic="")),
        (known(), query("unsubscribe")),
        (known(mode="unsubscribe"), query()),
        (known(asked=False), query()),  # nothing was asked of any hub
        (known(state="denied"), query()),
        (known(live=False), query()),  # no longer wanted
        (known(), query("Subscribe")),
        (known(), query("publish")),
        (known(), query(challenge="")),
        (known(), query(challenge="x" * 1025)),
        (known(), query() + b"&hub.topic=https://other.test/"),
        (known(), query() + b"&hub.mode=denied"),
        (known(), query() + b"&x=1" * 20),
        (known(), query() + b"&x=" + b"1" * 9000),
        (known(), b""),
        (known(), b"hub.mode=subscribe&hub.challenge=abc"),
    ],
)
def test_what_was_not_asked_is_not(who: Known, said: bytes) -> None:
    assert verdict(who, said) is None


def test_a_denial_says_why_in_one_line() -> None:
    said = query("denied", challenge="", more="&hub.reason=no%0A%3Cb%3E%00you%FF" + "x" * 300)
    assert verdict(known(state="verified"), said) == Verdict("denied", reason="no <b> you�" + "x" * 189)
    assert verdict(known(), query("denied", topic="https://other.test/")) is None
    assert verdict(known(mode="unsubscribe"), query("denied")) is None


@pytest.mark.parametrize(
    ("stated", "lease"),
    [
        ("1", 1.0), ("864000", LEASE), ("0864000", LEASE), (str(10**12), LEASE), ("999999999999999", LEASE),
        ("0", None), ("000", None), ("-5", None), ("", None), ("1e5", None), ("ten", None), ("1.5", None), ("%2B5", None),
        ("5%0A", None), ("%D9%A3", None), ("9" * 400, None),
    ],
)  # fmt: skip
def test_leases(stated: str, lease: float | None) -> None:
    expected = None if lease is None else Verdict("verified", b"abc", lease)
    assert verdict(known(), query(more=f"&hub.lease_seconds={stated}")) == expected


def test_a_lease_is_renewed_before_its_end_and_not_all_day() -> None:
    assert pushing.renew_in(LEASE, 0.0) == LEASE * 0.8
    assert pushing.renew_in(LEASE, 0.999) < LEASE * 0.9
    assert pushing.renew_in(1.0, 0.5) == 3600.0


@given(st.binary(max_size=300), st.booleans())
def test_no_query_is_too_odd(said: bytes, after_ours: bool) -> None:
    found = verdict(known(), query() + said if after_ours else said)
    if found is not None and found.what == "verified":
        assert found.challenge.startswith(b"abc") or b"hub.challenge" in said
        assert 0 < found.lease <= LEASE


@pytest.mark.parametrize("method", pushing.METHODS)
def test_signatures(method: str) -> None:
    for written in (signed(SECRET, BODY, method), signed(SECRET, BODY, method).upper()):
        found = signature_of([written])
        assert found is not None
        digest = pushing.digest_of(found, known())
        digest.update(BODY)
        assert (found.method, digest.hexdigest()) == (method, found.digest)


def test_the_strongest_signature_counts_alone() -> None:
    weak, strong = signed(SECRET, BODY, "sha1"), signed("guessed", BODY, "sha256")
    for headers in (
        [weak, strong],
        [strong, weak],
        [f"{weak}, {strong}"],
        [f"{strong},{signed(SECRET, BODY, 'sha256')}"],
    ):
        found = signature_of(headers)
        assert found is not None
        assert f"{found.method}={found.digest}" == strong
    for nothing in ([], [""], ["md5=abc"], ["sha256"], ["sha256=xyz"], ["=" * 5000], ["sha1=é"]):
        assert signature_of(nothing) is None


def test_a_hub_that_signed_better_is_not_believed_with_less() -> None:
    sha1, sha256 = signature_of([signed(SECRET, BODY, "sha1")]), signature_of([signed(SECRET, BODY)])
    assert sha1 is not None
    assert sha256 is not None
    assert not pushing.weaker(sha1, known())
    assert pushing.weaker(sha1, known(method="sha256"))
    assert not pushing.weaker(sha256, known(method="sha256"))
    assert not pushing.weaker(sha256, known(method="sha1"))


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://news.example.org", True), ("http://news.example.org", True), ("https://news.example.org:8443", True),
        ("https://93.184.216.34", True), ("", False), ("http://localhost:8000", False), ("http://newsbox", False),
        ("https://news.internal", False), ("http://10.0.0.7", False), ("http://127.0.0.1:8000", False),
        ("http://[::1]", False), ("http://[fd00::1]", False), ("http://nas.local", False), ("http://2130706433", False),
    ],
)  # fmt: skip
def test_where_hubs_can_reach_us(url: str, base: bool) -> None:
    assert pushing.base_of(url) == (url if base else "")


@pytest.mark.parametrize(
    ("error", "mode", "pauses"),
    [
        (Temporary("server_error", ""), "subscribe", [600, 3600, 21600, DAY, 3 * DAY, 7 * DAY, 7 * DAY]),
        (Temporary("rate_limited", "", 30000.0), "subscribe", [30000, 30000, 30000, DAY]),
        (Permanent("gone", ""), "subscribe", [DAY, DAY, DAY, DAY, 3 * DAY]),
        (Permanent("address_refused", ""), "subscribe", [None]),
        (Temporary("timed_out", ""), "unsubscribe", [600, 3600, None]),
    ],
)
def test_pauses(error: NewsreelError, mode: str, pauses: list[float | None]) -> None:
    assert [pushing.again_in(error, mode, n + 1) for n in range(len(pauses))] == pauses


def test_a_pushed_channel_is_looked_at_less_while_pushes_come() -> None:
    now = datetime(2025, 8, 12, 12, tzinfo=UTC)
    assert pushing.polling_floor(None, now) == 0
    assert pushing.polling_floor(now - timedelta(hours=1), now) == 3600
    assert pushing.polling_floor(now - timedelta(hours=25), now) == 0
    assert pushing.polling_floor(now + timedelta(days=300), now) == 0  # a clock was wrong
