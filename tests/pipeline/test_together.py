"""Rows written together: few calls, each asker told when its own is written, one bad row hurts nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from newsreel.core.errors import Misconfigured
from newsreel.pipeline.together import MOST, Together


class Table:
    """Takes rows, and remembers in which batches they came. A negative row is refused; ``lost`` refuses everything."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.lost = False

    async def write(self, rows: Sequence[int]) -> Sequence[int]:
        """The doubles."""
        self.batches.append(list(rows))
        await asyncio.sleep(0.01)
        if self.lost:
            raise Misconfigured("database_lost", "It is gone.")
        if min(rows) < 0:
            raise ValueError(min(rows))
        return [row * 2 for row in rows]


async def test_what_comes_within_a_moment_is_one_batch() -> None:
    table = Table()
    together = Together(table.write)
    assert await asyncio.gather(*(together.add(n) for n in range(50))) == [n * 2 for n in range(50)]
    assert table.batches == [list(range(50))]
    assert await together.add(7) == 14


async def test_a_batch_is_bounded() -> None:
    table = Table()
    together = Together(table.write)
    await asyncio.gather(*(together.add(n) for n in range(MOST + 5)))
    assert [len(batch) for batch in table.batches] == [MOST, 5]


async def test_one_bad_row_hurts_nobody_else() -> None:
    together = Together(Table().write)
    found = await asyncio.gather(*(together.add(n) for n in (1, -2, 3)), return_exceptions=True)
    assert [found[0], found[2]] == [2, 6]
    assert isinstance(found[1], ValueError)


async def test_a_fault_of_the_house_meets_all_and_is_not_tried_row_by_row() -> None:
    table = Table()
    table.lost = True
    together = Together(table.write)
    found = await asyncio.gather(*(together.add(n) for n in range(3)), return_exceptions=True)
    assert [type(error) for error in found] == [Misconfigured] * 3
    assert len(table.batches) == 1


async def test_the_row_of_who_was_ended_is_not_written() -> None:
    table = Table()
    together = Together(table.write)
    ended = asyncio.create_task(together.add(1))
    kept = asyncio.create_task(together.add(2))
    await asyncio.sleep(0)
    ended.cancel()
    assert await kept == 4
    await together.drain()
    assert table.batches == [[2]]
    with pytest.raises(asyncio.CancelledError):
        await ended
