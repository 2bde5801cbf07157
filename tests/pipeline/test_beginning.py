"""What a new installation begins with, and that nothing is begun without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db import connections

from newsreel.archive.models import Channel, Source
from newsreel.core.errors import Temporary
from newsreel.pipeline.beginning import ASKED, add_starters
from newsreel.pipeline.workshop import Workshop
from newsreel.sources import starters

pytestmark = pytest.mark.django_db(transaction=True)


class Net:
    """A network in which the addresses given answer."""

    def __init__(self, *answering: str) -> None:
        self.answering, self.asked = answering, 0

    async def fetch(self, url: str) -> object:
        self.asked += 1
        if url not in self.answering:
            raise Temporary("connect_failed", "No connection.")
        return object()


def a_shop(net: Net) -> Workshop:
    def in_a_thread(work: Callable[..., object], *given: Any) -> object:
        try:
            return work(*given)
        finally:
            connections.close_all()

    async def db(work: Callable[..., object], *given: Any) -> object:
        return await asyncio.to_thread(in_a_thread, work, *given)

    return cast(Workshop, SimpleNamespace(fetcher=net, db=db, settings=SimpleNamespace(crawl_interval=900)))


def test_one_that_answers_is_enough_for_all() -> None:
    net = Net(starters()[0].url)
    assert asyncio.run(add_starters(a_shop(net)))
    assert Channel.objects.count() == len(starters())
    assert Source.objects.exclude(name_zh="").count() > 80
    assert net.asked <= ASKED + 3


def test_without_a_network_nothing_is_begun() -> None:
    assert not asyncio.run(add_starters(a_shop(Net())))
    assert not Source.objects.exists()
