"""Rows for tests of the archive, made by the archive's own functions."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsreel.archive import reading, registry, storing
from newsreel.archive.coverage import PagedBack
from newsreel.archive.models import Channel, Lead
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.archive.snapshots import Record
from newsreel.archive.storing import ArticleFacts, Visit
from newsreel.core.types import Entry, Response

NOON = datetime(2025, 8, 12, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def a_channel(url: str = "https://news.test/feed", name: str = "World", source: str = "The News") -> Channel:
    """A source with one channel."""
    site = url.split("/")[2]
    registry.register(SourceFacts(site, source, f"https://{site}/"), [ChannelFacts(url, "feed", name)], 900)
    return Channel.objects.select_related("source").get(url=url)


def a_lead(channel: Channel, url: str, **entry: Any) -> Lead:
    """A lead that the channel named."""
    registry.store_leads(channel, [Entry(url, url, **entry)])
    return Lead.objects.select_related("channel__source").get(url=url)


def a_visit(url: str, at: datetime = NOON, again_in: float | None = None) -> Visit:
    """A fetch of a page, its evidence somewhere."""
    response = Response(url, url, 200, (("Content-Type", "text/html"),), b"<p>", b"<p>", at)
    return Visit(response, Record("2025/file.warc.gz", next(_numbers), 10, b"\x00" * 32), again_in)


def facts(url: str, title: str = "Title", text: str = "Text.", **more: Any) -> ArticleFacts:
    """What a page said."""
    return ArticleFacts(url=url, title=title, text=text, html=f"<p>{text}</p>", **more)


def store(
    channel: Channel, url: str, *, at: datetime = NOON, title: str = "Title", text: str = "Text.", **more: Any
) -> tuple[str, int]:
    """A page of a channel, stored."""
    return storing.store(a_lead(channel, url), facts(url, title, text, **more), a_visit(url, at))


def was_read(
    channel: Channel, wait: float = 600, *, entries: int | None = 20, new: int = 0, seconds: float = 0.1,
    back: PagedBack | None = None,
) -> None:  # fmt: skip
    """The channel was read without fault (``entries`` None: unchanged), and is read again after ``wait`` seconds. ``back``: it
    showed a gap.
    """
    then = reading.AfterReading(wait, int(wait))
    reading.channels_read([reading.Reading(channel, then, wait, entries=entries, new=new, seconds=seconds, back=back)])


def was_not_read(
    channel: Channel, outcome: str, reason: str, wait: float = 60, *, seconds: float = 0.1, retire: bool = False
) -> None:
    """The channel could not be read."""
    then = reading.AfterFailure(wait, retire=retire)
    reading.channels_failed([reading.Failure(channel, then, outcome, reason, seconds)])


def evidence_folder(base: Path) -> Path:
    """Where snapshots go in a test."""
    return base / "evidence"
