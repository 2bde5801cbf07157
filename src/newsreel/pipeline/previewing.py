"""What would be read of a site, before anybody adds it: its channels and a few of the titles that they name now."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

from django.db import transaction

from newsreel.archive import registry, wishes
from newsreel.archive.models import AddRequest, Source
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.archive.wishes import Wish
from newsreel.core.errors import NewsreelError, Permanent
from newsreel.core.text import cut, squeeze
from newsreel.core.types import Entry
from newsreel.pipeline.adding import Found, Reach, checked, facts_of, find, known_at
from newsreel.pipeline.workshop import Workshop

PREVIEW_SECONDS = 90.0  # a slow site with eight feeds; somebody waits for it
MOST_TITLES = 5
LONGEST_TITLE = 200
State = AddRequest.State


async def look_at(shop: Workshop, wish: Wish, seconds: float = PREVIEW_SECONDS) -> None:
    """Answers a preview. Nothing is added, and nothing of the site is kept but what the page shows."""
    try:
        url = checked(shop, wish.address)
        known = await shop.db(known_at, url)
        if known is not None:
            await shop.db(wishes.answer, wish, State.KNOWN, site=known[2])
            return
        async with asyncio.timeout(seconds):
            found = await find(shop, Reach(), wish.address, url)
        await shop.db(wishes.show, wish, as_json(found))
    except NewsreelError as error:
        await shop.db(wishes.answer, wish, State.FAILED, outcome=error.outcome, reason=error.reason)
    except TimeoutError:
        reason = f"The site was too slow: not everything was seen within {seconds:.0f} seconds."
        await shop.db(wishes.answer, wish, State.FAILED, outcome="timed_out", reason=reason)


def as_json(found: Found) -> dict[str, Any]:
    """What was found, as the preview's row keeps it."""
    facts = facts_of(found)
    channels = [
        {
            "url": channel.url,
            "kind": channel.kind,
            "name": channel.name,
            "name_zh": channel.name_zh,
            "titles": _titles(found.entries.get(channel.url, ())),
            "entries": len(found.entries.get(channel.url, ())),
        }
        for channel in found.channels
    ]
    about = {name: getattr(facts, name) for name in ("site", "name", "home_url", "name_zh", "country", "language")}
    kept: dict[str, Any] = _without_nul({**about, "channels": channels})
    return kept


@transaction.atomic
def confirm(preview: AddRequest, urls: Collection[str], interval: int) -> Source:
    """Adds the source of a preview with the channels that were chosen of it. Permanent where none of them was."""
    found = preview.found or {}
    chosen = [
        ChannelFacts(channel["url"], channel["kind"], channel["name"], channel["name_zh"])
        for channel in found.get("channels", ())
        if channel["url"] in urls
    ]
    if not chosen:
        raise Permanent("nothing_chosen", "Choose at least one channel.")
    facts = SourceFacts(**{name: value for name, value in found.items() if name != "channels"})
    source, made = registry.register(facts, chosen, interval)
    AddRequest.objects.filter(pk=preview.pk).update(state=State.ADDED if made else State.KNOWN, source=source)
    return source


def _titles(entries: Collection[Entry]) -> list[dict[str, str]]:
    shown = [entry for entry in entries if entry.title or entry.url][:MOST_TITLES]
    return [
        {
            "title": cut(squeeze(entry.title), LONGEST_TITLE) or entry.url[:LONGEST_TITLE],
            "url": entry.url[:2048],
            "published": entry.published.isoformat() if entry.published else "",
        }
        for entry in shown
    ]


def _without_nul(value: Any) -> Any:
    """PostgreSQL's jsonb takes no NUL."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {key: _without_nul(item) for key, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list) else value
