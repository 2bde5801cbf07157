"""The captcha's own addresses: a new one, its picture, its sound. None of their answers is kept by anybody."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from newsreel.accounts import challenges, drawing, speaking
from newsreel.accounts.captcha import TOO_MANY

_RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")
_WAIT = 60  # seconds: the window of both limits

View = Callable[..., HttpResponse]


def _unkept(view: View) -> View:
    """Says no-store with every answer, and 429 in one sentence where there were too many requests."""

    @wraps(view)
    def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            response = view(request, **parts)
        except challenges.TooMany:
            response = JsonResponse({"error": str(TOO_MANY)}, status=429, headers={"Retry-After": str(_WAIT)})
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


@_unkept
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """A new challenge for this browser, as JSON: token, and the addresses of picture and sound."""
    token = challenges.make(request)
    return JsonResponse(
        {
            "token": token,
            "picture": reverse("accounts:captcha_picture", args=[token]),
            "sound": reverse("accounts:captcha_sound", args=[token]),
        }
    )


@_unkept
@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """The letters of a challenge, drawn anew; 404 where this browser has none of that token."""
    letters = challenges.letters(request, token)
    if letters is None:
        return _gone()
    return HttpResponse(drawing.draw(letters, random.SystemRandom()), content_type="image/png")


@_unkept
@require_safe
def sound(request: HttpRequest, token: str) -> HttpResponse:
    """The digits of a challenge, spoken anew in the page's language; 404 as above.

    A player that asks for pieces (Safari plays nothing else) gets those of one sound: with a Range the noise is drawn
    from the token.
    """
    digits = challenges.digits(request, token)
    if digits is None:
        return _gone()
    language = "zh" if (get_language() or django_settings.LANGUAGE_CODE).startswith("zh") else "en"
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    chance = random.Random(salted_hmac(__name__, token).hexdigest()) if asked else random.SystemRandom()  # noqa: S311 - noise
    data = speaking.speak(digits, language, chance)
    if asked is None:
        return HttpResponse(data, content_type="audio/wav", headers={"Accept-Ranges": "bytes"})
    first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
    told = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{last}/{len(data)}"}
    return HttpResponse(data[first : last + 1], status=206, content_type="audio/wav", headers=told)


def _gone() -> HttpResponse:
    return HttpResponseNotFound(gettext("This captcha is no longer open."), content_type="text/plain; charset=utf-8")
