"""Every test of fetching has a site on loopback, and no way out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from newsreel.fetching import Fetcher, Policy
from tests.fetching.loopback import Names, Site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
    await site.end()
    await server.wait_closed()


@pytest.fixture
async def fetcher(site: Site) -> AsyncIterator[Fetcher]:
    """Knows the site as an exception that a setting names; no gap."""
    async with Fetcher(Policy(gap=0, allowed_hosts=frozenset({site.place})), resolver=Names()) as fetcher:
        yield fetcher
