"""The embedded server's folder, and commands run in it as the user who owns it.

PostgreSQL refuses to run as root, so root's server runs as an unprivileged user. That user can seldom enter the data
folder's parents (/root, a 0700 folder of mktemp), and their rights are not ours to widen: the folder is opened here
and handed to the server's programs as an open descriptor, which they enter by /proc/self/fd. It also frees the server
from the length of the path.
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from newsreel.core.errors import Misconfigured

# Root's server runs as the first of these that the machine knows.
SERVER_USERS = ("newsreel", "nobody")
COMMAND_SECONDS = 600


@dataclass(frozen=True)
class ServerFolder:
    """``path`` as this process sees it, ``inside`` as the server's programs do; ``uid`` owns it and runs them."""

    path: Path
    inside: str
    uid: int
    gid: int
    user: str
    descriptor: int | None

    def run(
        self, command: list[str], *, text: str | None = None, seconds: float = COMMAND_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as the server's user, with nothing of our environment but the folder."""
        process = self.start(command, stdin=subprocess.DEVNULL if text is None else subprocess.PIPE)
        try:
            out, err = process.communicate(text, timeout=seconds)
        except BaseException:
            process.kill()
            process.wait()
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def start(self, command: list[str], *, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        """The same, not waited for. It has a session of its own: Ctrl-C in the terminal is said to us alone."""
        root = os.geteuid() == 0
        return subprocess.Popen(  # noqa: S603 - our own commands, no shell
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd="/",
            env=_environment(),
            pass_fds=() if self.descriptor is None else (self.descriptor,),
            user=self.uid if root else None,
            group=self.gid if root else None,
            extra_groups=[] if root else None,
            start_new_session=True,
        )

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder as its owner: root itself writes nothing where another user could lay links."""
        done = self.run(["/bin/sh", "-c", 'umask 077; cat > "$1"', "sh", f"{self.inside}/{name}"], text=text)
        if done.returncode:
            raise Misconfigured("database_disk", f"The database's folder {self.path} cannot be written: {said(done)}.")

    def close(self) -> None:
        """Let the folder go."""
        if self.descriptor is not None:
            os.close(self.descriptor)


def _is_new(path: Path) -> bool:
    """A folder of root's with nothing in it: just made, or by a start that was killed before it gave the folder away."""
    status = path.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == 0 and not any(path.iterdir())


def open_folder(path: Path) -> ServerFolder:
    """The server's folder, made (mode 0700, the server user's own) where it is missing."""
    root = os.geteuid() == 0
    if not path.exists():
        path.mkdir(mode=0o700)
    if root and _is_new(path):
        owner = path.parent.stat()
        account = _unprivileged() if owner.st_uid == 0 else pwd.getpwuid(owner.st_uid)
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise Misconfigured("database_folder", f"{path} is not a folder.")
    if status.st_uid == 0:
        raise Misconfigured(
            "database_folder",
            f"{path} belongs to root, and PostgreSQL does not run as root: "
            f"give it to another user (chown -R nobody {path}).",
        )
    if not root and status.st_uid != os.geteuid():
        raise Misconfigured(
            "database_folder",
            f"{path} belongs to another user: run Newsreel as that user, or choose another NEWSREEL_HOME.",
        )
    try:
        user = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        raise Misconfigured(
            "database_user",
            f"This machine has no user of the number {status.st_uid}, which PostgreSQL needs: "
            "run Newsreel as a user of the machine, or name a server in NEWSREEL_DATABASE_URL.",
        ) from None
    if root and sys.platform.startswith("linux"):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        return ServerFolder(path, f"/proc/self/fd/{descriptor}", status.st_uid, status.st_gid, user, descriptor)
    return ServerFolder(path, str(path), status.st_uid, status.st_gid, user, None)


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The last thing a failed command said, in one line, without its name and its closing stop."""
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return lines[-1].rsplit("error: ", 1)[-1].rstrip(".")[:300] if lines else f"exit status {done.returncode}"


def _unprivileged() -> pwd.struct_passwd:
    for name in SERVER_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Misconfigured(
        "database_user",
        "PostgreSQL does not run as root, and this machine has no user newsreel or nobody to run it: "
        "add one (useradd --system newsreel).",
    )


def _environment() -> dict[str, str]:
    """No locale (none may be installed), no PG… variables of a user's own servers, no LD_… ones."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "LANG": "C", "TZ": "UTC"}
