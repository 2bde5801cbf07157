"""The tables of a backup: rows out of a database and into an empty one, as COPY's text.

The text is the same for every PostgreSQL that can be the archive's, and holds nothing but values: a restored backup runs no
statement of its own, as a dump of pg_dump would. The schema is made by our migrations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import NamedTuple

import psycopg
from psycopg import sql

from newsreel.archive.backup_file import Table
from newsreel.core.errors import Permanent

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 8 * 1024 * 1024  # bytes of rows unpacked, after which the next piece begins
STEP = 1024 * 1024
LEVEL = 3
# What is not taken: the migrations' own record (the schema is made anew), bells (rows alone say what is due), who is logged in
# (a backup must not open again a session that was ended since), captchas that wait, and Django's cache, whose values are
# pickles: a foreign file must not bring any.
LEFT_OUT = frozenset(
    {"django_migrations", "django_session", "usersessions_usersession", "accounts_challenge", "accounts_cache"}
)
LEFT_OUT_BEGINNING = "procrastinate_"

_COLUMNS = """
    SELECT c.relname, a.attname, a.atttypid = 'xid8'::regtype
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attgenerated = ''
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname, a.attnum
"""
_REFERENCES = """
    SELECT c.relname, f.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
    WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND c.oid <> f.oid
"""
_SEQUENCES = """
    SELECT c.relname, a.attname, d.objid::regclass::text
    FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_class c ON c.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    WHERE d.deptype IN ('a', 'i') AND c.relnamespace = current_schema()::regnamespace
"""


def is_taken(table: str) -> bool:
    """Whether a backup takes a table."""
    return table not in LEFT_OUT and not table.startswith(LEFT_OUT_BEGINNING)


class Piece(NamedTuple):
    """Some rows of a table: packed, and how many bytes they are unpacked."""

    number: int
    rows: int
    packed: bytes
    raw: int


def plain(connection: psycopg.Connection) -> None:
    """Values are written and read in one form, whatever the server's settings are."""
    for name, value in (
        ("DateStyle", "ISO"),
        ("IntervalStyle", "postgres"),
        ("bytea_output", "hex"),
        ("TimeZone", "UTC"),
    ):
        connection.execute(sql.SQL("SET {} TO {}").format(sql.Identifier(name), sql.Literal(value)))
    connection.execute("SET extra_float_digits TO 1")
    connection.execute("SET client_encoding TO 'UTF8'")
    connection.execute("SET statement_timeout TO 0")


def columns(connection: psycopg.Connection) -> dict[str, list[str]]:
    """The tables that a backup takes with their columns, those before that others refer to. Numbers of transactions
    (xid8) are left out: they mean something to the server that gave them alone, and the next one gives its own.
    """
    found: dict[str, list[str]] = {}
    for table, column, is_xid in connection.execute(_COLUMNS).fetchall():
        if is_taken(table):
            taken = found.setdefault(table, [])
            if not is_xid:
                taken.append(column)
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(found, ()))
    for table, other in connection.execute(_REFERENCES).fetchall():
        if table in found and other in found:
            order.add(table, other)
    return {table: found[table] for table in order.static_order()}


def sequences(connection: psycopg.Connection) -> dict[str, int]:
    """The last number that each table's sequence has given out, by 'table.column'; 0 for none yet."""
    last: dict[str, int] = {}
    for table, column, name in connection.execute(_SEQUENCES).fetchall():
        row = connection.execute(
            sql.SQL("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}").format(sql.SQL(name))
        ).fetchone()
        last[f"{table}.{column}"] = int(row[0]) if row else 0
    return {name: number for name, number in sorted(last.items()) if name.split(".")[0] not in LEFT_OUT}


def rows_of(connection: psycopg.Connection, table: str, names: list[str], piece: int = PIECE) -> Iterator[Piece]:
    """A table's rows in pieces of whole rows. Memory stays that of one piece (or of one row, where that is larger)."""
    rows, number = bytearray(), 0
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), _listed(names))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for data in copy:
            rows += data
            if len(rows) >= piece:
                yield _piece(number, rows)
                rows, number = bytearray(), number + 1
    if rows:
        yield _piece(number, rows)


def _piece(number: int, rows: bytearray) -> Piece:
    # A line's end within a value is written as \\n.
    return Piece(number, rows.count(b"\n"), zstd.compress(bytes(rows), level=LEVEL), len(rows))


def empty(connection: psycopg.Connection, tables: Iterable[str]) -> None:
    """Takes out the rows that the migrations have put into tables."""
    listed = sql.SQL(", ").join(sql.Identifier(table) for table in tables)
    connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(listed))


def load(connection: psycopg.Connection, table: Table, packed: Iterable[bytes], raw: int) -> None:
    """Puts one piece's rows into a table. Permanent 'backup_damaged' where it is more than it says, or no such rows."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), _listed(table.columns))
    try:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for data in _unpacked(packed, raw):
                copy.write(data)
    except (psycopg.DataError, psycopg.IntegrityError, zstd.ZstdError, EOFError):
        raise Permanent("backup_damaged", f"The backup's rows of {table.name} do not fit: it is not used.") from None


def set_sequences(connection: psycopg.Connection, wanted: dict[str, int]) -> None:
    """Lets every sequence go on after the numbers that were given out, and after those that are there."""
    for table, column, name in connection.execute(_SEQUENCES).fetchall():
        last = min(max(wanted.get(f"{table}.{column}", 0), 0), 2**63 - 2)
        connection.execute(
            sql.SQL(
                "SELECT setval({}::regclass, greatest({}, coalesce(max({}), 0), 1), greatest({}, coalesce(max({}), 0)) > 0) FROM {}"
            ).format(name, last, sql.Identifier(column), last, sql.Identifier(column), sql.Identifier(table))
        )


def _unpacked(packed: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Packed bytes as they are, in small steps, and never more of them than ``most``."""
    box = zstd.ZstdDecompressor()
    left = most
    for data in packed:
        while not box.eof:
            out = box.decompress(data, STEP)
            data = b""
            left -= len(out)
            if left < 0:
                raise EOFError
            if out:
                yield out
            elif box.needs_input:
                break
    if left or not box.eof:
        raise EOFError


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)
