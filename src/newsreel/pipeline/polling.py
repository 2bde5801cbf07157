"""When a channel is read again, and how: decided from values alone.

Each answer is a pure function of (what we know of the channel, what we heard, now); ``archive/reading.py`` writes it down.

**The interval.** A fetch shows a window of entries. Where all of them are new we came too late and have perhaps missed some; where
none is, too early. The aim is that between a third and two thirds of a fetch are known already, and within that the fresh side, for
somebody waits for the news: AIM_NEW of the window. What was seen is weighed against what the interval so far says of the channel's rate, as
one does with a Poisson process and a gamma prior of the weight of PRIOR entries: one entry moves the interval little, twenty much.
Where all was new, the entries' own dates say how fast they came. A long window (a news sitemap lists two days, a front page
everything) counts as one of WINDOW entries, else a lively paper would be read once a day.

**The channel's own rhythm.** Silence alone makes no interval longer than a SILENCE-th of its length: a night or a weekend is not taken
for the end of a paper, and a burst is followed closely until it is over.

**The frame.** From SHORTEST to LONGEST; who sets a start value below SHORTEST has moved the whole frame down by as much.

**The publisher's word** (``ttl``, ``sy:updatePeriod``, ``max-age``, ``Expires``) only ever puts the next reading off, never brings it
nearer, and only so far that by our own count no more than STALEST of the window would be new. Where all was new it counts for nothing. So
it cannot silence a busy feed. A Retry-After is obeyed up to a day.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsreel.archive.reading import AfterFailure, AfterReading
from newsreel.core import rsshub, urls
from newsreel.core.errors import NewsreelError, Temporary
from newsreel.core.types import Entry, Response
from newsreel.pipeline.decisions import PATIENT_TRIES
from newsreel.pipeline.freshness import fresh_seconds

SHORTEST = 300  # seconds
LONGEST = 86_400
AIM_NEW = 0.45
STALEST = 0.55
WINDOW = 30
PRIOR = 8.0
SILENCE = 8
FEW, MOST_UNDATED = 4, 0.5  # entries with dates, without which these say nothing
SMALLEST_STEP, LARGEST_STEP = 0.25, 1.25  # of an interval to the next
# Of the time to wait: what was switched on together comes apart, and stays so.
JITTER = 0.1
FIRST_JITTER = 0.5

# A server that says '304' for ever, though it changed, is asked without validators after so long.
LONGEST_UNSEEN = timedelta(days=3)
MOST_UNMODIFIED = 100  # one after the other
MOVES_AFTER = timedelta(days=1)
GONE_AFTER = timedelta(hours=6)

# After a failure: a minute, five, half an hour, three hours, twelve, a day; each a little more or less.
BACK_OFF = (60.0, 300.0, 1800.0, 10_800.0, 43_200.0, 86_400.0)
RELUCTANT = 3600.0  # at least, after what no patience will mend
_CODED = re.compile(r'[-;]-?(?:gzip|br|zstd|deflate)(?="$)')
_GATES = frozenset(
    "login signin sign-in sign_in auth account accounts sso consent subscribe register error 404".split()
)
_HEAD_DATES = re.compile(
    rb"<(lastBuildDate|pubDate|updated|modified|dc:date)\b[^<>]{0,200}>[^<]{0,100}</\1\s{0,9}>", re.IGNORECASE
)
_FIRST_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s/>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class State:
    """What we know of a channel before a reading. ``window`` is the number of entries of its last whole answer (0: not known),
    ``unmodified`` how often in a row it said 304 since then; the other fields are those of its row.
    """

    key: str
    url: str
    kind: str = "feed"
    interval: int = 900
    failures: int = 0
    window: int = 0
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    unmodified: int = 0
    distrusted: bool = False
    refresh_seconds: int | None = None
    whole_at: datetime | None = None
    last_read_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    gone_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reading without fault gave. ``entries``: how many it named, None where it was the same as last time (a 304, the same
    body); ``alone``: whether this one answer says it all (an index of sitemaps does not); ``half``: see half_of.
    """

    response: Response
    entries: int | None = None
    new: int = 0
    digest: str = ""
    refresh_seconds: int | None = None
    alone: bool = True
    half: float | None = None


def validators(state: State) -> tuple[str | None, str | None]:
    """The If-None-Match and If-Modified-Since to send.

    None where the server was found to say 304 though it had changed, and once after MOST_UNMODIFIED of them in a row or LONGEST_UNSEEN
    without a body, so that such a server is found out. An ETag that names a content coding is sent without it too: Apache gives
    'x-gzip' out and knows only 'x' again (its bug 45023).
    """
    unseen = (
        state.whole_at is None or state.last_read_at is None or state.last_read_at - state.whole_at > LONGEST_UNSEEN
    )
    if state.distrusted or unseen or state.unmodified >= MOST_UNMODIFIED:
        return None, None
    plain = _CODED.sub("", state.etag)
    etag = state.etag if plain == state.etag or len(state.etag) > 400 else f"{state.etag}, {plain}"
    return etag or None, state.last_modified or None


