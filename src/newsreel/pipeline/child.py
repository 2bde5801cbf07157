"""The child process that reads foreign bytes: started by isolation.py, one request after the other on its pipes.

A request is a pickled (name, arguments, options, deadline in seconds); an answer a pickled (ok, value). The child imports
no Django and has no secrets; its memory is limited and the kernel ends it at the deadline, whatever the code is doing.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import signal
import struct
import sys
from typing import Any, BinaryIO

MEMORY_LIMIT = 2 * 1024**3  # bytes of address space
HEADER = struct.Struct(">Q")

FUNCTIONS = {
    "extract": "newsreel.extraction",
    "extract_with_memory": "newsreel.extraction",
    "explain": "newsreel.extraction",
    "article_from_feed": "newsreel.extraction",
    "parse_feed": "newsreel.discovery",
    "parse_sitemap": "newsreel.discovery",
    "parse_frontpage": "newsreel.discovery",
    "read_front": "newsreel.discovery",
    "older_pages": "newsreel.discovery",
    "extract_with_signs": "newsreel.extraction",
    "find_feeds": "newsreel.discovery",
    "find_hubs": "newsreel.discovery",
    "enrich": "newsreel.enrichment",
}


def main() -> None:
    """Serves until the other end is closed."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a print of some library must not spoil the protocol
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # Several threads for matrices of this size only wait for each other; read when numpy is imported, with the first request.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    while (request := _receive(requests)) is not None:
        name, arguments, options, deadline = request
        # The parent kills at the deadline; this is for a parent that was itself killed.
        signal.setitimer(signal.ITIMER_REAL, deadline + 2)
        answer = _call(name, arguments, options)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            answers.write(HEADER.pack(len(answer)) + answer)
            answers.flush()
        except BrokenPipeError:
            os._exit(0)  # whoever asked was killed


def _receive(stream: BinaryIO) -> Any:
    head = stream.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    return pickle.loads(stream.read(HEADER.unpack(head)[0]))  # noqa: S301  # from our parent


def _call(name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> bytes:
    try:
        function = getattr(importlib.import_module(FUNCTIONS[name]), name)
        return pickle.dumps((True, function(*arguments, **options)))
    except MemoryError:
        return pickle.dumps((False, "memory"))
    except Exception as error:
        sys.stderr.write(f"{name} failed: {type(error).__name__}\n")
        return pickle.dumps((False, "error"))


if __name__ == "__main__":
    main()
