"""From the facts of a source to what is wrong with it: named findings, the gravest first. Pure functions.

A finding's words, and what can be done about it, are the portal's (portal/health_words.py): here are its name, how grave it
is, and the figures of its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from newsreel.archive.health import ChannelFacts, SourceFacts
from newsreel.pipeline.rhythm import Change, Rhythm, Silence

Severity = Literal["bad", "warn", "note"]
GRAVITY: dict[str, int] = {"bad": 0, "warn": 1, "note": 2}
LASTS = timedelta(days=1)  # what does not pass by itself within a day is grave
LATELY = timedelta(days=3)
PAGES_FAIL, FEWEST_PAGES = 0.5, 5
FEWEST_READINGS = 5  # of a feed that names nothing
NOTHING_YET = timedelta(days=3)
# Names by the outcome of a reading; what is not here is 'fault'.
_NAMES = {
    "forbidden": "refused",
    "robots_disallowed": "robots",
    "robots_unreachable": "robots_away",
    "gone": "gone",
    "dns_failed": "no_name",
    "tls_failed": "certificate",
    "rate_limited": "asks_for_less",
    "server_error": "their_fault",
    "timed_out": "unreachable",
    "connect_failed": "unreachable",
    "incomplete": "unreachable",
    "bad_redirect": "lost_way",
    "too_many_redirects": "lost_way",
    "no_links": "no_links",
    "bad_feed": "unreadable",
    "bad_sitemap": "unreadable",
}
# The other side has decided: waiting helps nothing.
_DECIDED = frozenset({"refused", "robots", "gone", "no_name", "certificate"})
# What follows from something graver that is named already.
_EXPLAINED = frozenset({"silent", "slower", "nothing_yet"})
_HARMLESS = frozenset({"asks_for_less"})
_STATUS = re.compile(r"\banswered (\d{3})\b")  # fetching/failures.py


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. ``facts``: figures, names and times (ISO 8601) by name, as JSON has them."""

    name: str
    severity: Severity
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signs:
    """What the counts say (rhythm.py). ``share``: pages with text; ``latency`` in seconds."""

    rhythm: Rhythm | None = None
    silence: Silence | None = None
    slower: Change | None = None
    share: Change | None = None
    latency: Change | None = None


def diagnose(facts: SourceFacts, signs: Signs) -> list[Finding]:
    """What is to be said of a source."""
    if facts.retired:
        return [Finding("retired", "note")]
    if facts.paused:
        return [Finding("paused", "note")]
    found = [*_not_looking(facts), *_channels(facts), *_pages(facts, signs)]
    explained = any(finding.severity == "bad" for finding in found)
    found += [finding for finding in _rhythm(facts, signs) if not (explained and finding.name in _EXPLAINED)]
    return sorted(found, key=lambda finding: GRAVITY[finding.severity])


def state_of(facts: SourceFacts, findings: Sequence[Finding]) -> str:
    """The source in one word: SourceHealth.State."""
    if facts.retired:
        return "retired"
    if facts.paused or (facts.channels and all(channel.paused for channel in facts.channels)):
        return "paused"
    gravest = min((GRAVITY[finding.severity] for finding in findings), default=2)
    if gravest < 2:
        return "warn" if gravest else "bad"
    return "fine" if any(channel.outcome for channel in facts.channels) else "new"


def _not_looking(facts: SourceFacts) -> Iterator[Finding]:
    """What is our own doing."""
    still = [gap for gap in facts.gaps if gap.until is None]
    for gap in still:
        if gap.channel is None:
            yield Finding("not_looking", "warn", {"since": _iso(gap.since), "why": gap.why})
    if not any(gap.channel is None for gap in still):
        late = [gap.since for gap in still if gap.why == "not_read"]
        if late:
            yield Finding("not_read", "warn", {"since": _iso(min(late)), **_of(len(late), facts)})
    paused = sum(channel.paused for channel in facts.channels)
    if paused:
        yield Finding("channels_paused", "note", _of(paused, facts))
    if not facts.channels:
        yield Finding("no_channels", "note")
    elif not any(channel.outcome for channel in facts.channels):
        yield Finding("not_yet", "note")


def _channels(facts: SourceFacts) -> Iterator[Finding]:
    """Channels that could not be read, by what kept us from it."""
    active = [channel for channel in facts.channels if not channel.paused]
    faulty: dict[tuple[str, str], list[ChannelFacts]] = {}
    for channel in active:
        if channel.outcome not in ("", "ok"):
            name = _NAMES.get(channel.outcome, "fault")
            faulty.setdefault((name, channel.outcome if name == "fault" else _status(channel)), []).append(channel)
    for (name, detail), rows in faulty.items():
        good = [channel.good_at for channel in rows if channel.good_at]
        since = min(good) if good else None
        told = {"since": _iso(since), **_of(len(rows), facts)}
        told["outcome" if name == "fault" else "status"] = detail
        yield Finding(name, _gravity(name, len(rows) == len(active), since, facts.now), told)
    if moved := sum(channel.moved for channel in active):
        yield Finding("moved", "note", _of(moved, facts))
    yield from _empty(facts, active)


