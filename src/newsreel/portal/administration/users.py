"""Accounts: listed, and what administrators do to them. Each act needs a password or second factor given lately."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsreel.accounts import audit, directory, people
from newsreel.accounts.models import User
from newsreel.accounts.roles import Role
from newsreel.core.errors import Permanent
from newsreel.core.settings import settings
from newsreel.portal.administration.frame import act, dangerous, kept_query, page_number, safe, shown, typed, who

STATES = ("", "active", "disabled")


@safe
def listed(request: HttpRequest) -> HttpResponse:
    """All accounts, or those that are looked for."""
    search, role, state = typed(request, "search", 254), request.GET.get("role", ""), request.GET.get("state", "")
    if role not in ("", *Role.values) or state not in STATES:
        raise Http404
    page = directory.people(search, role, state, page_number(request))
    if page is None:
        raise Http404
    query = kept_query(search=search, role=role, state=state)
    context = {"page_of": page, "search": search, "role": role, "state": state, "roles": Role.choices, "query": query}
    return shown(request, "users", context)


@safe
def person(request: HttpRequest, user: int) -> HttpResponse:
    """One account."""
    found = directory.person(user)
    if found is None:
        raise Http404
    mine = {group.pk for group in found.groups}
    context = {
        "person": found,
        "roles": Role.choices,
        "groups": [(group, group.pk in mine) for group in directory.groups()],
        "is_me": found.user.pk == who(request).pk,
    }
    return shown(request, "user", context)


@dangerous
def role(request: HttpRequest, user: int) -> HttpResponse:
    """Gives a role."""
    wanted = request.POST.get("role", "")

    def do(found: User) -> str:
        if wanted not in Role.values:
            raise Permanent("bad_role", "There is no such role.")
        before = found.role
        people.set_role(found, Role(wanted))
        audit.record("user_role", found.username, request=request, before=before, after=wanted)
        return _("The role is changed.")

    return _do(request, user, do)


@dangerous
def disable(request: HttpRequest, user: int) -> HttpResponse:
    """Nobody comes in by the account any more."""

    def do(found: User) -> str:
        people.disable(found)
        audit.record("user_disabled", found.username, request=request)
        return _("The account is disabled, and its sessions are ended.")

    return _do(request, user, do)


@dangerous
def enable(request: HttpRequest, user: int) -> HttpResponse:
    """The account may be used again."""

    def do(found: User) -> str:
        people.enable(found)
        audit.record("user_enabled", found.username, request=request)
        return _("The account may be used again.")

    return _do(request, user, do)


@dangerous
def end_sessions(request: HttpRequest, user: int) -> HttpResponse:
    """Ends every session of the account."""

    def do(found: User) -> str:
        many = people.end_sessions([found.pk])
        audit.record("user_sessions_ended", found.username, request=request, many=many)
        return ngettext("%(n)s session is ended.", "%(n)s sessions are ended.", many) % {"n": many}

    return _do(request, user, do)


@dangerous
def remove_factors(request: HttpRequest, user: int) -> HttpResponse:
    """For somebody who has lost a telephone: the password alone opens the account again."""

    def do(found: User) -> str:
        many = directory.remove_factors(found)
        audit.record("user_second_factors_removed", found.username, request=request, many=many)
        return _("The second factors are removed.")

    return _do(request, user, do)


@dangerous
def reset(request: HttpRequest, user: int) -> HttpResponse:
    """Sends a letter with a link by which the owner sets a new password."""

    def do(found: User) -> str:
        rows = EmailAddress.objects.filter(user=found, verified=True).order_by("-primary")
        email = rows.values_list("email", flat=True).first()
        if not email:
            raise Permanent("no_address", "This account has no confirmed address to which a letter could go.")
        link = people.reset_link(found)
        context = {"user": found, "username": found.username, "password_reset_url": link, "request": request}
        get_adapter(request).send_mail("account/email/password_reset_key", email, context)
        audit.record("user_reset", found.username, request=request)
        if not settings().smtp:
            return _("The letter is written, but there is no mail server that would take it.")
        return _("A letter with a link to set a new password is on its way.")

    return _do(request, user, do)


@dangerous
def set_groups(request: HttpRequest, user: int) -> HttpResponse:
    """Puts the account into these groups and no others."""
    wanted = [
        int(text) for text in request.POST.getlist("group") if text.isascii() and text.isdecimal() and len(text) < 10
    ]

    def do(found: User) -> str:
        chosen = list(Group.objects.filter(pk__in=wanted).order_by("name"))
        found.groups.set(chosen)
        audit.record("user_groups", found.username, request=request, groups=[group.name for group in chosen])
        return _("The groups are changed.")

    return _do(request, user, do)


@dangerous
def delete(request: HttpRequest, user: int) -> HttpResponse:
    """Removes the account for good."""
    found = _found(user)
    name = found.username

    def do() -> str:
        people.delete(found)
        audit.record("user_deleted", name, request=request)
        return _("The account %(name)s is deleted.") % {"name": name}

    answer = act(request, reverse("administration:users"), do)
    if User.objects.filter(pk=user).exists():
        return HttpResponseRedirect(reverse("administration:user", kwargs={"user": user}))
    return answer


def _do(request: HttpRequest, id_: int, do: Callable[[User], str]) -> HttpResponse:
    found = _found(id_)
    back = reverse("administration:user", kwargs={"user": found.pk})
    return act(request, back, lambda: do(found))


def _found(id_: int) -> User:
    found = User.objects.filter(pk=id_).first()
    if found is None:
        raise Http404
    return found
