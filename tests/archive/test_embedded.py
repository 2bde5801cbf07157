"""The embedded PostgreSQL, really started, in temporary folders: as root (where the tests run as root) and as not."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from newsreel.archive import binaries, embedded, postmaster
from newsreel.archive.embedded import ServerAddress, ensure_server, release, revive, stop_server
from newsreel.archive.server_folder import open_folder
from newsreel.core.errors import Misconfigured

ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody") if ROOT else None

# A process that uses the server: says how it went in one line of JSON, and leaves when its input ends.
USER = """
import json, sys, time
from pathlib import Path
from newsreel.archive.embedded import ensure_server
from newsreel.core.errors import Misconfigured
import psycopg
began = time.monotonic()
try:
    address = ensure_server(Path(sys.argv[1]))
except Misconfigured as error:
    print(json.dumps({"outcome": error.outcome, "reason": error.reason}), flush=True)
    sys.exit(1)
with psycopg.connect(address.dsn) as connection:
    version = connection.info.server_version
print(json.dumps({"dsn": address.dsn, "seconds": time.monotonic() - began, "version": version}), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder in a short private folder, mode 0700, as mktemp -d makes it."""
    parent = Path(tempfile.mkdtemp(prefix="nr-", dir="/tmp"))
    yield parent / "home"
    for folder in parent.rglob("postgres.socket"):
        shutil.rmtree(folder.read_text().strip(), ignore_errors=True)
    for folder in parent.rglob("postgres"):
        if folder.is_dir() and (folder / "data").exists():
            stop_server(folder.parent)
    shutil.rmtree(parent)


def start_user(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)


@contextmanager
def user(home: Path) -> Iterator[dict[str, Any]]:
    process = start_user(home)
    try:
        yield said(process)
    finally:
        leave(process)


def played_by(name: str, task: Callable[[], str]) -> str:
    """What ``task`` gives as another user: in a forked child, for that user may not reach this Python's files."""
    account = pwd.getpwnam(name)
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside the threads of a test runner
        child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            answer = task()
        except BaseException as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return answer


def pid_of(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody waits for (a container's first process may not) has ended too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def one(address: ServerAddress, query: str) -> Any:
    with psycopg.connect(address.dsn) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def test_first_use_makes_the_database_and_the_second_attaches(home: Path) -> None:
    began = time.monotonic()
    address = ensure_server(home)
    first = time.monotonic() - began
    assert one(address, "SELECT current_setting('server_version_num')::int / 10000") == 18
    assert one(address, "SELECT '[1,2,3]'::vector <-> '[1,2,4]'::vector") == 1.0
    assert one(address, "SELECT current_database() || ' ' || current_user") == "newsreel newsreel"
    assert one(address, "SELECT upper('äñж') || pg_encoding_to_char(encoding) FROM pg_database LIMIT 1") == "ÄÑЖUTF8"
    assert one(address, "SHOW timezone") == "UTC"
    assert one(address, "SHOW fsync") == "on"
    with user(home) as second:
        assert second["dsn"] == address.dsn
        assert second["seconds"] < first
    pid = pid_of(home)
    release(home)
    assert gone(pid)
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()
    assert (home / "postgres" / "data" / "PG_VERSION").read_text() == "18\n"
    assert first < 20


def test_nothing_listens_on_the_network_and_the_folder_is_private(home: Path) -> None:
    address = ensure_server(home)
    assert one(address, "SHOW listen_addresses") == ""
    with psycopg.connect(address.dsn) as connection, pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"host=127.0.0.1 port={address.port} user=newsreel dbname=newsreel connect_timeout=3")
    assert connection.closed
    for private in (home, home / "postgres", Path(address.socket_folder)):
        assert private.stat().st_mode & 0o777 == 0o700
    release(home)


@pytest.mark.skipif(not ROOT, reason="left out: another user can only be played by root")
def test_other_users_are_not_let_in_even_where_they_reach_the_socket(home: Path) -> None:
    address = ensure_server(home)
    home.parent.chmod(0o755)
    home.chmod(0o755)
    (home / "postgres").chmod(0o755)
    run = Path(address.socket_folder)
    run.chmod(0o755)
    (run / ".s.PGSQL.5432").chmod(0o777)
    for stranger in ("daemon", "nobody"):
        tried = played_by(stranger, lambda: str(psycopg.connect(address.dsn)))
        assert "Peer authentication failed" in tried
    run.chmod(0o700)
    release(home)


def test_two_first_users_at_once_make_one_server(home: Path) -> None:
    home.mkdir()
    processes = [start_user(home) for _ in range(3)]
    answers = [said(process) for process in processes]
    assert len({answer["dsn"] for answer in answers}) == 1
    pid = pid_of(home)
    leave(processes[0])
    leave(processes[2])
    assert not gone(pid), "the server was stopped under its last user"
    leave(processes[1])
    assert gone(pid)


def test_a_killed_server_is_started_again_with_what_was_committed(home: Path) -> None:
    address = ensure_server(home)
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(pid_of(home), signal.SIGKILL)
    assert revive(home) == address
    assert one(address, "SELECT answer FROM kept") == 42
    assert revive(home) == address
    os.kill(pid_of(home), signal.SIGKILL)
    with user(home) as other:
        assert other["dsn"] == address.dsn
    assert one(address, "SELECT answer FROM kept") == 42, "the other process has left, this one still uses the server"
    release(home)


def test_a_killed_starter_leaves_a_server_to_attach_to(home: Path) -> None:
    starter = start_user(home)
    dsn = said(starter)["dsn"]
    pid = pid_of(home)
    starter.kill()
    starter.communicate()
    assert not gone(pid)
    with user(home) as second:
        assert second["dsn"] == dsn
        assert pid_of(home) == pid
    assert gone(pid), "the last to leave stops it, whoever started it"


def test_a_starter_killed_at_any_moment_leaves_nothing_unusable(home: Path) -> None:
    for moment in (0.1, 0.35, 0.5, 0.6):
        starter = start_user(home)
        time.sleep(moment)
        starter.kill()
        starter.communicate()
    with user(home) as survivor:
        assert survivor.get("version", 0) // 10000 == 18, survivor


@pytest.mark.skipif(not ROOT, reason="left out: only root gives the folder away")
def test_a_starter_killed_before_it_gave_the_folder_away(home: Path) -> None:
    """Seen once in a run of the test above: the folder stayed root's, and no later start could use it."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "postgres").mkdir(mode=0o700)
    with user(home) as survivor:
        assert survivor.get("version", 0) // 10000 == 18, survivor


@pytest.mark.skipif(not ROOT, reason="left out: only root gives the folder away")
def test_a_folder_of_roots_with_something_in_it_is_not_given_away(home: Path) -> None:
    folder = home / "postgres"
    folder.mkdir(parents=True)
    (folder / "something").write_text("of root's")
    with pytest.raises(Misconfigured, match="belongs to root"):
        open_folder(folder)
    assert folder.stat().st_uid == 0


def servers_of(home: Path) -> list[int]:
    """The processes that work as PostgreSQL in this data folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            alive = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
            if alive and Path(process.cwd()).is_relative_to(home):
                found.append(process.pid)
    return found


def starts_the_server(starter: subprocess.Popen[str]) -> bool:
    """Waits until the process has started pg_ctl; False where it has come past that."""
    while starter.poll() is None:
        with suppress(psutil.NoSuchProcess):  # a child that ended while it was looked at
            if any(child.name() == "pg_ctl" for child in psutil.Process(starter.pid).children()):
                return True
        time.sleep(0.001)
    return False


@pytest.mark.parametrize(
    "after",
    [0.003, 0.25, *(pytest.param(after, marks=pytest.mark.endure) for after in (0.0, 0.01, 0.03, 0.06, 0.1, 0.15))],
)
def test_a_starter_interrupted_while_the_server_starts_leaves_none(home: Path, after: float) -> None:
    """Ctrl-C: pg_ctl has or has not begun the server, which answers or not, and has its database or not."""
    starter = start_user(home)
    assert starts_the_server(starter)
    time.sleep(after)
    starter.send_signal(signal.SIGINT)
    starter.communicate(timeout=60)
    until = time.monotonic() + 2
    while left := servers_of(home):
        assert time.monotonic() < until, f"interrupted after {after} s, it left {left}"
        time.sleep(0.02)
    with user(home) as survivor:
        assert survivor.get("version", 0) // 10000 == 18, survivor


@pytest.mark.parametrize(
    "name",
    [
        "环球要闻 'quotes' and \"more\" 100%25 $HOME `x`",
        "deep/" * 30 + "end",
        *(pytest.param(name, marks=pytest.mark.endure) for name in ("with spaces", "环球要闻 数据", "100%25")),
    ],
)
def test_any_path_will_do(home: Path, name: str) -> None:
    address = ensure_server(home / name)
    assert one(address, "SELECT 1") == 1
    assert len(address.socket_folder) < 80
    assert Path(address.socket_folder).stat().st_mode & 0o777 == 0o700
    release(home / name)
    assert ensure_server(home / name) == address, "the private folder is found again"
    release(home / name)


def test_a_socket_folder_swept_away_is_made_again(home: Path) -> None:
    place = home / "with space"
    address = ensure_server(place)
    shutil.rmtree(address.socket_folder)
    again = revive(place)
    assert again is not None
    assert again != address
    assert one(again, "SELECT 1") == 1
    release(place)


def test_a_server_that_lets_its_user_no_longer_in_is_told_who_may(home: Path) -> None:
    address = ensure_server(home)
    pid = pid_of(home)
    folder = open_folder(home / "postgres")
    folder.write("data/pg_ident.conf", "")
    folder.close()
    os.kill(pid, signal.SIGHUP)
    time.sleep(0.3)
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(address.dsn)
    assert revive(home) == address
    assert one(address, "SELECT 1") == 1
    assert pid_of(home) == pid, "nothing was interrupted"
    release(home)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="left out: needs /proc")
def test_a_lock_file_whose_number_is_another_program_now_is_no_obstacle(home: Path) -> None:
    ensure_server(home)
    release(home)
    folder = open_folder(home / "postgres")
    folder.write("data/postmaster.pid", f"{os.getpid()}\n/nowhere\n1\n5432\n/tmp\n\n  1 1\nready\n")
    folder.close()
    assert one(ensure_server(home), "SELECT 1") == 1
    release(home)


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    ensure_server(home)
    release(home)
    (home / "postgres" / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(Misconfigured) as refused:
        ensure_server(home)
    assert refused.value.outcome == "other_database_version"
    assert "made by PostgreSQL 17" in refused.value.reason
    assert "PostgreSQL 18" in refused.value.reason
    assert "\n" not in refused.value.reason
    (home / "postgres" / "data" / "PG_VERSION").write_text("18\n")
    assert one(ensure_server(home), "SELECT 1") == 1
    release(home)


def test_a_home_that_is_a_file_is_named(home: Path) -> None:
    home.write_text("not a folder")
    with pytest.raises(Misconfigured, match=rf"^The data folder {home} cannot be used"):
        ensure_server(home)


def test_a_setting_that_postgresql_refuses_is_said(home: Path) -> None:
    ensure_server(home)
    release(home)
    folder = open_folder(home / "postgres")
    folder.write("data/postgresql.auto.conf", "wal_level = sideways\n")
    folder.close()
    with pytest.raises(Misconfigured, match=r"did not start: .*server\.log"):
        ensure_server(home)


def test_the_log_stays_small(home: Path) -> None:
    ensure_server(home)
    release(home)
    log = home / "postgres" / "server.log"
    with log.open("a") as file:
        file.write("x" * (postmaster.LOG_BYTES + 1))
    address = ensure_server(home)
    for _ in range(20):
        with psycopg.connect(address.dsn) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT 1 FROM no_such_table")
    assert log.stat().st_size < 5000
    release(home)


def test_no_environment_of_the_caller_reaches_the_server(home: Path) -> None:
    odd = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "xx_YY.UTF-8",
        "PGDATA": "/nowhere",
        "PGPORT": "1",
        "PGUSER": "eve",
        "PGDATABASE": "x",
    }
    made = subprocess.run(
        [sys.executable, "-c", USER, str(home)], env=odd, cwd="/", input="", capture_output=True, text=True
    )
    assert json.loads(made.stdout)["version"] // 10000 == 18, made.stderr


@pytest.mark.skipif(not ROOT, reason="left out: only root can give itself away")
class TestAsRoot:
    def test_the_server_runs_as_a_user_without_rights_in_a_folder_it_could_not_enter(self, home: Path) -> None:
        ensure_server(home)
        assert NOBODY is not None
        assert Path(f"/proc/{pid_of(home)}").stat().st_uid == NOBODY.pw_uid
        assert home.parent.stat().st_mode & 0o777 == 0o700, "the parents' rights are not ours to widen"
        groups = re.search(r"^Groups:(.*)$", Path(f"/proc/{pid_of(home)}/status").read_text(), re.M)
        assert groups is not None
        assert groups[1].strip() == ""
        release(home)

    def test_an_ordinary_user_has_a_server_of_its_own(self, home: Path) -> None:
        assert NOBODY is not None
        if not played_by("nobody", lambda: str(binaries.wheel_folder())).startswith("/"):
            pytest.skip("left out: this project lies where an ordinary user may not enter")
        home.parent.chmod(0o711)
        home.mkdir()
        os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)

        def use() -> str:
            address = ensure_server(home)
            uid = Path(f"/proc/{pid_of(home)}").stat().st_uid
            answer = f"{one(address, 'SHOW server_version').split('.')[0]} {address.dsn} {uid}"
            release(home)
            return answer

        own = f"18 {ServerAddress(str(home / 'postgres' / 'run')).dsn} {NOBODY.pw_uid}"
        assert played_by("nobody", use) == own
        owners = {path.stat().st_uid for path in home.iterdir()}
        assert owners == {NOBODY.pw_uid}
        assert one(ensure_server(home), "SELECT 1") == 1, "root may use a user's data folder"
        release(home)
        assert {path.stat().st_uid for path in home.iterdir()} == owners
        assert played_by("nobody", use) == own, "and leaves it to its user"

    def test_a_folder_that_may_not_be_written_is_named(self, home: Path) -> None:
        home.parent.chmod(0o711)
        home.mkdir(0o755)
        reason = f"Misconfigured: The data folder {home} cannot be written by this user"
        assert played_by("daemon", lambda: ensure_server(home).dsn).startswith(reason)
        reason = f"Misconfigured: The data folder {home}/new cannot be used (Permission denied)"
        assert played_by("daemon", lambda: ensure_server(home / "new").dsn).startswith(reason)

    def test_a_closed_folder_of_another_user_is_named(self, home: Path) -> None:
        home.parent.chmod(0o711)
        ensure_server(home)
        assert played_by("daemon", lambda: ensure_server(home).dsn).startswith(
            f"Misconfigured: The data folder {home} cannot"
        )
        assert played_by("daemon", lambda: str(stop_server(home))).startswith(
            f"Misconfigured: The data folder {home} cannot"
        )
        release(home)

    def test_programs_below_a_closed_folder_are_copied(self, home: Path) -> None:
        closed = home.parent / "clone"
        site = closed / "site-packages"
        package = site / binaries.WHEEL.package
        source = binaries.wheel_folder()
        shutil.copytree(source, package / binaries.WHEEL.folder, symlinks=True)
        shutil.copytree(source.parent.parent / binaries.WHEEL.libraries, site / binaries.WHEEL.libraries)
        shutil.copy(source.parent / "__init__.py", package)
        closed.chmod(0o700)
        copies = Path(tempfile.mkdtemp(prefix="nr-copies-", dir="/var/tmp")) / "programs"
        copies.parent.chmod(0o755)
        home.mkdir()
        folder = open_folder(home / "postgres")
        try:
            programs = binaries.program_folder(folder.run, (copies,), package / binaries.WHEEL.folder)
            assert programs.is_relative_to(copies)
            made = folder.run([str(programs / "bin" / "initdb"), "-D", f"{folder.inside}/data", "-U", "newsreel"])
            assert made.returncode == 0, made.stderr
            assert binaries.program_folder(folder.run, (copies,), package / binaries.WHEEL.folder) == programs
            copies.chmod(0o777)
            with pytest.raises(Misconfigured, match="cannot be run"):
                binaries.program_folder(folder.run, (copies,), package / binaries.WHEEL.folder)
        finally:
            folder.close()
            shutil.rmtree(copies.parent)

    def test_a_full_disk_is_said(self, home: Path) -> None:
        home.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(home)], capture_output=True, text=True
        )
        if mounted.returncode:
            pytest.skip("left out: this root may not mount a small disk")
        try:
            with pytest.raises(Misconfigured) as refused:
                ensure_server(home)
        finally:
            subprocess.run(["umount", str(home)], check=True)
        assert refused.value.outcome == "disk_full"
        assert refused.value.reason == f"The disk with {home}/postgres is full: make room and start again."


def test_embedded_imports_no_django() -> None:
    script = "import sys, newsreel.archive.embedded; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_release_without_use_is_nothing(home: Path) -> None:
    release(home)
    assert not home.exists()
    assert stop_server(home) is False
    assert embedded.revive(home) is None
