"""What every template knows of the installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.http import HttpRequest
from django.utils import timezone, translation

from newsreel.core.settings import settings
from newsreel.portal import doing


def site(request: HttpRequest) -> dict[str, Any]:
    """The portal's name, the languages to choose from, today in the reader's zone. Reads no database: error pages use it."""
    language = translation.get_language() or django_settings.LANGUAGE_CODE
    return {
        "portal_name": settings().name,
        "languages": django_settings.LANGUAGES,
        "page_language": language,
        "sample": doing.supervisor() if doing.in_sample() else None,
        "html_language": "zh-Hans" if language == "zh-hans" else language,
        "today": timezone.localdate(),
        "zone_name": timezone.get_current_timezone_name(),
    }
