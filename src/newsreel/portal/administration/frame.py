"""What all pages of the administration share: the menu with its badge, notices, cursors, and acts that are one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from newsreel.accounts.models import User
from newsreel.accounts.roles import Role
from newsreel.core.errors import NewsreelError
from newsreel.portal import admission
from newsreel.portal.administration import faults, findings
from newsreel.portal.methods import only

Page = Callable[..., HttpResponse]
safe = only("GET", "HEAD")
posted = only("POST")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: the pages under it have names that begin with one of ``holds``."""

    name: str
    words: Any
    role: Role
    holds: tuple[str, ...]


MENU = (
    Entry("home", _("What is wrong now"), Role.EDITOR, ("home",)),
    Entry("sources", _("Sources and channels"), Role.EDITOR, ("source", "preview", "channel")),
    Entry("portal:health", _("Source health"), Role.EDITOR, ("health",)),
    Entry("work", _("Work in progress"), Role.EDITOR, ("work",)),
    Entry("failures", _("Failures"), Role.EDITOR, ("failure",)),
    Entry("users", _("Users"), Role.ADMINISTRATOR, ("user",)),
    Entry("groups", _("Groups"), Role.ADMINISTRATOR, ("group",)),
    Entry("invitations", _("Invitations"), Role.ADMINISTRATOR, ("invitation",)),
    Entry("settings", _("Settings"), Role.ADMINISTRATOR, ("settings",)),
    Entry("storage", _("Storage"), Role.ADMINISTRATOR, ("storage",)),
    Entry("record", _("Record of acts"), Role.ADMINISTRATOR, ("record",)),
)


def shown(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the administration."""
    user = who(request)
    here = request.resolver_match.url_name if request.resolver_match else ""
    menu = [
        {
            "url": reverse(entry.name if ":" in entry.name else f"administration:{entry.name}"),
            "words": entry.words,
            "here": (here or "").startswith(entry.holds),
        }
        for entry in MENU
        if user.may(entry.role)
    ]
    around = {"menu": menu, "faults_now": len(findings.now()), "administrator": user.may(Role.ADMINISTRATOR)}
    answer = render(request, f"portal/administration/{template}.html", {**around, **context}, status=status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def who(request: HttpRequest) -> User:
    """Who is signed in; access.py lets nobody else come here."""
    user = admission.person(request)
    if user is None:
        raise Http404
    return user


def act(request: HttpRequest, back: str, do: Callable[[], str]) -> HttpResponse:
    """Does something in one transaction with its line in the record, says what was done or why not, and goes back."""
    try:
        with transaction.atomic():
            said = do()
    except NewsreelError as error:
        messages.error(request, faults.words(error))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(back)


def dangerous(view: Page) -> Page:
    """An act (POST) for which the administrator must have given a password or second factor within some minutes."""
    guarded: Page = reauthentication_required(view)
    return posted(guarded)


def password_first(request: HttpRequest) -> bool:
    """Whether the administrator must give a password or second factor before something of weight is changed."""
    return bool(is_reauthentication_required(request, app=""))


def reauthenticate(request: HttpRequest, back: str) -> HttpResponse:
    """To the page that asks for the password, and back. What was typed is not kept meanwhile: it may be a secret."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    asks = methods[0]["url"] if methods else reverse("account_login")
    return HttpResponseRedirect(f"{asks}?{urlencode({'next': back})}")


def page_number(request: HttpRequest) -> int:
    """``?page=``; what is none of ours is no address."""
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdecimal() and len(number) <= 6):
        raise Http404
    return int(number)


def before(request: HttpRequest) -> int | None:
    """``?before=``, an id."""
    text = request.GET.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Http404
    return int(text)


def kept_query(**values: str) -> str:
    """What a link to another page of the same list begins with."""
    return urlencode({name: value for name, value in values.items() if value}) + "&" if any(values.values()) else ""


def typed(request: HttpRequest, name: str, most: int = 200) -> str:
    """What was typed into a search field."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:most]
