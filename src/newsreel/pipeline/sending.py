"""Sending: letters that are due leave by the mail server; on this machine without one their links are printed."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Coroutine
from typing import Any

from newsreel.archive import letters
from newsreel.archive.letters import Post
from newsreel.core.errors import Misconfigured, NewsreelError, Permanent
from newsreel.core.settings import Settings
from newsreel.pipeline.postman import FOR_ALL, Postman
from newsreel.pipeline.workshop import Workshop

log = logging.getLogger("newsreel.send")
BATCH = 20
BATCH_SECONDS = 100.0  # well within a claim (claims.LEASE_SECONDS)
LAST_SECONDS = 3.0  # for the letter in hand when the worker is told to stop
NO_SERVER_PAUSE = 60.0  # the setting may change at any time
_LINK = re.compile(r"https?://\S+")


async def send_due(shop: Workshop, chosen: Settings) -> int:
    """Claims one batch and sends it over one connection; how many letters it was. 0: nothing is due.

    Each letter is answered as soon as the server has taken it: a worker that is killed in that moment leaves one that is
    sent again, under the same Message-ID.
    """
    posts = await shop.db(letters.claim, shop.owner, BATCH)
    if not posts:
        return 0
    if not chosen.smtp:
        await _without_server(shop, chosen, posts)
        return len(posts)
    try:
        postman = Postman(chosen)
    except Misconfigured as error:
        await _put_off(shop, posts, error)
        return len(posts)
    started = time.monotonic()
    try:
        for place, post in enumerate(posts):
            if time.monotonic() - started > BATCH_SECONDS:
                await shop.db(letters.give_back, shop.owner, posts[place:])
                break
            fault = await _to_its_end(_hand_in(shop, postman, post), postman)
            if fault is not None:
                await _put_off(shop, posts[place:], fault)
                break
    finally:
        await asyncio.to_thread(postman.close)
    return len(posts)


async def _hand_in(shop: Workshop, postman: Postman, post: Post) -> NewsreelError | None:
    """Sends one letter and writes what became of it; the error where that holds for the others too."""
    try:
        await asyncio.to_thread(postman.send, post)
    except NewsreelError as error:
        if error.outcome in FOR_ALL or isinstance(error, Misconfigured):
            return error
        shop.costs.outcomes[error.outcome] += 1
        if isinstance(error, Permanent):
            log.warning("Letter %d cannot be sent: %s", post.pk, error.reason)
            await shop.db(letters.failed, shop.owner, post, error.outcome, error.reason)
        else:
            await shop.db(letters.again, shop.owner, post, error.outcome, error.reason)
        return None
    shop.costs.outcomes["sent"] += 1
    await shop.db(letters.sent, shop.owner, post)
    return None


async def _to_its_end(work: Coroutine[Any, Any, NewsreelError | None], postman: Postman) -> NewsreelError | None:
    """Also where the worker is told to stop: between a server's yes and our row lies nothing that may be left out."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=LAST_SECONDS)
        postman.cut()
        await asyncio.wait([task], timeout=LAST_SECONDS)
        raise


async def _put_off(shop: Workshop, posts: list[Post], error: NewsreelError) -> None:
    log.error("Mail is not sent: %s", error.reason)
    shop.costs.outcomes[error.outcome] += len(posts)
    for post in posts:
        await shop.db(letters.again, shop.owner, post, error.outcome, error.reason)


async def _without_server(shop: Workshop, chosen: Settings, posts: list[Post]) -> None:
    """On this machine alone the links are printed for whoever started Newsreel; else letters wait."""
    for post in posts:
        if chosen.url:
            reason = "No mail server is named: set NEWSREEL_SMTP."
            await shop.db(letters.again, shop.owner, post, "no_mail_server", reason, NO_SERVER_PAUSE)
        else:
            print(in_a_line(post), flush=True)
            await shop.db(letters.sent, shop.owner, post, "printed")


def in_a_line(post: Post) -> str:
    """What a letter would say: its link, or its subject where it has none. Without the recipient's domain."""
    found = _LINK.search(post.text.partition("\n-- \n")[0])
    says = found[0] if found else post.subject
    line = f"Newsreel: a mail for {post.recipient.partition('@')[0]}@… would say: {says}"
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", line)
