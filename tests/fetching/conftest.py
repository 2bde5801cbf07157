"""Every test of fetching has a site on loopback, and no way out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from newsreel.fetching import Fetcher, Policy
from tests.fetching.loopback import Names, Site, served


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with served() as site:
        yield site


@pytest.fixture
async def fetcher(site: Site) -> AsyncIterator[Fetcher]:
    """Knows the site as an exception that a setting names; no gap."""
    async with Fetcher(Policy(gap=0, allowed_hosts=frozenset({site.place})), resolver=Names()) as fetcher:
        yield fetcher
