"""A PostgreSQL of a test's own, of the binaries that Newsreel brings: reachable by TCP, restarted at will, its clock set."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from newsreel.archive.binaries import program_folder
from newsreel.archive.postmaster import ROLE, make_data
from newsreel.archive.server_folder import ServerFolder, open_folder
from tests.installation import free_port, wait_until


class Server:
    """``listen``: an address of this machine; whoever reaches it is let in. ``before``: words before the server's command."""

    def __init__(self, home: Path, listen: str = "127.0.0.1", before: Sequence[str] = ()) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.folder: ServerFolder = open_folder(home / "postgres")
        self._programs = program_folder(self.folder.run) / "bin"
        self._before, self._listen, self._port = list(before), listen, free_port()
        self._process: subprocess.Popen[str] | None = None
        make_data(self.folder, self._programs)
        self.folder.write("data/pg_hba.conf", "host all all all trust\n")

    def dsn_of(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://{ROLE}@{self._listen}:{self._port}/{database}"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        settings = {
            "listen_addresses": self._listen,
            "port": str(self._port),
            "unix_socket_directories": "",
            "fsync": "off",
            "dynamic_shared_memory_type": "mmap",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        words = [*self._before, str(self._programs / "postgres"), "-D", f"{self.folder.inside}/data", *options]
        log = f"exec {shlex.join(words)} >> {shlex.quote(self.folder.inside)}/server.log 2>&1"
        self._process = self.folder.start(["/bin/sh", "-c", log])
        wait_until(self.answers, 60, "the server's start")

    def stop(self, mode: str = "fast") -> None:
        """Stops it: 'fast' tells all sessions, 'immediate' is as if it was killed."""
        self.folder.run([str(self._programs / "pg_ctl"), "-D", f"{self.folder.inside}/data", "-m", mode, "-w", "stop"])
        if self._process is not None:
            self._process.communicate(timeout=60)
            self._process = None

    def restart(self, mode: str = "fast") -> None:
        self.stop(mode)
        self.start()

    def answers(self) -> bool:
        try:
            psycopg.connect(self.dsn_of("postgres"), connect_timeout=5).close()
        except psycopg.Error:
            return False
        return True

    def create(self, database: str) -> str:
        """A new database with pgvector; its address."""
        with psycopg.connect(self.dsn_of("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")
        with psycopg.connect(self.dsn_of(database), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION vector")
        return self.dsn_of(database)


@contextmanager
def own_server(home: Path, listen: str = "127.0.0.1", before: Sequence[str] = ()) -> Iterator[Server]:
    """One that runs, and is stopped at the end."""
    server = Server(home, listen, before)
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
        server.folder.close()
