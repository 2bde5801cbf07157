"""How often a host is asked, by how it answers: pure functions of (the average so far, the latest answer).

The idea is that of Media Cloud's story-indexer (indexer/workers/fetcher/sched.py) and of TCP's round-trip time: an
exponential moving average of the seconds that an answer takes; what a host can serve shows in it. There the average
is the time from start to start. Here it is a gap, from the end of an answer to the next request: a request of ours is
under way during half of the time at most.

    average' = average + 0.25 * (seconds - average)                    for an answer that could be read
             = the greater of that and average                         for one that could not: errors come quickly
             = the greatest of 2 * average, seconds and 2              for 429, 5xx, and where nothing is answered
    gap      = the greater of the minimum and the average, which counts as at most 30

The average is at most 60 seconds. A minimum of 0 says that no gap is to be kept at all.
"""

from __future__ import annotations

from enum import Enum

from newsreel.core.errors import NewsreelError

SMOOTHING = 0.25
LONGEST_AVERAGE = 60.0
LONGEST_GAP = 30.0  # what the average can make of a gap; a setting or a Crawl-delay may be longer
HARDSHIP = 2.0

_OVERBURDENED = frozenset(("rate_limited", "server_error", "timed_out", "connect_failed", "bad_response", "incomplete"))
# Ours, or of the name servers: they say nothing of the host.
_UNHEARD = frozenset(("dns_failed", "address_refused", "bad_address", "client_failed"))


class Heard(Enum):
    """What an answer says of its host."""

    NOTHING = "nothing"
    READ = "read"
    REFUSED = "refused"
    OVERBURDENED = "overburdened"


def heard(error: BaseException | None) -> Heard:
    """What a request's end says; None is an answer that could be read."""
    if error is None:
        return Heard.READ
    if not isinstance(error, NewsreelError) or error.outcome in _UNHEARD:
        return Heard.NOTHING
    return Heard.OVERBURDENED if error.outcome in _OVERBURDENED else Heard.REFUSED


def next_average(average: float | None, seconds: float, what: Heard) -> float | None:
    """A host's average after a request that took so many seconds. None: nothing is known of it."""
    if what is Heard.NOTHING:
        return average
    if what is Heard.OVERBURDENED:
        return min(max(2 * (average or 0.0), seconds, HARDSHIP), LONGEST_AVERAGE)
    smoothed = seconds if average is None else average + SMOOTHING * (seconds - average)
    if what is Heard.REFUSED and average is not None:
        smoothed = max(smoothed, average)
    return min(smoothed, LONGEST_AVERAGE)


def gap_for(minimum: float, average: float | None) -> float:
    """Seconds from the end of an answer to the next request."""
    return max(minimum, min(average or 0.0, LONGEST_GAP)) if minimum > 0 else 0.0
