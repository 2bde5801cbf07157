"""What may be done in the portal without its administration: add a site, open the sample, leave it.

Editors may, and until there is an administrator whoever sits at this machine: both the peer and the name in the address
must be loopback, and no proxy may stand between. access.py names these BEGINNING, admission.py holds it.
"""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsreel.accounts import audit
from newsreel.archive import wishes
from newsreel.core import state
from newsreel.core.errors import NewsreelError, Temporary
from newsreel.core.settings import settings
from newsreel.pipeline import bells
from newsreel.pipeline.importing import refuse_in_sample
from newsreel.pipeline.selecting import switch_on
from newsreel.portal import admission, catalogue, doing, errors, outcomes
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
        bells.ring("add")
    return HttpResponseRedirect(reverse("portal:home"))


@only("POST")
def catalogue_add(request: HttpRequest) -> HttpResponse:
    """Switches on channels of the catalogue: those that were ticked, or all of the selection; all of them or none."""
    asked = catalogue.asked(request.POST)
    if asked is None:
        return errors.bad_request(request)
    back = HttpResponseRedirect(f"{reverse('portal:catalogue')}?{asked.query}page={asked.number}")
    chosen = catalogue.chosen(asked, request.POST)
    if not chosen:
        messages.error(request, _("Choose at least one channel."))
        return back
    try:
        refuse_in_sample(settings())
        with transaction.atomic():
            done = switch_on(chosen, settings().crawl_interval)
            nobody = "" if admission.person(request) else audit.COMMAND_LINE
            audit.record("channels_added", request=request, actor_name=nobody, many=done.new)
    except NewsreelError as error:
        messages.error(request, outcomes.words(error.outcome))
        return back
    said = ngettext("%(n)s channel is switched on.", "%(n)s channels are switched on.", done.new) % {"n": done.new}
    if done.known:
        said = _("%(said)s Known already: %(n)s.") % {"said": said, "n": done.known}
    messages.success(request, said)
    if done.new:
        bells.ring("crawl")
    return back


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
