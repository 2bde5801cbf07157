"""A PostgreSQL server by its address: can it be used, and if not, why not, in one sentence."""

from __future__ import annotations

import re

import psycopg
from psycopg import conninfo

from newsreel.core.errors import Misconfigured

OLDEST_MAJOR = 15
CONNECT_SECONDS = 10


def check_server(dsn: str, oldest: int = OLDEST_MAJOR) -> None:
    """Whether the server that ``dsn`` names can hold the archive: it answers, lets us in, is PostgreSQL 15 or newer,
    has the database and the extension ``vector`` (made here where we may). Misconfigured, in one sentence without
    a password, where not.
    """
    place = describe(dsn)
    try:
        connection = psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS, autocommit=True)
    except psycopg.Error as error:
        raise _unreachable(place, error) from None
    with connection:
        version = connection.info.server_version
        if version < oldest * 10000:
            raise Misconfigured(
                "database_too_old",
                f"The database server at {place} is PostgreSQL {version // 10000}; Newsreel needs {oldest} or newer.",
            )
        _need_vector(connection, place)


def describe(dsn: str) -> str:
    """Where a server is, in words for a message: database, host and port, never a password. Misconfigured where the
    address cannot be read.
    """
    parts = connection_parts(dsn)
    host = parts.get("host") or "this machine"
    port = parts.get("port")
    where = host if host.startswith("/") or not port else f"{host}:{port}"
    return f"{where}, database {parts['dbname']!r}"


def connection_parts(dsn: str) -> dict[str, str]:
    """An address (URL or libpq's 'key=value' form) as libpq's keywords: host, port, dbname, user, password … .

    Misconfigured where it cannot be read or names no database.
    """
    try:
        parts = {name: str(value) for name, value in conninfo.conninfo_to_dict(dsn).items() if value is not None}
    except psycopg.Error:
        parts = {}
    if not parts.get("dbname") or not re.fullmatch(r"[\d,]*", parts.get("port", "")):
        raise Misconfigured("bad_setting", _NO_ADDRESS)
    return parts


def _need_vector(connection: psycopg.Connection, place: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'").fetchone()
    if known:
        return
    available = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone()
    if not available:
        raise Misconfigured(
            "no_vector_extension",
            f"The database server at {place} does not have the extension pgvector: ask its administrator to install it "
            f"(Debian's package is postgresql-{connection.info.server_version // 10000}-pgvector).",
        )
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except psycopg.errors.UniqueViolation:
        return  # another process made it at this moment
    except psycopg.Error:
        raise Misconfigured(
            "no_vector_extension",
            f"The extension pgvector is not switched on at {place} and this user may not do it: ask the administrator "
            "to run CREATE EXTENSION vector in that database.",
        ) from None


def _unreachable(place: str, error: psycopg.Error) -> Misconfigured:
    """libpq gives most refusals at connecting without a code: its English words (lc_messages may be another
    language for the server's own) say which.
    """
    text = str(error)
    for outcome, pattern, reason in _REFUSALS:
        if re.search(pattern, text):
            return Misconfigured(outcome, reason.format(place=place))
    return Misconfigured("database_unreachable", f"No connection to the database server at {place}.")


_NO_ADDRESS = (
    "NEWSREEL_DATABASE_URL is not an address of a PostgreSQL database: write postgresql://user:password@host:port/name."
)
_REFUSALS = (
    (
        "bad_setting",
        r"invalid integer value|invalid port number|invalid connection option|invalid sslmode",
        _NO_ADDRESS,
    ),
    (
        "database_login",
        r"password authentication failed|28P01|no password supplied|authentication failed|Peer auth",
        "The database server at {place} does not accept this user or password.",
    ),
    (
        "database_login",
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "The database server at {place} does not let this user in from this machine (its pg_hba.conf).",
    ),
    (
        "no_database",
        r"database \".*\" does not exist",
        "The database server answers, but there is no such database there ({place}): create it first.",
    ),
    (
        "database_login",
        r"role \".*\" does not exist|not permitted to log in",
        "The database server at {place} does not know this user.",
    ),
    (
        "database_login",
        r"permission denied for database",
        "The database server does not let this user use the database ({place}).",
    ),
    (
        "database_busy",
        r"too many clients|remaining connection slots|too many connections",
        "The database server at {place} has no connection left: raise its max_connections.",
    ),
    (
        "database_starting",
        r"is starting up|not yet accepting|in recovery mode|is shutting down",
        "The database server at {place} is just starting or stopping: try again in a moment.",
    ),
    ("database_unreachable", r"[Cc]onnection refused", "Nothing answers at {place}: start the database server there."),
    (
        "database_unreachable",
        r"No such file or directory",
        "There is no database server's socket at {place}: start the server there.",
    ),
    (
        "database_unreachable",
        r"not translate host name|[Nn]ame or service not known|nodename nor|failed to resolve host|name resolution",
        "The host of the database server ({place}) is not known.",
    ),
    (
        "database_unreachable",
        r"timeout expired|timed out",
        "The database server at {place} did not answer within a few seconds.",
    ),
    (
        "database_tls",
        r"certificate|SSL|TLS",
        "The encrypted connection to the database server at {place} failed: see sslmode and its certificate.",
    ),
    (
        "database_unreachable",
        r"[Pp]ermission denied",
        "The database server's socket at {place} may not be opened by this user.",
    ),
)
