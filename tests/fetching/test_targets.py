"""Every form of an address that hides another, from ../shared/suites/ssrf and beyond."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.errors import Permanent
from newsreel.fetching.addresses import is_public
from newsreel.fetching.policy import places
from newsreel.fetching.targets import check_target, parse_target


def refusal(url: str, **allowed: object) -> str:
    """The outcome of judging an address; '' where it may be fetched."""
    try:
        check_target(parse_target(url), **allowed)  # type: ignore[arg-type]
    except Permanent as error:
        return error.outcome
    return ""


@pytest.mark.parametrize(
    ("url", "host", "port", "wire"),
    [
        ("http://example.com", "example.com", 80, "http://example.com/"),
        ("HTTPS://Example.COM/A?b=C#d", "example.com", 443, "https://example.com/A?b=C"),
        ("https://example.com.:443/", "example.com", 443, "https://example.com/"),
        ("https://example.com:8443/", "example.com", 8443, "https://example.com:8443/"),
        ("https://bücher.example/ü?q=ü&r=a%20b c", "xn--bcher-kva.example", 443, None),
        ("https://新闻.example/", "xn--efvy88h.example", 443, "https://xn--efvy88h.example/"),
        ("https://-a-.example.com/", "-a-.example.com", 443, "https://-a-.example.com/"),
        ("https://ex_ample.com/a|b", "ex_ample.com", 443, "https://ex_ample.com/a|b"),
        ("https://example.com/100%?q=%zz", "example.com", 443, "https://example.com/100%?q=%zz"),
        ("http://[2606:2800:220:1::1]:80/", "2606:2800:220:1::1", 80, "http://[2606:2800:220:1::1]/"),
        ("http://google.com#@127.0.0.1/", "google.com", 80, "http://google.com/"),
        ("  https://example.com/a\n", "example.com", 443, "https://example.com/a"),
    ],
)
def test_an_address_is_taken_apart(url: str, host: str, port: int, wire: str | None) -> None:
    target = parse_target(url)
    assert (target.host, target.port) == (host, port)
    assert target.wire == (wire or "https://xn--bcher-kva.example/%C3%BC?q=%C3%BC&r=a%20b%20c")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:127.0.0.1/",
        "http:///127.0.0.1/",
        "http://",
        "http://:80/",
        "http://127.1.1.1:80\\@127.2.2.2:80/",
        "http://127.1.1.1:80\\@@127.2.2.2:80/",
        "http://127.1.1.1:80#\\@127.2.2.2:80/",
        "http://example.com\\.evil.example/",
        "http://example.com@127.0.0.1/",
        "http://foo@127.0.0.1:11211@google.com:80/",
        "http://user:secret@example.com/",
        "http://exa\tmple.com/",
        "http://a.com\r\nHost: b/",
        "http://a.com/\r\nHost: b",
        "http://example.com/\x00",
        "http://exa mple.com/",
        "http://[::1",
        "http://[::1]x/",
        "http://::1/",
        "http://127.0.0.1:80:80/",
        "http://127.0.0.1%00.example.com/",
        "http://127.0.0.1%2f@example.com/",
        "http://example.com:65536/",
        "http://example.com:0/",
        "http://example.com:8o/",
        "http://exa..mple.com/",
        "http://exam!ple.com/",
        "http://example.com../",
        "http://" + "a" * 64 + ".com/",
        "http://example.com/" + "a" * 9000,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Permanent) as caught:
        parse_target(url)
    assert caught.value.outcome == "bad_address"
    assert caught.value.reason.endswith(".")


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "127.1",
        "0",
        "017700000001",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
        "１２７.０.０.１",
        "127。0。0。1",
        "127．0｡0.1",
        "0X7F.0.0.1",
        "127.0.0.0x1",
        "1.2.3.4.5",
        "999.999.999.999",
        "example.1",
        "[::1]",
        "[::1%25lo]",
        "[fe80::1%lo]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "ⓛocalhost",
        "news.localhost",
        "ip6-localhost",
        "intranet",
        "printer.local",
        "metadata.google.internal",
        "router.home.arpa",
        "facebookcorewwwi.onion",
        "nothing.invalid",
        "localhost.localdomain",
    ],
)
@pytest.mark.parametrize("proxied", [False, True])
def test_places_inside_are_refused_however_written(host: str, proxied: bool) -> None:
    assert refusal(f"http://{host}/", proxied=proxied) == "address_refused"
    assert refusal(f"https://{host}:443/x", proxied=proxied) == "address_refused"


def test_test_and_example_are_names_like_others() -> None:
    # RFC 6761, 6.2 and 6.5: applications should not recognise them as special
    assert [refusal(f"https://news.{name}/") for name in ("test", "example")] == ["", ""]


def test_ports() -> None:
    assert refusal("https://example.com:8443/") == "port_refused"
    assert refusal("https://example.com:8443/", ports={8443}) == ""
    assert refusal("https://example.com:80/") == ""
    assert refusal("http://example.com:22/", ports={8443}) == "port_refused"


def test_exceptions_hold_for_the_named_place_alone() -> None:
    exempt = places(["127.0.0.1:8123", "LOCALHOST:8000", "[::1]:8000", "inside.corp"])
    assert refusal("http://127.0.0.1:8123/", exempt=exempt) == ""
    assert refusal("http://localhost:8000/", exempt=exempt) == ""
    assert refusal("http://[::1]:8000/", exempt=exempt) == ""
    assert refusal("https://inside.corp/", exempt=exempt) == ""
    assert refusal("http://127.0.0.1:8124/", exempt=exempt) == "address_refused"
    assert refusal("http://127.0.0.2:8123/", exempt=exempt) == "address_refused"
    assert refusal("http://0x7f.1:8123/", exempt=exempt) == "address_refused"


def test_a_proxy_is_asked_for_names_only() -> None:
    assert refusal("http://93.184.215.14/") == ""
    assert refusal("http://93.184.215.14/", proxied=True) == "address_refused"


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "1.1.1.1", "223.5.5.5", "192.0.1.1", "2606:4700::1111", "2400:3200::1", "64:ff9b::808:808"],
)
def test_the_public_internet(address: str) -> None:
    assert is_public(address)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_is_inside_within_nat64_too(address: ipaddress.IPv4Address) -> None:
    inside = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))
    assert is_public(str(inside)) == is_public(str(address))
    assert not is_public(f"::ffff:{address}")


@settings(deadline=None)
@given(
    st.one_of(
        st.text(),
        st.text().map("http://".__add__),
        st.text(alphabet="0123456789abcdefx.:[]%@/\\#?①。").map("http://".__add__),
    )
)
def test_any_text_is_judged(text: str) -> None:
    try:
        target = parse_target(text)
    except Permanent:
        return
    # Read again, what is sent means the same: no second parser can come to another host.
    again = parse_target(target.wire)
    assert (again.host, again.port, again.wire) == (target.host, target.port, target.wire)
