"""The forms of second factors: our words, and guesses of a code bounded by the database, whichever process they come to.

django-allauth counts too, but by reading and writing its cache in two steps: guesses that come at once all pass.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from newsreel.accounts import limits
from newsreel.accounts.models import User


def _code_field(form: forms.Form) -> None:
    field = form.fields["code"]
    field.label = _("Code")
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "none"}
    field.widget.attrs |= {"spellcheck": "false", "maxlength": "40", "autofocus": True}


def _bounded(user: User) -> None:
    if not limits.take(limits.SECOND_FACTOR, str(user.pk)):
        raise get_adapter().validation_error("too_many_login_attempts")


class _CodeForm(forms.Form):
    """Asks for a code, of which only so many wrong ones may be tried. It stands before allauth's form in a class's bases."""

    user: User

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _code_field(self)

    def clean_code(self) -> str:
        """The code, where it is right and there were not too many wrong ones."""
        _bounded(self.user)
        code: str = super().clean_code()  # type: ignore[misc]
        limits.give_back(limits.SECOND_FACTOR, str(self.user.pk))
        return code


class AuthenticateForm(_CodeForm, base.AuthenticateForm):
    """A code at login."""


class ReauthenticateForm(_CodeForm, base.ReauthenticateForm):
    """A code from somebody who is logged in."""


class ActivateTOTPForm(totp.ActivateTOTPForm):
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _code_field(self)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    """A new passkey: what it is called, and whether it stands in the place of the password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("What it is called")
        self.fields["name"].max_length = 100
        self.fields["name"].widget.attrs["maxlength"] = "100"
        self.fields["passwordless"].label = _("Log in by it alone, without a password")
        self.fields["passwordless"].help_text = _("It asks for a fingerprint, a face or a PIN then.")
        self.fields["passwordless"].initial = True


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("What it is called")
        self.fields["name"].max_length = 100
        self.fields["name"].widget.attrs["maxlength"] = "100"
