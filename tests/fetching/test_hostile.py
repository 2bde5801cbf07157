"""Servers that mean harm: bombs, endless and broken answers. Each gets a named reason, in bounded time and memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import sys
import time
import zlib
from collections import Counter
from pathlib import Path

import pytest

from newsreel.core.errors import NewsreelError
from newsreel.fetching import Fetcher, Limits
from tests.fetching.loopback import Asked, Site, answer
from tests.patience import patience
from tests.shared import SHARED, needs_shared

BOMBS = SHARED / "suites" / "bombs"
OK = b"HTTP/1.1 200 OK\r\n"


async def outcome(fetcher: Fetcher, url: str, limits: Limits | None = None) -> str:
    try:
        response = await fetcher.fetch(url, robots=False, limits=limits)
    except NewsreelError as error:
        return error.outcome
    return f"read {len(response.body)}"


def endless(head: bytes, more: bytes) -> object:
    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(more)
            await writer.drain()

    return say


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (OK + b"Content-Length: 4\r\n" + b"Set-Cookie: a=b\r\n" * 100 + b"\r\nbody", "read 4"),
        (OK + b"Content-Length: 4\r\nX: " + b"x" * 12_000 + b"\r\n\r\nbody", "read 4"),  # long policies are met
        (OK + b"X: " + b"x" * 2_000_000 + b"\r\n\r\n", "headers_too_large"),
        (OK + b"x" * 2_000_000 + b": 1\r\n\r\n", "headers_too_large"),
        (OK + b"X: 1\r\n" * 5000 + b"\r\n", "headers_too_large"),
        (b"HTTP/1.1 200 " + b"O" * 2_000_000, "headers_too_large"),
        (OK + b"Bad\x00Name: 1\r\n\r\n", "bad_response"),
        (OK + b"X: a\x00b\r\n\r\n", "bad_response"),
        (OK + b"no colon\r\n\r\n", "bad_response"),
        (b"<html>HTTP/0.9 has no headers</html>\r\n\r\n", "bad_response"),
        (b"\x00\x01\x02\x03" * 100, "bad_response"),
        (b"HTTP/1.1 abc\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 -200 OK\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 99999 OK\r\n\r\n", "bad_response"),
        (b"ICY 200 OK\r\n\r\n", "bad_response"),
        (b"", "connect_failed"),
        (b"HTTP/1.1 200", "connect_failed"),
        (OK + b"Content-Length: 100\r\n\r\nshort", "incomplete"),
        (OK + b"Content-Length: -1\r\n\r\nbody", "bad_response"),
        (OK + b"Content-Length: 4, 5\r\n\r\nbody", "bad_response"),
        (OK + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody", "bad_response"),
        (OK + b"Content-Length: " + b"9" * 400 + b"\r\n\r\nbody", "bad_response"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n0\r\n\r\n", "bad_response"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n", "incomplete"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbodytoolong\r\n0\r\n\r\n", "bad_response"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nbody", "bad_response"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "read 4"),
        (OK + b"Content-Length: 2\r\n\r\nbody", "bad_response"),
        (OK + b"Content-Encoding: gzip, gzip, gzip, gzip\r\nContent-Length: 4\r\n\r\nbody", "bad_encoding"),
        (OK + b"Content-Encoding: quantum\r\nContent-Length: 4\r\n\r\nbody", "bad_encoding"),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbody", "bad_encoding"),
        (OK + b"Content-Encoding: br\r\nContent-Length: 0\r\n\r\n", "read 0"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n", "bad_redirect"),
        (b"HTTP/1.1 302 Found\r\nLocation: /" + b"a" * 10_000 + b"\r\nContent-Length: 0\r\n\r\n", "bad_redirect"),
        (b"HTTP/1.1 302 Found\r\nLocation: //\xff..\xfe\r\nContent-Length: 0\r\n\r\n", "bad_redirect"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "http_error"),
    ],
)
async def test_broken_answers(site: Site, fetcher: Fetcher, sent: bytes, expected: str) -> None:
    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()
        writer.close()

    site.pages = {"/": say}
    began = time.perf_counter()
    assert await outcome(fetcher, site.url()) == expected
    assert time.perf_counter() - began < patience(2)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (b"zz\r\nbody\r\n0\r\n\r\n", "bad_response"),
        (b"ffff\r\nbody", "incomplete"),
        (b"4\r\nmore\r\n0\r\n\r\n", "read 8"),
    ],
)
async def test_framing_that_breaks_later(site: Site, fetcher: Fetcher, second: bytes, expected: str) -> None:
    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        for part in (OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n", second):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.05)
        writer.close()

    site.pages = {"/": say}
    assert await outcome(fetcher, site.url()) == expected


@pytest.mark.parametrize("framing", ["length", "chunks", "end"])
async def test_a_large_body_and_goodbye(site: Site, fetcher: Fetcher, framing: str) -> None:
    """A server that sends all at once and closes: nothing of it may be lost (aiohttp has been there, 3.14.0)."""
    body = bytes(range(256)) * 12_000
    head = {
        "length": f"Content-Length: {len(body)}\r\n".encode(),
        "chunks": b"Transfer-Encoding: chunked\r\n",
        "end": b"",
    }

    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + head[framing] + b"\r\n")
        writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if framing == "chunks" else body)
        writer.close()

    site.pages = {"/": say}
    for _ in range(5):
        assert (await fetcher.fetch(site.url(), robots=False)).body == body


@pytest.mark.parametrize(
    ("head", "more", "expected"),
    [
        (OK, b"X-Header: again\r\n" * 100, "headers_too_large"),
        (OK + b"X: ", b"x" * 1000, "headers_too_large"),
        (b"", b"x" * 1000, "bad_response"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", "timed_out"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5000, "too_large"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n4;", b"x" * 1000, "timed_out"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: again\r\n" * 100, "headers_too_large"),
        (OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\0", b"name without end" * 60, "too_large"),
    ],
)
async def test_answers_without_end(site: Site, fetcher: Fetcher, head: bytes, more: bytes, expected: str) -> None:
    site.pages = {"/": endless(head, more)}  # type: ignore[dict-item]
    began = time.perf_counter()
    assert await outcome(fetcher, site.url(), Limits(total_seconds=1.0, wire_bytes=200_000)) == expected
    assert time.perf_counter() - began < patience(4)  # it ends by its deadline of a second


async def test_mutated_answers(site: Site, fetcher: Fetcher) -> None:
    """Five hundred answers with bytes changed, cut and doubled (seeded): each is read or has a named reason."""
    chance = random.Random(20250812)
    whole = [
        answer(200, b"<p>news</p>" * 20, "Content-Type: text/html", "Set-Cookie: a=b"),
        answer(200, gzip.compress(b"<p>news</p>" * 20), "Content-Encoding: gzip"),
        OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n5;x=y\r\nbody2\r\n0\r\nT: 1\r\n\r\n",
        answer(302, b"", "Location: /"),
        answer(503, b"later", "Retry-After: Tue, 12 Aug 2025 08:30:00 GMT"),
    ]

    async def say(asked: Asked, writer: asyncio.StreamWriter) -> None:
        sent = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(sent))
            sent[at : at + chance.choice((0, 1, 1, 10))] = chance.choice(
                (b"", b"\r\n", b"\x00", b"\xff", b":", b" ", b"9", sent[:at], chance.randbytes(3))
            )
        writer.write(bytes(sent))
        writer.close()

    site.pages = {"/": say}
    counted = Counter([(await outcome(fetcher, site.url(), Limits(total_seconds=5))).split()[0] for _ in range(500)])
    assert counted["read"] > 20
    assert counted["bad_response"] > 20
    assert counted.keys() <= {
        "read", "bad_response", "incomplete", "bad_encoding", "server_error", "too_many_redirects", "bad_redirect",
        "connect_failed", "http_error", "headers_too_large", "gone", "forbidden", "address_refused", "port_refused",
        "dns_failed",
    }  # fmt: skip


# ---- bombs, with the memory of a process of its own

BODIES = {
    "bomb-br.bin": ("br", "too_large_decoded"),
    "bomb-deflate.bin": ("deflate", "too_large_decoded"),
    "bomb-gzip.bin": ("gzip", "too_large_decoded"),
    "bomb-zstd.bin": ("zstd", "too_large_decoded"),
    "truncated-crc-error-short.gz": ("gzip", "bad_encoding"),
    "truncated-crc-error.gz": ("gzip", "bad_encoding"),
    "unexpected-eof.gz": ("gzip", "bad_encoding"),
    "html-br.bin": ("br", "read"),
    "html-gzip.bin": ("gzip", "read"),
    "html-rawdeflate.bin": ("deflate", "read"),
    "html-zlibdeflate.bin": ("deflate", "read"),
    "html-gzip-deflate.bin": ("gzip, deflate", "read"),
    "html-gzip-deflate-gzip.bin": ("gzip, deflate, gzip", "read"),
    "html-zstd-static-content-size.bin": ("zstd", "read"),
    "html-zstd-static-no-content-size.bin": ("zstd", "read"),
    "html-zstd-streaming-no-content-size.bin": ("zstd", "read"),
    "feed-sample1.xml.gz": ("gzip", "read"),
    "feed-sample1.xml.bz2": ("", "read"),
    "feed-sample1.zip": ("", "read"),
    "feed-sample1.tar": ("", "read"),
    "feed-sample1.xml": ("", "read"),
}

CHILD = """
import asyncio, json, resource, sys, time
from newsreel.core.errors import NewsreelError
from newsreel.fetching import Fetcher, Policy

