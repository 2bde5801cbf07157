"""现状: what is wrong at this moment, and the figures beside it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from newsreel.archive import queries
from newsreel.portal.administration import findings
from newsreel.portal.administration.frame import safe, shown


@safe
def wrong(request: HttpRequest) -> HttpResponse:
    """The first page of the administration."""
    findings.forget()
    return shown(request, "wrong", {"findings": findings.now(), "totals": queries.totals()})
