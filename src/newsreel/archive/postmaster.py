"""One run of the embedded server: its files made, started, waited for, stopped, and what it says when it fails."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from newsreel.archive.server_folder import ServerFolder, said
from newsreel.core.errors import Misconfigured

DATABASE = "newsreel"
ROLE = "newsreel"
PORT = 5432  # only part of the socket's name: nothing listens on a port
LOG_BYTES = 1_000_000
# A server that was killed reads its log again before it answers: minutes for a large archive on a slow disk.
START_SECONDS = 300.0
STOP_SECONDS = 60.0
RETRY_SECONDS = 15.0

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


def make_data(folder: ServerFolder, programs: Path) -> None:
    """PostgreSQL's files, complete or not there at all: made beside their place and moved there.

    Each attempt has a place of its own: the initdb of a killed process may still be writing to its.
    """
    if (folder.path / "data" / "PG_VERSION").exists():
        return
    new, data = f"{folder.inside}/new-{os.getpid()}", f"{folder.inside}/data"
    folder.run(["/bin/sh", "-c", 'rm -rf "$1"/new-*', "sh", folder.inside])
    done = folder.run(
        [str(programs / "initdb"), "-D", new, "-U", ROLE, "--auth=peer", "--no-instructions", *LOCALE_OPTIONS]
    )
    if done.returncode == 0:
        done = folder.run(["/bin/sh", "-c", 'rm -rf "$2" && mv "$1" "$2"', "sh", new, data])
    if done.returncode:
        raise _disk_error(folder, done.stdout + done.stderr) or Misconfigured(
            "database_not_made", f"The database could not be made in {folder.path}: {said(done)}."
        )


def _write_access(folder: ServerFolder) -> None:
    """Who may connect, written at every start: root and the folder's owner, unless it is everybody's 'nobody'."""
    users = ["root"] if folder.user == "nobody" and os.geteuid() == 0 else ["root", folder.user]
    folder.write("data/pg_hba.conf", "# Written by Newsreel at every start.\nlocal all all peer map=newsreel\n")
    folder.write("data/pg_ident.conf", "".join(f'newsreel "{user}" {ROLE}\n' for user in users))


def start_server(folder: ServerFolder, programs: Path, socket_folder: str, address: ServerAddress) -> None:
    """Start the server and wait until it answers. A killed one leaves a stale lock file, and its children some
    seconds of shared memory: try again for that long.
    """
    _write_access(folder)
    give_up = time.monotonic() + RETRY_SECONDS
    while True:
        if _clear_remains(folder, address):
            return
        tail = _pg_ctl_start(folder, programs, socket_folder)
        if tail is None and answers(address):
            return
        passing = tail is None or re.search(r"lock file|shared memory", tail)
        if _disk_error(folder, tail or "") or not passing or time.monotonic() > give_up:
            raise _start_error(folder, tail)
        time.sleep(0.3)


def _pg_ctl_start(folder: ServerFolder, programs: Path, socket_folder: str) -> str | None:
    """None when pg_ctl says that the server runs, else what the server said."""
    log = folder.path / "server.log"
    before = log.stat().st_size if log.exists() else 0
    settings = {**SERVER_SETTINGS, "unix_socket_directories": socket_folder, **_shared_memory()}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    command = [str(programs / "pg_ctl"), "-D", f"{folder.inside}/data", "-l", f"{folder.inside}/server.log"]
    command += ["-w", "-t", str(int(START_SECONDS)), "-o", options, "start"]
    process = None
    # An interrupt waits until we hold the process, or nobody would know of it. PostgreSQL frees its own signals again.
    free = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        process = folder.start(command)
        signal.pthread_sigmask(signal.SIG_SETMASK, free)
        _, told = process.communicate(timeout=START_SECONDS + 30)
    except BaseException:
        if process is not None:
            _call_off(folder, process)
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, free)
    if process.returncode == 0:
        return None
    with suppress(OSError), log.open("rb") as file:
        file.seek(before)
        return file.read(LOG_BYTES).decode("utf-8", "replace") + told
    return told


def _call_off(folder: ServerFolder, start: subprocess.Popen[str]) -> None:
    """We were interrupted while pg_ctl starts the server, which has no user yet who would stop it. A killed pg_ctl
    would leave one that is just being born: wait until it has its lock file, and stop it then.
    """
    until = time.monotonic() + STOP_SECONDS
    while time.monotonic() < until:
        ended = start.poll() is not None
        if stop(folder) or ended:
            break
        time.sleep(0.02)
    start.kill()
    start.communicate()


def _shared_memory() -> dict[str, str]:
    """Containers give 64 MB of /dev/shm, too little for building an index on vectors in parallel: files then."""
    with suppress(OSError):
        if shutil.disk_usage("/dev/shm").total >= 256 * 1024 * 1024:  # noqa: S108 - only looked at
            return {}
    return {"dynamic_shared_memory_type": "mmap"} if Path("/proc").is_dir() else {}


def answers(address: ServerAddress) -> bool:
    """Whether a server is there and lets us in (or has no connection left to do so)."""
    return _silence(address) is None


def _silence(address: ServerAddress) -> str | None:
    """None where a server answers, else why not, in libpq's words. One that is just starting is waited for."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(address.dsn_of("postgres"), connect_timeout=10).close()
        except psycopg.Error as error:
            text = str(error)
            if "too many clients" in text or "connection slots" in text:
                return None
            if not re.search(r"is starting up|not yet accepting", text) or time.monotonic() > until:
                return text
            time.sleep(0.1)
        else:
            return None


