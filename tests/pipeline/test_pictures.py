"""Pictures from hosts that mean no good: what comes out is a raster picture, or a named outcome in bounded time."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from newsreel.core.errors import NewsreelError, Temporary
from newsreel.core.settings import Settings
from newsreel.fetching import Fetcher, Lanes, Limits, Policy
from newsreel.pipeline import pictures as module
from newsreel.pipeline.picture_cache import PictureCache
from newsreel.pipeline.pictures import LIMITS, BusyError, Picture, Pictures
from newsreel.sample.pictures import picture
from tests.core.test_raster import avif, gif, jpeg, png, webp
from tests.fetching.loopback import Asked, Names, Site, Sockets, answer
from tests.patience import patience
from tests.shared import SHARED, needs_shared

PNG = picture("pier-dawn")
SHORT = Limits(
    wire_bytes=200_000, decoded_bytes=200_000, total_seconds=1.0, connect_seconds=0.5, redirects=4, header_lines=50
)
Make = Callable[..., Pictures]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def make(tmp_path: Path, site: Site, sockets: Sockets) -> AsyncIterator[Make]:
    """Pictures behind the real gate, of which the site alone is an exception."""
    made: list[Pictures] = []

    def makes(*allowed: str, names: Names | None = None, megabytes: float = 50, **more: Any) -> Pictures:
        policy = Policy(allowed_hosts=frozenset(allowed or {site.place}))
        made.append(
            Pictures(
                PictureCache(tmp_path / "pictures", int(megabytes * 1_000_000)),
                lambda: Fetcher(policy, pacer=Lanes(4, 16), resolver=names or Names(), socket_factory=sockets),
                limits=more.pop("limits", SHORT),
                **more,
            )
        )
        return made[-1]

    yield makes
    for one in made:
        await one.close()


async def _bytes(getting: Any) -> bytes:
    found: Picture = await getting
    with found.file:
        body = found.file.read()
    assert len(body) == found.size
    return body


async def _outcome(pictures: Pictures, address: str) -> str:
    with pytest.raises(NewsreelError) as caught:
        await pictures.get(address)
    assert "Traceback" not in caught.value.reason
    return f"{type(caught.value).__name__} {caught.value.outcome}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [(PNG, "png"), (jpeg(640, 480), "jpeg"), (gif(1, 1), "gif"), (webp(b"VP8X", bytes(10)), "webp"), (avif((9, 9)), "avif"),
     (gif(5, 5) + b"<html><script>alert(1)</script></html>", "gif")],
)  # fmt: skip
@pytest.mark.parametrize("said", ["image/svg+xml", "text/html"])
async def test_the_bytes_say_what_it_is(make: Make, site: Site, body: bytes, kind: str, said: str) -> None:
    site.pages["/p"] = answer(200, body, f"Content-Type: {said}")
    for pictures in (make(), make()):  # fetched, and kept
        found = await pictures.get(site.url("/p"))
        assert found.kind == kind
        assert await _bytes(asyncio.sleep(0, found)) == body
    assert site.paths() == ["/p"]


@pytest.mark.parametrize(
    "body",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<html><script>alert(1)</script>",
        b"",
        b"\xff\xfe<\0s\0v\0g\0",
        b" " + PNG,
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WAVEfmt ",
        PNG[:20],
        gzip.compress(PNG),
    ],
)
async def test_what_is_no_picture_is_refused_whatever_it_is_called(make: Make, site: Site, body: bytes) -> None:
    site.pages["/p.png"] = answer(200, body, "Content-Type: image/png")
    pictures = make()
    assert await _outcome(pictures, site.url("/p.png")) == "Permanent not_a_picture"
    assert await _outcome(pictures, site.url("/p.png")) == "Permanent not_a_picture"
    assert len(site.asked) == 1  # remembered for a while


@pytest.mark.parametrize("body", [png(100_000, 100_000), gif(65535, 65535), jpeg(65535, 65535), avif((2**32 - 1, 2))])
async def test_absurd_sizes_are_refused_by_their_heads(make: Make, site: Site, body: bytes) -> None:
    site.pages["/p"] = answer(200, body)
    assert await _outcome(make(), site.url("/p")) == "Permanent picture_too_large"


async def test_nothing_is_sent_that_tells_of_the_reader(make: Make, site: Site) -> None:
    site.pages["/p"] = answer(200, PNG)
    await _bytes(make().get(site.url("/p")))
    assert set(site.asked[0].headers) == {"host", "user-agent", "accept", "accept-encoding"}
    assert "svg" not in site.asked[0].headers["accept"]
    assert "/robots.txt" not in site.paths()


async def _endless(asked: Asked, writer: Any) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + PNG)
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def _drip(asked: Asked, writer: Any) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for byte in PNG:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def _slow_headers(asked: Asked, writer: Any) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)


async def _silent(asked: Asked, writer: Any) -> None:
    await asyncio.sleep(60)


async def _many_headers(asked: Asked, writer: Any) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 5000)
    await writer.drain()


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (_endless, "Permanent too_large"),
        (_drip, "Temporary timed_out"),
        (_slow_headers, "Temporary timed_out"),
        (_silent, "Temporary timed_out"),
        (_many_headers, "Permanent headers_too_large"),
        (answer(200, gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(50_000_000)), "Content-Encoding: gzip"), "Permanent too_large_decoded"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", "Permanent too_large"),
        (answer(200, PNG[:50]).replace(b"Content-Length: 50", b"Content-Length: 5000"), "Temporary timed_out"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "Temporary bad_response"),
        (answer(404), "Permanent gone"), (answer(403), "Permanent forbidden"), (answer(500), "Temporary server_error"),
        (answer(302, b"", "Location: file:///etc/passwd"), "Permanent bad_redirect"),
        (answer(302, b"", "Location: data:image/png;base64,AA"), "Permanent bad_redirect"),
        (answer(302, b"", "Location: //169.254.169.254/latest/meta-data/"), "Permanent address_refused"),
        (answer(302, b"", "Location: http://127.0.0.1:1/"), "Permanent address_refused"),
        (answer(302, b"", "Location: http://[::1]/"), "Permanent address_refused"),
        (answer(302, b"", "Location: http://2130706433/"), "Permanent address_refused"),
        (answer(302, b"", "Location: http://localhost/"), "Permanent address_refused"),
        (answer(302, b"", "Location: /p"), "Permanent too_many_redirects"),
    ],
)  # fmt: skip
async def test_hostile_hosts_have_an_outcome_in_bounded_time(
    make: Make, site: Site, sockets: Sockets, page: Any, outcome: str
) -> None:
    site.pages["/p"] = page
    began = time.monotonic()
    assert await _outcome(make(), site.url("/p")) == outcome
    assert time.monotonic() - began < patience(3)
    assert set(sockets.asked) == {"127.0.0.1"}
    assert len(site.asked) == len(sockets.asked) or outcome == "Permanent too_many_redirects"


async def test_a_chain_of_redirects_is_followed_within_its_bound(make: Make, site: Site) -> None:
    for hop in range(4):
        site.pages[f"/{hop}"] = answer(302, b"", f"Location: /{hop + 1}")
    site.pages["/4"] = answer(200, PNG)
    assert await _bytes(make().get(site.url("/0"))) == PNG


def _forms() -> list[str]:
    if not (SHARED / "suites" / "ssrf").is_dir():
        return []
    numbers = (SHARED / "suites" / "ssrf" / "addresses.txt").read_text().split()
    return [f"http://[{one}]/p.png" if ":" in one else f"http://{one}/p.png" for one in numbers]


@needs_shared
async def test_no_socket_is_made_to_a_special_address(make: Make, sockets: Sockets) -> None:
    written = [
        "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://0/", "http://localhost/", "http://ip6-localhost/",
        "http://127。0。0。1/", "http://①②⑦.⓪.⓪.①/", "http://foo@127.0.0.1/", "http://127.1.1.1:80\\@127.2.2.2:80/", "http://metadata.google.internal/",
        "file:///etc/passwd", "ftp://127.0.0.1/", "http:127.0.0.1/", "//127.0.0.1/", "", "http://[::1%25lo]/", "http://rebinding.test/p.png",
    ]  # fmt: skip
    pictures = make("nowhere.test:80", names=Names(rebinding_test=["169.254.169.254", "10.0.0.1", "::1"]))
    forms = [*_forms(), *written]
    assert len(forms) > 60
    for address in forms:
        outcome = await _outcome(pictures, address)
        assert outcome in ("Permanent address_refused", "Permanent bad_address", "Temporary dns_failed"), address
    assert sockets.asked == []


async def test_many_readers_of_one_picture_cost_one_fetch(make: Make, site: Site) -> None:
    site.pages["/p"] = answer(200, PNG)
    site.delay = 0.2
    pictures = make()
    bodies = await asyncio.gather(*(_bytes(pictures.get(site.url("/p"))) for _ in range(50)))
    assert set(bodies) == {PNG}
    assert site.paths() == ["/p"]
    await _bytes(pictures.get(site.url("/p")))
    assert site.paths() == ["/p"]


async def test_without_room_on_the_disk_pictures_are_shown_all_the_same(make: Make, site: Site) -> None:
    site.pages["/p"] = answer(200, PNG)
    assert await _bytes(make(megabytes=0).get(site.url("/p"))) == PNG


async def test_a_host_is_asked_for_few_pictures_at_once(make: Make, site: Site) -> None:
    site.delay = 0.05
    for number in range(20):
        site.pages[f"/{number}"] = answer(200, PNG)
    pictures = make()
    await asyncio.gather(*(_bytes(pictures.get(site.url(f"/{number}"))) for number in range(20)))
    assert site.most_busy == 4


async def test_the_queue_of_a_host_is_bounded_and_frees_itself(make: Make, site: Site) -> None:
    site.pages |= {f"/{number}": answer(200, PNG) for number in range(100)}
    site.delay = 0.2
    pictures = make()
    asked = [asyncio.create_task(pictures.get(site.url(f"/{number}"))) for number in range(module.WAITING_OF_A_HOST)]
    await asyncio.sleep(0.1)
    with pytest.raises(BusyError):
        await pictures.get(site.url("/99"))
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    await asyncio.sleep(0)
    assert await _bytes(pictures.get(site.url("/99"))) == PNG


async def test_a_fetch_ends_when_nobody_waits_any_more(make: Make, site: Site) -> None:
    site.pages["/p"] = _silent
    pictures = make()
    one, two = (asyncio.create_task(pictures.get(site.url("/p"))) for _ in range(2))
    await asyncio.sleep(0.1)
    assert site.busy == 1
    one.cancel()
    await asyncio.sleep(0.1)
    assert site.busy == 1  # somebody waits still
    two.cancel()
    await asyncio.gather(one, two, return_exceptions=True)
    site.pages["/p"] = answer(200, PNG)
    assert await _bytes(pictures.get(site.url("/p"))) == PNG  # and who asks now has a fetch of its own


async def test_failures_are_remembered_shortly(make: Make, site: Site) -> None:
    clock = Clock()
    pictures = make(clock=clock)
    site.pages["/p"] = answer(503)
    assert await _outcome(pictures, site.url("/p")) == "Temporary server_error"
    site.pages["/p"] = answer(200, PNG)
    assert await _outcome(pictures, site.url("/p")) == "Temporary server_error"
    clock.now += 61
    assert await _bytes(pictures.get(site.url("/p"))) == PNG


async def test_a_damaged_file_of_the_folder_is_fetched_again(make: Make, site: Site, tmp_path: Path) -> None:
    site.pages["/p"] = answer(200, PNG)
    await _bytes(make().get(site.url("/p")))
    for path in (tmp_path / "pictures").iterdir():
        path.write_bytes(b"<script>alert(1)</script>")
    assert await _bytes(make().get(site.url("/p"))) == PNG


async def test_waiting_for_a_turn_ends_too(make: Make, site: Site) -> None:
    site.pages |= {f"/{number}": _silent for number in range(12)}
    pictures = make(patience=1.5)
    began = time.monotonic()
    found = await asyncio.gather(
        *(pictures.get(site.url(f"/{number}")) for number in range(12)), return_exceptions=True
    )
    assert time.monotonic() - began < patience(3)
    assert {error.outcome for error in found if isinstance(error, Temporary)} == {"timed_out"}
    assert len(found) == 12


async def test_the_settings_proxy_and_exceptions_are_obeyed(tmp_path: Path, site: Site) -> None:
    site.pages["http://images.example.org/p.png"] = answer(200, PNG)
    chosen = Settings(home=tmp_path, proxy=f"http://{site.place}")
    pictures = Pictures.from_settings(chosen)
    try:
        assert await _bytes(pictures.get("http://images.example.org/p.png")) == PNG
        assert await _outcome(pictures, "http://127.0.0.1/p.png") == "Permanent address_refused"
    finally:
        await pictures.close()
    assert site.paths() == ["http://images.example.org/p.png"]
    assert len(list((tmp_path / "pictures").iterdir())) == 1


def test_the_limits_are_those_that_are_promised() -> None:
    assert (LIMITS.wire_bytes, LIMITS.decoded_bytes, LIMITS.total_seconds) == (8_000_000, 8_000_000, 10.0)
