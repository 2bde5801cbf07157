"""Rows that many tasks write one by one, written together: one statement and one commit for what comes within a moment.

Each asker waits until its own row is committed, so that nothing is reported, released or asked next before it is kept.
Measured with two thousand hosts (benchmarks/crawl.py), single statements were the larger part of what a poll cost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from newsreel.core.errors import NewsreelError

T = TypeVar("T")
R = TypeVar("R")

LINGER_SECONDS = 0.02  # for which the first of a batch waits for others
MOST = 200  # rows of one batch


class Together(Generic[T, R]):
    """Collects items for ``write``, which takes some and answers in their order (or None for all). Belongs to one event loop."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, item: T) -> R:
        """What ``write`` answers for this item, once it has been written. Raises what its own writing raises."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        try:
            await asyncio.sleep(LINGER_SECONDS)
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                # Who was ended meanwhile has nothing to report: its work will be done again.
                if asked := [(item, future) for item, future in batch if not future.done()]:
                    await self._settle(asked)
        finally:
            self._task = None

    async def drain(self) -> None:
        """Until nothing is being written any more."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _settle(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            answers: Sequence[R] = await self._write([item for item, _ in batch])
        except NewsreelError as error:  # of the house: it meets all of them
            _fail(batch, error)
        except Exception as error:
            if len(batch) == 1:
                _fail(batch, error)
                return
            for one in batch:  # one row that the database refuses must not keep the others from being written
                await self._settle([one])
        except BaseException:  # ended from outside
            for _, future in batch:
                future.cancel()
            raise
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():  # who asked may have been ended meanwhile
                    future.set_result(answer)


def _fail(batch: Sequence[tuple[Any, asyncio.Future[Any]]], error: BaseException) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
