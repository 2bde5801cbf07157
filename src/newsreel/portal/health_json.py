"""Source health as JSON: the fields are described in docs/health.md. Times are ISO 8601 with their zone, days are UTC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from newsreel.archive import health_shown
from newsreel.archive.health_shown import STATES, ChannelHealth, Health, SourceDetail
from newsreel.archive.latencies import median
from newsreel.portal import health_words


def listing(
    query: Callable[..., str], everybody: Sequence[Health], shown: Sequence[Health], total: int, number: int, pages: int
) -> dict[str, Any]:
    """All sources, or those that are meant; one query for what was found."""
    findings = health_shown.findings([row.id for row in shown])
    counts = Counter(row.state for row in everybody)
    following = query(page=str(number + 1), format="json") if number < pages else None
    return {
        "counts": {state: counts[state] for state in STATES},
        "total": total,
        "page": number,
        "pages": pages,
        "next": following,
        "sources": [_health(row, findings.get(row.id, ())) for row in shown],
    }


def detail(found: SourceDetail, *, edits: bool) -> dict[str, Any]:
    """One source. ``edits``: for an editor, with addresses and reasons."""
    return {
        **_health(found.health, found.findings),
        "home_url": found.home_url,
        "channels": [_channel(row, edits) for row in found.channels],
        "days": [{**asdict(day), "day": day.day.isoformat(), "seconds": round(day.seconds, 2)} for day in found.days],
        "gaps": [
            {
                "since": _iso(gap.since),
                "until": _iso(gap.until),
                "why": gap.why,
                "channel": gap.channel,
                "filled": gap.filled,
            }
            for gap in found.gaps
        ],
    }


def _health(row: Health, findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name.name,
        "name_zh": row.name.name_zh,
        "site": row.site,
        "state": row.state,
        "state_since": _iso(row.since),
        "findings": [{**each, "text": health_words.sentence(each["name"], each["facts"])} for each in findings],
        "articles_per_day": _rounded(row.per_day),
        "text_share": _rounded(row.text_share),
        "latency": _rounded(row.latency),
        "last_success": _iso(row.good_at),
        "last_article": _iso(row.article_at),
        "looked_at": _iso(row.looked_at),
    }


def _channel(row: ChannelHealth, edits: bool) -> dict[str, Any]:
    more = {"url": row.url, "reason": row.reason, "failures": row.failures} if edits else {}
    return {
        "id": row.id,
        "name": row.name.name,
        "name_zh": row.name.name_zh,
        "kind": row.kind,
        "paused": row.paused,
        "outcome": row.outcome,
        "interval": row.interval,
        "last_read": _iso(row.last_read_at),
        "last_success": _iso(row.good_at),
        "next_due": _iso(row.next_due_at),
        "week": {
            "readings": row.readings,
            "failed": row.failed,
            "articles": row.articles,
            "text_share": _rounded(share(row.texts, row.textless)),
            "latency": _rounded(median(row.latencies)),
        },
        **more,
    }


def share(texts: int, textless: int) -> float | None:
    """The share of pages with text, None of none."""
    return texts / (texts + textless) if texts + textless else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
