"""The real portal for tests: the ASGI application under uvicorn, in a process of its own, on the test's database."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_RUN = "from newsreel.site.server import portal_server; portal_server({port}).run()"


class Portal:
    """One portal, which can be stopped and started again at its port."""

    def __init__(self, home: Path, dsn: str) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("NEWSREEL_", "PYTEST_", "DJANGO_"))
        }
        self.environment = kept | {"NEWSREEL_HOME": str(home), "NEWSREEL_DATABASE_URL": dsn}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        command = [sys.executable, "-c", _RUN.format(port=self.port)]
        self._process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the portal ended while it started"
            with suppress(OSError):
                if self.get("/live", method="HEAD")[0] in (200, 403):  # the stream knows its position
                    return
            time.sleep(0.05)
        raise AssertionError("the portal does not answer")

    def stop(self) -> float:
        """Ends it as a service manager does; how many seconds that took."""
        if self._process is None:
            return 0.0
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process = None
        return time.monotonic() - began

    def get(
        self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body=body, headers=_names(headers))
            answer = connection.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    @contextmanager
    def stream(self, query: str = "", **headers: str) -> Iterator[Stream]:
        """An open stream."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/live" + query, headers=_names(headers))
            answer = connection.getresponse()
            assert answer.status == 200
            yield Stream(answer)
        finally:
            connection.close()


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True)
class Told:
    """One event of a stream."""

    name: str
    position: str
    data: Any


class Stream:
    """The events of an open stream."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer

    def next(self, *names: str) -> Told:
        """The next event of one of these names (of any, where none is named)."""
        fields: dict[str, str] = {}
        while True:
            line = self._answer.readline()
            if not line:
                raise EOFError("the stream has ended")
            text = line.decode().rstrip("\n")
            if text:
                key, _, value = text.partition(": ")
                fields[key] = value
            elif "data" in fields:
                told = Told(fields.get("event", "message"), fields.get("id", ""), json.loads(fields["data"]))
                fields = {}
                if not names or told.name in names:
                    return told
            else:
                fields = {}

    def titles(self, count: int) -> list[str]:
        """The titles of the next articles added."""
        return [self.next("added").data["title"] for _ in range(count)]
