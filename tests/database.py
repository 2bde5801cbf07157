"""The test run's own PostgreSQL: the embedded server in a temporary folder, started by the first test that needs it.

Its address is known before it runs (the socket's place follows from the folder), so Django's settings can be read at
once and a run of pure functions never pays for a database. With pytest-xdist the workers share the server and each
has a database of its own (pytest-django names it after the worker).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg

from newsreel.archive.embedded import ServerAddress, ensure_server, release, stop_server

_HOME = "NEWSREEL_HOME"
_URL = "NEWSREEL_DATABASE_URL"
EMPTY = "template1"  # a database with not even the schema


def claim_environment() -> Path | None:
    """Point NEWSREEL_HOME and NEWSREEL_DATABASE_URL at the run's own folder and server, whatever they were.

    Returns the folder where this process made it (and is to remove it); None in a worker of pytest-xdist.
    """
    for name in [name for name in os.environ if name.startswith("NEWSREEL_") and name not in _KEPT]:
        if "PYTEST_XDIST_WORKER" not in os.environ:
            del os.environ[name]
    if "PYTEST_XDIST_WORKER" in os.environ:
        return None
    # Not the usual temporary folder: a long TMPDIR would move the socket elsewhere.
    home = Path(tempfile.mkdtemp(prefix="newsreel-tests-", dir="/tmp"))
    os.environ[_HOME] = str(home)
    os.environ[_URL] = ServerAddress(str(home / "postgres" / "run")).dsn
    return home


def start() -> ServerAddress:
    """The run's server, running, with pgvector in whatever database is made there."""
    address = ensure_server(Path(os.environ[_HOME]))
    if address.dsn != os.environ[_URL]:
        raise RuntimeError(f"the test server is at {address.dsn}, not at {os.environ[_URL]}")
    template = psycopg.connect(address.dsn_of("template1"), autocommit=True)
    with template, suppress(psycopg.errors.UniqueViolation):
        for setting in NOT_SYNCED:
            template.execute(f"ALTER SYSTEM SET {setting} = off")
        template.execute("SELECT pg_reload_conf()")
        template.execute("CREATE EXTENSION IF NOT EXISTS vector")  # another worker may make it at this moment
    return address


def once(name: str, fill: Callable[[str], object], template: str = EMPTY) -> str:
    """The name of a database from which others are copied: ``fill`` is given its address, once for all workers of the run."""
    home = Path(os.environ[_HOME])
    address = ServerAddress(str(home / "postgres" / "run"))
    with (
        (home / f"{name}.lock").open("w") as lock,
        psycopg.connect(address.dsn_of("postgres"), autocommit=True) as server,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(f"DROP DATABASE IF EXISTS {name}_unfinished")
            server.execute(f"CREATE DATABASE {name}_unfinished TEMPLATE {template}")
            fill(address.dsn_of(f"{name}_unfinished"))
            server.execute(f"ALTER DATABASE {name}_unfinished RENAME TO {name}")
    return name


def migrated() -> str:
    """The name of a database with Newsreel's schema and nothing in it: to migrate takes some five seconds of the processor."""

    def fill(dsn: str) -> None:
        settings = {_HOME: str(folder("migrated")), _URL: dsn}
        words = [sys.executable, "-m", "newsreel", "sources"]
        subprocess.run(words, env=os.environ | settings, check=True, stdout=subprocess.DEVNULL)

    return once("newsreel_migrated", fill)


def folder(name: str) -> Path:
    """A folder that all workers of the run share."""
    return Path(os.environ[_HOME]) / name


def folder_once(name: str, fill: Callable[[Path], object]) -> Path:
    """Such a folder, which ``fill`` has filled, once for all of them."""
    made, unfinished = folder(name), folder(f"{name}-unfinished")
    with folder(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            fill(unfinished)
            unfinished.rename(made)
    return made


def leave() -> None:
    """This process needs the server no longer."""
    release(Path(os.environ[_HOME]))


def remove(home: Path) -> None:
    """Stop the server, whoever still holds it, and remove the folder."""
    stop_server(home)
    shutil.rmtree(home, ignore_errors=True)


# A killed process loses nothing by these, only a machine without power does.
NOT_SYNCED = ("fsync", "synchronous_commit", "full_page_writes")
_KEPT = {"NEWSREEL_REQUIRE_BROWSER", "NEWSREEL_CHROMIUM", "NEWSREEL_TEST_ALL"}
