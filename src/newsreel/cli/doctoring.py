"""``newsreel doctor``: what is wrong with this installation, in plain words."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
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


@dataclass(frozen=True, slots=True)
class Clock:
    """What another clock said, and what ours said then. ``only_before``: it stands, and ours may be later by any time."""

    of: str
    says: datetime
    only_before: bool = False
    seen_at: datetime = field(default_factory=lambda: datetime.now(UTC))


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
    clocks = [Clock("the date when this Newsreel was installed", _installed_at(), only_before=True)]
    yield Finding("Python", True, f"{sys.version.split()[0]} at {sys.executable}")
    home = _home(chosen.home)
    yield home
    yield _disk(chosen.home)
    if home.well or chosen.database_url:
        yield from _told_all("database", lambda: list(_database(chosen, clocks)))
    yield _told("site rules", lambda: _site_rules(chosen))
    yield push(chosen.url)
    if network:
        yield _told("network", lambda: asyncio.run(_network(chosen, clocks)))
        yield _told("mail", lambda: _mail(chosen))
    yield judge_clocks(clocks)
    yield fonts()


def fonts() -> Finding:
    """Whether this machine can show Chinese. A hint at most: what counts are the fonts of the machine that reads."""
    program = shutil.which("fc-list", path=os.environ.get("PATH") or os.defpath)
    if program is None:
        return Finding("fonts", True, "not looked at: there is no fc-list here (whoever reads needs a Chinese font)")
    try:
        done = subprocess.run([program, ":lang=zh-cn", "family"], capture_output=True, timeout=20)  # noqa: S603 - fontconfig's own program
    except (OSError, subprocess.TimeoutExpired):
        return Finding("fonts", True, "not looked at: fc-list does not answer")
    families = sorted({line.split(",")[0].strip() for line in done.stdout.decode(errors="replace").splitlines()} - {""})
    if families:
        return Finding("fonts", True, f"{families[0]} and {len(families) - 1} more show Chinese on this machine")
    return Finding(
        "fonts",
        True,
        "no font for Chinese on this machine: a browser here shows boxes in its place.",
        "Install one, if you read on this machine: apt install fonts-noto-cjk (Debian, Ubuntu), "
        "dnf install google-noto-sans-cjk-fonts (Fedora).",
    )


def push(url: str) -> Finding:
    """Whether hubs (WebSub) can push the news of feeds that offer it. No fault where they cannot: feeds are looked at as ever."""
    from newsreel.pipeline.pushing import PATH, base_of

    if base_of(url):
        return Finding("push", True, f"hubs push the news of feeds that offer it to {url}{PATH}")
    why = f"{url} is no address that hubs could reach" if url else "NEWSREEL_URL is not set"
    return Finding("push", True, f"none ({why}): all feeds are looked at from time to time")


def judge_clocks(clocks: Sequence[Clock]) -> Finding:
    """Whether this machine's clock agrees with the others that were seen: a wrong one makes the news wrong by as much."""
    for clock in clocks:
        ahead = clock.seen_at - clock.says
        wrong = -ahead > MOST_CLOCK_DIFFERENCE if clock.only_before else abs(ahead) > MOST_CLOCK_DIFFERENCE
        if wrong:
            return Finding(
                "clock",
                False,
                f"This machine's clock is {_long(abs(ahead))} {'behind' if ahead < timedelta() else 'ahead of'} {clock.of}.",
                "Set it by a time service (NTP: timedatectl set-ntp true), and the database's machine too.",
            )
    others = ", ".join(clock.of for clock in clocks if not clock.only_before)
    return Finding("clock", True, f"{_now():%Y-%m-%d %H:%M} UTC" + (f"; agrees with {others}" if others else ""))


def _long(difference: timedelta) -> str:
    seconds = int(difference.total_seconds())
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:,} {name}"
    return f"{seconds} seconds"


def _now() -> datetime:
    return datetime.now(UTC)


def _installed_at() -> datetime:
    return datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)


def _told(name: str, look: Callable[[], Finding]) -> Finding:
    """What a look found, or the reason why it could not be had."""
    return _told_all(name, lambda: [look()])[0]


