"""How a source is reached, where it differs from the installation's settings, and what its robots.txt does not hold for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from newsreel.archive import changes
from newsreel.archive.models import Source

NOT_FREE: dict[str, Any] = {"free_paths": [], "free_reason": "", "free_by": "", "free_since": None}


def set_reach(source: Source, **values: Any) -> None:
    """Other values from the next fetch on: gap, headers, proxy, ca_file, allowed_ports."""
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(**values)
        changes.record("source", [source.pk], "changed")


def set_free_paths(source: Source, paths: Sequence[str], reason: str, by: str) -> None:
    """Paths that are read whatever robots.txt says of them, why, and who answers for it. None of them ends the exception."""
    values = {"free_paths": list(paths), "free_reason": reason, "free_by": by, "free_since": Now()}
    set_reach(source, **(values if paths else NOT_FREE))
