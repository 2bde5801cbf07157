"""What the archive has and what it still has to do, for the command line."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from newsreel.archive.models import Channel, Lead

MOST = 1000


def what_is_left() -> list[dict[str, Any]]:
    """Addresses that are still to be read, with the reason why they were not: after a crawl to its end, those that
    will be tried again later.
    """
    leads = Lead.objects.filter(state=Lead.State.NEW, next_due_at__isnull=False).select_related("channel__source")
    channels = Channel.objects.filter(~Q(outcome="ok"), source__paused=False, retired_at=None).select_related("source")
    rows = [(channel.source.name, channel.url, channel.reason) for channel in channels.order_by("id")[:MOST]]
    rows += [(lead.channel.source.name, lead.url, lead.reason) for lead in leads.order_by("id")[:MOST]]
    return [{"source": source, "url": url, "reason": reason or "Not read yet."} for source, url, reason in rows]
