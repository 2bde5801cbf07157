"""The addresses of pictures: /picture/<signature>/<address>, both in base64url.

A browser loads nothing from elsewhere, so the articles' pictures come through the portal. The signature is what keeps the
portal from fetching whatever a visitor asks for: only addresses that a page of ours has named are good.
"""

from __future__ import annotations

import base64
import binascii
import re

from django.utils.crypto import constant_time_compare, salted_hmac

from newsreel.core.urls import absolute

PREFIX = "/picture/"
SIGNATURE = "[A-Za-z0-9_-]{27}"  # 20 bytes
ADDRESS = "[A-Za-z0-9_-]{10,2732}"  # 2,048 bytes at most (core.urls.MAX_URL_LENGTH, in ASCII)
_SALT = "newsreel.portal.pictures"
_BYTES = 20
_LONGEST = 2048
_PATH = re.compile(f"{PREFIX}({SIGNATURE})/({ADDRESS})")


def path_of(reference: str, base: str) -> str | None:
    """Where the portal shows the picture that an article at ``base`` names by ``reference``. None where that is no
    address of the web, or too long.
    """
    address = absolute(reference, base)
    if address is None:
        return None
    raw = address.encode("utf-8", "surrogatepass")
    return f"{PREFIX}{_signature(raw)}/{_written(raw)}" if len(raw) <= _LONGEST else None


def address_of(signature: str, written: str) -> str | None:
    """The picture's address, or None where the signature is not ours for it."""
    try:
        raw = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    # Written in another way (other bits at the end) it is not what was put into a page.
    if len(raw) > _LONGEST or not constant_time_compare(_signature(raw), signature) or _written(raw) != written:
        return None
    return raw.decode("utf-8", "surrogatepass")


def address_in(path: str) -> str | None:
    """As ``address_of``, of a request's whole path."""
    parts = _PATH.fullmatch(path)
    return None if parts is None else address_of(parts[1], parts[2])


def _signature(raw: bytes) -> str:
    return _written(salted_hmac(_SALT, raw, algorithm="sha256").digest()[:_BYTES])


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
