"""A site on loopback, a way out that records every socket, and the pipeline's tools on the real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newsreel.core.settings import settings
from newsreel.fetching import Fetcher, Policy
from tests.fetching.loopback import Names, Site, Sockets, served

if TYPE_CHECKING:
    from newsreel.pipeline.workshop import Workshop

Open = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with served() as site:
        yield site


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
