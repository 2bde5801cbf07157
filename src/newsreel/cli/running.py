"""``newsreel run``: database, crawler, workers and portal; and ``newsreel web``, the portal alone."""

from __future__ import annotations

import argparse
import errno
import socket

from newsreel.core.errors import Misconfigured
from newsreel.core.settings import settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of these commands."""
    run = commands.add_parser("run", help="database, crawler, workers and portal", allow_abbrev=False)
    run.set_defaults(command=_run)
    web = commands.add_parser("web", help="the portal alone, on this database", allow_abbrev=False)
    web.add_argument("--with-parent", action="store_true", help="stop when the starting process is gone")
    web.set_defaults(command=_web)


def _run(options: argparse.Namespace) -> int:
    from newsreel.cli.supervising import Supervisor
    from newsreel.pipeline.startup import open_archive

    port = settings().port
    check_port(port)
    print("Newsreel: opening the database …", flush=True)
    archive = open_archive()
    try:
        return Supervisor(archive, port).run()
    finally:
        archive.close()


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


def _web(options: argparse.Namespace) -> int:
    from newsreel.cli.guarding import stop_with_parent
    from newsreel.pipeline.startup import open_archive

    if options.with_parent:
        stop_with_parent()
    archive = open_archive()
    try:
        from newsreel.site.server import portal_server

        portal_server(archive.settings.port).run()
    except SystemExit:
        raise Misconfigured("port_taken", f"The portal could not open port {archive.settings.port}.") from None
    finally:
        archive.close()
    return 0
