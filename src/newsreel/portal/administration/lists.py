"""Lists of feeds (OPML, CSV): brought and looked through before they are added, and taken elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsreel.accounts import audit
from newsreel.archive import wishes
from newsreel.archive.models import AddRequest
from newsreel.core.errors import NewsreelError
from newsreel.core.settings import settings
from newsreel.pipeline import bells
from newsreel.pipeline.importing import look_through, take_in, taken_out
from newsreel.portal.administration import faults
from newsreel.portal.administration.frame import act, posted, safe, shown
from newsreel.sources import ListedFeed, csv_of, opml_of
from newsreel.sources.opml import MAX_BYTES

SHOWN = 100  # entries of a list that the page shows
FORMS = {"opml": ("text/x-opml; charset=utf-8", opml_of), "csv": ("text/csv; charset=utf-8", csv_of)}


@safe
def choose(request: HttpRequest) -> HttpResponse:
    """The form for a list, and what is read as a list."""
    return shown(request, "list", {})


@posted
def look(request: HttpRequest) -> HttpResponse:
    """Looks through a list; nothing is added yet."""
    file = request.FILES.get("list")
    back = HttpResponseRedirect(reverse("administration:sources_list"))
    if file is None:
        messages.error(request, _("Choose a file."))
        return back
    try:
        plan = look_through(file.read(MAX_BYTES + 1), settings())
    except NewsreelError as error:
        messages.error(request, faults.words(error))
        return back
    found = {"list": [asdict(feed) for feed in plan.new], "known": plan.known, "repeated": plan.repeated}
    kept = wishes.keep_list(file.name or "", found)
    return HttpResponseRedirect(reverse("administration:sources_found", kwargs={"listing": kept.pk}))


@safe
def found(request: HttpRequest, listing: int) -> HttpResponse:
    """What a list would add."""
    row = _list(listing)
    held: dict[str, Any] = row.found or {}
    feeds = held["list"]
    context = {
        "preview": row,
        "new": len(feeds),
        "known": held["known"],
        "repeated": held["repeated"],
        "feeds": feeds[:SHOWN],
        "more": max(0, len(feeds) - SHOWN),
    }
    return shown(request, "list_found", context)


@posted
def take(request: HttpRequest, listing: int) -> HttpResponse:
    """Adds all that a list named and that was not read yet."""
    row = _list(listing)
    if row.state != AddRequest.State.FOUND:
        raise Http404

    def do() -> str:
        held = row.found or {}
        feeds = [ListedFeed(**{**feed, "folders": tuple(feed["folders"])}) for feed in held["list"]]
        done = take_in(feeds, settings().crawl_interval)
        AddRequest.objects.filter(pk=row.pk).update(state=AddRequest.State.ADDED)
        audit.record("list_taken", row.address, request=request, many=done.new)
        return ngettext("%(n)s channel is added.", "%(n)s channels are added.", done.new) % {"n": done.new}

    answer = act(request, reverse("administration:sources"), do)
    bells.ring("crawl")
    return answer


@safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """All channels that are read, as a file."""
    if form not in FORMS:
        raise Http404
    content_type, write = FORMS[form]
    answer = HttpResponse(write(taken_out()), content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="newsreel-sources.{form}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _list(id_: int) -> AddRequest:
    row = AddRequest.objects.filter(pk=id_, preview=True, found__has_key="list").first()
    if row is None:
        raise Http404
    return row
