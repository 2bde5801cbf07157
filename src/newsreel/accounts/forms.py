"""The forms at the door: log in and register."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.internal.flows.email_verification import add_email_verification_sent_message
from allauth.account.models import EmailAddress
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsreel.accounts import invitations, limits, mails
from newsreel.accounts.captcha import CaptchaForm, is_asked_at_login
from newsreel.accounts.client import client_network
from newsreel.accounts.models import User
from newsreel.accounts.names import name_key
from newsreel.accounts.registering import RegisteringForm


class LoginForm(CaptchaForm, allauth.LoginForm):
    """One field for name or address, the password, and the captcha where it is asked for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = _("Name or e-mail")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""  # allauth's link to the reset: the page has its own
        _without_placeholders(self)

    def captcha_is_asked(self) -> bool:
        """As the setting says."""
        return is_asked_at_login(self.request, str(self.data.get("login", "")))


class SignupForm(CaptchaForm, RegisteringForm, allauth.SignupForm):
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
        invitation = invitations.held(context.request)
        if invitation is not None and invitation.email:
            self.fields["email"].initial = invitation.email
        _plainly(self)

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
            add_email_verification_sent_message(request, email, signup=True)  # as allauth says for all others
            return None, allauth.get_adapter().respond_email_verification_sent(request, None)
        return super().try_save(request)


class ResetPasswordForm(allauth.ResetPasswordForm):
    """An address, to which a link is sent where an account has it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = _("E-mail")
        _without_placeholders(self)

    def clean(self) -> dict[str, Any]:
        """Requests from one address are bounded."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not limits.take(limits.RESET_CLIENT, client_network(context.request)):
            raise ValidationError(_("Too many requests from here for now. Please try again in an hour."))
        return cleaned


class AddEmailForm(allauth.AddEmailForm):
    """One more address."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = _("E-mail")
        _without_placeholders(self)


class ChangePasswordForm(allauth.ChangePasswordForm):
    """The old password, and the new one twice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in (
            ("oldpassword", _("Present password")),
            ("password1", _("New password")),
            ("password2", _("New password again")),
        ):
            self.fields[name].label = label
        self.fields["oldpassword"].help_text = ""
        _plainly(self)


class SetPasswordForm(allauth.SetPasswordForm):
    """A password for an account that had none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _new_passwords(self)


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    """A new password in place of a forgotten one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _new_passwords(self)


class ReauthenticateForm(allauth.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].label = _("Password")
        _without_placeholders(self)


def _new_passwords(form: forms.Form) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password2"].label = _("New password again")
    _plainly(form)


def _plainly(form: forms.Form) -> None:
    form.fields["password1"].help_text = _("At least 8 characters, and none of the passwords that many use.")
    _without_placeholders(form)


def _without_placeholders(form: forms.Form) -> None:
    """Each field has its label; a placeholder would say it twice."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
