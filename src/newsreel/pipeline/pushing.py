"""WebSub as values: where a hub can reach us, what it is asked, what its calls mean, when to ask again. Pure functions.

Newsreel is a subscriber (W3C Recommendation 'WebSub', https://www.w3.org/TR/websub/; 'the Recommendation' below). What a
hub pushes is never read: a push with the right signature is a ring at the door (a 'thin ping'), upon which the crawl reads the
channel as always. So the identity of articles, their evidence, robots.txt and the publisher's patience hold as for every
other reading, the web process parses no foreign bytes, and a hub that lies can cost a conditional request a minute at most.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import unquote_to_bytes

from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.fetching.targets import check_target, parse_target

if TYPE_CHECKING:  # their modules load Django, which newsreel doctor may have to do without
    from newsreel.archive.callbacks import Known
    from newsreel.archive.subscriptions import Ask

PATH = "/websub/"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
DAY = 86_400.0
LEASE = 10 * 86_400  # seconds that we ask for, and the longest that is believed
UNSTATED_LEASE = DAY  # of hubs older than the Recommendation, which asks for the parameter
SOONEST_RENEWAL = 3600.0
# After a failure, and while a hub does not verify: ten minutes, an hour, six, a day, three, a week, and so on weekly.
PAUSES = (600.0, 3600.0, 21_600.0, DAY, 3 * DAY, 7 * DAY)
REFUSED_FROM = 3  # the first pause after a clear no
GOODBYES = 3  # so often is a hub asked to stop; then the lease ends it, and our answer 410
# What no later day will change: the publisher has to name another hub.
NEVER_AGAIN = frozenset(("address_refused", "port_refused", "bad_address", "bad_redirect", "too_many_redirects"))
MAX_QUERY, MAX_FIELDS = 8_192, 20
MAX_CHALLENGE = 1_024  # bytes
METHODS = ("sha1", "sha256", "sha384", "sha512")  # the Recommendation, 6.1.1; the stronger later
MAX_SIGNATURES = 1_024  # characters of X-Hub-Signature
# A channel whose hub has pushed in the last day is looked at hourly at most: its hub may still fall silent unnoticed.
PUSHED_FLOOR, TRUSTED = 3600, timedelta(days=1)
_DIGEST = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-f]+)", re.IGNORECASE)
_DIGITS = re.compile(rb"[0-9]{1,15}")


def base_of(url: str) -> str:
    """The portal's address for hubs: that of NEWSREEL_URL; '' where it is none that anybody on the internet could reach."""
    try:
        target = parse_target(url)
        check_target(target, ports=(target.port,))
    except Permanent:
        return ""
    return url


def callback(base: str, token: str) -> str:
    """The address that a hub calls: unguessable, and of one subscription (the Recommendation, 5.1)."""
    return f"{base}{PATH}{token}"


def form_of(ask: Ask) -> dict[str, str]:
    """What a hub is asked (5.1).

    The secret goes to a hub without TLS too, against a SHOULD: it serves nothing else, and whoever cannot read that one
    request can still not forge a push.
    """
    form = {"hub.callback": callback(ask.base, ask.token), "hub.mode": ask.mode, "hub.topic": ask.topic}
    if ask.mode == "subscribe":
        form |= {"hub.lease_seconds": str(LEASE), "hub.secret": ask.secret}
    return form


def again_in(error: NewsreelError, mode: str, attempts: int) -> float | None:
    """Seconds until a hub is asked again after its ``attempts`` th failure in a row; None is never."""
    if error.outcome in NEVER_AGAIN or (mode == "unsubscribe" and attempts >= GOODBYES):
        return None
    first = REFUSED_FROM if isinstance(error, Permanent) else 0
    pause = PAUSES[min(max(attempts - 1, first), len(PAUSES) - 1)]
    wish = error.retry_after if isinstance(error, Temporary) else None
    return max(pause, wish or 0.0)


def verify_within(attempts: int) -> float:
    """Seconds that a hub has to verify in after it took a request, until it is asked once more."""
    return PAUSES[min(max(attempts, 1), len(PAUSES) - 1)]


