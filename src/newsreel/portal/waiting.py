"""The page of somebody who must wait to log in. It is made once in ten minutes and language: five hundred may need it at once."""

from __future__ import annotations

import time
from functools import lru_cache
from html import escape

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.shortcuts import render
from django.utils import timezone, translation

from newsreel.portal import errors
from newsreel.portal.middleware import chosen_language, chosen_zone

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
_ADDRESS, _KEPT, _SECONDS = "{address}", "{kept}", "7777"


def page(cookies: str, address: str, kept: str, seconds: int) -> Answer:
    """Says that there are many, and sends ``kept`` (see site/sealed.py) to the address again after some seconds. Without it,
    as where a form is too large, the reader comes back to the form.
    """
    language = _language(cookies)
    text = _made("kept" if kept else "form", language, int(time.time() // 600))
    text = text.replace(_ADDRESS, escape(address)).replace(_KEPT, escape(kept)).replace(_SECONDS, str(seconds))
    headers = [*_headers(language), (b"retry-after", str(seconds).encode())]
    return 503, headers, text.encode()


def broken(cookies: str) -> Answer:
    """The page after a fault of ours."""
    language = _language(cookies)
    return 500, _headers(language), _made("broken", language, 0).encode()


@lru_cache(maxsize=8)
def _made(kind: str, language: str, minute: int) -> str:
    request = HttpRequest()
    request.path = "/account/login/"
    with translation.override(language), timezone.override(chosen_zone("")):
        if kind == "broken":
            return _text(errors.server_error(request))
        facts = {"bare": True, "kept": kind == "kept", "seconds": _SECONDS, "address": _ADDRESS, "sealed": _KEPT}
        return _text(render(request, "portal/waiting.html", facts))


def _text(response: HttpResponse) -> str:
    return response.content.decode()


def _language(cookies: str) -> str:
    return chosen_language(parse_cookie(cookies).get(django_settings.LANGUAGE_COOKIE_NAME, ""))


def _headers(language: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-language", language.encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"Cookie"),
    ]
