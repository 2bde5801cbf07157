"""Making a backup while the house runs: the tables as of one moment, then the evidence as far as they know of it.

The moment is a transaction that only reads (REPEATABLE READ). It holds back no follower of the change log, for it has no number
of its own, and ends before the evidence is copied. A file that is being appended to is taken up to the last record that
the tables name; what stands behind that has no row in this backup.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from newsreel import __version__
from newsreel.archive import backup_file, backup_tables
from newsreel.archive.backup_file import Manifest, Table, Writer
from newsreel.core.errors import Misconfigured
from newsreel.core.settings import Settings

APPLICATION = "newsreel backup"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backup is: bytes written; ``doing`` is a table's name or 'evidence'."""

    doing: str
    written: int


def write(
    out: BinaryIO,
    chosen: Settings,
    *,
    with_evidence: bool = True,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Manifest:
    """Writes a backup of the installation, whose database is up, to ``out``; what it holds.

    Misconfigured 'database_lost' where the database goes away meanwhile; OSError where ``out`` takes no more.
    """
    now = datetime.now(UTC)
    writer = Writer(out, int(now.timestamp()))
    head = backup_file.Head(form=backup_file.FORM, newsreel=__version__, made_at=now.isoformat(timespec="seconds"))
    writer.add(backup_file.HEAD, head.model_dump_json().encode("ascii"))
    _own_files(writer, chosen)
    known: dict[str, int] = {}
    try:
        with psycopg.connect(chosen.database_url, application_name=APPLICATION) as connection:
            backup_tables.plain(connection)
            connection.commit()
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            said = _tables(connection, writer, progress)
            if with_evidence:
                known = _evidence_known(connection)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise Misconfigured("database_lost", "The database went away: the backup was not made.") from None
    missing = [name for name, size in known.items() if not _evidence(writer, chosen.home, name, size, progress)]
    manifest = Manifest(
        **head.model_dump(),
        **said,
        with_evidence=with_evidence,
        missing=missing,
        members=writer.members,
    )
    writer.end(manifest)
    return manifest


def _own_files(writer: Writer, chosen: Settings) -> None:
    """The key of this installation, and its site rules. A key named by the environment stays with whoever wrote it there."""
    files = [(backup_file.SECRET_KEY, None if chosen.secret_key else chosen.home / "secret-key")]
    files.append((backup_file.SITE_RULES, chosen.site_rules))
    for name, path in files:
        if path is None:
            continue
        try:
            writer.add(name, path.read_bytes())
        except FileNotFoundError:
            continue


def _tables(connection: psycopg.Connection, writer: Writer, progress: Callable[[Progress], None]) -> dict[str, Any]:
    """Writes every table; the manifest's words on them."""
    tables: list[Table] = []
    for name, names in backup_tables.columns(connection).items():
        rows = 0
        for piece in backup_tables.rows_of(connection, name, names):
            writer.add(f"tables/{name}/{piece.number:06}.copy.zst", piece.packed, piece.raw)
            progress(Progress(name, writer.written))
            rows += piece.rows
        tables.append(Table(name=name, columns=names, rows=rows))
    migrations = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return {
        "server": connection.info.server_version,
        "migrations": [list(row) for row in migrations],
        "tables": tables,
        "sequences": backup_tables.sequences(connection),
    }


def _evidence_known(connection: psycopg.Connection) -> dict[str, int]:
    """The files of evidence that rows name, and how much of each: where the last of its records ends."""
    rows = connection.execute('SELECT file, max("offset" + length) FROM archive_snapshot GROUP BY file ORDER BY file')
    return {str(file): int(end) for file, end in rows.fetchall()}


def _evidence(writer: Writer, home: Path, name: str, size: int, progress: Callable[[Progress], None]) -> bool:
    """Writes a file of evidence; False where it is not there, or shorter than its rows say."""
    if not backup_file.EVIDENCE.fullmatch(name):
        return False
    try:
        descriptor = os.open(home / "evidence" / name, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size < size:
            return False
        writer.add_pieces(f"evidence/{name}", size, _read(file, size))
    progress(Progress("evidence", writer.written))
    return True


def _read(file: io.FileIO, size: int) -> Iterator[bytes]:
    while size:
        piece = file.read(min(size, backup_file.PIECE))
        if not piece:
            raise Misconfigured("disk_failed", "A file of evidence became shorter while it was read.")
        size -= len(piece)
        yield piece
