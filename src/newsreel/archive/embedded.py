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
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from newsreel.archive.binaries import WHEEL, program_folder
from newsreel.archive.database import check_server
from newsreel.archive.postmaster import DATABASE, ServerAddress, answers, bound_log, make_data, start_server, stop
from newsreel.archive.server_folder import ServerFolder, open_folder
from newsreel.core.errors import Misconfigured
from newsreel.core.home import make_home, unusable

__all__ = ["ServerAddress", "ensure_server", "release", "revive", "stop_server"]

# The kernel's limit for a socket's path is 108 bytes on Linux and 104 elsewhere, '/.s.PGSQL.5432.lock' is 20 of them.
SOCKET_FOLDER_BYTES = 80
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.-]+")


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
        use = _use_of(home)
        if use is not None and answers(use.address):
            use.count += 1
            return use.address
        _prepare_home(home)
        with _locked(home), _opened(home) as folder:
            try:
                address = _attach_or_start(home, folder)
                if use is None:
                    users = _open_lock(home / "postgres.users")
                    _uses.by_home[home] = _Use(address, os.getpid(), users)
                    fcntl.flock(users, fcntl.LOCK_SH)
                else:
                    use.count += 1
                    use.address = address
            except BaseException:  # an interrupt (Ctrl-C, SIGTERM) among them
                _stop_unused(home, folder)
                raise
        return address


def revive(home: Path) -> ServerAddress | None:
    """For a process that watches: the server that this process uses, started again where it has been killed.

    None where this process uses none. Misconfigured where it cannot be started.
    """
    home = home.expanduser().absolute()
    with _uses.lock:
        use = _use_of(home)
        if use is not None and not answers(use.address):
            with _locked(home), _opened(home) as folder:
                use.address = _attach_or_start(home, folder)
        return use.address if use else None


def release(home: Path) -> None:
    """This process needs the server no longer. The last of all processes to say so stops it."""
    home = home.expanduser().absolute()
    with _uses.lock:
        use = _use_of(home)
        if use is None:
            return
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
                stop(folder)


def _stop_unused(home: Path, folder: ServerFolder) -> None:
    """Stops the server where no process counts as its user: nobody else ever would."""
    users = _open_lock(home / "postgres.users")
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop(folder)
    except BlockingIOError:
        return
    finally:
        os.close(users)


def stop_server(home: Path) -> bool:
    """Stop the server of ``home``, whoever uses it. False where none was running."""
    home = home.expanduser().absolute()
    try:
        if not (home / "postgres").exists():
            return False
    except OSError as error:
        raise unusable(home, error) from None
    with _locked(home), _opened(home) as folder:
        return stop(folder)


@atexit.register
def _release_all() -> None:
    for home, use in list(_uses.by_home.items()):
        if use.process == os.getpid():
            use.count = 1
            with suppress(Misconfigured, OSError):
                release(home)


def _use_of(home: Path) -> _Use | None:
    """This process's own use: a forked child has a copy of its parent's, which is not its to give back."""
    use = _uses.by_home.get(home)
    return use if use is not None and use.process == os.getpid() else None


def _prepare_home(home: Path) -> None:
    make_home(home)
    if not os.access(home, os.W_OK | os.X_OK):
        raise Misconfigured(
            "home_unwritable",
            f"The data folder {home} cannot be written by this user: change its owner or choose another NEWSREEL_HOME.",
        )


def _open_lock(path: Path) -> int:
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags)
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
        raise unusable(home, error) from None
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
        raise unusable(home, error) from None
    try:
        yield folder
    finally:
        folder.close()


def _attach_or_start(home: Path, folder: ServerFolder) -> ServerAddress:
    _refuse_other_major(folder)
    bound_log(folder)
    known = _socket_folder(home, folder)
    if known is not None and answers(ServerAddress(known)):
        _complete(ServerAddress(known))
        return ServerAddress(known)
    programs = program_folder(folder.run) / "bin"
    make_data(folder, programs)
    inside, outside = _make_socket_folder(home, folder)
    address = ServerAddress(outside)
    start_server(folder, programs, inside, address)
    _complete(address)
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


def _own_socket_folder(folder: ServerFolder) -> Path | None:
    """postgres/run, where its path is short enough for a socket, and free of what addresses and settings would take
    for more than a path (a comma, a blank, letters of other scripts).
    """
    own = folder.path / "run"
    fits = len(os.fsencode(own)) <= SOCKET_FOLDER_BYTES and _PLAIN_PATH.fullmatch(str(own))
    return own if fits else None


def _socket_folder(home: Path, folder: ServerFolder) -> str | None:
    """The socket's folder as clients name it, if it is there and the server user's own: others may have laid one."""
    path = _own_socket_folder(folder)
    try:
        path = path or Path((home / "postgres.socket").read_text().strip())
        status = path.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(status.st_mode) and status.st_uid == folder.uid and not status.st_mode & 0o077
    return str(path) if private else None


def _make_socket_folder(home: Path, folder: ServerFolder) -> tuple[str, str]:
    """The socket's folder as the server and as its clients name it: postgres/run, or a short private one, recorded."""
    own = _own_socket_folder(folder)
    if own is not None:
        folder.run(["/bin/mkdir", "-p", "-m", "0700", f"{folder.inside}/run"])
        return f"{folder.inside}/run", str(own)
    known = _socket_folder(home, folder)
    if known is not None:
        return known, known
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


def _complete(address: ServerAddress) -> None:
    """The database and the extension: made where they are missing, which a killed first start may have left."""
    try:
        check_server(address.dsn)
    except Misconfigured as error:
        if error.outcome != "no_database":
            raise
        with psycopg.connect(address.dsn_of("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
        check_server(address.dsn)
