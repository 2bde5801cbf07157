"""A recorded press behind a CONNECT proxy with its own certificate authority: real TLS, real pages."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from newsreel.core.errors import Temporary
from newsreel.fetching import Fetcher, Policy
from tests.fetching.loopback import Names
from tests.shared import SHARED, needs_shared

CORPUS = SHARED / "corpus" / "fundus"
pytestmark = [needs_shared, pytest.mark.press]


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Policy]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(SHARED / "press" / "press.py"), "--corpus", str(CORPUS), "--port", str(port), "--latency", "0.01"]
    child = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--ca", str(tmp_path / "ca.pem"), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    async with asyncio.timeout(30):
        assert b"articles on" in await child.stdout.readline()
    yield Policy(gap=0, proxy=f"http://127.0.0.1:{port}", ca_file=tmp_path / "ca.pem")
    child.terminate()
    await child.wait()


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / "index.jsonl").read_text("utf-8").splitlines()]


async def test_recorded_pages_through_connect(press: Policy) -> None:
    chosen = [row for row in rows() if row["url"].startswith("https://")][:20]
    async with Fetcher(press, resolver=Names()) as fetcher:
        responses = await asyncio.gather(*(fetcher.fetch(row["url"]) for row in chosen))
        for row, response in zip(chosen, responses, strict=True):
            assert response.body == gzip.decompress((CORPUS / row["html"]).read_bytes())
            assert response.url == row["url"]
        again = await fetcher.fetch(chosen[0]["url"], etag=responses[0].header("etag"))
        assert (again.status, again.body) == (304, b"")


async def test_one_at_once_however_many_ask(press: Policy) -> None:
    url = next(row["url"] for row in rows() if row["url"].startswith("https://"))
    async with Fetcher(press, resolver=Names()) as fetcher:
        await asyncio.gather(*(fetcher.fetch(url) for _ in range(20)))
        stats = json.loads((await fetcher.fetch("http://press.test/stats", robots=False)).body)
    [(_, counted)] = stats.items()
    assert (counted["requests"], counted["most_at_once"]) == (21, 1)


async def test_a_certificate_nobody_vouches_for(press: Policy) -> None:
    url = next(row["url"] for row in rows() if row["url"].startswith("https://"))
    async with Fetcher(Policy(gap=0, proxy=press.proxy), resolver=Names()) as fetcher:
        with pytest.raises(Temporary) as caught:
            await fetcher.fetch(url, robots=False)
        assert caught.value.outcome == "tls_failed"
        assert caught.value.reason.startswith("The certificate of")
        assert (await fetcher.fetch(url, robots=False, ca_file=press.ca_file)).status == 200
