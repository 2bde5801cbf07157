"""What could not be read: by reason, by source, and tried again."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext

from newsreel.accounts import audit
from newsreel.archive import failures as found
from newsreel.pipeline import bells
from newsreel.portal.administration.frame import act, before, posted, safe, shown


@safe
def failures(request: HttpRequest) -> HttpResponse:
    """All groups."""
    return shown(request, "failures", {"failures": found.failures()})


@safe
def group(request: HttpRequest, kind: str, outcome: str) -> HttpResponse:
    """One group, address by address."""
    start = before(request)
    rows = found.group(_kind(kind), outcome, start)
    older = rows[found.SHOWN - 1].id if len(rows) > found.SHOWN else None
    context = {"rows": rows[: found.SHOWN], "older": older, "kind": kind, "outcome": outcome, "first": start is None}
    return shown(request, "failure", context)


@posted
def retry(request: HttpRequest, kind: str, outcome: str) -> HttpResponse:
    """Makes a group due now."""
    which = _kind(kind)

    def do() -> str:
        many = found.retry(which, outcome)
        audit.record("failures_retried", f"{kind} {outcome}", request=request, many=many)
        text = ngettext("%(n)s address will be tried again.", "%(n)s addresses will be tried again.", many)
        return text % {"n": many}

    answer = act(request, reverse("administration:failures"), do)
    bells.ring("crawl")
    return answer


def _kind(kind: str) -> found.Kind:
    if kind not in found.KINDS:
        raise Http404
    return kind
