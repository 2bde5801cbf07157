"""``newsreel run`` and ``newsreel demo``; and their parts: ``newsreel web`` and ``newsreel starters``."""

from __future__ import annotations

import argparse
import asyncio
import shutil
from typing import TYPE_CHECKING

from newsreel.cli.ports import wait_for_port
from newsreel.core.errors import Misconfigured
from newsreel.core.settings import settings
from newsreel.core.state import SAMPLE_FOLDER, is_sample

if TYPE_CHECKING:
    from newsreel.pipeline.startup import Archive

CHILDREN_END_SECONDS = 25.0  # that a killed supervisor's children may take
TAKEOVER_SECONDS = 60.0


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of these commands."""
    run = commands.add_parser("run", help="database, crawler, workers and portal", allow_abbrev=False)
    run.set_defaults(command=_run)
    demo = commands.add_parser(
        "demo", help="the same over a fictional press, in a data folder of its own", allow_abbrev=False
    )
    demo.add_argument("--remove", action="store_true", help="remove the sample's data folder")
    demo.set_defaults(command=_demo)
    web = commands.add_parser("web", help="the portal alone, on this database", allow_abbrev=False)
    web.add_argument("--takeover", action="store_true", help="wait until the port's present owner leaves it")
    web.set_defaults(command=_web)
    starters = commands.add_parser(
        "starters", help="switch on what a new installation begins with, if any of it answers", allow_abbrev=False
    )
    starters.add_argument("--sample", action="store_true", help="the outlets of the sample press instead")
    starters.set_defaults(command=_starters)


def _run(options: argparse.Namespace) -> int:
    from newsreel.cli.guarding import alone, end_in_order
    from newsreel.cli.supervising import Plan, Supervisor
    from newsreel.pipeline.startup import open_archive
    from newsreel.sources.site_rules import rules

    chosen = settings()
    rules(chosen.site_rules)  # a wrong file is said before anything is made
    end_in_order()
    with alone(chosen.home) as killed:
        wait_for_port(chosen.port, CHILDREN_END_SECONDS if killed else 0.0, chosen.listen)
        print("Newsreel: opening the database …", flush=True)
        archive = open_archive()
        try:
            plan = Plan(archive, chosen.port, chosen, looking=_is_empty())
            return Supervisor(plan).run()
        finally:
            archive.close()


def _is_empty() -> bool:
    from django.db import connection

    from newsreel.archive.models import Source

    try:
        return not Source.objects.exists()
    finally:
        connection.close()


def _demo(options: argparse.Namespace) -> int:
    from newsreel.archive.embedded import stop_server
    from newsreel.cli.guarding import alone, end_in_order
    from newsreel.cli.supervising import Plan, Supervisor
    from newsreel.sources.site_rules import rules

    chosen = settings()
    home = chosen.home / SAMPLE_FOLDER
    if options.remove:
        if not is_sample(home):
            print("There is no sample to remove.")
            return 0
        with alone(home):
            stop_server(home)
            shutil.rmtree(home)
        print(f"removed: {home}")
        return 0
    rules(chosen.site_rules)
    end_in_order()
    with alone(home) as killed:
        wait_for_port(chosen.port, CHILDREN_END_SECONDS if killed else 0.0, chosen.listen)
        return Supervisor(Plan(None, chosen.port, chosen, sample_first=True)).run()


def _web(options: argparse.Namespace) -> int:
    from newsreel.cli.guarding import end_in_order
    from newsreel.pipeline.startup import open_archive

    end_in_order()
    archive = open_archive()
    try:
        from newsreel.site.server import portal_server

        server = portal_server(archive.settings.port, archive.settings.listen)
        if options.takeover:
            wait_for_port(archive.settings.port, TAKEOVER_SECONDS, archive.settings.listen)
        server.run()
    except KeyboardInterrupt:
        return 0  # uvicorn has ended in order, and gives back the signal that told it to
    except SystemExit:
        raise Misconfigured("port_taken", f"The portal could not open port {archive.settings.port}.") from None
    finally:
        archive.close()
    return 0


def _starters(options: argparse.Namespace) -> int:
    """Exit code 3: none of them answers."""
    from newsreel.cli.supervising import NO_NETWORK
    from newsreel.pipeline.startup import open_archive

    archive = open_archive()
    try:
        return 0 if asyncio.run(_begin(archive, sample=options.sample)) else NO_NETWORK
    finally:
        archive.close()


async def _begin(archive: Archive, *, sample: bool) -> bool:
    from newsreel.pipeline import bells
    from newsreel.pipeline.beginning import add_sample, add_starters
    from newsreel.pipeline.workshop import open_workshop

    async with open_workshop(archive.settings, archive.recover) as shop:
        added = await (add_sample(shop) if sample else add_starters(shop))
        if added:
            await shop.db(bells.ring, "crawl")
    return added