def _gravity(name: str, all_of_them: bool, good_at: datetime | None, now: datetime) -> Severity:
    if name in _HARMLESS:
        return "warn" if all_of_them and (good_at is None or now - good_at > LASTS) else "note"
    lasts = name in _DECIDED or good_at is None or now - good_at > LASTS
    return "bad" if all_of_them and lasts else "warn"


def _empty(facts: SourceFacts, active: Sequence[ChannelFacts]) -> Iterator[Finding]:
    """Feeds that answer and name nothing."""
    full: dict[int, int] = {}
    entries: dict[int, int] = {}
    for day in facts.days:
        if facts.now.date() - day.day <= LATELY:
            full[day.channel] = full.get(day.channel, 0) + day.readings - day.failed - day.unchanged
            entries[day.channel] = entries.get(day.channel, 0) + day.entries
    empty = [
        channel
        for channel in active
        if channel.outcome == "ok" and full.get(channel.id, 0) >= FEWEST_READINGS and not entries.get(channel.id)
    ]
    if empty:
        yield Finding("feed_empty", "bad" if len(empty) == len(active) else "warn", _of(len(empty), facts))


def _pages(facts: SourceFacts, signs: Signs) -> Iterator[Finding]:
    """Articles that could not be had, or gave no text."""
    lately = [day for day in facts.days if facts.now.date() - day.day <= LATELY]
    pages, failed = sum(day.pages for day in lately), sum(day.pages_failed for day in lately)
    if pages >= FEWEST_PAGES and failed >= PAGES_FAIL * pages:
        outcome = next((day.page_fault for day in reversed(lately) if day.page_fault), "")
        told = {"outcome": outcome, "pages": pages, "failed": failed}
        yield Finding("pages_fail", "bad" if failed == pages else "warn", told)
    texts, textless = sum(day.texts for day in lately), sum(day.textless for day in lately)
    if signs.share is not None and signs.share.now == 0:
        told = {"since": _iso(facts.article_at), "share": _share(signs.share.usual)}
        yield Finding("no_text", "bad", told)
    elif signs.share is not None:
        told = {"share": _share(signs.share.now), "usual": _share(signs.share.usual)}
        yield Finding("text_fell", "warn", told)
    elif textless >= 2 * FEWEST_PAGES and not texts and facts.article_at is None:
        yield Finding("no_text", "bad", {"since": None, "pages": textless})


def _rhythm(facts: SourceFacts, signs: Signs) -> Iterator[Finding]:
    """Whether news comes as it did."""
    if signs.silence is not None:
        told = {
            "since": _iso(signs.silence.since),
            "seconds": round((facts.now - signs.silence.since).total_seconds()),
            "per_day": round(signs.silence.per_day, 3),
            "expected": round(signs.silence.expected, 1),
        }
        yield Finding("silent", "bad", told)
    elif carried := _carried(facts, signs):
        yield carried
    elif signs.slower is not None:
        told = {"per_day": round(signs.slower.now, 2), "usual": round(signs.slower.usual, 2)}
        yield Finding("slower", "note", told)
    if signs.latency is not None:
        told = {"seconds": round(signs.latency.now, 1), "usual": round(signs.latency.usual, 1)}
        yield Finding("latency_grew", "note", told)
    if facts.article_at is None and facts.days:
        known = facts.now.date() - facts.days[0].day
        read = sum(day.readings - day.failed for day in facts.days)
        if read >= FEWEST_READINGS and known > NOTHING_YET and not any(day.articles for day in facts.days):
            yield Finding("nothing_yet", "warn", {"days": known.days})


def _carried(facts: SourceFacts, signs: Signs) -> Finding | None:
    """A silence that has outlasted the counts by which it was noticed."""
    if signs.rhythm is not None or facts.before is None or facts.article_at is None:
        return None
    for told in facts.before.findings:
        if told["name"] == "silent" and told["facts"].get("since") == _iso(facts.article_at):
            seconds = round((facts.now - facts.article_at).total_seconds())
            return Finding("silent", "bad", {**told["facts"], "seconds": seconds})
    return None


def _of(many: int, facts: SourceFacts) -> dict[str, Any]:
    return {"channels": many, "of": len(facts.channels)}


def _status(channel: ChannelFacts) -> str:
    found = _STATUS.search(channel.reason)
    return found[1] if found else ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _share(value: float) -> float:
    return round(value, 3)
