"""Bringing a backup into an empty data folder (and, where one is named, an empty database).

Nothing is touched before every digest has been compared. From then until the end a mark lies in the data folder, and
nothing starts there. The tables are one transaction, which also notes the backup on the database; so a restore that was killed
is begun again with the same file and goes on: tables that are there stay, evidence that is whole is not written again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import psycopg
from django.db import connection as django_connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from newsreel.archive import backup_file, backup_tables
from newsreel.archive.backup_file import Manifest
from newsreel.archive.embedded import stop_server
from newsreel.archive.migrating import migrate
from newsreel.core.errors import Misconfigured, Permanent
from newsreel.core.home import UNFINISHED, give_to_owner, unusable, write_private

# What a data folder may hold and still count as empty: what the look at it made, and a disk's own.
_NOTHING = frozenset({"run.lock", "newsreel.log", "newsreel.log.lock", "lost+found", UNFINISHED})
_MADE = ("evidence", "postgres", backup_file.SECRET_KEY, backup_file.SITE_RULES)
_ROOMS = frozenset({"archive", "accounts"})  # that have migrations of ours
_TABLES = """
    SELECT relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
_NOTED = "SELECT obj_description(to_regclass('django_migrations'), 'pg_class')"
ROOM = 1.2  # times what is unpacked: rows have heads and indexes
Say = Callable[[str], None]


def look_at_home(home: Path, manifest: Manifest, *, own_database: bool) -> None:
    """Whether a backup can go into a data folder. Misconfigured 'home_not_empty' or 'disk_full' where not."""
    try:
        there = sorted(path.name for path in home.iterdir()) if home.exists() else []
    except OSError as error:
        raise unusable(home, error) from None
    if UNFINISHED not in there and set(there) - _NOTHING:
        raise Misconfigured(
            "home_not_empty",
            f"The data folder {home} is not empty: name an empty one in NEWSREEL_HOME, and nothing is overwritten.",
        )
    needed = manifest.size_of_evidence + (0 if own_database else int(manifest.size_of_tables * ROOM))
    at = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(at).free + (_size(home) if UNFINISHED in there else 0)
    if free < needed:
        raise Misconfigured(
            "disk_full",
            f"The backup needs {needed / 1e9:,.1f} GB, and the disk of {home} has {free / 1e9:,.1f} GB free.",
        )


def begin(home: Path, manifest: Manifest) -> str:
    """Lays the mark; what a killed restore of another backup has left is removed first. The backup's own mark."""
    mark = _mark(manifest)
    path = home / UNFINISHED
    if path.exists() and path.read_text().strip() != mark:
        stop_server(home)
        for name in _MADE:
            made = home / name
            if made.is_dir() and not made.is_symlink():
                shutil.rmtree(made)
            else:
                made.unlink(missing_ok=True)
    write_private(path, f"{mark}\n".encode())
    return mark


def end(home: Path, database: str) -> None:
    """All is there: the marks go."""
    with psycopg.connect(database) as connection:
        connection.execute("COMMENT ON TABLE django_migrations IS NULL")
    (home / UNFINISHED).unlink()


def refuse_newer(manifest: Manifest) -> None:
    """Misconfigured 'schema_newer' where the backup has a step of ours that this program does not know."""
    rooms = Path(__file__).parent.parent
    for app, name in ((row[0], row[1]) for row in manifest.migrations if len(row) == 2):
        if app in _ROOMS and not (name.isidentifier() or name.replace("_", "a").isalnum()):
            raise Permanent("backup_damaged", "The backup is damaged (manifest.json): it is not used.")
        if app in _ROOMS and not (rooms / app / "migrations" / f"{name}.py").is_file():
            raise Misconfigured(
                "schema_newer",
                f"The backup was made by a newer Newsreel (it has the step {name[:60]}): restore it with that version.",
            )


def look_at_database(database: str, manifest: Manifest) -> None:
    """Whether a database that is not the data folder's own can take the backup. Misconfigured 'database_not_empty'."""
    with psycopg.connect(database) as connection:
        tables = {str(row[0]) for row in connection.execute(_TABLES).fetchall()}
        noted = connection.execute(_NOTED).fetchone()
        ours = noted is not None and str(noted[0]).endswith(_mark(manifest))
    if tables - {"django_migrations"} and not ours:
        raise Misconfigured(
            "database_not_empty",
            "The database that NEWSREEL_DATABASE_URL names is not empty: name an empty one, and nothing is overwritten.",
        )


def make_schema(manifest: Manifest, mark: str) -> bool:
    """Brings the empty database that Django is set up with to the schema of the backup; whether its rows are to be loaded
    (False: a killed restore has done so).
    """
    executor = MigrationExecutor(django_connection)
    known = set(executor.loader.disk_migrations or {})
    wanted = {(row[0], row[1]) for row in manifest.migrations if len(row) == 2}
    with django_connection.cursor() as cursor:
        cursor.execute(_NOTED)
        row = cursor.fetchone()
    if row and row[0] == f"restored {mark}":
        return False
    executor.recorder.ensure_schema()
    _note(f"restoring {mark}")
    executor.migrate(_leaves(executor, wanted & known))
    return True


