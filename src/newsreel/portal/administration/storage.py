"""How much room the archive takes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from psycopg.conninfo import conninfo_to_dict

from newsreel.archive import queries
from newsreel.archive import storage as room
from newsreel.core.settings import settings
from newsreel.portal.administration.frame import safe, shown


@safe
def storage(request: HttpRequest) -> HttpResponse:
    """Database, evidence, disk."""
    chosen = settings()
    context = {
        "database": room.database_size(),
        "tables": room.tables(),
        "evidence": room.evidence(chosen.home / "evidence"),
        "disk": room.disk(chosen.home),
        "totals": queries.totals(),
        "days": chosen.snapshot_days,
        "here": str(conninfo_to_dict(chosen.database_url).get("host", "")).startswith("/"),  # a socket of this machine
    }
    return shown(request, "storage", context)
