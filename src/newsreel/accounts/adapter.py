"""Where django-allauth asks us: who may register, how logins are bounded, what mails say, and where links lead."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from newsreel.accounts import devices, invitations, limits, people
from newsreel.accounts.client import client_address, client_network
from newsreel.accounts.models import User
from newsreel.accounts.names import check_name, name_key
from newsreel.core.errors import Permanent
from newsreel.core.settings import settings

# Mails that whoever types an address can cause: bounded. Notices of what was done to an account always go out.
_STRANGERS = {
    f"account/email/{name}"
    for name in (
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "name_taken",
        "password_reset_key",
        "unknown_account",
    )
}
_WRONG = _("Name or password is not right.")
_ENOUGH = _("Too many attempts for now. Please wait five minutes, or reset the password.")


class Adapter(DefaultAccountAdapter):
    """Accounts as this portal wants them."""

    error_messages = {  # noqa: RUF012 - allauth's own way
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        "too_many_login_attempts": _ENOUGH,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether somebody may register: everybody, or whoever holds an invitation."""
        rule = settings().registration
        return rule == "open" or (rule == "invitation" and invitations.held(request) is not None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The reader's address, or that of nobody in particular."""
        return client_address(request) or "0.0.0.0"  # noqa: S104 - an address to write down, not to listen on

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The name in its normal form. Whether it is taken is not said here: see SignupForm."""
        return check_name(username)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The account, where name and password are right and there were not too many attempts.

        They are counted against the account, whichever of its names was typed and whoever tries; a browser from which
        the account was used before is counted by itself, so that strangers cannot keep its owner out.
        """
        login = str(credentials.get("username") or credentials.get("email") or "")
        known = people.find(login)
        who = f"account {known.pk}" if known else f"name {name_key(login)}"
        device = devices.known(request, known) if known else None
        limit = limits.LOGIN_DEVICE if device else limits.LOGIN_ACCOUNT
        who = f"{who} {device}" if device else who
        network = client_network(request)
        if limits.used(limits.LOGIN_CLIENT, network) >= limits.LOGIN_CLIENT.most or not limits.take(limit, who):
            raise self.validation_error("too_many_login_attempts")
        user = self._verify(request, **credentials)
        if user is None:
            limits.take(limits.LOGIN_CLIENT, network)
        else:
            limits.give_back(limit, who)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own count goes by the name that was typed; ours stands in its place."""

    def _verify(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        return super().authenticate(request, **credentials)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        known = people.find(str(credentials.get("email", "")))
        if known:
            limits.forget(limits.LOGIN_ACCOUNT, f"account {known.pk}")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Puts a mail into the box of letters; one to somebody who has no account here is written, but not sent."""
        if template_prefix in _STRANGERS and not limits.take(limits.MAIL_ADDRESS, email.lower()):
            return
        message = self.render_mail(template_prefix, email, {"email": email, **context, "portal_name": settings().name})
        if template_prefix.endswith("unknown_account"):
            message.extra_headers["X-Newsreel-Dropped"] = "1"
        message.send()

    def get_from_email(self) -> str:
        """The sender."""
        return settings().sender

    def format_email_subject(self, subject: str) -> str:
        """The portal's name before it."""
        return f"[{settings().name}] {subject}"

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """An account keeps a confirmed address: it is the way back in."""
        others = EmailAddress.objects.filter(user=email_address.user_id, verified=True).exclude(pk=email_address.pk)
        return super().can_delete_email(email_address) and others.exists()

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> User:
        """A new account, with what its invitation says."""
        saved: User = super().save_user(request, user, form, commit)
        try:
            invitations.use(request, saved)
        except Permanent:  # another was quicker with the same link
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=409)) from None
        return saved
