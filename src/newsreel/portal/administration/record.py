"""The record of administrative acts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from newsreel.accounts import audit, directory
from newsreel.accounts.models import AuditEntry
from newsreel.accounts.roles import Role
from newsreel.core.settings import changeable
from newsreel.portal.administration import setting_words
from newsreel.portal.administration.frame import before, safe, shown, typed

SHOWN = 50
# What the details of an act are called; one without words of its own is told by its name.
_DETAILS = {
    "before": _("before"),
    "after": _("after"),
    "many": _("how many"),
    "role": _("role"),
    "days": _("days"),
    "groups": _("groups"),
    "site": _("site"),
    "url": _("address"),
    "source": _("source no."),
    "channel": _("channel no."),
    "group": _("group no."),
    "invitation": _("invitation no."),
}
_ORDER = {name: number for number, name in enumerate(_DETAILS)}


@safe
def record(request: HttpRequest) -> HttpResponse:
    """Who did what, the latest first; by person and by act."""
    person, act = typed(request, "person", 60), typed(request, "act", 40)
    rows = directory.acts(person, act, before(request), SHOWN + 1)
    lines = [
        {
            "row": row,
            "who": _("command line") if row.actor_name == audit.COMMAND_LINE else row.actor_name,
            "words": audit.WORDS.get(row.act, row.act),
            "about": _about(row),
            "details": _details(row),
        }
        for row in rows[:SHOWN]
    ]
    context = {
        "lines": lines,
        "older": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
        "person": person,
        "act": act,
        "acts": audit.WORDS,
    }
    return shown(request, "record", context)


def _about(row: AuditEntry) -> str:
    """Whom or what an act was about: a setting by its label."""
    if row.act.startswith("setting_") and row.about in changeable():
        return setting_words.of(row.about)[0]
    return row.about


def _details(row: AuditEntry) -> list[tuple[Any, str]]:
    """The details in words, in one order."""
    ordered = sorted(row.details.items(), key=lambda item: (_ORDER.get(item[0], len(_ORDER)), item[0]))
    return [(_DETAILS.get(name, name), _value(row, name, value)) for name, value in ordered]


def _value(row: AuditEntry, name: str, value: Any) -> str:
    if row.act == "setting_changed" and row.about in changeable() and isinstance(value, str | int | float | None):
        return setting_words.value(row.about, value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "—"
    return str(Role(value).label) if name in ("role", "before", "after") and value in Role.values else str(value)
