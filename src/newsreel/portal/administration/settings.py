"""Settings that the portal may change: shown with where each comes from, changed group by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsreel.accounts import audit
from newsreel.archive import preferences
from newsreel.core.errors import Permanent
from newsreel.core.settings import PREFIX, changeable, settings
from newsreel.portal.administration import faults, findings, setting_words
from newsreel.portal.administration.frame import dangerous, password_first, posted, reauthenticate, safe, shown


@safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return _page(request)


@posted
def change(request: HttpRequest, part: str) -> HttpResponse:
    """Keeps the values of one group, all or none."""
    names = [name for name, mark in changeable().items() if mark.group == part]
    if not names:
        raise Http404
    if password_first(request):
        return reauthenticate(request, reverse("administration:settings"))
    typed = {name: request.POST[name] for name in names if name in request.POST}
    wrong: dict[str, str] = {}
    with transaction.atomic():
        changed = _change(request, typed, wrong)
        if wrong:
            transaction.set_rollback(True)
    if wrong:
        return _page(request, typed, wrong)
    _follow()
    if changed:
        messages.success(
            request, ngettext("%(n)s setting is changed.", "%(n)s settings are changed.", changed) % {"n": changed}
        )
    else:
        messages.info(request, _("Nothing was changed."))
    return HttpResponseRedirect(reverse("administration:settings") + f"#{part}")


@dangerous
def reset(request: HttpRequest, name: str) -> HttpResponse:
    """The default holds again."""
    mark = changeable().get(name)
    if mark is None:
        raise Http404
    try:
        with transaction.atomic():
            if preferences.reset(name):
                audit.record("setting_reset", name, request=request)
    except Permanent as error:
        messages.error(request, faults.words(error))
    else:
        messages.success(request, _("The default holds again."))
    _follow()
    return HttpResponseRedirect(reverse("administration:settings") + f"#{mark.group}")


def _change(request: HttpRequest, typed: Mapping[str, str], wrong: dict[str, str]) -> int:
    """Writes what differs; how many. ``wrong`` is told why a value was not taken."""
    changed, marks = 0, changeable()
    for name, text in typed.items():
        mark = marks[name]
        if mark.secret and not text:
            continue  # it is not shown, so an empty field says nothing
        before = getattr(settings(), name)
        try:
            if preferences.write(name, text):
                changed += 1
                told = {} if mark.secret else {"before": before, "after": preferences.read_value(name, text)}
                audit.record("setting_changed", name, request=request, **told)
        except Permanent as error:
            wrong[name] = faults.words(error)
    return changed


def _follow() -> None:
    """This process at once; the others hear of it by the change log."""
    preferences.take_up()
    findings.forget()


def _page(
    request: HttpRequest, typed: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> HttpResponse:
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in setting_words.groups()}
    for row in preferences.shown():
        line = _line(row, (typed or {}).get(row.name), (wrong or {}).get(row.name, ""))
        groups.setdefault(row.mark.group, []).append(line)
    named = [(group, setting_words.group(group), lines) for group, lines in groups.items()]
    about = {"groups": named, "password_first": password_first(request)}
    return shown(request, "settings", about, status=422 if wrong else 200)


def _line(row: preferences.Shown, typed: str | None, fault: str) -> dict[str, Any]:
    label, help_ = setting_words.of(row.name)
    value = typed if typed is not None and not row.mark.secret else setting_words.written(row.value)
    return {
        "row": row,
        "label": label,
        "help": help_,
        "value": value,
        "default": setting_words.value(row.name, row.default),
        "choices": setting_words.choices(row.name),
        "kind": setting_words.kind(row.name),
        "limits": setting_words.limits(row.name),
        "variable": PREFIX + row.name.upper(),
        "fixed": row.origin == "environment",
        "fault": fault,
    }
