"""How much room the archive takes, and how much there is."""

from __future__ import annotations

import os
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection

from newsreel.archive.snapshots import day_of

MOST_FILES = 200_000  # of the evidence folder; counting more would take longer than a page may
KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table on the disk, in bytes."""

    name: str
    rows: int
    data: int
    indexes: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence folder. ``whole`` is false where there were more files than are counted."""

    files: int
    size: int
    oldest: date | None
    newest: date | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of the data folder, in bytes."""

    free: int
    total: int


def database_size() -> int:
    """Of the whole database, in bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def tables(limit: int = 12) -> tuple[Table, ...]:
    """The largest tables with their indexes. Rows are the planner's estimate."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, greatest(reltuples, 0)::bigint, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            " ORDER BY pg_total_relation_size(oid) DESC LIMIT %s",
            [limit],
        )
        return tuple(Table(*row) for row in cursor.fetchall())


def disk(folder: Path) -> Disk | None:
    """Where a folder lies; None where it cannot be asked."""
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(found.free, found.total)


_guard = threading.Lock()
_counted: dict[Path, tuple[float, Evidence]] = {}


def evidence(folder: Path) -> Evidence:
    """What lies in the evidence folder: counted at most once a minute."""
    with _guard:
        kept = _counted.get(folder)
        if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
            kept = (time.monotonic(), count_evidence(folder))
            _counted[folder] = kept
        return kept[1]


def count_evidence(folder: Path, most: int = MOST_FILES) -> Evidence:
    """The same, now."""
    files, size = 0, 0
    days: set[date] = set()
    for path in _warcs(folder):
        if files >= most:
            return Evidence(files, size, min(days, default=None), max(days, default=None), whole=False)
        with suppress(OSError):  # one that is forgotten at this moment
            size += path.stat().st_size
            files += 1
        if (day := day_of(path.name)) is not None:
            days.add(day)
    return Evidence(files, size, min(days, default=None), max(days, default=None), whole=True)


def _warcs(folder: Path) -> list[os.DirEntry[str]]:
    found: list[os.DirEntry[str]] = []
    try:
        years = [entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
        for year in years:
            with os.scandir(year) as entries:
                for entry in entries:
                    if entry.name.endswith(".warc.gz"):
                        found.append(entry)
                    if len(found) > MOST_FILES:
                        return found
    except OSError:
        pass
    return found
