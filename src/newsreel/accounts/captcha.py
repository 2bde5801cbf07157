"""The captcha of a form: whether it is asked for, and its answer checked before anything else costs something.

A form shows it by `{% include "account/captcha.html" with form=form %}`; its rows are challenges.py's.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsreel.accounts import challenges, devices, limits, people
from newsreel.accounts.client import client_network
from newsreel.accounts.names import name_key
from newsreel.core.settings import settings

TOKEN, ANSWER, ANOTHER = "captcha_token", "captcha", "captcha_another"
WRONG = _("The captcha is not right, or was used already. Please try this new one.")
TOO_MANY = _("Too many captchas asked for. Please wait a minute.")


def is_asked_at_login(request: HttpRequest, login: str) -> bool:
    """Whether a login must answer one: as the setting says; 'after_failures' looks at the failures of the last minutes, of
    this account (or name) whoever tried, and of this reader's address whatever the account.
    """
    if settings().captcha == "always":
        return True
    if limits.used(limits.LOGIN_CLIENT, client_network(request)):
        return True
    if not login.strip():
        return False
    known = people.find(login)
    who = f"account {known.pk}" if known else f"name {name_key(login)}"  # as adapter.py counts them
    device = devices.known(request, known) if known else None
    return bool(
        limits.used(limits.LOGIN_ACCOUNT, who) or (device and limits.used(limits.LOGIN_DEVICE, f"{who} {device}"))
    )


class CaptchaForm(forms.Form):
    """A form that asks for a captcha. It comes before the form that it guards in a class's bases, and so is checked first."""

    captcha = forms.Field(label=_("Captcha"), required=False)

    def captcha_is_asked(self) -> bool:
        """Whether this one does."""
        return True

    @cached_property
    def challenge(self) -> str:
        """The token of a new one to show; '' where the reader has asked for too many (TOO_MANY says so)."""
        try:
            return challenges.make(_request(self))
        except challenges.TooMany:
            return ""

    @property
    def captcha_is_due(self) -> bool:
        """Whether the captcha has yet to be asked for, or another was: what was typed is kept and nothing said against it.
        The box on every page has none where no script runs.
        """
        return self.is_bound and (ANOTHER in self.data or (TOKEN not in self.data and self._captcha_was_asked))

    @cached_property
    def _captcha_was_asked(self) -> bool:
        return self.captcha_is_asked()  # as it was before this attempt, which may itself be a failure that counts

    def is_valid(self) -> bool:
        """Not while the captcha is due."""
        return not self.captcha_is_due and super().is_valid()

    def full_clean(self) -> None:
        """Nothing is looked at while the captcha is due."""
        if self.captcha_is_due:
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            return
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Where the captcha is not right nothing else is checked: no password is hashed, no attempt counted."""
        if self._captcha_was_asked:
            token, typed = str(self.data.get(TOKEN, "")), str(self.data.get(ANSWER, ""))
            if not challenges.answered(_request(self), token, typed):
                self.add_error(ANSWER, forms.ValidationError(WRONG, code="captcha"))
                return self.cleaned_data
        return super().clean() or self.cleaned_data


def _request(form: forms.Form) -> HttpRequest:
    found: HttpRequest = getattr(form, "request", None) or context.request  # not every form of allauth's has it
    return found
