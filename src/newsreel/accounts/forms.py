"""The forms at the door: log in and register."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsreel.accounts import invitations, mails
from newsreel.accounts.captcha import CaptchaForm, is_asked_at_login
from newsreel.accounts.models import User
from newsreel.accounts.names import name_key


class LoginForm(CaptchaForm, allauth.LoginForm):
    """One field for name or address, the password, and the captcha where it is asked for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = _("Name or e-mail")
        self.fields["password"].label = _("Password")
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)

    def captcha_is_asked(self) -> bool:
        """As the setting says."""
        return is_asked_at_login(self.request, str(self.data.get("login", "")))


class SignupForm(CaptchaForm, allauth.SignupForm):
    """Name, address, password, captcha. Its answer does not tell whether name or address are known here already."""

    account_already_exists: bool

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in (
            ("username", _("Name")),
            ("email", _("E-mail")),
            ("password1", _("Password")),
            ("password2", _("Password again")),
        ):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        """The address; one that an invitation names must be the same."""
        email: str = super().clean_email()
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, Any]:
        """Saves the account. Where name or address are known the answer is the same, a mail says which, and it takes as long."""
        name, email = self.cleaned_data["username"], self.cleaned_data["email"]
        taken = User.objects.filter(key=name_key(name)).exists()
        if not self.account_already_exists and not taken:
            try:
                with transaction.atomic():
                    return super().try_save(request)
            except IntegrityError:  # somebody took the name in this moment
                taken = True
        make_password(self.cleaned_data["password1"])
        self.account_already_exists = True
        if taken and not EmailAddress.objects.filter(email__iexact=email).exists():
            mails.name_taken(request, email, name)
            return None, allauth.get_adapter().respond_email_verification_sent(request, None)
        return super().try_save(request)


def invited_address(request: HttpRequest) -> str:
    """The address that the visitor's invitation is for; '' where it is for anybody."""
    found = invitations.held(request)
    return found.email if found else ""
