"""What every template knows of the installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from newsreel.accounts.models import User
from newsreel.core.settings import settings
from newsreel.portal import admission, doing


def site(request: HttpRequest) -> dict[str, Any]:
    """The portal's name, the languages to choose from, today in the reader's zone, who reads. It reads the database only
    for a reader with a session, and not where that is lost: error pages use it.
    """
    match = request.resolver_match
    language = translation.get_language() or settings().language
    return {
        "portal_name": settings().name,
        "languages": django_settings.LANGUAGES,
        "page_language": language,
        "reader": _reader(request),
        "may_begin": SimpleLazyObject(lambda: admission.may_begin(request)),  # asked by few pages, and by a query
        "captcha_at_login": settings().captcha == "always",
        "at_door": match is not None and match.view_name in ("account_login", "account_signup"),
        "may_register": settings().registration != "closed",
        "sample": doing.supervisor() if doing.in_sample() else None,
        "html_language": "zh-Hans" if language == "zh-hans" else language,
        "today": timezone.localdate(),
        "zone_name": timezone.get_current_timezone_name(),
    }


def _reader(request: HttpRequest) -> User | None:
    try:
        return admission.person(request)
    except DatabaseError:
        return None
