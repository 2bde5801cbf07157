"""Invitations: made by an administrator, carried by a link, used once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from newsreel.accounts.models import Invitation, User
from newsreel.accounts.roles import Role
from newsreel.core.errors import Permanent
from newsreel.core.settings import settings

SESSION_KEY = "invitation"
DAYS = 14


@transaction.atomic
def make(
    by: User | None, role: Role, email: str = "", days: int = DAYS, groups: Iterable[Group] = ()
) -> tuple[Invitation, str]:
    """A new invitation and the token for its link, which is not kept."""
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        token_sha256=_digest(token),
        email=email.strip().lower(),
        role=role,
        invited_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    invitation.groups.set(groups)
    return invitation, token


def link(token: str) -> str:
    """The address that an invitation's token is carried by."""
    return settings().address + reverse("invitation", kwargs={"token": token})


def listed(before: int | None, limit: int) -> list[Invitation]:
    """Invitations with who made and who used them, the newest first. Two queries."""
    rows = Invitation.objects.select_related("invited_by", "used_by").prefetch_related("groups").order_by("-pk")
    return list((rows.filter(pk__lt=before) if before else rows)[:limit])


def withdraw(invitation: Invitation) -> None:
    """Its link leads nowhere from now on. Permanent 'invitation_used' where somebody has come by it already."""
    gone, _ = Invitation.objects.filter(pk=invitation.pk, used_at=None).delete()
    if not gone:
        raise Permanent("invitation_used", "This invitation has been used already.")


def of_token(token: str) -> Invitation | None:
    """The invitation of a link, where it still holds."""
    rows = Invitation.objects.filter(token_sha256=_digest(token), used_at=None, expires_at__gt=Now())
    return rows.first()


def hold(request: HttpRequest, token: str) -> Invitation | None:
    """Remembers an invitation in the session until its holder has registered."""
    found = of_token(token)
    if found is not None:
        request.session[SESSION_KEY] = token
    return found


def held(request: HttpRequest) -> Invitation | None:
    """The invitation that this visitor came with."""
    token = request.session.get(SESSION_KEY)
    return of_token(str(token)) if token else None


@transaction.atomic
def use(request: HttpRequest, user: User) -> None:
    """Gives a new account what its invitation says. Permanent 'invitation_used' where another was quicker."""
    token = request.session.get(SESSION_KEY)
    if not token:
        return
    found = Invitation.objects.select_for_update().filter(token_sha256=_digest(str(token)), used_at=None).first()
    if found is None:
        raise Permanent("invitation_used", "This invitation has been used already.")
    del request.session[SESSION_KEY]
    Invitation.objects.filter(pk=found.pk).update(used_at=Now(), used_by=user)
    user.role = found.role
    user.save(update_fields=["role", "key"])
    user.groups.set(found.groups.all())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
