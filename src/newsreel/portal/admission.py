"""Whether a reader may open an address: the rules of access.py, for this request."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.urls import reverse

from newsreel.accounts import factors, people
from newsreel.accounts.models import User
from newsreel.accounts.roles import Role
from newsreel.core.settings import settings
from newsreel.portal import errors
from newsreel.portal.access import RULES, Access

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def from_this_machine(request: HttpRequest) -> bool:
    """Whether a request comes from this machine and means this machine."""
    try:
        peer = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    name, _port = split_domain_port(str(request.META.get("newsreel.host", "")))
    return peer.is_loopback and name in LOCAL_NAMES and not any(header in request.META for header in FORWARDED)


def may_begin(request: HttpRequest) -> bool:
    """Whether the reader may add sites and change to the sample."""
    user = person(request)
    if user is not None and user.may(Role.EDITOR):
        return not factors.is_missing(user)
    return from_this_machine(request) and not people.has_administrator()


def person(request: HttpRequest) -> User | None:
    """Who is signed in."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) and user.is_active else None


def refused(request: HttpRequest, name: str) -> HttpResponse | None:
    """None where the reader may open the address of this name; else what is answered: for a page that somebody could
    see who signs in the login page, else 403.
    """
    rule = RULES.get(name)
    if rule is None:
        return errors.forbidden(request)
    if rule is Access.ALWAYS or (rule is Access.PUBLIC and not settings().members_only):
        return None
    if rule is Access.BEGINNING and may_begin(request):
        return None
    user = person(request)
    if user is None:
        return _to_login(request) if rule is not Access.BEGINNING else errors.forbidden(request)
    if not user.may(rule.role or Role.READER):
        return errors.forbidden(request)
    if rule is not Access.MEMBER and factors.is_missing(user):  # an account's own pages are where one is set up
        return HttpResponseRedirect(reverse("mfa_index"))
    return None


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return errors.forbidden(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?next={quote(request.get_full_path())}")
