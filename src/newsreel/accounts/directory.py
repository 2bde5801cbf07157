"""The accounts as administrators see them: listed, searched, each with its sessions and second factors."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from newsreel.accounts.models import AuditEntry, User
from newsreel.accounts.names import name_key
from newsreel.accounts.roles import Role

SHOWN = 50
SESSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class People:
    """SHOWN accounts; ``total`` is of all that are meant. Each row has ``sessions`` and ``factors``, their numbers."""

    rows: tuple[User, ...]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Person:
    """An account with what belongs to it."""

    user: User
    addresses: tuple[EmailAddress, ...]
    sessions: tuple[UserSession, ...]
    factors: tuple[Authenticator, ...]
    groups: tuple[Group, ...]


def people(search: str, role: str, state: str, number: int) -> People | None:
    """A page of the accounts by name; None where there is no such page. Two queries."""
    rows = _meant(search, role, state)
    total = rows.count()
    pages = max(1, -(-total // SHOWN))
    if not 1 <= number <= pages:
        return None
    counted = rows.annotate(sessions=_number_of(UserSession.objects.all()), factors=_number_of(_real_factors()))
    shown = counted.order_by("key")[(number - 1) * SHOWN : number * SHOWN]
    return People(tuple(shown), total, number, pages)


def person(id_: int) -> Person | None:
    """An account, or None. Five queries."""
    user = User.objects.filter(pk=id_).first()
    if user is None:
        return None
    return Person(
        user,
        tuple(EmailAddress.objects.filter(user=user).order_by("-primary", "email")),
        tuple(UserSession.objects.filter(user=user).order_by("-last_seen_at")[:SESSIONS_SHOWN]),
        tuple(_real_factors().filter(user=user).order_by("pk")),
        tuple(user.groups.order_by("name")),
    )


def groups() -> tuple[Group, ...]:
    """All groups, each with ``people``, the number of its members."""
    return tuple(Group.objects.annotate(people=Count("user")).order_by("name"))


def remove_factors(user: User) -> int:
    """Removes every second factor of an account, its recovery codes too; how many there were besides those."""
    many = _real_factors().filter(user=user).count()
    Authenticator.objects.filter(user=user).delete()
    return many


def acts(person: str, act: str, before: int | None, limit: int) -> list[AuditEntry]:
    """The record of acts, the latest first: by whom (a name, or the start of one) and of which kind."""
    rows = AuditEntry.objects.order_by("-pk")
    if person:
        rows = rows.filter(actor_name__istartswith=person)
    if act:
        rows = rows.filter(act=act)
    return list((rows.filter(pk__lt=before) if before else rows)[:limit])


def _meant(search: str, role: str, state: str) -> QuerySet[User]:
    rows = User.objects.all()
    if search:
        rows = rows.filter(Q(key__contains=name_key(search)) | Q(email__icontains=search))
    if role in Role.values:
        rows = rows.filter(role=role)
    if state in ("active", "disabled"):
        rows = rows.filter(is_active=state == "active")
    return rows


def _real_factors() -> QuerySet[Authenticator]:
    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)


def _number_of(rows: QuerySet[Authenticator] | QuerySet[UserSession]) -> Coalesce:
    mine = rows.filter(user=OuterRef("pk")).order_by().values("user")
    return Coalesce(Subquery(mine.annotate(many=Count("pk")).values("many")), 0)
