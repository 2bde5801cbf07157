"""What is waiting to be done and who does it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from newsreel.archive.work import work as work_now
from newsreel.portal.administration.frame import safe, shown


@safe
def work(request: HttpRequest) -> HttpResponse:
    """The queues."""
    return shown(request, "work", {"work": work_now()})
