"""Ports on loopback."""

from __future__ import annotations

import errno
import socket
import time

from newsreel.core.errors import Misconfigured


def check_port(port: int) -> None:
    """Misconfigured where another program has the port, or this user may not open it."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Misconfigured(
                "port_taken",
                f"Port {port} is taken by another program (another Newsreel?): set NEWSREEL_PORT to a free one.",
            ) from None
        raise Misconfigured(
            "port_refused", f"Port {port} cannot be opened by this user: set NEWSREEL_PORT to one above 1023."
        ) from None


def wait_for_port(port: int, seconds: float) -> None:
    """Until the port can be had, for so many seconds; then as check_port."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return check_port(port)
        except Misconfigured:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