async def main(place, paths):
    async with Fetcher(Policy(gap=0, allowed_hosts=frozenset({place}))) as fetcher:
        await fetcher.fetch(f"http://{place}/warm", robots=False)
        for path in paths:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began = time.process_time()
            try:
                found = f"read {len((await fetcher.fetch(f'http://{place}/{path}', robots=False)).body)}"
            except NewsreelError as error:
                found = error.outcome
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            print(json.dumps([path, found, time.process_time() - began, grown / 1024]))

asyncio.run(main(sys.argv[1], sys.argv[2:]))
"""


async def in_a_process(site: Site, *paths: str) -> list[tuple[str, str, float, float]]:
    """Fetches the paths one after another in a new process: path, outcome, seconds of the processor, growth of its peak in MB."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, site.place, *paths, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    out, _ = await child.communicate()
    assert child.returncode == 0
    return [tuple(json.loads(line)) for line in out.splitlines()]


@needs_shared
async def test_bombs(site: Site) -> None:
    assert {file.name for file in BOMBS.iterdir()} - {"LICENSE", "unexpected-eof-output.txt"} == set(BODIES)
    site.pages = {"/warm": answer(200, b"warm")}
    for name, (coding, _) in BODIES.items():
        headers = [f"Content-Encoding: {coding}"] if coding else []
        site.pages[f"/{name}"] = answer(200, (BOMBS / name).read_bytes(), *headers)
    results = await in_a_process(site, *BODIES)
    assert len(results) == len(BODIES)
    for name, found, seconds, grown in results:
        assert found.split()[0] == BODIES[name][1], name
        assert seconds < 2.0, name
        assert grown < 50, name
    assert sum(grown for *_, grown in results) < 50


async def test_the_largest_answers_that_are_read(site: Site) -> None:
    """What is allowed costs what it says: 10 MiB as received and 20 MiB as decoded, with no second copy of either."""
    packer = zlib.compressobj(1, wbits=31)
    noise = os.urandom(9 * 1024 * 1024)
    packed = packer.compress(noise) + packer.compress(bytes(10 * 1024 * 1024)) + packer.flush()
    site.pages = {"/warm": answer(200, b"warm"), "/large": answer(200, packed, "Content-Encoding: gzip")}
    [(_, found, seconds, grown)] = await in_a_process(site, "large")
    assert found == f"read {19 * 1024 * 1024}"
    assert seconds < 2.0
    assert grown < 50
