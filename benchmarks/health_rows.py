"""A watched press for the benchmark of source health: sources with ninety days of counts and all that can be wrong with them."""

from __future__ import annotations

import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

DAYS = 90
DAY_SHAPE = (
    0.2,
    0.15,
    0.1,
    0.1,
    0.15,
    0.3,
    0.6,
    1,
    1.4,
    1.6,
    1.6,
    1.5,
    1.4,
    1.5,
    1.6,
    1.6,
    1.5,
    1.4,
    1.2,
    1.1,
    1,
    0.8,
    0.6,
    0.4,
)
# What is wrong, and with how many of a hundred sources.
WRONG = (
    ("silent", 3), ("forbidden", 2), ("dns_failed", 1), ("tls_failed", 0.5), ("robots_disallowed", 0.5), ("timed_out", 2),
    ("server_error", 1), ("bad_feed", 1), ("textless", 2), ("slow", 2), ("paused", 1), ("slower", 1), ("empty", 0.5), ("pages", 1),
)  # fmt: skip


def make(sources: int, seed: int = 7) -> dict[str, int]:
    """Sources of the catalogue, and some after them whose names are made up, with their days; how many of each are wrong."""
    from newsreel.archive.models import Channel, Source
    from newsreel.archive.registering import register_many
    from newsreel.archive.registry import ChannelFacts, SourceFacts
    from newsreel.pipeline.selecting import facts_of
    from newsreel.sources import all_channels

    chosen: dict[str, list[Any]] = {}
    for channel in all_channels():
        if channel.domain in chosen or len(chosen) < sources:
            chosen.setdefault(channel.domain, []).append(facts_of(channel))
    found = [fact for facts in chosen.values() for fact in facts[:2]]
    for number in range(len(chosen), sources):
        site = f"paper{number}.test"
        about = SourceFacts(site, f"The Paper {number}", f"https://{site}/", f"第{number}报", "GB", "en")
        found.append((about, ChannelFacts(f"https://{site}/feed", "feed", "World", "国际")))
    for at in range(0, len(found), 1000):
        register_many(found[at : at + 1000], 900)
    random.seed(seed)
    rng = np.random.default_rng(seed)
    kinds = [name for name, _ in WRONG]
    weights = [weight for _, weight in WRONG]
    counts: dict[str, int] = {}
    rows: list[tuple[Any, ...]] = []
    for source in Source.objects.order_by("id"):
        wrong = random.choices(["", *kinds], [100 - sum(weights), *weights])[0]
        counts[wrong] = counts.get(wrong, 0) + 1
        channels = list(Channel.objects.filter(source=source).order_by("id"))
        per_day = min(float(rng.lognormal(2.2, 1.1)), 400.0)
        for channel in channels:
            rows += _days(channel.pk, wrong, per_day / len(channels), rng)
        _state(source, channels, wrong)
    _copy(rows)
    return counts


def _days(channel: int, wrong: str, per_day: float, rng: np.random.Generator) -> list[tuple[Any, ...]]:
    now = datetime.now(UTC)
    shape = np.asarray(DAY_SHAPE) / np.mean(DAY_SHAPE) / 24
    weekend = float(rng.uniform(0.2, 1.0))
    fast = float(rng.lognormal(-0.7, 0.6))
    share = float(rng.uniform(0.9, 1.0))
    rows = []
    for back in range(DAYS - 1, -1, -1):
        day = (now - timedelta(days=back)).date()
        rate = per_day * (weekend if day.weekday() > 4 else 1.0)
        if wrong == "slower" and back < 8:
            rate *= 0.2
        hours = rng.poisson(shape * rate)
        if back == 0:
            hours[now.hour + 1 :] = 0
        ill = _ill(wrong, back)
        if ill or (wrong in ("silent", "empty") and back < 4):
            hours[:] = 0
        articles = int(hours.sum())
        textless = int(rng.binomial(articles, 1 - share)) if articles else 0
        if wrong == "textless" and back < 3:
            textless, articles, hours = articles + 10, 0, hours * 0
        readings = int(96 * (1 if back else (now.hour + 1) / 24))
        failed = readings if ill else int(rng.binomial(readings, 0.003))
        unchanged = int((readings - failed) * 0.6)
        slow = 6.0 if wrong == "slow" and back < 3 else fast
        latencies = np.histogram(
            rng.lognormal(np.log(slow), 0.4, readings - failed), [0, 0.25, 0.5, 1, 2, 4, 8, 16, 1e9]
        )[0]
        good = None if ill else datetime(day.year, day.month, day.day, now.hour if not back else 23, 10, tzinfo=UTC)
        last = np.flatnonzero(hours)
        article = datetime(day.year, day.month, day.day, int(last[-1]), 5, tzinfo=UTC) if len(last) else None
        refused = 12 if wrong == "pages" and back < 3 else 0
        rows.append((
            channel, day, readings, failed, unchanged, 0 if wrong == "empty" and back < 4 else readings * 8, articles,
            articles + textless + refused, refused, articles, textless, articles, float(slow * (readings - failed)),
            latencies.tolist(), hours.tolist(), min(good, now) if good else None, min(article, now) if article else None,
            "forbidden" if refused else "",
        ))  # fmt: skip
    return rows


def _ill(wrong: str, back: int) -> bool:
    """Whether no reading succeeded on a day."""
    since = {
        "forbidden": 6,
        "dns_failed": 12,
        "tls_failed": 3,
        "robots_disallowed": 20,
        "timed_out": 1,
        "server_error": 2,
        "bad_feed": 9,
    }
    return back < since.get(wrong, 0)


_REASONS = {"forbidden": "{} answered 403 (Forbidden).", "server_error": "{} answered 502 (Bad Gateway)."}


def _state(source: Any, channels: list[Any], wrong: str) -> None:
    from newsreel.archive.models import Channel, CollectionGap, Source

    now = datetime.now(UTC)
    ill = _ill(wrong, 0)
    outcome = wrong if ill else "ok"
    reason = _REASONS.get(wrong, "{} could not be read.").format(channels[0].host) if ill else ""
    Channel.objects.filter(source=source).update(
        outcome=outcome, reason=reason, last_read_at=now - timedelta(minutes=5), next_due_at=now + timedelta(minutes=9)
    )
    if wrong == "paused":
        Source.objects.filter(pk=source.pk).update(paused=True)
    if ill:
        since = next(now - timedelta(days=back) for back in itertools.count() if not _ill(wrong, back))
        CollectionGap.objects.bulk_create(
            CollectionGap(source=source, channel=channel, since=since, why=outcome) for channel in channels
        )


_COLUMNS = (
    "channel_id, day, readings, failed, unchanged, entries, leads, pages, pages_failed, texts, textless, articles, seconds,"
    " latencies, hours, good_at, article_at, page_fault"
)


def _copy(rows: list[tuple[Any, ...]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY archive_readingday ({_COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(
                [json.dumps(v).replace("[", "{").replace("]", "}") if isinstance(v, list) else v for v in row]
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
