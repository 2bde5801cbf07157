"""What is wrong with a database server, said in one sentence: against Newsreel's own server and Debian's older one."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from newsreel.archive.database import check_server, connection_parts, describe
from newsreel.archive.embedded import ServerAddress, ensure_server, release, stop_server
from newsreel.core.errors import Misconfigured

DEBIANS = Path("/usr/lib/postgresql")


def refusal(dsn: str) -> tuple[str, str]:
    with pytest.raises(Misconfigured) as refused:
        check_server(dsn)
    assert "\n" not in refused.value.reason
    assert refused.value.reason.endswith(".")
    return refused.value.outcome, refused.value.reason


@pytest.fixture(scope="module")
def own() -> Iterator[ServerAddress]:
    home = Path(tempfile.mkdtemp(prefix="nr-", dir="/tmp"))
    yield ensure_server(home)
    release(home)
    stop_server(home)
    shutil.rmtree(home)


class Server:
    """A server without pgvector, with passwords, as an institution may have one: on loopback."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.data = programs, folder / "data"
        self.options: dict[str, object] = {"cwd": "/", "check": True, "capture_output": True}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self.options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        secret = folder / "secret"
        secret.write_text("right-password\n")
        secret.chmod(0o644)
        self.run(
            "initdb",
            "-D",
            self.data,
            "-U",
            "admin",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        )
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k '' -c fsync=off -c max_connections=10"
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "-o", options, "start")

    def run(self, program: str, *arguments: object) -> None:
        command = [str(self.programs / program), *map(str, arguments)]
        subprocess.run(command, **{**self.options, "stdin": subprocess.DEVNULL})  # type: ignore[call-overload]

    def dsn(self, database: str = "postgres", user: str = "admin", password: str = "right-password") -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")


def debian_programs() -> tuple[Path, int] | None:
    """Debian's newest server on this machine that has no pgvector."""
    found = [(int(path.name), path) for path in DEBIANS.glob("*") if (path / "bin" / "initdb").exists()]
    for major, path in sorted(found, reverse=True):
        if not Path(f"/usr/share/postgresql/{major}/extension/vector.control").exists():
            return path / "bin", major
    return None


@pytest.fixture(scope="module")
def foreign() -> Iterator[Server]:
    found = debian_programs()
    if found is None:
        pytest.skip("left out: no Debian PostgreSQL without pgvector below /usr/lib/postgresql")
    folder = Path(tempfile.mkdtemp(prefix="nr-", dir="/tmp"))
    server = Server(found[0], folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


def test_the_embedded_server_passes(own: ServerAddress) -> None:
    check_server(own.dsn)


def test_the_extension_is_switched_on_where_it_may_be(own: ServerAddress) -> None:
    with psycopg.connect(own.dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE fresh")
    check_server(own.dsn_of("fresh"))
    with psycopg.connect(own.dsn_of("fresh")) as connection:
        assert connection.execute("SELECT '[1]'::vector::text").fetchone() == ("[1]",)


def test_a_missing_database_is_named(own: ServerAddress) -> None:
    outcome, reason = refusal(own.dsn_of("nothing"))
    assert outcome == "no_database"
    assert "'nothing'" in reason
    assert "create it" in reason


def test_a_server_without_pgvector_says_what_to_ask_for(foreign: Server) -> None:
    outcome, reason = refusal(foreign.dsn())
    assert outcome == "no_vector_extension"
    assert f"127.0.0.1:{foreign.port}" in reason
    assert "does not have the extension pgvector" in reason
    assert "-pgvector)" in reason


def test_a_wrong_password_is_said_and_never_shown(foreign: Server) -> None:
    outcome, reason = refusal(foreign.dsn(password="wrong-secret"))
    assert outcome == "database_login"
    assert "does not accept this user or password" in reason
    assert "wrong-secret" not in reason


def test_an_unknown_database_of_another_server(foreign: Server) -> None:
    assert refusal(foreign.dsn("newsreel"))[0] == "no_database"


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcome, reason = refusal(f"postgresql://a:hidden@127.0.0.1:{port}/news")
    assert outcome == "database_unreachable"
    assert reason.startswith(f"Nothing answers at 127.0.0.1:{port}, database 'news'")
    assert "hidden" not in reason


def test_a_socket_that_is_not_there() -> None:
    outcome, reason = refusal("host=/nonexistent dbname=news")
    assert outcome == "database_unreachable"
    assert "/nonexistent" in reason


def test_an_unknown_host() -> None:
    outcome, reason = refusal("postgresql://a:hidden@no-such-host.invalid/news")
    assert outcome == "database_unreachable"
    assert "no-such-host.invalid" in reason
    assert "hidden" not in reason


def test_another_program_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(100)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        outcome, _ = refusal(f"postgresql://a@127.0.0.1:{server.getsockname()[1]}/news?sslmode=disable")
        thread.join()
    assert outcome == "database_unreachable"


@pytest.mark.parametrize(
    "written",
    ["", "hello", "postgresql://host:port:5/x", "https://example.org/news", "postgresql://u:p@h/", "dbname='x", "a=b"],
)
def test_what_is_no_address_is_said(written: str) -> None:
    outcome, reason = refusal(written)
    assert outcome == "bad_setting"
    assert reason.startswith("NEWSREEL_DATABASE_URL is not an address of a PostgreSQL database")


def test_the_parts_of_an_address() -> None:
    parts = connection_parts("postgresql://us%40er:p%2Fw@db.example.org:6432/news?sslmode=require")
    assert parts == {
        "user": "us@er",
        "password": "p/w",
        "host": "db.example.org",
        "port": "6432",
        "dbname": "news",
        "sslmode": "require",
    }
    address = ServerAddress("/tmp/环球 a%b")
    assert connection_parts(address.dsn) == {
        "user": "newsreel",
        "host": "/tmp/环球 a%b",
        "port": "5432",
        "dbname": "newsreel",
    }
    assert describe("postgresql://u:hidden@h:1/d") == "h:1, database 'd'"


def test_an_older_server_is_named(own: ServerAddress) -> None:
    with pytest.raises(Misconfigured, match=r"is PostgreSQL 18; Newsreel needs 99 or newer\.$") as refused:
        check_server(own.dsn, oldest=99)
    assert refused.value.outcome == "database_too_old"
