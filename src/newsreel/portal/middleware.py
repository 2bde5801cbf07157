"""What happens around every page: the security headers, and the reader's language and time zone."""

from __future__ import annotations

import logging
import zoneinfo
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from newsreel.core.settings import settings
from newsreel.portal import admission, errors
from newsreel.portal.headers import SECURITY_HEADERS

log = logging.getLogger("newsreel.portal")
Handler = Callable[[HttpRequest], HttpResponse]
TIMEZONE_COOKIE = "timezone"


class SecurityHeaders:
    """Adds SECURITY_HEADERS, and keeps pages (they differ by reader) out of shared caches."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers."""
        response = self.get_response(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        # Not no-store: that would keep pages out of the browser's back-forward cache.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class PublicAddress:
    """Every link is made from NEWSREEL_URL, whatever name a request came by; ``request.META['newsreel.host']`` keeps that."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, made as if the public address had been asked; 400 for a name that is not ours."""
        try:
            request.META["newsreel.host"] = request.get_host()
        except DisallowedHost:
            return errors.bad_request(request)
        address = urlsplit(settings().url)
        if address.netloc:
            request.META["HTTP_HOST"] = address.netloc
            request.META["wsgi.url_scheme"] = address.scheme
        return self.get_response(request)


class AccessRules:
    """Holds access.py for every address, before its view: a page asks who may see it nowhere else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer as it comes."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """None where the reader may; else the login page (for a page) or 403."""
        match = request.resolver_match
        return admission.refused(request, match.view_name if match else "")


class ArchiveAway:
    """A page whose database is lost is a page that says so, and one line in the log."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer as it comes."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """503 for a lost database; every other fault goes its way."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.warning("%s: the database cannot be reached.", request.path)
        connection.close()
        return errors.away(request)


class ReaderPreferences:
    """Language and time zone of the reader, from two cookies; without them those of the installation.

    The language is the installation's (Chinese by default) whatever Accept-Language says: a reader chooses it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, made in that language and zone."""
        language = chosen_language(request.COOKIES.get(django_settings.LANGUAGE_COOKIE_NAME, ""))
        zone = chosen_zone(request.COOKIES.get(TIMEZONE_COOKIE, ""))
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


def chosen_language(cookie: str) -> str:
    """One of LANGUAGES: what the cookie names, else the installation's."""
    return cookie if cookie in dict(django_settings.LANGUAGES) else settings().language


def chosen_zone(cookie: str) -> zoneinfo.ZoneInfo:
    """The zone that the cookie names where the IANA database has it, else the installation's."""
    return zoneinfo.ZoneInfo(cookie if cookie in _zones() else settings().time_zone)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    # available_timezones walks the disk: 20 ms a call.
    return frozenset(zoneinfo.available_timezones())
