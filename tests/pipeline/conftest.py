"""A site on loopback, a way out that records every socket, and the pipeline's tools on the real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newsreel.core.settings import settings
from newsreel.fetching import Fetcher, Policy
from tests.fetching.loopback import Names, Site, Sockets

if TYPE_CHECKING:
    from newsreel.pipeline.workshop import Workshop

Open = Callable[..., AbstractAsyncContextManager[Any]]


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
def sockets() -> Sockets:
    return Sockets()


@pytest.fixture
def open_shop(tmp_path: Path, site: Site, sockets: Sockets, transactional_db: None) -> Open:
    """Opens the tools; only the site is an exception to the gate, and no name can be looked up."""
    from newsreel.pipeline.workshop import open_workshop  # Django is set up only after this file was read

    @asynccontextmanager
    async def opened(names: Names | None = None, allowed: Sequence[str] = ()) -> AsyncIterator[Workshop]:
        policy = Policy(gap=0, allowed_hosts=frozenset({site.place, *allowed}))
        way_out = Fetcher(policy, resolver=names or Names(), socket_factory=sockets)
        chosen = settings().model_copy(update={"home": tmp_path, "crawl_gap": 0.0})
        async with open_workshop(chosen, lambda: None, way_out) as shop:
            yield shop

    return opened
