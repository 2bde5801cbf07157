"""Mails that django-allauth has no template prefix for."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def name_taken(request: HttpRequest, email: str, name: str) -> None:
    """To somebody who registers under a name that another has: the page must not say so, the mail may."""
    get_adapter(request).send_mail("account/email/name_taken", email, {"name": name})
