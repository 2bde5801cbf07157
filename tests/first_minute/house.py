"""``newsreel run`` and ``newsreel demo`` as a person starts them, and the portal as a browser on the same machine sees it."""

from __future__ import annotations

import html
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg

from newsreel.archive.embedded import ensure_server, release, stop_server
from tests.installation import free_port, wait_until

CLOSED = "http://127.0.0.1:9"  # 'discard': nothing listens there, so a proxy at it is a network that is not there


@dataclass(frozen=True)
class User:
    """Somebody who runs Newsreel: a name (None: whoever runs the tests), a Python that they may run, and where it finds
    the project (None: where this one does).
    """

    name: str | None = None
    python: str = sys.executable
    path: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": self.path} if self.path else {}

    @property
    def account(self) -> dict[str, Any]:
        """For subprocess."""
        return {"user": self.name, "group": "nogroup", "extra_groups": []} if self.name else {}


MYSELF = User()


@dataclass
class Visitor:
    """A browser without scripts: cookies are kept, forms are sent with the page's own token."""

    port: int
    jar: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str = "/") -> str:
        """A page's text, whatever its status. OSError where nobody answers."""
        return self._ask(urllib.request.Request(f"http://localhost:{self.port}{path}"))[1]

    def status(self, path: str = "/") -> int:
        """A page's status; 0 where nobody answers."""
        try:
            return self._ask(urllib.request.Request(f"http://localhost:{self.port}{path}"))[0]
        except OSError:
            return 0

    def send(self, page: str, action: str, *, token_of: str = "", **fields: str) -> str:
        """Sends the form with this action as it stands on the page; the text of the page that comes then. ``token_of``:
        the page does not offer this, so it is sent with the token of another of its forms.
        """
        form = re.search(rf'<form[^>]* action="{re.escape(token_of or action)}".*?</form>', self.get(page), re.S)
        assert form, f"{page} has no form for {token_of or action}"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form[0])
        assert token, f"the form for {action} has no token"
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": html.unescape(token[1]), **fields}).encode()
        return self._ask(urllib.request.Request(f"http://localhost:{self.port}{action}", data))[1]

    def strip(self) -> str:
        """What the portal says it is doing, as text."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.get("/activity/"))).split())

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )
        try:
            with opener.open(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


class House:
    """One installation. Its environment is empty but for what is named here, as ``env -i`` makes it."""

    def __init__(self, home: Path, user: User = MYSELF, **environment: str) -> None:
        self.home, self.user, self.port = home, user, free_port()
        own = {"NEWSREEL_HOME": str(home), "NEWSREEL_PORT": str(self.port)}
        self.environment = user.environment | own | environment
        self.visitor = Visitor(self.port)
        self.started_at = 0.0
        self._running: list[subprocess.Popen[bytes]] = []
        self._words = home.parent / f"{home.name[:100]}-{self.port}.words"

    def command_in_sample(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The same on the sample's data folder, as somebody does who sets NEWSREEL_HOME to it."""
        return self.command(*words, NEWSREEL_HOME=str(self.home / "sample"))

    def command(self, *words: str, timeout: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        done = subprocess.run(
            [self.user.python, "-m", "newsreel", *words],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            cwd="/",
            **self.user.account,
        )
        return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, word: str = "run") -> House:
        """Starts it, and does not wait."""
        self.started_at = time.monotonic()
        with self._words.open("ab") as words:
            self._running.append(
                subprocess.Popen(
                    [self.user.python, "-m", "newsreel", word],
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=words,
                    stderr=words,
                    cwd="/",
                    start_new_session=True,
                    **self.user.account,
                )
            )
        return self

    def up(self, seconds: float = 60) -> float:
        """Waits until the portal answers; how many seconds after the start that was."""
        wait_until(lambda: self.visitor.status("/") == 200 or self.ended(), seconds, "the portal's first answer")
        assert not self.ended(), self.words()
        return time.monotonic() - self.started_at

    def shows(self, path: str, *words: str, seconds: float = 60) -> str:
        """Waits until a page has all these words; the page."""
        page = ""

        def has_all() -> bool:
            nonlocal page
            try:
                page = self.visitor.get(path)
            except OSError:
                return False
            return all(word in page for word in words)

        try:
            wait_until(has_all, seconds, f"{words} on {path}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it says {self.words()}; the page is {page[:3000]}") from None
        return page

    def ended(self) -> bool:
        """Whether it has ended."""
        return self._running[-1].poll() is not None

    def stop(self) -> int:
        """Ends it in order; its exit code."""
        self._running[-1].terminate()
        return self._running[-1].wait(40)

    def words(self) -> str:
        """All that it said, on both outputs."""
        return self._words.read_text(errors="replace") if self._words.exists() else ""

    def rows(self, table: str, sample: bool = False) -> int:
        """How many rows a table has, in the archive of one's own or in the sample's."""
        home = self.home / "sample" if sample else self.home
        record = home / "postgres.socket"
        folder = record.read_text().strip() if record.exists() else str(home / "postgres" / "run")
        with psycopg.connect(host=folder, dbname="newsreel", user="newsreel") as connection:
            row = connection.execute(f"SELECT count(*) FROM archive_{table}").fetchone()  # type: ignore[arg-type]
        assert row is not None
        return int(row[0])

    def rows_at_rest(self, table: str) -> int:
        """The same of a house that does not run: its database is started for it."""
        ensure_server(self.home)
        try:
            return self.rows(table)
        finally:
            release(self.home)

    def end(self) -> None:
        """Whatever still runs is ended: also for a test that failed."""
        for process in self._running:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(25)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for home in (self.home / "sample", self.home):
            if (home / "postgres" / "data" / "postmaster.pid").exists():
                stop_server(home)


@contextmanager
def absences(port: int) -> Iterator[list[float]]:
    """How long, in seconds, each of the moments was in which nobody took a connection while the block ran."""
    found: list[float] = []
    ending = threading.Event()

    def watch() -> None:
        gone: float | None = None
        while not ending.wait(0.02):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                gone = gone or time.monotonic()
            else:
                if gone is not None:
                    found.append(time.monotonic() - gone)
                gone = None

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        ending.set()
        thread.join()


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed says: one line in words, an exit code, nothing else."""
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    lines: Sequence[str] = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("newsreel: ")
    assert lines[0].endswith(".")
    for odd in ("Traceback", "Error", "errno", "Errno", "psycopg", "django"):
        assert odd not in lines[0]
    return lines[0]