def load_tables(file: BinaryIO, manifest: Manifest, database: str, mark: str, say: Say) -> None:
    """Puts all rows into the database, in one transaction. Permanent 'backup_damaged' where they do not fit."""
    tables = {table.name: table for table in manifest.tables}
    raws = {member.name: member for member in manifest.members}
    loaded = 0
    with psycopg.connect(database, application_name="newsreel restore") as connection:
        backup_tables.plain(connection)
        there = backup_tables.columns(connection)
        _compare_schema(there, manifest)
        backup_tables.empty(connection, there)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checked piece by piece, not all at the end in memory
        for found in backup_file.members(file):
            if not found.name.startswith("tables/"):
                continue
            name = found.name.split("/")[1]
            if not backup_tables.is_taken(name):
                continue
            member = raws[found.name]
            backup_tables.load(connection, tables[name], _checked(found, member.sha256), member.raw)
            loaded += member.raw
            say(f"rows of {name}: {_share(loaded, manifest.size_of_tables)}")
        _compare_counts(connection, manifest)
        backup_tables.set_sequences(connection, manifest.sequences)
        connection.execute(sql.SQL("COMMENT ON TABLE django_migrations IS {}").format(sql.Literal(f"restored {mark}")))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ANALYZE")


def bring_up_to_date() -> None:
    """Applies what this program's schema has and the backup's had not."""
    migrate()


def put_files(file: BinaryIO, manifest: Manifest, home: Path, say: Say) -> None:
    """Writes the key, the site rules and the evidence; what is there and whole stays."""
    wanted = {member.name: member for member in manifest.members}
    done = 0
    for found in backup_file.members(file):
        member = wanted.get(found.name)
        if member is None:
            continue
        if found.name in (backup_file.SECRET_KEY, backup_file.SITE_RULES):
            write_private(home / found.name, b"".join(_checked(found, member.sha256)))
        elif found.name.startswith("evidence/"):
            _put_evidence(home, found, member.sha256)
            done += found.size
            say(f"evidence: {_share(done, manifest.size_of_evidence)}")


def _put_evidence(home: Path, found: backup_file.Found, sha256: str) -> None:
    path = home / found.name  # its form was checked: evidence/, a year, a name
    for folder in (home / "evidence", path.parent):
        if folder.is_symlink():
            raise Misconfigured("home_not_empty", f"{folder} is a link: name an empty folder in NEWSREEL_HOME.")
        folder.mkdir(exist_ok=True)
        _give(folder, home)
    if path.is_file() and not path.is_symlink() and _digest(path) == sha256:
        return
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    with draft.open("xb") as out:
        give_to_owner(out.fileno(), home)
        for piece in _checked(found, sha256):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _give(folder: Path, home: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        give_to_owner(descriptor, home)
    finally:
        os.close(descriptor)


def _checked(found: backup_file.Found, sha256: str) -> Iterator[bytes]:
    """A member's bytes; Permanent 'backup_damaged' at their end where they are no longer those that were compared."""
    digest = hashlib.sha256()
    for piece in found.pieces:
        digest.update(piece)
        yield piece
    if digest.hexdigest() != sha256:
        raise Permanent("backup_damaged", f"The backup changed while it was read ({found.name}).")


def _compare_schema(there: dict[str, list[str]], manifest: Manifest) -> None:
    """The names in a file come from outside: only those of our own schema go into a statement."""
    told = {table.name: table.columns for table in manifest.tables}
    pieces = {member.name.split("/")[1] for member in manifest.members if member.name.startswith("tables/")}
    # A table that another version took and this one leaves out is passed over.
    ours = {name: names for name, names in told.items() if backup_tables.is_taken(name)}
    fits = all(name in there and sorted(names) == sorted(there[name]) for name, names in ours.items())
    if not fits or not pieces <= set(told) or len(told) != len(manifest.tables):
        raise Permanent(
            "backup_damaged", "The backup's tables are not those of the version that it names: it is not used."
        )


def _compare_counts(connection: psycopg.Connection, manifest: Manifest) -> None:
    for table in manifest.tables:
        if not backup_tables.is_taken(table.name):
            continue
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))).fetchone()
        if row is None or row[0] != table.rows:
            raise Permanent("backup_damaged", f"The backup has not all rows of {table.name}: it is not used.")


def _leaves(executor: MigrationExecutor, wanted: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of the backup's steps those that no other of them builds on: the state that it was made in."""
    graph = executor.loader.graph
    inner = {
        (parent.key[0], parent.key[1])
        for key in wanted
        for parent in graph.node_map[key].parents
        if key in graph.node_map
    }
    return sorted(wanted - inner)


def _note(text: str) -> None:
    with django_connection.cursor() as cursor:
        cursor.execute(sql.SQL("COMMENT ON TABLE django_migrations IS {}").format(sql.Literal(text)).as_string())


def _mark(manifest: Manifest) -> str:
    return hashlib.sha256(manifest.model_dump_json().encode()).hexdigest()[:32]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _share(done: int, of: int) -> str:
    return f"{100 * done // max(of, 1)} %"
