"""Nothing that leads inside gets a connection: recorded where sockets are made, with nothing ever sent."""

from __future__ import annotations

import ast
import asyncio
import ipaddress
import re

import aiohttp
import pytest

from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.fetching import Fetcher, Policy
from newsreel.fetching.gate import AddressRefusedError, Gate, SystemResolver
from tests.fetching.loopback import Names, Site, Sockets, answer
from tests.shared import SHARED, needs_shared

SUITE = SHARED / "suites" / "ssrf"


def addresses() -> list[str]:
    return (SUITE / "addresses.txt").read_text("utf-8").split()


def written_forms(address: str) -> list[str]:
    """Hosts that stand for an address in a URL."""
    plain = ipaddress.ip_address(address.partition("%")[0])
    if plain.version == 6:
        return [f"[{address}]", f"[{plain.exploded}]", address]
    number = int(plain)
    octets = address.split(".")
    return [
        address,
        address + ".",
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(f"0{int(octet):o}" for octet in octets),
        ".".join(hex(int(octet)) for octet in octets),
        ".".join([*octets[:2], str(int(octets[2]) * 256 + int(octets[3]))]),
        address.replace(".", "。"),
        address.translate({ord("0") + digit: ord("０") + digit for digit in range(10)}),
        f"[::ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]",
        f"example.com@{address}",
        f"{address}:80\\@example.com",
    ]


def url_forms() -> list[str]:
    text = (SUITE / "url_forms_measured.txt").read_text("utf-8").partition("--- parser differential")[2]
    found = [ast.literal_eval(match[0]) for match in re.finditer(r"^'(?:[^'\\]|\\.)*'", text, re.MULTILINE)]
    return [str(url) for url in found]


