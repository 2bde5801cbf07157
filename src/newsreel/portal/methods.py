"""Which HTTP methods a page answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from newsreel.portal import errors

Page = Callable[..., HttpResponse]


def only(*methods: str) -> Callable[[Page], Page]:
    """A view that answers these methods, and others with 405 and the list of these."""

    def guard(view: Page) -> Page:
        @wraps(view)
        def guarded(request: HttpRequest, **parts: object) -> HttpResponse:
            if request.method not in methods:
                return errors.not_allowed(request, list(methods))
            return view(request, **parts)

        return guarded

    return guard
