"""The record of administrative acts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from newsreel.accounts import audit, directory
from newsreel.portal.administration.frame import before, safe, shown, typed

SHOWN = 50


@safe
def record(request: HttpRequest) -> HttpResponse:
    """Who did what, the latest first; by person and by act."""
    person, act = typed(request, "person", 60), typed(request, "act", 40)
    rows = directory.acts(person, act, before(request), SHOWN + 1)
    lines = [
        {"row": row, "words": audit.WORDS.get(row.act, row.act), "details": sorted(row.details.items())}
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