def _told_all(name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return look()
    except NewsreelError as error:
        return [Finding(name, False, error.reason)]


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


def _site_rules(chosen: Settings) -> Finding:
    from newsreel.sources.site_rules import rules

    ours, all_ = rules(None), rules(chosen.site_rules)
    own = f", and {chosen.site_rules}" if chosen.site_rules else ""
    return Finding(
        "site rules", True, f"{len(all_)} odd sites have rules of their own ({len(ours)} of Newsreel's{own})"
    )


def _sources() -> Finding:
    """How the sources are, as they were looked over last: that some fail is the press, that most do is this installation."""
    from django.utils import translation

    from newsreel.archive.health_shown import everybody
    from newsreel.cli.health import summary

    rows = everybody()
    with translation.override("en"):
        says = summary(rows)
    judged = [row for row in rows if row.state in ("bad", "warn", "fine")]
    bad = sum(row.state == "bad" for row in judged)
    return Finding(
        "sources",
        len(judged) < 3 or bad * 2 <= len(judged),
        says,
        "newsreel sources --health names them, and says what is wrong." if bad else "",
    )


def _database(chosen: Settings, clocks: list[Clock]) -> Iterator[Finding]:
    from newsreel.pipeline.startup import open_archive

    archive = open_archive(
        chosen.model_copy(update={"site_rules": None})
    )  # a finding of their own says what is wrong with them
    try:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version'), extversion, clock_timestamp() FROM pg_extension WHERE extname = 'vector'"
            )
            version, vector, now = cursor.fetchone()
        workers = _workers()
        sources = _sources()
        connection.close()
    finally:
        archive.close()
    where = "a server of yours" if chosen.database_url else "embedded"
    if chosen.database_url:
        clocks.append(Clock("the database's clock", now))
    yield Finding("database", True, f"PostgreSQL {version} with pgvector {vector} ({where})")
    yield workers
    yield sources


def _workers() -> Finding:
    """What the workers say of themselves."""
    from newsreel.archive import workers

    many, held = workers.at_work(), workers.held()
    if not held:
        return Finding("workers", True, f"{many} at work" if many else "none is at work (newsreel run starts one)")
    says = "; ".join(
        f"{row.workers} of {many} held up since {row.since:%Y-%m-%d %H:%M} UTC"
        f" ({', '.join(row.places)}): {_HELD.get(row.outcome, row.outcome)}"
        for row in held
    )
    return Finding("workers", False, says, "They go on by themselves as soon as they can.")


_HELD = {
    "disk_full": "the disk is full",
    "disk_failed": "the evidence folder cannot be written",
    "database_lost": "the database does not answer",
    "storage_slow": "the database or the disk takes more than five seconds to store a page",
}


async def _network(chosen: Settings, clocks: list[Clock]) -> Finding:
    from newsreel.fetching import Fetcher, Policy
    from newsreel.sources import starters

    way = f"through the proxy {chosen.proxy}" if chosen.proxy else "directly"
    reasons = []
    async with Fetcher(Policy.from_settings(chosen)) as fetcher:
        for feed in starters()[:3]:
            try:
                answer = await fetcher.fetch(feed.url)
            except NewsreelError as error:
                reasons.append(error.reason)
            else:
                if date := _date_of(answer.header("Date")):
                    clocks.append(Clock(f"the clock of {feed.outlet.name}", date))
                return Finding("network", True, f"{feed.url} answers, {way}")
    return Finding(
        "network",
        False,
        f"No site answers, {way}: {reasons[0]}",
        "Check the connection, or set NEWSREEL_PROXY to your institution's proxy.",
    )


def _mail(chosen: Settings) -> Finding:
    from newsreel.pipeline.postman import Postman, mail_server

    if not chosen.smtp and chosen.url:
        says = "no mail server is named, so no mail is sent: nobody can register or reset a password."
        return Finding("mail", False, says, "Set NEWSREEL_SMTP, as smtp://user:password@mail.example.org:587.")
    if not chosen.smtp:
        return Finding("mail", True, "no mail server is named: newsreel run prints the links that mails would hold")
    server = mail_server(chosen.smtp)
    with Postman(chosen, answer_seconds=10.0) as postman:
        private = postman.greet()
    return Finding("mail", True, f"{server.host}:{server.port} answers ({private})")


def _date_of(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header or "")
    except ValueError:
        return None
