"""Marks a browser (devices.py) with the answer to whatever signed somebody in: a password, a passkey, single sign-on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.signals import password_changed, password_set
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from newsreel.accounts import devices
from newsreel.accounts.models import User

_KEY = "newsreel.device_of"


class RememberedDevice:
    """Middleware: writes the cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the mark where somebody was signed in by it."""
        response = self.get_response(request)
        user = request.META.get(_KEY)
        if isinstance(user, User):
            devices.remember(request, response, user)
        return response


# Whoever sets another password from within is still the same; the mark of the old one holds no longer.
@receiver((user_logged_in, password_changed, password_set))
def note(request: HttpRequest | None, user: Any, **details: object) -> None:
    """To be marked with the answer."""
    if request is not None:
        request.META[_KEY] = user
