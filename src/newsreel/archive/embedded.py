"""The PostgreSQL server that Newsreel brings along: made, started, shared and stopped.

In the data folder:

    postgres/data        PostgreSQL's own files (``PG_VERSION`` records its major version)
    postgres/run         the socket, where its path is short and plain enough
    postgres/server.log  what the server says, at most ``LOG_BYTES``
    postgres.lock        held while somebody starts or stops the server
    postgres.users       held (shared) by every process that uses it: the last to leave stops it
    postgres.socket      the folder of the socket, where that is not postgres/run

Nothing listens on the network. The socket's folder has mode 0700, and the server asks the kernel who connects (peer):
the installing user and root are let in, nobody else. A process that is killed leaves a healthy server, to which the
next one attaches; a server that is killed is started again by whoever needs it next.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import shlex
import shutil
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from newsreel.archive.binaries import WHEEL, program_folder
from newsreel.archive.database import check_server
from newsreel.archive.server_folder import ServerFolder, open_folder, said
from newsreel.core.errors import Misconfigured

DATABASE = "newsreel"
ROLE = "newsreel"
PORT = 5432  # only part of the socket's name: nothing listens on a port
LOG_BYTES = 1_000_000
START_SECONDS = 120.0
RETRY_SECONDS = 15.0
# The kernel's limit for a socket's path is 108 bytes on Linux and 104 elsewhere, '/.s.PGSQL.5432.lock' is 20 of them.
SOCKET_FOLDER_BYTES = 80
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.-]+")

# Modest, so that it starts beside everything else on a laptop. Errors of statements are not logged: the program that
# sent the statement has them, and they would fill the disk.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "jit": "off",
}

# PostgreSQL's own C.UTF-8: it knows the letters of all languages and needs no locale of the machine.
LOCALE_OPTIONS = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a running server is. ``socket_folder`` is what libpq and Django call the host."""

    socket_folder: str
    user: str = ROLE
    database: str = DATABASE
    port: int = PORT

    @property
    def dsn(self) -> str:
        """The address as a URL, for psycopg, Django's settings and NEWSREEL_DATABASE_URL. It holds no password."""
        return self.dsn_of(self.database)

    def dsn_of(self, database: str) -> str:
        """The address of another database of this server."""
        host = quote(self.socket_folder, safe="")
        return f"postgresql://{self.user}@/{quote(database, safe='')}?host={host}&port={self.port}"


@dataclass
class _Use:
    """This process's use of one server: how often it was asked for, and the descriptor that holds the shared lock."""

    address: ServerAddress
    process: int
    descriptor: int
    count: int = 1


