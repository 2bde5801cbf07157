"""A form that waits its turn, sealed: it goes to the browser and comes back, and only we can read it.

A password must not stand in a page. So what was typed is encrypted and signed (Fernet, with a key made from the secret
key), and good for ten minutes. Any web process of the installation can open it. Whoever has it can send this one form once
more, as its own browser could; the form holds the token against forged requests, which must still match the cookie.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from urllib.parse import parse_qs

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings as django_settings

LARGEST = 16_384  # bytes of a form that is kept; none of the door's has more
LONGEST = 600  # seconds
FIELD = "sealed"
_START = f"{FIELD}=".encode()


@dataclass(frozen=True, slots=True)
class Kept:
    """A request's body, what kind it is of, for which path, and when it first came (seconds since the epoch)."""

    path: str
    content_type: str
    body: str  # bytes as latin-1
    since: float


def seal(kept: Kept) -> str:
    """Its text for a hidden field."""
    return _lock().encrypt(json.dumps(asdict(kept)).encode()).decode()


def is_one(body: bytes) -> bool:
    """Whether a body says that it is one."""
    return body.startswith(_START)


def opened(body: bytes, path: str) -> Kept | None:
    """What a body holds that came back to the same path; None where it is anything else, or too old."""
    if not is_one(body):
        return None
    try:
        text = parse_qs(body.decode("ascii"), max_num_fields=2).get(FIELD, [""])[0]
        kept = Kept(**json.loads(_lock().decrypt(text, ttl=LONGEST)))
    except (ValueError, InvalidToken):
        return None
    return kept if kept.path == path else None


def _lock() -> Fernet:
    digest = hashlib.sha256(b"newsreel.site.sealed\x00" + django_settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
