"""Accounts as others read and change them: found, made, given roles, disabled. Each change is one transaction."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse

from newsreel.accounts.models import User
from newsreel.accounts.names import check_name, name_key
from newsreel.accounts.roles import Role
from newsreel.core.errors import Permanent
from newsreel.core.settings import settings


def find(login: str) -> User | None:
    """The account of a name or an address, in whatever case; one query for either. A confirmed address comes first."""
    login = login.replace("\x00", "").strip()[:320]
    if "@" in login:
        rows = EmailAddress.objects.filter(email__iexact=login).select_related("user").order_by("-verified", "pk")
        row = rows.first()
        return row.user if row else None
    return User.objects.filter(key=name_key(login)).first()


def add(name: str, email: str, role: Role, password: str | None = None) -> User:
    """A new account whose address counts as confirmed. Permanent, in one sentence, where it cannot be."""
    try:
        name = check_name(name)
        validate_email(email)
    except ValidationError as error:
        raise Permanent("bad_account", str(error.messages[0])) from None
    try:
        with transaction.atomic():
            user = User(username=name, email=email.lower(), role=role)
            user.set_password(password)
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:
        raise Permanent("account_known", "There is an account of that name or address already.") from None
    return user


def has_administrator() -> bool:
    """Whether anybody could administer this installation: until then whoever sits at the machine may begin."""
    return User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists()


def last_administrator(user: User) -> bool:
    """Whether there is no other who could administer."""
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    return user.role == Role.ADMINISTRATOR and user.is_active and not others.exists()


@transaction.atomic
def set_role(user: User, role: Role) -> None:
    """Gives a role. Permanent 'last_administrator' where nobody would be left to administer."""
    if role != Role.ADMINISTRATOR:
        _keep_one(user)
    User.objects.filter(pk=user.pk).update(role=role)
    user.role = role


@transaction.atomic
def disable(user: User) -> None:
    """Nobody comes in by this account any more, and its sessions end at once."""
    _keep_one(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    end_sessions([user.pk])


def enable(user: User) -> None:
    """It may be used again."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True


@transaction.atomic
def delete(user: User) -> None:
    """Removes an account and all that is its own; what it did stays in the record by its name."""
    _keep_one(user)
    end_sessions([user.pk])
    user.delete()


def end_sessions(users: Iterable[int]) -> int:
    """Ends every session of these accounts; how many."""
    rows = UserSession.objects.filter(user_id__in=list(users))
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def reset_link(user: User) -> str:
    """A link by which the account's password is set, once: for its owner's eyes."""
    key = EmailAwarePasswordResetTokenGenerator().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return settings().address + path


def _keep_one(user: User) -> None:
    # Locked in one order, so that two administrators who disable each other at once cannot both succeed.
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk").values_list("pk"))
    user.refresh_from_db(fields=["role", "is_active"])
    if last_administrator(user):
        raise Permanent("last_administrator", "This is the last administrator: name another one first.")
