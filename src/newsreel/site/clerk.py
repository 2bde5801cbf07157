"""``python -m newsreel.site.clerk``: the child that answers what has to do with passwords, one request after the other.

It is the same Django, in a process of its own with little claim to the processor. A request and an answer are each a header of
two lengths, a JSON object, and the body. It ends when its input does, so never later than the web process.
"""

from __future__ import annotations

import io
import json
import os
import signal
import struct
import sys
from collections.abc import Iterable
from typing import Any, BinaryIO

from newsreel.core import settings as ours
from newsreel.core.settings import Settings

LENGTHS = struct.Struct("<II")
NICE = 10
KEYS = ("method", "path", "scheme", "http_version", "root_path", "server", "client")


def packed(head: dict[str, Any], body: bytes) -> bytes:
    """One message."""
    text = json.dumps(head).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body


def request_of(scope: Any, body: bytes, chosen: Settings) -> bytes:
    """The message that asks. The settings go with it: an administrator may have changed one since the child began."""
    head = {key: scope.get(key) for key in KEYS}
    head["settings"] = chosen.model_dump(mode="json")
    head["query_string"] = scope["query_string"].decode("latin-1")
    head["headers"] = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]]
    return packed(head, body)


def _scope(head: dict[str, Any]) -> dict[str, Any]:
    scope = {**head, "type": "http", "query_string": head["query_string"].encode("latin-1")}
    scope["headers"] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"]]
    return scope


def _answer(application: Any, head: dict[str, Any], body: bytes) -> bytes:
    from a2wsgi.wsgi import build_environ

    started: dict[str, Any] = {}

    def start(status: str, headers: Iterable[tuple[str, str]], error: Any = None) -> None:
        started["status"] = int(status.split(" ", 1)[0])
        started["headers"] = [[name.strip().lower(), value.strip()] for name, value in headers]

    pieces = application(build_environ(_scope(head), io.BytesIO(body)), start)  # type: ignore[arg-type]
    try:
        content = b"".join(pieces)
    finally:
        getattr(pieces, "close", lambda: None)()
    return packed(started, content)


def serve(application: Any, asked: BinaryIO, told: BinaryIO) -> None:
    """Answers until there is nothing more to read."""
    while len(lengths := asked.read(LENGTHS.size)) == LENGTHS.size:
        size, rest = LENGTHS.unpack(lengths)
        head, body = json.loads(asked.read(size)), asked.read(rest)
        if head["settings"] != ours.settings().model_dump(mode="json"):
            ours.use(Settings(**head["settings"]))
        told.write(_answer(application, head, body))
        told.flush()


def main() -> None:
    """The child's life."""
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed must not stand between the answers
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the web process ends this one
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreel.site.settings")
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    told.write(LENGTHS.pack(0, 0))  # it is ready
    told.flush()
    serve(application, sys.stdin.buffer, told)


if __name__ == "__main__":
    main()
