"""What people write of how a source is reached: values that may be sent, or a fault in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.archive.manners import read_gap, read_headers, read_paths, read_ports, read_proxy, read_reason
from newsreel.core.errors import Permanent


def test_headers_as_a_person_writes_them() -> None:
    assert read_headers([" Cookie : a=b; c=d ", "", "X-Key:k", "x-key: l"]) == (("Cookie", "a=b; c=d"), ("x-key", "l"))


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("no colon", "bad_header"),
        ("X-Empty:", "bad_header"),
        ("X-Bad: a\r\nHost: b", "bad_header"),
        ("X-Bad: a\x00", "bad_header"),
        ("X-Bad: 钥匙", "bad_header"),
        ("X Bad: a", "bad_header"),
        (": a", "bad_header"),
        ("X-Long: " + "a" * 2001, "bad_header"),
        ("Host: evil.example", "header_ours"),
        ("user-agent: Mozilla/5.0", "header_ours"),
        ("Content-Length: 5", "header_ours"),
        ("Proxy-Authorization: Basic eDp5", "header_ours"),
        ("If-None-Match: x", "header_ours"),
        ("Accept-Encoding: br", "header_ours"),
    ],
)
def test_headers_that_are_not_sent(line: str, outcome: str) -> None:
    with pytest.raises(Permanent) as caught:
        read_headers([line])
    assert caught.value.outcome == outcome


def test_too_many_headers() -> None:
    with pytest.raises(Permanent, match="At most 10"):
        read_headers(f"X-{number}: a" for number in range(11))


@pytest.mark.parametrize("line", ["open", "/a b", "/*", "/a?b", "/a#b", "/../a", "/" + "a" * 200, "/a\x00"])
def test_paths_that_are_none(line: str) -> None:
    with pytest.raises(Permanent):
        read_paths([line])


def test_paths_as_a_person_writes_them() -> None:
    assert read_paths([" /open/ ", "", "/open/", "/新闻"]) == ("/open/", "/新闻")
    with pytest.raises(Permanent, match="At most 20"):
        read_paths(f"/{number}" for number in range(21))


PIECES = st.sampled_from(
    ["X", "-", ":", " ", "a", "/", "..", "%2e", "\r\n", "\x00", "\x7f", "Host", "é", "\u2028", "\t", "?"]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_whatever_is_written_can_be_sent_or_is_refused(line: str) -> None:
    try:
        ((name, value),) = read_headers([line]) or (("X", "x"),)
    except Permanent:
        name, value = "X", "x"
    assert f"{name}{value}".isascii()
    assert f"{name}{value}".isprintable()
    assert name.lower() != "host"
    try:
        paths = read_paths([line])
    except Permanent:
        paths = ()
    assert all(path.startswith("/") and path.isprintable() and "/../" not in f"{path}/" for path in paths)


@pytest.mark.parametrize(("text", "gap"), [("", None), (" 2.5 ", 2.5), ("0", 0.0), ("3600", 3600.0)])
def test_a_gap(text: str, gap: float | None) -> None:
    assert read_gap(text) == gap


@pytest.mark.parametrize(("text", "ports"), [("", []), ("8443", [8443]), ("8443, 8080 8443", [8080, 8443])])
def test_ports(text: str, ports: list[int]) -> None:
    assert read_ports(text) == ports


@pytest.mark.parametrize("text", ["", "http://proxy.test:3128", "https://me:secret@proxy.test"])
def test_a_proxy(text: str) -> None:
    assert read_proxy(f" {text} ") == text


@pytest.mark.parametrize(
    ("read", "text", "outcome"),
    [
        (read_gap, "-1", "bad_gap"),
        (read_gap, "nan", "bad_gap"),
        (read_gap, "inf", "bad_gap"),
        (read_gap, "3601", "bad_gap"),
        (read_gap, "soon", "bad_gap"),
        (read_ports, "0", "bad_ports"),
        (read_ports, "65536", "bad_ports"),
        (read_ports, "80-90", "bad_ports"),
        (read_ports, " ".join(map(str, range(1, 12))), "bad_ports"),
        (read_proxy, "proxy.test:3128", "bad_proxy"),
        (read_proxy, "socks5://proxy.test", "bad_proxy"),
        (read_proxy, "http://", "bad_proxy"),
        (read_proxy, "http://a:99999", "bad_proxy"),
        (read_reason, "  ", "no_reason"),
        (read_reason, "a" * 501, "no_reason"),
        (read_reason, "a\x00b", "no_reason"),
    ],
)
def test_what_is_not_taken(read: object, text: str, outcome: str) -> None:
    with pytest.raises(Permanent) as caught:
        read(text)  # type: ignore[operator]
    assert caught.value.outcome == outcome