@dataclass
class _Uses:
    """The servers that this process uses, by data folder."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    by_home: dict[Path, _Use] = field(default_factory=dict)


_uses = _Uses()


def ensure_server(home: Path) -> ServerAddress:
    """The server of the data folder ``home``, running: attached to, started, or made at first use.

    This process counts as its user until ``release`` (called at its end by itself). Misconfigured, in one sentence,
    where there can be no server.
    """
    home = home.expanduser().absolute()
    with _uses.lock:
        use = _uses.by_home.get(home)
        if use is not None and use.process == os.getpid() and _answers(use.address):
            use.count += 1
            return use.address
        _prepare_home(home)
        with _locked(home), _opened(home) as folder:
            address = _attach_or_start(home, folder)
            if use is None or use.process != os.getpid():
                users = _open_lock(home / "postgres.users")
                fcntl.flock(users, fcntl.LOCK_SH)
                use = _uses.by_home[home] = _Use(address, os.getpid(), users)
            else:
                use.count += 1
                use.address = address
        return address


def release(home: Path) -> None:
    """This process needs the server no longer. The last of all processes to say so stops it."""
    home = home.expanduser().absolute()
    with _uses.lock:
        use = _uses.by_home.get(home)
        if use is None or use.process != os.getpid():
            return  # a forked child: the use is its parent's
        use.count -= 1
        if use.count > 0:
            return
        del _uses.by_home[home]
        with _locked(home):
            fcntl.flock(use.descriptor, fcntl.LOCK_UN)
            try:
                fcntl.flock(use.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # others still use it
            finally:
                os.close(use.descriptor)
            with _opened(home) as folder:
                _stop(folder)


def stop_server(home: Path) -> bool:
    """Stop the server of ``home``, whoever uses it. False where none was running."""
    home = home.expanduser().absolute()
    if not (home / "postgres" / "data").exists():
        return False
    with _locked(home), _opened(home) as folder:
        return _stop(folder)


@atexit.register
def _release_all() -> None:
    for home, use in list(_uses.by_home.items()):
        if use.process == os.getpid():
            use.count = 1
            with suppress(Misconfigured, OSError):
                release(home)


def _prepare_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(home, error) from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise Misconfigured(
            "home_unwritable",
            f"The data folder {home} cannot be written by this user: change its owner or choose another NEWSREEL_HOME.",
        )


def _unwritable(home: Path, error: OSError) -> Misconfigured:
    return Misconfigured(
        "home_unwritable",
        f"The data folder {home} cannot be used ({error.strerror}): change it or choose another NEWSREEL_HOME.",
    )


def _open_lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    owner = path.parent.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)  # root looked into a user's data folder: it stays the user's
    return descriptor


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Alone among all processes in starting and stopping this server. The kernel frees a killed holder's lock."""
    try:
        descriptor = _open_lock(home / "postgres.lock")
    except OSError as error:
        raise _unwritable(home, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _opened(home: Path) -> Iterator[ServerFolder]:
    try:
        folder = open_folder(home / "postgres")
    except OSError as error:
        raise _unwritable(home, error) from None
    try:
        yield folder
    finally:
        folder.close()


def _attach_or_start(home: Path, folder: ServerFolder) -> ServerAddress:
    _refuse_other_major(folder)
    _bound_log(folder)
    recorded = _recorded_socket_folder(home, folder)
    if recorded is not None and _answers(ServerAddress(recorded)):
        return ServerAddress(recorded)
    programs = program_folder(folder.run) / "bin"
    _make_data(folder, programs)
    inside, outside = _socket_folder(home, folder)
    _start(folder, programs, inside, ServerAddress(outside))
    address = ServerAddress(outside)
    _make_database(address)
    check_server(address.dsn)
    return address


def _refuse_other_major(folder: ServerFolder) -> None:
    try:
        major = (folder.path / "data" / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return
    if major != str(WHEEL.major):
        raise Misconfigured(
            "other_database_version",
            f"The database in {folder.path} was made by PostgreSQL {major}, and this Newsreel brings PostgreSQL "
            f"{WHEEL.major}: carry it over with pg_dump from the Newsreel that made it, or serve it by its own server "
            "and name that in NEWSREEL_DATABASE_URL.",
        )


def _make_data(folder: ServerFolder, programs: Path) -> None:
    """PostgreSQL's files, complete or not there at all: made beside their place and moved there."""
    if (folder.path / "data" / "PG_VERSION").exists():
        return
    new, data = f"{folder.inside}/data.new", f"{folder.inside}/data"
    folder.run(["/bin/rm", "-rf", new])
    done = folder.run(
        [str(programs / "initdb"), "-D", new, "-U", ROLE, "--auth=peer", "--no-instructions", *LOCALE_OPTIONS]
    )
    if done.returncode:
        raise _disk_error(folder, done.stdout + done.stderr) or Misconfigured(
            "database_not_made", f"The database could not be made in {folder.path}: {said(done)}."
        )
    folder.run(["/bin/rm", "-rf", data])
    moved = folder.run(["/bin/mv", new, data])
    if moved.returncode:
        raise Misconfigured("database_not_made", f"The database could not be made in {folder.path}: {said(moved)}.")


def _write_access(folder: ServerFolder) -> None:
    """Who may connect, written at every start: root, and the folder's owner unless it is only root's stand-in."""
    users = ["root"] if os.geteuid() == 0 and folder.path.parent.stat().st_uid == 0 else ["root", folder.user]
    folder.write("data/pg_hba.conf", "# Written by Newsreel at every start.\nlocal all all peer map=newsreel\n")
    folder.write("data/pg_ident.conf", "".join(f'newsreel "{user}" {ROLE}\n' for user in users))


def _socket_folder(home: Path, folder: ServerFolder) -> tuple[str, str]:
    """The socket's folder as the server and as its clients name it: postgres/run, or a short private one, recorded."""
    own = str(folder.path / "run")
    if len(os.fsencode(own)) <= SOCKET_FOLDER_BYTES and _PLAIN_PATH.fullmatch(own):
        folder.run(["/bin/mkdir", "-p", "-m", "0700", f"{folder.inside}/run"])
        return f"{folder.inside}/run", own
    recorded = _recorded_socket_folder(home, folder)
    if recorded is not None:
        return recorded, recorded
    made = tempfile.mkdtemp(prefix="newsreel-", dir=_short_temporary_folder())
    if os.geteuid() == 0:
        os.chown(made, folder.uid, folder.gid)
    record = home / "postgres.socket"
    record.unlink(missing_ok=True)
    descriptor = _open_lock(record)
    os.write(descriptor, f"{made}\n".encode())
    os.close(descriptor)
    return made, made


def _short_temporary_folder() -> str:
    # Before the user's own TMPDIR, which is long on macOS and under test runners. mkdtemp makes a private folder in it.
    usual = "/tmp"  # noqa: S108
    return usual if os.access(usual, os.W_OK | os.X_OK) else tempfile.gettempdir()


def _recorded_socket_folder(home: Path, folder: ServerFolder) -> str | None:
    """The socket's folder as last used, if it is there and the server user's own: another user may have laid one."""
    own = folder.path / "run"
    record = home / "postgres.socket"
    path = Path(record.read_text().strip()) if record.is_file() else own
    try:
        status = path.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(status.st_mode) and status.st_uid == folder.uid and not status.st_mode & 0o077
    return str(path) if private else None


def _start(folder: ServerFolder, programs: Path, socket_folder: str, address: ServerAddress) -> None:
    """Start the server and wait until it answers. A killed one leaves a stale lock file, and its children some
    seconds of shared memory: try again for that long.
    """
    _write_access(folder)
    give_up = time.monotonic() + RETRY_SECONDS
    while True:
        _clear_remains(folder, address)
        tail = _pg_ctl_start(folder, programs, socket_folder)
        if tail is None and _wait_for_answer(address):
            return
        if time.monotonic() > give_up or (
            tail is not None and not re.search(r"lock file|shared memory|starting up|No such file", tail)
        ):
            raise _start_error(folder, tail or "")
        time.sleep(0.3)


def _pg_ctl_start(folder: ServerFolder, programs: Path, socket_folder: str) -> str | None:
    """None when pg_ctl says that the server runs, else what the server said."""
    log = folder.path / "server.log"
    before = log.stat().st_size if log.exists() else 0
    settings = {**SERVER_SETTINGS, "unix_socket_directories": socket_folder, **_shared_memory()}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    command = [str(programs / "pg_ctl"), "-D", f"{folder.inside}/data", "-l", f"{folder.inside}/server.log"]
    command += ["-w", "-t", str(int(START_SECONDS)), "-o", options, "start"]
    done = folder.run(command, seconds=START_SECONDS + 30)
    if done.returncode == 0:
        return None
    with suppress(OSError), log.open("rb") as file:
        file.seek(before)
        return file.read(LOG_BYTES).decode("utf-8", "replace") + done.stderr
    return done.stderr


def _shared_memory() -> dict[str, str]:
    """Containers give 64 MB of /dev/shm, too little for building an index on vectors in parallel: files then."""
    with suppress(OSError):
        if shutil.disk_usage("/dev/shm").total >= 256 * 1024 * 1024:  # noqa: S108 - only looked at
            return {}
    return {"dynamic_shared_memory_type": "mmap"} if Path("/proc").is_dir() else {}


def _wait_for_answer(address: ServerAddress) -> bool:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            psycopg.connect(address.dsn_of("postgres"), connect_timeout=5).close()
        except psycopg.Error as error:
            if "starting up" not in str(error) and "not yet accepting" not in str(error):
                return False
            time.sleep(0.1)
        else:
            return True
    return False


def _answers(address: ServerAddress) -> bool:
    try:
        psycopg.connect(address.dsn, connect_timeout=5).close()
    except psycopg.Error as error:
        # A server that a killed process had just started, or one with all connections in use, is there.
        text = str(error)
        if "starting up" in text or "not yet accepting" in text:
            return _wait_for_answer(address)
        return "too many clients" in text or "connection slots" in text
    return True


def _clear_remains(folder: ServerFolder, address: ServerAddress) -> None:
    """What keeps a server from starting and will not go away by itself: a server of this folder that cannot be
    reached (its socket was swept from /tmp), or a lock file whose number now belongs to another program (a container
    started again) or to a process that is dead but not yet waited for.
    """
    pid = _postmaster_pid(folder)
    if pid is None:
        return
    if _is_postmaster(folder, pid):
        if _answers(address):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        _wait_until_gone(folder, pid)
    elif Path("/proc").is_dir():
        folder.run(["/bin/rm", "-f", f"{folder.inside}/data/postmaster.pid"])


def _postmaster_pid(folder: ServerFolder) -> int | None:
    try:
        first = (folder.path / "data" / "postmaster.pid").read_text().splitlines()[0]
        return int(first)
    except (OSError, ValueError, IndexError):
        return None


def _is_postmaster(folder: ServerFolder, pid: int) -> bool:
    """Whether a process is this folder's living server, and not one that was given its number since: PostgreSQL works
    in its data folder. Where there is no /proc: whether the process lives.
    """
    process = Path("/proc") / str(pid)
    if not Path("/proc/self/stat").exists():
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True
    try:
        name, _, rest = (process / "stat").read_text().partition("(")[2].rpartition(")")
        return (
            name == "postgres" and not rest.strip().startswith("Z") and (process / "cwd").samefile(folder.path / "data")
        )
    except OSError:
        return False


def _wait_until_gone(folder: ServerFolder, pid: int) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if not _is_postmaster(folder, pid):
            return True
        time.sleep(0.02)
    return False


def _stop(folder: ServerFolder) -> bool:
    """A fast stop: open transactions are undone, everything committed is on the disk."""
    pid = _postmaster_pid(folder)
    if pid is None or not _is_postmaster(folder, pid):
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    return _wait_until_gone(folder, pid)


def _make_database(address: ServerAddress) -> None:
    with psycopg.connect(address.dsn_of("postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not known:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _bound_log(folder: ServerFolder) -> None:
    """The server appends to its log, so it can be emptied under it."""
    log = folder.path / "server.log"
    with suppress(OSError):
        if log.stat().st_size > LOG_BYTES:
            folder.run(["/bin/sh", "-c", ': > "$1"', "sh", f"{folder.inside}/server.log"])


def _start_error(folder: ServerFolder, tail: str) -> Misconfigured:
    found = _disk_error(folder, tail)
    if found is not None:
        return found
    fatal = re.findall(r"(?:FATAL|PANIC):\s*(.+)", tail)
    reason = fatal[-1].strip().rstrip(".")[:300] if fatal else "it did not say why"
    return Misconfigured(
        "database_not_started", f"The embedded database did not start: {reason} (see {folder.path / 'server.log'})."
    )


def _disk_error(folder: ServerFolder, text: str) -> Misconfigured | None:
    if re.search(r"No space left on device|[Dd]isk quota exceeded|could not write .* at offset", text):
        return Misconfigured("disk_full", f"The disk with {folder.path} is full: make room and start again.")
    if "Read-only file system" in text:
        return Misconfigured(
            "home_unwritable", f"The disk with {folder.path} is read-only: choose another NEWSREEL_HOME."
        )
    return None
