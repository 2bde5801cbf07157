"""What benchmarks stand on: a server of their own in a temporary folder, and stations on databases of it."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg

from newsreel.archive.embedded import ServerAddress, ensure_server, release, stop_server

SHARED = Path(__file__).resolve().parents[2] / "shared"


def need(folder: Path) -> None:
    """Ends the program, in one sentence and without a fault, where the recorded pages are not there."""
    if not folder.is_dir():
        print(f"Left out: this benchmark reads {folder}, which is not here.", file=sys.stderr)
        raise SystemExit(0)


@contextmanager
def server() -> Iterator[tuple[ServerAddress, Path]]:
    """The embedded server as an installation has it, its durability included, and the folder in which it lives."""
    home = Path(tempfile.mkdtemp(prefix="newsreel-bench-", dir=os.environ.get("TMPDIR", "/tmp")))
    try:
        yield ensure_server(home), home
    finally:
        release(home)
        stop_server(home)
        shutil.rmtree(home, ignore_errors=True)


def database(address: ServerAddress) -> str:
    """A new, empty database; its address."""
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(address.dsn_of("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return address.dsn_of(name)


class Station:
    """A process of its own on a database, as a worker is one: two of them can be asked in turns."""

    def __init__(self, dsn: str, home: Path) -> None:
        self.dsn = dsn
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, dsn, str(home)), daemon=True)
        self._process.start()

    def ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What a function of a module gives there."""
        self._ours.send((function, arguments))
        ok, value = self._ours.recv()
        if not ok:
            raise RuntimeError(value)
        return value

    def close(self) -> None:
        """Ends the process."""
        with suppress(OSError):
            self._ours.send(None)
        self._process.join(20)
        self._process.kill()


def _serve(pipe: Connection, dsn: str, home: str) -> None:
    os.environ.update(NEWSREEL_DATABASE_URL=dsn, NEWSREEL_HOME=home)
    from newsreel.pipeline.startup import open_archive

    archive = open_archive()
    while (asked := pipe.recv()) is not None:
        function, arguments = asked
        try:
            pipe.send((True, function(*arguments)))
        except Exception:
            pipe.send((False, traceback.format_exc()))
    archive.close()
