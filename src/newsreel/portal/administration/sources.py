"""Sources: listed, looked at before they are added, paused, retired; and their channels."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from newsreel.accounts import audit
from newsreel.archive import registry, wishes
from newsreel.archive.models import AddRequest, Channel, Source
from newsreel.archive.watched import FILTERS, watched
from newsreel.core.errors import Temporary
from newsreel.core.settings import settings
from newsreel.pipeline import bells
from newsreel.pipeline.previewing import confirm
from newsreel.portal.administration import faults, findings
from newsreel.portal.administration.frame import act, kept_query, page_number, posted, safe, shown, typed
from newsreel.portal.administration.manners import source_page


@safe
def listed(request: HttpRequest) -> HttpResponse:
    """All sources, or those that are looked for."""
    search, which = typed(request, "search"), request.GET.get("which", "")
    if which not in FILTERS:
        raise Http404
    page = watched(search, which, page_number(request))
    if page is None:
        raise Http404
    return shown(
        request,
        "sources",
        {"page_of": page, "search": search, "which": which, "query": kept_query(search=search, which=which)},
    )


@safe
def source(request: HttpRequest, source: int) -> HttpResponse:
    """One source with its channels."""
    return source_page(request, source)


@posted
def ask(request: HttpRequest) -> HttpResponse:
    """Asks a worker what would be read at an address."""
    address = request.POST.get("address", "").strip()
    if not address:
        return HttpResponseRedirect(reverse("administration:sources"))
    try:
        preview = wishes.ask_preview(address)
    except Temporary as error:
        messages.error(request, faults.words(error))
        return HttpResponseRedirect(reverse("administration:sources"))
    bells.ring("add")
    return HttpResponseRedirect(reverse("administration:preview", kwargs={"preview": preview.pk}))


@safe
def preview(request: HttpRequest, preview: int) -> HttpResponse:
    """What was found at an address, once a worker has answered; the page looks again until then."""
    return shown(request, "preview", {"preview": _preview(preview)})


@posted
def add(request: HttpRequest, preview: int) -> HttpResponse:
    """Adds what a preview has shown, with the channels that were chosen."""
    found = _preview(preview)
    if found.state != AddRequest.State.FOUND:
        raise Http404
    back = reverse("administration:preview", kwargs={"preview": found.pk})

    def do() -> str:
        source = confirm(found, request.POST.getlist("channel"), settings().crawl_interval)
        audit.record("source_added", source.site, request=request, source=source.pk)
        return _("The source is added; it is being read now.")

    answer = act(request, back, do)
    bells.ring("crawl")
    source = AddRequest.objects.filter(pk=found.pk).values_list("source", flat=True).first()
    if source is not None:
        return HttpResponseRedirect(reverse("administration:source", kwargs={"source": source}))
    return answer


@posted
def pause(request: HttpRequest, source: int) -> HttpResponse:
    """Stops reading a source for now."""
    return _change(request, source, "source_paused", _("The source is paused."))


@posted
def resume(request: HttpRequest, source: int) -> HttpResponse:
    """Goes on with reading a source, also with a retired one."""
    return _change(request, source, "source_resumed", _("The source is read again."))


@posted
def retire(request: HttpRequest, source: int) -> HttpResponse:
    """Stops reading a source for good; its articles stay."""
    return _change(request, source, "source_retired", _("The source is read no more; its articles stay."))


@posted
def channel_pause(request: HttpRequest, channel: int) -> HttpResponse:
    """Stops reading one channel."""
    return _change_channel(request, channel, paused=True)


@posted
def channel_resume(request: HttpRequest, channel: int) -> HttpResponse:
    """Goes on with reading one channel."""
    return _change_channel(request, channel, paused=False)


def _change(request: HttpRequest, id_: int, what: str, said: str) -> HttpResponse:
    found = Source.objects.filter(pk=id_).first()
    if found is None:
        raise Http404

    def do() -> str:
        if what == "source_retired":
            registry.retire(found)
        else:
            registry.set_paused(found, what == "source_paused")
        audit.record(what, found.name, request=request, source=found.pk, site=found.site)
        if what == "source_retired" and found.free_paths:
            audit.record("robots_obeyed", found.name, request=request, source=found.pk, before=found.free_paths)
        return said

    answer = act(request, reverse("administration:source", kwargs={"source": found.pk}), do)
    _after_change(ring=what == "source_resumed")
    return answer


def _change_channel(request: HttpRequest, id_: int, *, paused: bool) -> HttpResponse:
    found = Channel.objects.select_related("source").filter(pk=id_).first()
    if found is None:
        raise Http404

    def do() -> str:
        registry.set_channel_paused(found, paused)
        what = "channel_paused" if paused else "channel_resumed"
        audit.record(what, found.source.name, request=request, channel=found.pk, url=found.url[:500])
        return _("The channel is paused.") if paused else _("The channel is read again.")

    answer = act(request, reverse("administration:source", kwargs={"source": found.source_id}), do)
    _after_change(ring=not paused)
    return answer


def _after_change(*, ring: bool) -> None:
    findings.forget()
    if ring:
        bells.ring("crawl")


def _preview(id_: int) -> AddRequest:
    found = (
        AddRequest.objects.select_related("source").filter(pk=id_, preview=True).exclude(found__has_key="list").first()
    )
    if found is None:
        raise Http404
    return found
