"""What may be done in the portal without its administration: add a site, open the sample, leave it.

Editors may, and until there is an administrator whoever sits at this machine: both the peer and the name in the address
must be loopback, and no proxy may stand between. access.py names these BEGINNING, admission.py holds it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
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


@only("POST")
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
def open_sample(request: HttpRequest) -> HttpResponse:
    """Asks the supervisor for the sample."""
    return _switch(request, "open_sample", _("The sample is being opened …"))


@only("POST")
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