async def refused(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(NewsreelError) as caught:
        await fetcher.fetch(url)
    assert "\n" not in caught.value.reason
    return f"{type(caught.value).__name__} {caught.value.outcome}"


@needs_shared
@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:1"])
async def test_every_address_in_every_form(proxy: str) -> None:
    sockets, names = Sockets(), Names()
    async with Fetcher(Policy(gap=0, proxy=proxy), resolver=names, socket_factory=sockets) as fetcher:
        outcomes = {
            await refused(fetcher, f"{scheme}://{host}{port}/")
            for address in addresses()
            for host in written_forms(address)
            for scheme, port in (("http", ""), ("https", ""), ("http", ":443"))
        }
    assert len(addresses()) == 54
    assert outcomes == {"Permanent address_refused", "Permanent bad_address"}
    assert (sockets.asked, names.asked) == ([], [])


@needs_shared
async def test_names_that_lead_to_each_address() -> None:
    sockets = Sockets()
    names = Names(**{f"host{number}_example": [address] for number, address in enumerate(addresses())})
    async with Fetcher(Policy(gap=0), resolver=names, socket_factory=sockets) as fetcher:
        for name in names.known:
            assert await refused(fetcher, f"https://{name}/") == "Permanent address_refused"
            with pytest.raises(Permanent, match="not of the public internet"):
                await fetcher.fetch(f"http://{name}/", robots=False)
    assert sockets.asked == []
    assert len(names.asked) >= 54


@needs_shared
async def test_url_forms() -> None:
    sockets, names = Sockets(), Names()
    async with Fetcher(Policy(gap=0), resolver=names, socket_factory=sockets) as fetcher:
        outcomes = {url: await refused(fetcher, url) for url in url_forms()}
    assert len(outcomes) == 17
    # its fragment is never sent: this is an ordinary address of google.com, which has no address here
    assert outcomes.pop("http://google.com#@127.0.0.1/") == "Temporary robots_unreachable"
    assert set(outcomes.values()) == {"Permanent address_refused", "Permanent bad_address"}
    assert (sockets.asked, set(names.asked)) == ([], {"google.com"})


@needs_shared
async def test_redirects_to_each(site: Site) -> None:
    sockets, names = Sockets(), Names(inside_example=["10.0.0.1"])
    hosts = [host for address in addresses() for host in written_forms(address)]
    places = [f"http://{host}/" for host in hosts] + [f"//{host}/" for host in hosts] + ["http://inside.example/"]
    site.pages = {f"/{number}": answer(302, b"", f"Location: {place}") for number, place in enumerate(places)}
    policy = Policy(gap=0, allowed_hosts=frozenset({site.place}))
    async with Fetcher(policy, resolver=names, socket_factory=sockets) as fetcher:
        outcomes = {await refused(fetcher, site.url(f"/{number}")) for number in range(len(places))}
    assert outcomes == {"Permanent address_refused", "Permanent bad_redirect"}
    assert set(sockets.asked) == {"127.0.0.1"}
    assert len([path for path in site.paths() if path != "/robots.txt"]) == len(places)


async def test_a_redirect_from_outside_does_not_reach_an_exception_s_neighbour(site: Site) -> None:
    site.pages = {
        "/a": answer(302, b"", "Location: http://127.0.0.1:1/"),
        "/b": answer(302, b"", "Location: http://localhost/"),
    }
    sockets = Sockets()
    policy = Policy(gap=0, allowed_hosts=frozenset({site.place}))
    async with Fetcher(policy, resolver=Names(), socket_factory=sockets) as fetcher:
        assert await refused(fetcher, site.url("/a")) == "Permanent address_refused"
        assert await refused(fetcher, site.url("/b")) == "Permanent address_refused"
    assert len(sockets.asked) == 1  # one connection, kept alive


async def test_of_several_addresses_only_public_ones_are_tried() -> None:
    sockets, names = Sockets(), Names(mixed_example=["10.0.0.1", "93.184.215.14", "::1", "2606:4700::1111"])
    async with Fetcher(Policy(gap=0), resolver=names, socket_factory=sockets) as fetcher:
        with pytest.raises(Temporary) as caught:
            await fetcher.fetch("http://mixed.example/", robots=False)
    assert caught.value.outcome == "connect_failed"
    assert set(sockets.asked) == {"93.184.215.14", "2606:4700::1111"}


async def test_a_name_that_changes_its_mind() -> None:
    class Rebinding(Names):
        async def resolve(self, *args: object, **more: object) -> list[object]:
            self.known = {"a.example": ["93.184.215.14"] if not self.asked else ["127.0.0.1"]}
            return await super().resolve(*args, **more)  # type: ignore[arg-type]

    sockets, names = Sockets(), Rebinding()
    for expected in ("connect_failed", "address_refused"):
        async with Fetcher(Policy(gap=0), resolver=names, socket_factory=sockets) as fetcher:
            with pytest.raises(NewsreelError) as caught:
                await fetcher.fetch("http://a.example/", robots=False)
            assert caught.value.outcome == expected
    assert sockets.asked == ["93.184.215.14"]


async def test_the_socket_itself_is_guarded(site: Site) -> None:
    """The last check stands alone: a connector asked for a number never asks a resolver."""
    sockets = Sockets()
    gate = Gate(Names(), sockets)
    with pytest.raises(aiohttp.ClientConnectorError) as caught:
        await gate.guarded.get(site.url("/"))
    assert isinstance(caught.value.os_error, AddressRefusedError)
    await gate.close()
    assert (sockets.asked, site.asked) == ([], [])


async def test_exceptions_work_by_name(site: Site) -> None:
    site.pages = {"/": answer(200, b"inside")}
    names = Names(press_corp=["127.0.0.1"])
    policy = Policy(gap=0, allowed_hosts=frozenset({f"press.corp:{site.port}"}))
    async with Fetcher(policy, resolver=names, socket_factory=Sockets()) as fetcher:
        assert (await fetcher.fetch(f"http://press.corp:{site.port}/")).body == b"inside"
        assert await refused(fetcher, f"http://other.corp:{site.port}/") == "Permanent address_refused"


async def test_through_a_proxy_nothing_is_looked_up_here(site: Site) -> None:
    site.pages = {"http://a.example/": answer(200, b"by proxy"), "http://a.example/robots.txt": answer(404)}
    sockets, names = Sockets(), Names()
    async with Fetcher(Policy(gap=0, proxy=site.url()), resolver=names, socket_factory=sockets) as fetcher:
        assert (await fetcher.fetch("http://a.example/")).body == b"by proxy"
        for host in ("10.0.0.1", "93.184.215.14", "localhost", "intranet", "a.internal"):
            assert await refused(fetcher, f"http://{host}/") == "Permanent address_refused"
        assert await refused(fetcher, "http://a.example:22/") == "Permanent port_refused"
    assert names.asked == []
    assert len(site.asked) == 2


async def test_the_system_s_proxy_settings_are_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, site.url())
    async with Fetcher(Policy(gap=0), resolver=Names(), socket_factory=Sockets()) as fetcher:
        with pytest.raises(Temporary) as caught:
            await fetcher.fetch("http://a.example/", robots=False)
    assert (caught.value.outcome, site.asked) == ("dns_failed", [])


async def test_the_system_s_look_up_knows_localhost() -> None:
    resolver = SystemResolver()
    async with asyncio.timeout(10):
        found = await resolver.resolve("localhost", 80, 0)  # type: ignore[arg-type]
    await resolver.close()
    assert "127.0.0.1" in {entry["host"] for entry in found}
