"""Addresses of RSSHub: what they are, what is fetched for them, under what they are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core import rsshub
from newsreel.core.errors import Permanent
from newsreel.core.settings import Settings
from newsreel.core.urls import host_of

HUB = "https://hub.example.org"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("rsshub://bilibili/user/video/2267573", "rsshub://bilibili/user/video/2267573"),
        ("rsshub:///bilibili/user/video/2267573", "rsshub://bilibili/user/video/2267573"),
        (" RSSHub://bilibili/user/ ", "rsshub://bilibili/user"),
        ("rsshub://telegram/channel/awesomeRSSHub?limit=5#top", "rsshub://telegram/channel/awesomeRSSHub?limit=5"),
        ("rsshub://medium/@user", "rsshub://medium/@user"),
        ("rsshub://zhihu/people/知乎", "rsshub://zhihu/people/知乎"),
        ("rsshub://", None),
        ("rsshub:///", None),
        ("rsshub://?a=1", None),
        ("rsshub:////evil.example/x", None),
        ("rsshub://a/../admin", None),
        ("rsshub://a/%2e%2e/admin", None),
        ("rsshub://a/.%2E%5c../admin", None),
        ("rsshub://..", None),
        ("rsshub://a/b c", None),
        ("rsshub://a\\b", None),
        ("rsshub://a/\x00", None),
        ("rsshub://" + "a" * 2100, None),
        ("rsshub://a?b=" + "字" * 300, None),  # nine characters each in its key
        ("rsshub:1200/bilibili", None),
        ("https://rsshub.app/bilibili", None),
        ("", None),
    ],
)
def test_one_way_of_writing(address: str, expected: str | None) -> None:
    assert rsshub.canonical(address) == expected


@pytest.mark.parametrize(
    ("address", "instance", "expected"),
    [
        ("https://a.test/feed", "", "https://a.test/feed"),
        ("rsshub://a/b?x=1&y=%20", HUB, f"{HUB}/a/b?x=1&y=%20"),
        ("rsshub://a/b", f"{HUB}/under/", f"{HUB}/under/a/b"),
        ("rsshub://a/b", "http://127.0.0.1:1200", "http://127.0.0.1:1200/a/b"),
        ("rsshub://@evil.example/b", HUB, f"{HUB}/@evil.example/b"),
    ],
)
def test_what_is_fetched(address: str, instance: str, expected: str) -> None:
    assert rsshub.resolved(address, instance) == expected


@pytest.mark.parametrize(
    ("address", "instance", "outcome"), [("rsshub://a/b", "", "no_rsshub"), ("rsshub://", HUB, "bad_address")]
)
def test_what_is_not(address: str, instance: str, outcome: str) -> None:
    with pytest.raises(Permanent) as caught:
        rsshub.resolved(address, instance)
    assert caught.value.outcome == outcome
    assert "\n" not in caught.value.reason


def test_identity() -> None:
    one = rsshub.feed_identity("rsshub://a/b?y=2&x=1")
    assert one == rsshub.feed_identity("RSSHUB:///a/b/?x=1&y=2#z") == "rsshub://a/b?x=1&y=2"
    assert rsshub.feed_identity("rsshub://a/B") != rsshub.feed_identity("rsshub://a/b"), "a route's case matters"
    assert rsshub.feed_identity("rsshub://a.test/b") != rsshub.feed_identity("https://a.test/b")
    assert rsshub.feed_identity("https://www.a.test/b/?utm_source=x") == "a.test/b"
    assert rsshub.feed_identity("rsshub://") == ""


def test_the_host_is_the_instance_s() -> None:
    assert rsshub.feed_host("rsshub://a/b", f"{HUB}:8443/x") == "hub.example.org:8443"
    assert rsshub.feed_host("rsshub://a/b", "") == "rsshub"
    assert rsshub.feed_host("https://a.test/b", HUB) == "a.test"


@pytest.mark.parametrize(
    ("value", "kept"), [(HUB, HUB), (f"{HUB}/", HUB), (f" {HUB}/sub/ ", f"{HUB}/sub"), ("", ""), ("/", "")]
)
def test_the_setting(value: str, kept: str) -> None:
    assert Settings(rsshub=value).rsshub == kept


@pytest.mark.parametrize(
    "value", ["rsshub.example.org", "ftp://a.test", "https://", f"{HUB}?key=1", f"{HUB}#a", "https://me:secret@a.test"]
)
def test_a_setting_that_names_no_instance(value: str) -> None:
    with pytest.raises(ValueError, match="is not an address as"):
        Settings(rsshub=value)


@given(st.text(max_size=60) | st.lists(st.sampled_from(list("/.?#@%2e:\\ a\n")), max_size=20).map("".join))
def test_whatever_is_written_stays_below_the_instance(text: str) -> None:
    address = f"rsshub://{text}"
    route = rsshub.canonical(address)
    if route is None:
        assert rsshub.feed_identity(address) == ""
        return
    assert rsshub.canonical(route) == route
    assert rsshub.feed_identity(route) == rsshub.feed_identity(address) != ""
    fetched = rsshub.resolved(address, f"{HUB}/sub")
    assert fetched.startswith(f"{HUB}/sub/")
    assert host_of(fetched) in ("hub.example.org", "")  # '' is an address that the gate refuses
