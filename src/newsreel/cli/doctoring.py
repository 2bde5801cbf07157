"""``newsreel doctor``: what is wrong with this installation, in plain words."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsreel.core.errors import NewsreelError
from newsreel.core.settings import Settings, settings

LEAST_FREE_BYTES = 2 * 1024**3
MOST_CLOCK_DIFFERENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``advice`` says what to do where it is not well."""

    name: str
    well: bool
    says: str
    advice: str = ""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of this command."""
    doctor = commands.add_parser(
        "doctor", help="what is wrong with this installation, in plain words", allow_abbrev=False
    )
    doctor.add_argument("--json", action="store_true", help="the findings as JSON")
    doctor.add_argument("--no-network", action="store_true", help="send nothing out")
    doctor.set_defaults(command=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    chosen = settings()
    findings = []
    for finding in _look(chosen, network=not options.no_network):
        findings.append(finding)
        if not options.json:
            mark = "ok " if finding.well else "BAD"
            print(
                f"{mark}  {finding.name}: {finding.says}" + (f"\n     {finding.advice}" if finding.advice else ""),
                flush=True,
            )
    if options.json:
        print(json.dumps({"findings": [asdict(finding) for finding in findings]}, ensure_ascii=False, indent=2))
    return 0 if all(finding.well for finding in findings) else 1


def _look(chosen: Settings, *, network: bool) -> Iterator[Finding]:
    yield Finding("Python", True, f"{sys.version.split()[0]} at {sys.executable}")
    yield _home(chosen.home)
    yield _disk(chosen.home)
    yield _told("database", lambda: _database(chosen))
    if network:
        yield _told("network", lambda: asyncio.run(_network(chosen)))


def _told(name: str, look: Callable[[], Finding]) -> Finding:
    """What a look found, or the reason why it could not be had."""
    try:
        return look()
    except NewsreelError as error:
        return Finding(name, False, error.reason)


def _home(home: Path) -> Finding:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=home):
            return Finding("data folder", True, str(home))
    except OSError as error:
        return Finding(
            "data folder",
            False,
            f"{home} cannot be written ({os.strerror(error.errno or 0)}).",
            "Change its owner, or set NEWSREEL_HOME to a folder of your own.",
        )


def _disk(home: Path) -> Finding:
    folder = next(parent for parent in (home, *home.parents) if parent.exists())
    free = shutil.disk_usage(folder).free
    says = f"{free / 1024**3:.1f} GB free at {folder}"
    if free < LEAST_FREE_BYTES:
        return Finding(
            "disk",
            False,
            says,
            "Make room: the crawl stops when the disk is full. NEWSREEL_SNAPSHOT_DAYS limits how long evidence is kept.",
        )
    return Finding("disk", True, says)


def _database(chosen: Settings) -> Finding:
    from newsreel.pipeline.startup import open_archive

    archive = open_archive(chosen)
    try:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), extversion, clock_timestamp() FROM pg_extension WHERE extname = 'vector'"
            )
            version, vector, now = cursor.fetchone()
        connection.close()
    finally:
        archive.close()
    where = "a server of yours" if chosen.database_url else "embedded"
    difference = abs(datetime.now(UTC) - now)
    if difference > MOST_CLOCK_DIFFERENCE:
        return Finding(
            "clock",
            False,
            f"This machine's clock and the database's differ by {difference.total_seconds():.0f} seconds.",
            "Set both by a time service (NTP).",
        )
    return Finding(
        "database", True, f"PostgreSQL {version} with pgvector {vector} ({where}); its clock agrees with this machine's"
    )


async def _network(chosen: Settings) -> Finding:
    from newsreel.fetching import Fetcher, Policy
    from newsreel.sources import starter_feeds

    way = f"through the proxy {chosen.proxy}" if chosen.proxy else "directly"
    reasons = []
    async with Fetcher(Policy.from_settings(chosen)) as fetcher:
        for feed in list(starter_feeds())[:3]:
            try:
                await fetcher.fetch(feed.url)
            except NewsreelError as error:
                reasons.append(error.reason)
            else:
                return Finding("network", True, f"{feed.url} answers, {way}")
    return Finding(
        "network",
        False,
        f"No site answers, {way}: {reasons[0]}",
        "Check the connection, or set NEWSREEL_PROXY to your institution's proxy.",
    )
