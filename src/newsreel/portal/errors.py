"""Our own error pages. None shows an exception's text, none needs the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser asked for something that cannot be meant."""
    return _page(request, 400, _("This request could not be understood"), _("Its address or its data are not valid."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(request, 403, _("Not allowed"), _("You may not open this page."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(
        request, 404, _("This page does not exist"), _("The address is wrong, or what stood here was removed.")
    )


def not_allowed(request: HttpRequest, methods: list[str]) -> HttpResponse:
    """405, with the methods that are."""
    page = _page(request, 405, _("This request could not be understood"), _("Its address or its data are not valid."))
    page.headers["Allow"] = ", ".join(methods)
    return page


def too_many(request: HttpRequest) -> HttpResponse:
    """429."""
    return _page(
        request, 429, _("Too many at once"), _("Enough addresses are being looked at already: try again in a minute.")
    )


def away(request: HttpRequest) -> HttpResponse:
    """503: the database is being started again, or is out of reach."""
    page = _page(
        request,
        503,
        _("The archive cannot be reached just now"),
        _("It is usually back within seconds. Please try again."),
    )
    page.headers["Retry-After"] = "5"
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(
        request,
        500,
        _("Something went wrong here"),
        _("The fault is ours and has been logged. Please try again shortly."),
    )


def _page(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    return render(
        request, "portal/error.html", {"status": status, "title": title, "words": words, "bare": True}, status=status
    )
