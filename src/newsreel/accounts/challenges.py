"""Open captchas, as rows: made for one browser, shown to it, answered once.

A token names one; only its SHA-256 is kept. ``answer`` holds the letters of the picture and, behind them, the digits that
are spoken; ``spoken`` says that these were asked for, and only then they count. All times are the database's.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest

from newsreel.accounts import limits
from newsreel.accounts.client import client_network
from newsreel.accounts.models import Challenge

# Without what looks alike: 0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B and U V keep one at most. 21^6 are 86 million.
LETTERS = "ACDEFHJKMNPRTUWXY3479"
DIGITS = "0123456789"
LENGTH = 6
LASTS = timedelta(minutes=10)
OPEN = 10  # at once in a browser, with as many pages at the door
_SWEEP = 50  # one in so many that are made clears up
_LONGEST = 100  # characters of a typed answer that are looked at
_NUMERALS = str.maketrans("〇零一幺二三四五六七八九", "001123456789")

# One statement takes the row away and tells what it held: of any number of requests at once one gets it. It is committed
# by itself, for no request here runs in a transaction (ATOMIC_REQUESTS): what fails later does not bring it back.
_CONSUME = """
    DELETE FROM accounts_challenge WHERE token_sha256 = %s AND session_sha256 = %s
    RETURNING answer, spoken, expires_at > clock_timestamp()
"""
_HEARD = """
    UPDATE accounts_challenge SET spoken = true
    WHERE token_sha256 = %s AND session_sha256 = %s AND expires_at > clock_timestamp() RETURNING answer
"""
_TRIM = """
    DELETE FROM accounts_challenge WHERE token_sha256 IN (
        SELECT token_sha256 FROM accounts_challenge WHERE session_sha256 = %s
        ORDER BY expires_at DESC, token_sha256 OFFSET %s
    )
"""


class TooMany(Exception):  # noqa: N818 - read as a state, as the kinds of core/errors.py
    """This browser, or its address, has asked for as many as it may for now."""


def make(request: HttpRequest) -> str:
    """A new one for this browser (which gets a session where it has none); its token. Raises TooMany."""
    session = _session(request)
    if session is not None:
        _count(session)
    if not limits.take(limits.CAPTCHA_CLIENT, client_network(request)):
        raise TooMany
    session = session or _new_session(request)
    token = secrets.token_urlsafe(24)
    answer = "".join(
        [*(secrets.choice(LETTERS) for _ in range(LENGTH)), *(secrets.choice(DIGITS) for _ in range(LENGTH))]
    )
    Challenge.objects.create(
        token_sha256=_digest(token), session_sha256=session, answer=answer, expires_at=Now() + LASTS
    )
    with connection.cursor() as cursor:
        cursor.execute(_TRIM, [session, OPEN])
    if not secrets.randbelow(_SWEEP):
        sweep()
    return token


def letters(request: HttpRequest, token: str) -> str | None:
    """What is to be drawn; None where this browser has no such challenge (any more). Raises TooMany."""
    session = _session(request)
    if session is None:
        return None
    _count(session)
    rows = Challenge.objects.filter(token_sha256=_digest(token), session_sha256=session, expires_at__gt=Now())
    answer = rows.values_list("answer", flat=True).first()
    return answer[:LENGTH] if answer else None


def digits(request: HttpRequest, token: str) -> str | None:
    """What is to be spoken, which counts as an answer from now on; else as ``letters``."""
    session = _session(request)
    if session is None:
        return None
    _count(session)
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, [_digest(token), session])
        row = cursor.fetchone()
    return str(row[0])[LENGTH:] if row else None


def _count(session: bytes) -> None:
    """Counts one more request of a browser. Raises TooMany."""
    if not limits.take(limits.CAPTCHA_SESSION, session.hex()):
        raise TooMany


def answered(request: HttpRequest, token: str, typed: str) -> bool:
    """Whether this is right, for a challenge that was shown to this browser and is open: which it then no longer is."""
    session = _session(request)
    if session is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_CONSUME, [_digest(token), session])
        row = cursor.fetchone()
    if row is None:
        return False
    answer, spoken, in_time = str(row[0]), bool(row[1]), bool(row[2])
    given = normal(typed).encode()
    seen = hmac.compare_digest(given, answer[:LENGTH].encode())
    heard = hmac.compare_digest(given, answer[LENGTH:].encode())
    return in_time and (seen or (spoken and heard))


def normal(typed: str) -> str:
    """An answer as it is compared: neither case nor blanks matter, nor whether a Chinese keyboard made ＡＢ３ or 三 of it."""
    known = unicodedata.normalize("NFKC", typed[:_LONGEST]).upper().translate(_NUMERALS)
    return "".join(known.split()).encode("utf-8", "replace").decode()


def sweep() -> int:
    """Removes what has run out: challenges, counted attempts, sessions (each visitor at the door gets one). How many of the
    first two.
    """
    challenges, _ = Challenge.objects.filter(expires_at__lt=Now()).delete()
    SessionStore.clear_expired()
    return challenges + limits.sweep()


def _session(request: HttpRequest) -> bytes | None:
    """What stands for this browser; None where it has no session that the database knows."""
    request.session.get("")  # reads it: until then a cookie that somebody invented counts as its key
    key = request.session.session_key
    return _digest(key) if key else None


def _new_session(request: HttpRequest) -> bytes:
    request.session.create()
    return _digest(str(request.session.session_key))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
