"""An installation of its own for a test: a data folder, a database on the run's server, the command line, the press."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from newsreel.archive.embedded import ServerAddress, stop_server
from tests import database
from tests.shared import SHARED


class Installation:
    """``newsreel`` as a user has it, by subprocess. ``environment`` holds its settings."""

    def __init__(self, home: Path, dsn: str, **settings: str) -> None:
        self.home, self._named = home, dsn
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("NEWSREEL_", "DJANGO_", "PYTEST_"))
        }
        self.environment = kept | {"NEWSREEL_HOME": str(home), "NEWSREEL_DATABASE_URL": dsn} | settings

    @property
    def dsn(self) -> str:
        """Its database: the one that was named, else the embedded server's, whose socket is elsewhere for a long path."""
        if self._named:
            return self._named
        record = self.home / "postgres.socket"
        return ServerAddress(record.read_text().strip() if record.exists() else str(self.home / "postgres" / "run")).dsn

    def run(self, *words: str, stdin: str | bytes = "", timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "newsreel", *words],
            input=data,
            capture_output=True,
            env=self.environment,
            timeout=timeout,
        )
        return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """One command that goes on, in a session of its own so that all of it can be ended."""
        return subprocess.Popen(
            [sys.executable, "-m", "newsreel", *words],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says."""
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(statement, values or None).fetchall()

    @staticmethod
    def answers(port: int) -> bool:
        """Whether a portal is there."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def exported(self) -> list[dict[str, Any]]:
        """All articles, by ``newsreel export``."""
        done = self.run("export")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def fresh_database(server: ServerAddress, template: str = "") -> Iterator[str]:
    """A new database on the run's server, with the schema and nothing in it, or a copy of another; its address."""
    name = f"install_{secrets.token_hex(4)}"
    template = template or database.migrated()
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.dsn_of(name)
    finally:
        with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def ready_home(home: Path) -> None:
    """Makes a data folder whose own database has been started and stopped once: a copy of one that is made once a run. Owners are
    kept, for PostgreSQL wants its files to be its own.
    """

    def fill(made: Path) -> None:
        done = Installation(made, "").run("sources")
        assert done.returncode == 0, done.stderr
        stop_server(made)

    subprocess.run(["cp", "-a", str(database.folder_once("ready", fill)), str(home)], check=True)


class Press:
    """The recorded press, replayed by ../shared/press/press.py on a loopback port."""

    def __init__(self, port: int, authority: Path) -> None:
        self.port, self.authority = port, authority

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a crawler that reads it."""
        return {
            "NEWSREEL_PROXY": f"http://127.0.0.1:{self.port}",
            "NEWSREEL_CA_FILE": str(self.authority),
            "NEWSREEL_CRAWL_GAP": "0",
        }

    def ask(self, what: str) -> dict[str, Any]:
        """'stats' or 'sites'."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{self.port}"}))
        with opener.open(f"http://press.test/{what}", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def press(folder: Path, *options: str, corpus: str = "fundus") -> Iterator[Press]:
    """The press with one corpus."""
    port, authority = free_port(), folder / f"press-ca-{secrets.token_hex(3)}.pem"
    words = ["--corpus", str(SHARED / "corpus" / corpus), "--port", str(port), "--ca", str(authority), *options]
    process = subprocess.Popen([sys.executable, str(SHARED / "press" / "press.py"), *words], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        assert re.search(r"\d+ sites", line), line
        yield Press(port, authority)
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    """A loopback port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Any, seconds: float = 30, what: str = "it") -> None:
    """Until a condition holds, or an error that names it."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not happen in {seconds} s"
        time.sleep(0.05)


class Sample:
    """The sample press of the package, on a loopback port, as a crawler sees it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.settings = {"NEWSREEL_PROXY": f"http://127.0.0.1:{port}", "NEWSREEL_CRAWL_GAP": "0"}


@contextmanager
def sample_press(*options: str) -> Iterator[Sample]:
    """The sample press, served."""
    port = free_port()
    words = [sys.executable, "-m", "newsreel.sample.server", "--port", str(port), *options]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        yield Sample(port)
    finally:
        process.kill()
        process.communicate()