def digest_of(body: bytes) -> str:
    """A digest of a body, by which one that came again under another ETag is known: without the dates that stand before the first entry
    (when it was built, that is: now) and the comments after its end (how long that took).
    """
    first = _FIRST_ENTRY.search(body)
    start, body = (first.start() if first else 0), body.rstrip()
    for _ in range(3):
        if body.endswith(b"-->"):
            body = body[: body.rfind(b"<!--", start)].rstrip()
    return hashlib.blake2b(_HEAD_DATES.sub(b"", body[:start]) + b"\0" + body[start:], digest_size=16).hexdigest()


def after_reading(state: State, heard: Heard, now: datetime, start: int) -> AfterReading:
    """What to do after a reading without fault. ``start`` is the setting's interval in seconds."""
    response, whole = heard.response, heard.response.status != 304
    window = state.window if heard.entries is None else heard.entries
    interval = next_interval(state, window, heard.new, now, start, heard.half)
    refresh = heard.refresh_seconds if heard.entries is not None else state.refresh_seconds
    late = state.last_ok_at is not None and 0 < window <= heard.new
    hint = 0 if late else max(refresh or 0, fresh_seconds(response) or 0)
    moved_to, moved_since = moving(state, response, now)
    etag, modified = response.header("etag") or "", response.header("last-modified") or ""
    lied = whole and heard.new > 0 and _says_it_is_the_same(state, etag, modified)
    return AfterReading(
        wait=wait_for(state, interval, hint, now, start),
        interval=interval,
        etag=(etag or ("" if whole else state.etag)) if heard.alone else "",
        last_modified=(modified or ("" if whole else state.last_modified)) if heard.alone else "",
        digest=(heard.digest if whole else state.digest) if heard.alone else "",
        window=window,
        whole=whole,
        unmodified=0 if whole else state.unmodified + 1,
        distrusted=state.distrusted or lied,
        refresh_seconds=refresh,
        moved_to=moved_to,
        moved_since=moved_since,
        move=moved_since is not None and now - moved_since >= MOVES_AFTER,
    )


def after_failure(state: State, error: NewsreelError, now: datetime, start: int) -> AfterFailure:
    """What to do after a reading that failed: a channel is never given up, only asked less and less, at least once a day; unless its
    server says 410 (gone for good) twice with GONE_AFTER between, and nothing better in the meantime. A 404 is often a mistake.
    """
    longest = frame(start)[1]
    if error.status == 410:
        since = state.gone_since if state.gone_since is not None and state.gone_since <= now else now
        again = max(_shaken(state, GONE_AFTER.total_seconds() * 1.2, now), _reluctant(state, longest, now))
        return AfterFailure(wait=min(again, LONGEST), gone_since=since, retire=now - since >= GONE_AFTER)
    if isinstance(error, Temporary):
        wait = min(_patient(state, error, now), LONGEST)
    else:
        wait = _reluctant(state, longest, now)
    return AfterFailure(wait=wait, gone_since=state.gone_since)


def frame(start: int) -> tuple[int, int]:
    """The shortest and the longest interval, in seconds, for the setting's start value."""
    shortest = max(min(SHORTEST, start), 1)
    return shortest, LONGEST * shortest // SHORTEST


