"""The captcha: made, shown, answered once. (Being built: every answer is right.)"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest


def is_asked_at_login(request: HttpRequest, login: str) -> bool:
    """Whether a login must answer one."""
    return False


class CaptchaForm(forms.Form):
    """A form that asks for a captcha."""

    def captcha_is_asked(self) -> bool:
        """Whether this one does."""
        return True

    def clean(self) -> dict[str, Any]:
        """Checks it before anything else costs something."""
        return super().clean() or {}
