"""How one source is reached: its gap and headers (editors), its proxy, ports and exceptions from robots.txt (administrators)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from newsreel.accounts import audit
from newsreel.accounts.roles import Role
from newsreel.archive import manners
from newsreel.archive.manners import HIDDEN, hidden
from newsreel.archive.models import Source
from newsreel.archive.watched import watched_source
from newsreel.core.errors import Permanent
from newsreel.core.settings import settings
from newsreel.pipeline import pushing
from newsreel.portal.administration import faults
from newsreel.portal.administration.frame import password_first, posted, reauthenticate, shown, who


def source_page(request: HttpRequest, id_: int, typed: dict[str, str] | None = None, fault: str = "") -> HttpResponse:
    """The page of one source. ``typed`` and ``fault`` are of a form that was not taken; its part is ``typed['part']``."""
    found = watched_source(id_)
    if found is None:
        raise Http404
    fields = {**_fields(found.source), **(typed or {})}
    about = {"found": found, "fields": fields, "fault": fault, "usual_gap": settings().crawl_gap}
    about["reachable"] = bool(pushing.base_of(settings().url))
    about["password_first"] = password_first(request)
    return shown(request, "source", about, status=422 if fault else 200)


@posted
def pace(request: HttpRequest, source: int) -> HttpResponse:
    """Changes the gap and the headers."""

    def do(found: Source, typed: dict[str, str]) -> str:
        gap = manners.read_gap(typed["gap"])
        least = settings().crawl_gap
        if gap is not None and gap < min(least, found.gap or least) and not who(request).may(Role.ADMINISTRATOR):
            raise Permanent(
                "gap_short", "Only an administrator may have a source asked more often than the setting says."
            )
        headers = manners.read_headers(_revealed(typed["headers"].splitlines(), found))
        manners.set_reach(found, gap=gap, headers=[list(header) for header in headers])
        named = [name for name, _value in headers]
        audit.record(
            "source_pace", found.name, request=request, source=found.pk, before=found.gap, after=gap, headers=named
        )
        return _("The gap and the headers are changed.")

    return _change(request, source, "pace", ("gap", "headers"), do)


@posted
def way(request: HttpRequest, source: int) -> HttpResponse:
    """Changes the proxy and the ports."""
    if password_first(request):
        return reauthenticate(request, _back(source))

    def do(found: Source, typed: dict[str, str]) -> str:
        proxy = found.proxy if typed["proxy"].strip() == hidden(found.proxy) else manners.read_proxy(typed["proxy"])
        ports = manners.read_ports(typed["ports"])
        manners.set_reach(found, proxy=proxy, allowed_ports=ports)
        told: dict[str, Any] = {"before": hidden(found.proxy), "after": hidden(proxy), "ports": ports}
        audit.record("source_way", found.name, request=request, source=found.pk, **told)
        return _("The way to the source is changed.")

    return _change(request, source, "way", ("proxy", "ports"), do)


@posted
def robots(request: HttpRequest, source: int) -> HttpResponse:
    """Makes an exception from robots.txt, or, where no path is named, ends it."""
    if password_first(request):
        return reauthenticate(request, _back(source))

    def do(found: Source, typed: dict[str, str]) -> str:
        paths = manners.read_paths(typed["paths"].splitlines())
        if not paths:
            manners.set_free_paths(found, (), "", "")
            audit.record("robots_obeyed", found.name, request=request, source=found.pk, before=found.free_paths)
            return _("The site's robots.txt is obeyed everywhere again.")
        if found.retired_at is not None:
            raise Permanent("source_retired", "The source is read no more.")
        reason = manners.read_reason(typed["reason"])
        manners.set_free_paths(found, paths, reason, who(request).username)
        told: dict[str, Any] = {"before": found.free_paths, "after": list(paths), "reason": reason}
        audit.record("robots_excepted", found.name, request=request, source=found.pk, **told)
        return _("The exception holds from the next page on.")

    return _change(request, source, "robots", ("paths", "reason"), do)


def _change(
    request: HttpRequest, id_: int, part: str, fields: tuple[str, ...], do: Callable[[Source, dict[str, str]], str]
) -> HttpResponse:
    """One form in one transaction. What was not taken is shown again as it was typed."""
    typed = {name: request.POST.get(name, "")[:20_000] for name in fields}
    try:
        with transaction.atomic():
            found = Source.objects.select_for_update().filter(pk=id_).first()
            if found is None:
                raise Http404
            said = do(found, typed)
    except Permanent as error:
        return source_page(request, id_, {**typed, "part": part}, faults.words(error))
    messages.success(request, said)
    return HttpResponseRedirect(_back(id_))


def _revealed(lines: list[str], found: Source) -> list[str]:
    """Lines with the kept value where the hidden one came back."""
    kept = {name.lower(): value for name, value in found.headers}
    shown_again = []
    for line in lines:
        name, _colon, value = line.partition(":")
        if value.strip() == HIDDEN and name.strip().lower() in kept:
            line = f"{name}: {kept[name.strip().lower()]}"
        shown_again.append(line)
    return shown_again


def _fields(source: Source) -> dict[str, str]:
    return {
        "gap": "" if source.gap is None else f"{source.gap:g}",
        "headers": "\n".join(f"{name}: {HIDDEN}" for name, _value in source.headers),
        "proxy": hidden(source.proxy),
        "ports": ", ".join(map(str, source.allowed_ports)),
        "paths": "\n".join(source.free_paths),
        "reason": source.free_reason,
    }


def _back(id_: int) -> str:
    return reverse("administration:source", kwargs={"source": id_}) + "#reach"
