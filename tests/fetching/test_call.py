"""Asking a service that a setting names: as bounded and as judged as everything that goes out."""

from __future__ import annotations

import pytest

from newsreel.core.errors import NewsreelError
from newsreel.fetching import Fetcher, Limits, Policy
from tests.fetching.loopback import Names, Site, answer


async def test_a_get_and_a_post(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/keys": answer(200, b"{}"), "/token": answer(200, b'{"a": 1}')}
    assert (await fetcher.call(site.url("/keys"), authorization="Bearer x")).body == b"{}"
    form = {"code": "a b&c=d", "name": "名\r\nX: y"}
    assert (await fetcher.call(site.url("/token"), form=form)).body == b'{"a": 1}'
    first, second = site.asked
    assert (first.method, first.headers["authorization"]) == ("GET", "Bearer x")
    assert "content-type" not in first.headers
    assert (second.method, second.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    assert second.headers["content-length"] == str(len("code=a+b%26c%3Dd&name=%E5%90%8D%0D%0AX%3A+y"))
    assert "authorization" not in second.headers
    assert site.paths() == ["/keys", "/token"]  # no robots.txt


async def outcome(fetcher: Fetcher, url: str, **more: object) -> str:
    with pytest.raises(NewsreelError) as caught:
        await fetcher.call(url, **more)  # type: ignore[arg-type]
    return caught.value.outcome


async def test_no_redirect_is_followed(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/a": answer(302, b"", "Location: /b"), "/b": answer(200, b"{}")}
    assert await outcome(fetcher, site.url("/a"), form={"a": "b"}) == "bad_redirect"
    assert await outcome(fetcher, site.url("/a")) == "bad_redirect"
    assert site.paths() == ["/a", "/a"]


@pytest.mark.parametrize(
    ("url", "met"),
    [
        ("http://169.254.169.254/latest/", "address_refused"),
        ("http://inside.test/", "address_refused"),
        ("http://localhost/", "address_refused"),
        ("http://public.test:8443/", "port_refused"),
        ("http://user@public.test/", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
    ],
)
async def test_addresses_are_judged(site: Site, url: str, met: str) -> None:
    names = Names(inside_test=["10.0.0.1"], public_test=["93.184.216.34"])
    async with Fetcher(Policy(allowed_hosts=frozenset({site.place})), resolver=names) as fetcher:
        assert await outcome(fetcher, url, form={"a": "b"}) == met


async def test_an_answer_is_bounded(site: Site, fetcher: Fetcher) -> None:
    site.pages = {"/": answer(200, b"x" * 2000), "/no": answer(400, b"{}")}
    assert await outcome(fetcher, site.url(), limits=Limits(wire_bytes=1000, decoded_bytes=1000)) == "too_large"
    assert await outcome(fetcher, site.url("/no"), form={}) == "http_error"