def _clear_remains(folder: ServerFolder, address: ServerAddress) -> bool:
    """What keeps a server from starting and will not go away by itself: a server of this folder that cannot be
    reached (its socket was swept from /tmp), or lock files whose number now belongs to another program (a container
    started again) or to a dead process that nobody has waited for (a container's first process may never).
    Of other dead processes PostgreSQL itself sees that its lock files are stale. True where the server runs after all.
    """
    lock, socket = folder.path / "data" / "postmaster.pid", f".s.PGSQL.{PORT}"
    pid = _pid_in(lock)
    if pid is not None and _is_postmaster(folder, pid):
        silence = _silence(address)
        if silence is None:
            return True
        if re.search(r"No such file|[Cc]onnection refused", silence):
            _signal(pid, signal.SIGINT)
            _wait_until_gone(folder, pid)
        elif "authentication failed" in silence:
            _signal(pid, signal.SIGHUP)  # it read who may connect before we wrote it
        else:
            raise Misconfigured("database_mute", f"The embedded database in {folder.path} runs, but does not answer.")
        return False
    if pid is not None and Path(f"/proc/{pid}").exists():
        folder.run(["/bin/rm", "-f", f"{folder.inside}/data/postmaster.pid"])
    private = Path(address.socket_folder)
    pid = _pid_in(private / f"{socket}.lock")
    if pid is not None and Path(f"/proc/{pid}").exists() and not _is_postmaster(folder, pid):
        for name in (socket, f"{socket}.lock"):
            (private / name).unlink(missing_ok=True)
    return False


def _pid_in(lock: Path) -> int | None:
    """The process that a lock file of PostgreSQL's names in its first line."""
    try:
        return int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
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


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_until_gone(folder: ServerFolder, pid: int) -> bool:
    until = time.monotonic() + STOP_SECONDS
    while time.monotonic() < until:
        if not _is_postmaster(folder, pid):
            return True
        time.sleep(0.02)
    return False


def stop(folder: ServerFolder) -> bool:
    """A fast stop: open transactions are undone, everything committed is on the disk."""
    pid = _pid_in(folder.path / "data" / "postmaster.pid")
    if pid is None or not _is_postmaster(folder, pid):
        return False
    _signal(pid, signal.SIGINT)
    return _wait_until_gone(folder, pid)


def bound_log(folder: ServerFolder) -> None:
    """The server appends to its log, so it can be emptied under it."""
    log = folder.path / "server.log"
    with suppress(OSError):
        if log.stat().st_size > LOG_BYTES:
            folder.run(["/bin/sh", "-c", ': > "$1"', "sh", f"{folder.inside}/server.log"])


def _start_error(folder: ServerFolder, tail: str | None) -> Misconfigured:
    if tail is None:
        return Misconfigured(
            "database_not_started", f"The embedded database in {folder.path} runs, but does not answer."
        )
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
