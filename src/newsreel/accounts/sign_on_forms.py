"""The form by which somebody whom single sign-on has named gets an account."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount import forms as allauth
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsreel.accounts.models import User
from newsreel.accounts.names import name_key
from newsreel.accounts.registering import RegisteringForm


class SignupForm(RegisteringForm, allauth.SignupForm):
    """A name and an address; an address that the provider has not verified is confirmed by mail."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in (("username", _("Name")), ("email", _("E-mail"))):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean_username(self) -> str:
        """A name that nobody has. Whom the provider knows may learn that."""
        name: str = super().clean_username()
        if User.objects.filter(key=name_key(name)).exists():
            raise ValidationError(_("This name is taken"))
        return name