def half_of(entries: Sequence[Entry]) -> float | None:
    """Seconds in which the newer half of a window has come, by its entries' own dates; None where too few have a time of day.

    Only where all is new is it believed, for then nothing else says how fast they come: a quiet feed in which the news breaks.
    """
    times = sorted(entry.published for entry in entries if entry.published and entry.published_precision == "time")
    if len(times) < MOST_UNDATED * len(entries) or len(times) < FEW:
        return None
    seconds = (times[-1] - times[len(times) // 2]).total_seconds()
    return seconds if seconds > 0 else None  # all at once: an issue, or the moment at which the feed was made


def next_interval(state: State, window: int, new: int, now: datetime, start: int, half: float | None = None) -> int:
    """Seconds between this reading and the next, before hints and jitter; ``window`` entries were shown, ``new`` of them not known."""
    shortest, longest = frame(start)
    before = min(max(state.interval, shortest), longest)
    if state.last_ok_at is None:  # all is new at the first look, which says nothing of how fast it comes
        return before
    passed = (now - state.last_ok_at).total_seconds()
    if passed <= 0:  # a clock was moved
        passed = before
    aim = AIM_NEW * min(window or WINDOW, WINDOW)
    everything = bool(new) and new >= window
    seen = 2 * new if everything else new  # as many again have perhaps passed unseen
    found, lowest = (PRIOR * before + aim * passed) / (PRIOR + seen), before * SMALLEST_STEP
    if everything:
        found = min(found, before)
        if half is not None:
            found, lowest = min(found, half), min(lowest, half)
    elif not new and state.last_new_at is not None:
        found = min(found, max(before, (now - state.last_new_at).total_seconds() / SILENCE))
    found = min(max(found, lowest), before * LARGEST_STEP)
    return round(min(max(found, shortest), longest))


def wait_for(state: State, interval: int, hint: int, now: datetime, start: int) -> float:
    """Seconds until the next reading: the interval, put off as far as a publisher's hint (seconds, 0 is none) may, and spread."""
    shortest, longest = frame(start)
    put_off = min(hint, interval * STALEST / AIM_NEW, longest)
    wanted = max(interval, put_off)
    part = FIRST_JITTER if state.last_ok_at is None else JITTER
    low = max(wanted * (1 - part), put_off, shortest)
    high = max(min(wanted * (1 + part), longest), low)
    return low + (high - low) * spread(state.key, now)


def spread(key: str, now: datetime) -> float:
    """A number in [0, 1) that looks like chance and is none: the same for the same channel at the same moment."""
    drawn = hashlib.blake2b(f"{key} {now.timestamp():.6f}".encode(), digest_size=6).digest()
    return int.from_bytes(drawn) / 2**48


def permanent_target(response: Response) -> str:
    """Where an address has moved to for good: the end of the permanent redirects (301, 308) that it begins with; '' for nowhere."""
    hops = (*response.redirects[1:], response.url)
    found = ""
    for status, target in zip(response.redirect_statuses, hops, strict=False):
        if status not in (301, 308):
            break
        found = target
    return found


def moving(state: State, response: Response, now: datetime) -> tuple[str, datetime | None]:
    """The address to which a channel seems to have moved, and since when it has said so without a break; ('', None) where it has not.

    Only what was read as the channel through the redirect comes here, so a login page or a parked name moves no feed. A front page
    can look like anything: it moves within its own site only, and not to a page whose address speaks of a login. A channel
    that is not itself a site's front door does not move to one: there, sites send what they no longer have.
    """
    target = permanent_target(response)
    if not target or rsshub.is_one(state.url) or not urls.identity(target):
        return "", None
    if urls.is_root(target) and not urls.is_root(state.url):
        return "", None
    if state.kind == "frontpage" and (not urls.same_site(target, state.url) or _is_a_gate(target)):
        return "", None
    if target == state.url:
        return "", None
    since = state.moved_since if state.moved_to == target else None
    return target, since if since is not None and since <= now else now


def _says_it_is_the_same(state: State, etag: str, modified: str) -> bool:
    """Whether a body came under the very validators of the last one: if it is another, a 304 of this server means nothing."""
    if etag or state.etag:
        return bool(etag) and _bare(etag) == _bare(state.etag)
    return bool(modified) and modified == state.last_modified


def _bare(etag: str) -> str:
    return _CODED.sub("", etag.removeprefix("W/"))


def _patient(state: State, error: Temporary, now: datetime) -> float:
    """A Retry-After is obeyed as it is PATIENT_TRIES times in a row; from then on it is at least a back-off."""
    tries = state.failures
    asked = None if error.retry_after is None else min(max(error.retry_after, 1.0), LONGEST)
    if asked is not None and tries < PATIENT_TRIES:
        return asked
    step = BACK_OFF[min(tries if asked is None else tries - PATIENT_TRIES, len(BACK_OFF) - 1)]
    return max(asked or 0.0, _shaken(state, step, now))


def _reluctant(state: State, longest: int, now: datetime) -> float:
    least = max(float(min(state.interval, longest)), RELUCTANT)
    return _shaken(state, least * 2.0 ** min(state.failures, 5), now)


def _shaken(state: State, seconds: float, now: datetime) -> float:
    """A time to wait, up to JITTER more or less, within a day."""
    seconds = min(seconds, LONGEST)
    low, high = seconds * (1 - JITTER), min(seconds * (1 + JITTER), LONGEST)
    return low + (high - low) * spread(state.key, now)


def _is_a_gate(url: str) -> bool:
    parts = urls.split(url)
    if parts is None:
        return True
    segments = re.split(r"[/.?&=]", f"{parts.path}?{parts.query}".lower())
    return not _GATES.isdisjoint(segments) or "://" in parts.query or "%3a%2f%2f" in parts.query.lower()
