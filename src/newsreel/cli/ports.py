"""Ports of this machine."""

from __future__ import annotations

import errno
import socket
import time

from newsreel.core.errors import Misconfigured


def check_port(port: int, address: str = "127.0.0.1") -> None:
    """Misconfigured where another program has the port, or this user may not open it, or the address is not ours."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise Misconfigured(
                "no_such_address", f"This machine has no address {address}: set NEWSREEL_LISTEN to one of its own."
            ) from None
        if error.errno == errno.EADDRINUSE:
            raise Misconfigured(
                "port_taken",
                f"Port {port} is taken by another program (another Newsreel?): set NEWSREEL_PORT to a free one.",
            ) from None
        raise Misconfigured(
            "port_refused", f"Port {port} cannot be opened by this user: set NEWSREEL_PORT to one above 1023."
        ) from None


def wait_for_port(port: int, seconds: float, address: str = "127.0.0.1") -> None:
    """Until the port can be had, for so many seconds; then as check_port."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return check_port(port, address)
        except Misconfigured as error:
            if error.outcome == "no_such_address" or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_address(listen: str) -> str:
    """Where this machine reaches a portal that listens on an address: loopback, where it listens on all."""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen, listen)  # noqa: S104 - compared, not listened on
    return f"[{address}]" if ":" in address else address
