"""Browsers from which an account has been used: a signed cookie, so that its owner is not kept out by strangers' attempts."""

from __future__ import annotations

import secrets

from django.conf import settings as django_settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from newsreel.accounts.models import User

COOKIE = "device"
_SALT = "newsreel.accounts.devices"
_DAYS = 180
_MOST = 5  # accounts that one browser remembers


def known(request: HttpRequest, user: User) -> str | None:
    """This browser's own number for the account, where it was used from here since its password was set."""
    return _read(request).get(str(user.pk), {}).get(_stamp(user))


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Marks the browser after a login."""
    found = _read(request)
    if _stamp(user) in found.get(str(user.pk), {}):
        return
    found.pop(str(user.pk), None)
    kept = dict(list(found.items())[-(_MOST - 1) :])
    kept[str(user.pk)] = {_stamp(user): secrets.token_urlsafe(12)}
    response.set_cookie(
        django_settings.DEVICE_COOKIE_NAME,
        signing.dumps(kept, salt=_SALT),
        max_age=_DAYS * 86400,
        secure=django_settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _read(request: HttpRequest) -> dict[str, dict[str, str]]:
    try:
        text = request.COOKIES.get(django_settings.DEVICE_COOKIE_NAME, "")
        found = signing.loads(text, salt=_SALT, max_age=_DAYS * 86400) if text else {}
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(user: User) -> str:
    """Changes with the password: whoever knew the old one is a stranger."""
    return signing.Signer(salt=_SALT).signature(user.password)[:16]
