"""What holds for every form by which somebody registers, with a password or by single sign-on."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsreel.accounts import invitations, limits
from newsreel.accounts.client import client_network


class RegisteringForm(forms.Form):
    """Stands before allauth's form in a class's bases."""

    def clean_email(self) -> str:
        """The address; where the visitor was invited by one, that."""
        email: str = super().clean_email()  # type: ignore[misc]
        invitation = invitations.held(context.request)
        if invitation is not None and invitation.email and invitation.email != email.lower():
            raise ValidationError(_("This invitation is for another address."))
        return email

    def clean(self) -> dict[str, Any]:
        """Registrations from one address are bounded."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not limits.take(limits.REGISTER_CLIENT, client_network(context.request)):
            raise ValidationError(_("Too many registrations from here for now. Please try again in an hour."))
        return cleaned