def lease_of(stated: bytes | None) -> float | None:
    """The seconds of a lease as a hub states them, at most LEASE; None where it is no lease: nothing, less, or no number."""
    if stated is None:
        return UNSTATED_LEASE
    seconds = int(stated) if _DIGITS.fullmatch(stated) else 0
    return float(min(seconds, LEASE)) if seconds else None


def renew_in(lease: float, spread: float) -> float:
    """Seconds until a lease is renewed: within its last fifth, by a ``spread`` in [0, 1) that keeps a thousand channels of one hub
    apart. Not within the hour: a hub with shorter leases pushes now and then, and is not asked all day.
    """
    return max(lease * (0.8 + 0.1 * spread), SOONEST_RENEWAL)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hub's GET means: 'verified' for ``lease`` seconds, 'ended' or 'denied' for a ``reason``; the first two are answered
    with the ``challenge``.
    """

    what: Literal["verified", "ended", "denied"]
    challenge: bytes = b""
    lease: float = 0.0
    reason: str = ""


def verdict(known: Known, query: bytes) -> Verdict | None:
    """What a hub's GET means (5.2, 5.3). None where it is not what we asked for: then the answer is 404."""
    said = _parameters(query)
    if said is None or said.get(b"hub.topic") != known.topic.encode() or not known.asked:
        return None
    mode, challenge = said.get(b"hub.mode"), said.get(b"hub.challenge", b"")
    if mode == b"denied" and known.mode == "subscribe":
        return Verdict("denied", reason=_plain(said.get(b"hub.reason", b"")))
    if mode is None or mode != known.mode.encode() or not 0 < len(challenge) <= MAX_CHALLENGE:
        return None
    if known.mode == "unsubscribe":
        return Verdict("ended", challenge)
    lease = lease_of(said.get(b"hub.lease_seconds"))
    if lease is None or known.over:
        return None
    return Verdict("verified", challenge, lease)


def _parameters(query: bytes) -> dict[bytes, bytes] | None:
    """The parameters of ours; None where one is there twice, for then two readers could take it for two things."""
    fields = query.split(b"&", MAX_FIELDS)
    if len(query) > MAX_QUERY or len(fields) > MAX_FIELDS:
        return None
    # Byte by byte: a challenge goes back as it came, and urllib's parse_qsl makes text of it first.
    pairs = [
        tuple(unquote_to_bytes(part.replace(b"+", b" ")) for part in field.partition(b"=")[::2]) for field in fields
    ]
    ours = [(name, value) for name, value in pairs if name.startswith(b"hub.")]
    return dict(ours) if len(dict(ours)) == len(ours) else None


def _plain(reason: bytes) -> str:
    text = "".join(character if character.isprintable() else " " for character in reason.decode("utf-8", "replace"))
    return " ".join(text.split())[:200]


class Signature(NamedTuple):
    """What a push is signed with: a method of METHODS, and the digest in hexadecimal."""

    method: str
    digest: str


def signature_of(headers: list[str]) -> Signature | None:
    """The strongest signature among X-Hub-Signature headers (6.1). It alone counts: a right weak one does not make up for it."""
    found: dict[str, str] = {}
    for part in ",".join(headers)[:MAX_SIGNATURES].split(","):
        if match := _DIGEST.fullmatch(part.strip()):
            found.setdefault(match[1].lower(), match[2].lower())
    method = max(found, key=METHODS.index, default="")
    return Signature(method, found[method]) if method else None


def weaker(signature: Signature, known: Known) -> bool:
    """Whether a hub has signed better than this since it last verified: then this is not from it."""
    return bool(known.method) and METHODS.index(signature.method) < METHODS.index(known.method)


def digest_of(signature: Signature, known: Known) -> hmac.HMAC:
    """What is to be fed with the body, and compared (``hmac.compare_digest``) with the signature."""
    return hmac.new(known.secret.encode(), None, signature.method)


def polling_floor(pushed_at: datetime | None, now: datetime) -> int:
    """Seconds at least between two looks at a channel by our own clock: more than 0 while its hub is seen to push.
    ``pushed_at`` is the time of the last push (``Channel.pushed_at``).
    """
    return PUSHED_FLOOR if pushed_at is not None and abs(now - pushed_at) < TRUSTED else 0
