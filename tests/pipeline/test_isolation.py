"""Foreign bytes are read in a child: values come back, and whatever the child does the caller goes on."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import signal
import time
from datetime import UTC, datetime

import pytest

from newsreel.core.errors import Permanent
from newsreel.core.types import Article, Block, Entry, Feed
from newsreel.pipeline import isolation
from newsreel.pipeline.isolation import Readers

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://a.test/</link>
<item><title>One</title><link>https://a.test/1</link><pubDate>Tue, 12 Aug 2025 10:30:00 +0200</pubDate></item></channel></rss>"""


async def test_a_value_comes_back_whole() -> None:
    async with Readers(count=1) as readers:
        feed = await readers.call("parse_feed", FEED, "https://a.test/feed")
    assert isinstance(feed, Feed)
    assert [(entry.title, entry.url) for entry in feed.entries] == [("One", "https://a.test/1")]
    assert feed.entries[0].published == datetime(2025, 8, 12, 8, 30, tzinfo=UTC)


async def test_many_calls_share_the_children() -> None:
    async with Readers(count=2) as readers:
        feeds = await asyncio.gather(*(readers.call("parse_feed", FEED, f"https://a.test/{n}") for n in range(20)))
        assert len(readers._running) <= 2
    assert all(len(feed.entries) == 1 for feed in feeds)


async def test_a_hanging_child_is_ended_and_the_next_call_goes_on() -> None:
    async with Readers(count=1, deadline=3.0) as readers:
        await readers.call("parse_feed", FEED, "https://a.test/feed")
        (process,) = readers._running
        os.kill(process.pid, signal.SIGSTOP)  # whatever a parser may be caught in
        with pytest.raises(Permanent) as caught:
            await readers.call("parse_feed", FEED, "https://a.test/feed")
        assert caught.value.outcome == "reader_hung"
        assert len((await readers.call("parse_feed", FEED, "https://a.test/feed")).entries) == 1


def test_what_the_system_says_of_a_process() -> None:
    before = isolation._processor(os.getpid())[1]
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    state, used = isolation._processor(os.getpid())
    assert state == "R"
    assert 0.1 <= used - before < 2
    assert isolation._processor(2**22 + 1) == ("", 0.0)


async def test_a_child_that_waits_for_the_processor_gets_more_than_one_deadline() -> None:
    async with Readers(count=1, deadline=1.0, processor=lambda pid: ("R", 0.0)) as readers:
        await readers.call("parse_feed", FEED, "https://a.test/feed")
        (process,) = readers._running
        os.kill(process.pid, signal.SIGSTOP)
        asyncio.get_running_loop().call_later(1.5, os.kill, process.pid, signal.SIGCONT)
        assert len((await readers.call("parse_feed", FEED, "https://a.test/feed")).entries) == 1


async def test_one_that_has_had_its_time_gets_no_more() -> None:
    spent = iter([0.0, 0.0, 0.0, 1.0])
    async with Readers(count=1, deadline=1.0, processor=lambda pid: ("R", next(spent))) as readers:
        await readers.call("parse_feed", FEED, "https://a.test/feed")
        (process,) = readers._running
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(Permanent) as caught:
            await readers.call("parse_feed", FEED, "https://a.test/feed")
    assert caught.value.outcome == "reader_hung"


async def test_a_crashing_child_is_replaced() -> None:
    async with Readers(count=1) as readers:
        await readers.call("parse_feed", FEED, "https://a.test/feed")
        (process,) = readers._running
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        assert len((await readers.call("parse_feed", FEED, "https://a.test/feed")).entries) == 1


async def test_a_failing_function_is_a_reason_without_its_text() -> None:
    async with Readers(count=1) as readers:
        with pytest.raises(Permanent) as caught:
            await readers.call("parse_feed", 42, 42)
    assert caught.value.outcome == "reader_failed"
    assert "42" not in caught.value.reason


async def test_only_named_functions_can_be_called() -> None:
    async with Readers(count=1) as readers:
        with pytest.raises(ValueError, match="system"):
            await readers.call("system", "true")


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "newsreel.core.types.Mapping", "datetime.sys"])
def test_a_child_that_was_taken_over_can_only_hand_us_data(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    hostile = b"\x80\x04c" + module.encode() + b"\n" + attribute.encode() + b"\n."
    with pytest.raises(pickle.UnpicklingError):
        isolation._OurTypes(io.BytesIO(hostile)).load()


def test_dotted_names_are_refused() -> None:
    hostile = (
        pickle.PROTO
        + b"\x04"
        + b"\x8c\x13newsreel.core.types"
        + b"\x8c\x10Article.__init__"
        + pickle.STACK_GLOBAL
        + b"."
    )
    with pytest.raises(pickle.UnpicklingError):
        isolation._OurTypes(io.BytesIO(hostile)).load()


def test_our_types_pass() -> None:
    article = Article(
        "https://a.test/1", published=datetime(2025, 8, 12, tzinfo=UTC), blocks=(Block("paragraph", "x"),)
    )
    for value in (article, Entry("1", "https://a.test/1"), [1, "x", None, (2.5, b"y")]):
        assert isolation._OurTypes(io.BytesIO(pickle.dumps(value))).load() == value
