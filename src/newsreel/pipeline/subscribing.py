"""Subscribing: what channels offer (WebSub) is noticed as they are read, and hubs are asked to push it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict

from newsreel.archive import subscriptions
from newsreel.archive.models import Channel
from newsreel.archive.subscriptions import Ask
from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.core.settings import Settings
from newsreel.core.types import Feed, Offer, Response
from newsreel.fetching import Limits
from newsreel.pipeline import decisions, pushing
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.subscribe")
BATCH = 20
HUB_SECONDS = 100.0  # for a batch's requests to one hub: well within a claim (claims.LEASE_SECONDS)
LIMITS = Limits(wire_bytes=64 * 1024, decoded_bytes=256 * 1024, total_seconds=20.0, connect_seconds=10.0, redirects=3)
_HEAD = 200_000  # bytes of a page that are looked at


async def notice(shop: Workshop, channel: Channel, response: Response, feed: Feed | None = None) -> None:
    """Writes down what an answer offers, where that is news. ``feed`` is what its body was read as, if it is one."""
    try:
        offer = await _offer(shop, response, feed)
    except Permanent:
        return  # a reader that ended over it: the channel itself was read
    if not offer and feed is not None and feed.error:
        return  # not read to its end
    hub = channel.hub if channel.hub in offer.hubs else next(iter(offer.hubs), "")
    if (hub, offer.topic) != (channel.hub, channel.topic):
        await shop.db(subscriptions.offered, channel, hub, offer.topic)


async def _offer(shop: Workshop, response: Response, feed: Feed | None) -> Offer:
    """Link headers come first; a feed's own links were read with it. A reader is only troubled where there is a hub."""
    links = ",".join(value for name, value in response.headers if name.lower() == "link")
    if "hub" in links.lower():
        stated: Offer = await shop.read("find_hubs", b"", links, response.url)
        if stated:
            return stated
    if feed is not None:
        return Offer(feed.hubs, feed.topic)
    head = response.body[:_HEAD]
    if b"hub" not in head.lower():
        return Offer()
    found: Offer = await shop.read("find_hubs", head, "", response.url, content_type=response.content_type)
    return found


async def subscribe_due(shop: Workshop, chosen: Settings) -> int:
    """Claims one batch and asks its hubs, each hub for one after the other; how many it was. 0: nothing is due, or no hub can
    reach this installation.
    """
    base = pushing.base_of(chosen.url)
    asks = await shop.db(subscriptions.claim, shop.owner, base, BATCH) if base else []
    by_hub: defaultdict[str, list[Ask]] = defaultdict(list)
    for ask in asks:
        by_hub[ask.hub].append(ask)
    await asyncio.gather(*(_ask_hub(shop, hub, several) for hub, several in by_hub.items()))
    return len(asks)


async def reconcile(shop: Workshop, chosen: Settings) -> None:
    """Works out anew what is wanted of which hub. Not by one who does not know where hubs can reach the portal: another worker
    may, and leases end by themselves.
    """
    if base := pushing.base_of(chosen.url):
        await shop.db(subscriptions.reconcile, base)


async def _ask_hub(shop: Workshop, hub: str, asks: list[Ask]) -> None:
    """All of a batch for one hub. One that does not answer, or asks for patience, is left alone with all of them."""
    until = time.monotonic() + HUB_SECONDS
    for place, ask in enumerate(asks):
        if time.monotonic() > until:
            await shop.db(subscriptions.give_back, shop.owner, asks[place:])
            return
        error = await _ask(shop, ask)
        if isinstance(error, Temporary) and (error.retry_after or error.outcome in decisions.HOST_FAILURES):
            await shop.db(subscriptions.give_back, shop.owner, asks[place + 1 :])
            await shop.db(subscriptions.put_off, hub, pushing.again_in(error, "subscribe", ask.attempts) or pushing.DAY)
            return


async def _ask(shop: Workshop, ask: Ask) -> NewsreelError | None:
    """Asks for one, and writes what became of it; what went wrong."""
    try:
        await shop.fetcher.post(ask.hub, pushing.form_of(ask), limits=LIMITS)
    except NewsreelError as error:
        shop.costs.outcomes[error.outcome] += 1
        pause = pushing.again_in(error, ask.mode, ask.attempts)
        await shop.db(subscriptions.again, shop.owner, ask, error.outcome, error.reason, pause)
        return error
    shop.costs.outcomes["hub_asked"] += 1
    if ask.mode == "unsubscribe" and ask.attempts >= pushing.GOODBYES:
        reason = "The hub takes requests, but does not verify them."
        await shop.db(subscriptions.again, shop.owner, ask, "hub_silent", reason, None)
    else:
        await shop.db(subscriptions.accepted, shop.owner, ask, pushing.verify_within(ask.attempts))
    return None
