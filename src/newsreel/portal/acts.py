"""What may be done in the portal before there are accounts: add a site, open the sample, leave it.

Only from this machine: both the peer and the name in the address must be loopback, and no proxy may stand between.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from newsreel.archive import wishes
from newsreel.core import state
from newsreel.core.errors import Temporary
from newsreel.core.settings import settings
from newsreel.pipeline import jobs
from newsreel.portal import doing, errors
from newsreel.portal.methods import only

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
Act = Callable[[HttpRequest], HttpResponse]


def from_this_machine(request: HttpRequest) -> bool:
    """Whether a request comes from this machine and means this machine."""
    try:
        peer = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    name, _port = split_domain_port(request.get_host())
    return peer.is_loopback and name in LOCAL_NAMES and not any(header in request.META for header in FORWARDED)


def _local(act: Act) -> Act:
    @wraps(act)
    def guarded(request: HttpRequest) -> HttpResponse:
        return act(request) if from_this_machine(request) else errors.forbidden(request)

    return guarded


@only("POST")
@_local
def add(request: HttpRequest) -> HttpResponse:
    """Keeps the wish for a site and rings; the answer stands in the strip above the news."""
    address = request.POST.get("address", "").strip()
    if address:
        try:
            wishes.ask(address)
        except Temporary:
            return errors.too_many(request)
        jobs.ring("add")
    return HttpResponseRedirect(reverse("portal:home"))


@only("POST")
@_local
def open_sample(request: HttpRequest) -> HttpResponse:
    """Asks the supervisor for the sample."""
    return _switch(request, "open_sample", _("The sample is being opened …"))


@only("POST")
@_local
def leave_sample(request: HttpRequest) -> HttpResponse:
    """Asks the supervisor to go back to the installation's own archive."""
    return _switch(request, "leave_sample", _("The sample is being left …"))


@only("GET", "HEAD")
def activity(request: HttpRequest) -> HttpResponse:
    """The strip alone, for a page that keeps it up to date."""
    return render(request, "portal/activity.html", {"doing": doing.doing()})


def _switch(request: HttpRequest, wish: state.Request, words: str) -> HttpResponse:
    state.request(settings().home, wish)
    return render(request, "portal/switching.html", {"words": words, "bare": True, "folder": doing.in_sample()})
