"""Reading a channel: a feed, a news sitemap or a front page becomes leads."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsreel.archive import reading, registry
from newsreel.archive.coverage import PagedBack
from newsreel.archive.models import Channel
from newsreel.core import rsshub
from newsreel.core.errors import NewsreelError, Temporary
from newsreel.core.types import Response
from newsreel.fetching import BUSY
from newsreel.pipeline import decisions, fronts, gaps, polling, pushing
from newsreel.pipeline.polling import Heard, State
from newsreel.pipeline.workshop import Workshop

ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "sitemap": "application/xml, text/xml;q=0.9, */*;q=0.5",
    "frontpage": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
}


async def read_channel(shop: Workshop, channel: Channel, refused: Callable[[], object] = lambda: None) -> int:
    """Reads a channel now; how many new leads it gave. Raises what kept it from being read, after writing it down; ``refused`` is
    called as soon as that is known.
    """
    state = state_of(channel)
    started = time.monotonic()
    try:
        response = await _asked(shop, channel, state)
        # What counts as an article on a front page is learned: the same page may name others.
        whole = response.status != 304 and channel.kind != Channel.Kind.FRONTPAGE
        digest = polling.digest_of(response.body) if whole else ""
        same = response.status == 304 or (bool(digest) and digest == state.digest)
        named = None if same else await fronts.named(shop, channel, response)
    except NewsreelError as error:
        refused()
        shop.costs.outcomes[error.outcome] += 1
        if error.outcome in decisions.HOUSE_FAULTS:
            raise
        if error.outcome == BUSY:
            await shop.db(registry.postpone, channel, decisions.put_off(random.random()))  # noqa: S311 - no secret
            raise
        seconds = time.monotonic() - started
        await shop.together(_failed, _Refused(channel, state, error, seconds, shop.settings.crawl_interval))
        raise
    seconds = time.monotonic() - started
    kept = await fronts.keep(shop, channel, named, response, ACCEPT[channel.kind]) if named else None
    heard = Heard(response, digest=digest)
    if named is not None and kept is not None:
        half = polling.half_of(kept.entries)
        heard = Heard(response, len(kept.entries), kept.new, digest, named.refresh_seconds, named.alone, half)
    filling = kept.filling if kept is not None else None
    await shop.together(_read, _Answered(channel, state, heard, seconds, shop.settings.crawl_interval, filling))
    shop.costs.outcomes["channel_read"] += 1
    return heard.new


async def _asked(shop: Workshop, channel: Channel, state: State) -> Response:
    """The answer of a channel's address: one with a body, or a 304 that answers what we asked."""
    etag, last_modified = polling.validators(state)
    response = await shop.fetch(
        channel.source,
        rsshub.resolved(channel.url, shop.settings.rsshub),
        accept=ACCEPT[channel.kind],
        etag=etag,
        last_modified=last_modified,
    )
    if response.status == 304 and not (etag or last_modified):
        raise Temporary(
            "unasked_304", "It answered 304 (Not Modified) to a request that did not ask for that.", status=304
        )
    if response.status != 304 and not response.body.strip():
        raise Temporary("empty_answer", "It answered with nothing at all.", status=response.status)
    return response


def state_of(channel: Channel) -> State:
    """What polling knows of a channel."""
    return State(**{name: getattr(channel, name) for name in State.__slots__})


@dataclass(frozen=True, slots=True)
class _Answered:
    """A channel that was read without fault, to be written with others. ``start``: the setting's interval; ``filling``: what became of a
    gap that the reading showed.
    """

    channel: Channel
    state: State
    heard: Heard
    seconds: float
    start: int
    filling: gaps.Filling | None = None


def _read(rows: Sequence[_Answered]) -> None:
    now = reading.database_now()
    written = []
    for row in rows:
        then = polling.after_reading(row.state, row.heard, now, row.start)
        wait = max(then.wait, pushing.polling_floor(row.channel.pushed_at, now))
        filling = row.filling
        back = PagedBack(row.channel.pk, filling.since, filling.filled) if filling is not None else None
        written.append(reading.Reading(row.channel, then, wait, row.heard.entries, row.heard.new, row.seconds, back))
    reading.channels_read(written)


@dataclass(frozen=True, slots=True)
class _Refused:
    """A channel that could not be read, to be written with others."""

    channel: Channel
    state: State
    error: NewsreelError
    seconds: float
    start: int


def _failed(rows: Sequence[_Refused]) -> None:
    now = reading.database_now()
    reading.channels_failed(
        [
            reading.Failure(
                row.channel,
                polling.after_failure(row.state, row.error, now, row.start),
                row.error.outcome,
                row.error.reason,
                row.seconds,
            )
            for row in rows
        ]
    )
