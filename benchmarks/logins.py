"""A Monday morning: article pages at a steady rate, without and with five hundred logins at once.

python -m benchmarks.logins [--rounds 3] [--logins 500] [--dry]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil

from benchmarks import generated, material, storing
from benchmarks.ground import Station, database, need, server
from benchmarks.report import milliseconds, table, write_section

RATE = 50  # article pages a second
QUIET = 20.0  # seconds of a run without logins
CALM = 0.15  # of a processor, taken by other programs
PASSWORD = "a long morning 500"


def accounts(count: int) -> list[str]:
    """Accounts that share a hash, which costs as much to check; called in a Station. Their names."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth.hashers import make_password

    from newsreel.accounts.models import User
    from newsreel.accounts.names import name_key

    kept = make_password(PASSWORD)
    names = [f"reader{number}" for number in range(count)]
    made = User.objects.bulk_create(
        User(username=name, key=name_key(name), email=f"{name}@bench.test", password=kept) for name in names
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made
    )
    return names


def hash_seconds() -> float:
    """What checking a password costs alone; called in a Station."""
    from django.contrib.auth.hashers import check_password, make_password

    kept = make_password(PASSWORD)
    times = []
    for _ in range(11):
        began = time.perf_counter()
        check_password(PASSWORD, kept)
        times.append(time.perf_counter() - began)
    return median(times)


def paths() -> list[str]:
    """The addresses of the article pages; called in a Station."""
    from newsreel.archive.models import Article

    return [f"/article/{number}/" for number in Article.objects.values_list("pk", flat=True)]


def forget_logins() -> None:
    """Every round begins with nobody signed in; called in a Station."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from newsreel.accounts.models import Attempt

    for model in (UserSession, Session, Attempt):
        model.objects.all().delete()


@contextmanager
def portal(dsn: str, home: Path) -> Iterator[int]:
    """A real ``newsreel web``; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {"NEWSREEL_HOME": str(home), "NEWSREEL_DATABASE_URL": dsn, "NEWSREEL_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "newsreel", "web"],
        env={**os.environ, **settings, "NEWSREEL_CAPTCHA": "after_failures"},
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _start(what: str, job: dict[str, Any]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load", what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    process.stdin = None
    return process


def _end(process: subprocess.Popen[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(process.communicate()[0])
    return found


def quiet(port: int, addresses: list[str], seconds: float = QUIET) -> dict[str, Any]:
    """Pages alone."""
    job = {"port": port, "paths": addresses, "rate": RATE, "seconds": seconds, "seed": random.randrange(10**6)}
    return _end(_start("pages", job))


def busy(port: int, addresses: list[str], names: list[str], seconds: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Pages, and a second after their beginning the logins. Only pages that were due during the logins are told."""
    job = {"port": port, "paths": addresses, "rate": RATE, "seconds": seconds + 2, "seed": random.randrange(10**6)}
    reading = _start("pages", job)
    time.sleep(1.5)
    signing = _end(_start("logins", {"port": port, "names": names, "password": PASSWORD}))
    read = _end(reading)
    first, last = signing["began"], signing["began"] + max(signing["done"])
    read["seen"] = [(due, took) for due, took in read["seen"] if first <= due <= last]
    return read, signing


def spread(found: dict[str, Any]) -> tuple[float, float]:
    """p50 and p95, seconds."""
    cuts = quantiles([took for _, took in found["seen"]], n=20)
    return cuts[9], cuts[18]


class Beside:
    """What other programs take of this machine's processors: other than this one, its children and their database."""

    def __init__(self, database_folder: Path) -> None:
        postmaster = int((database_folder / "data" / "postmaster.pid").read_text().split()[0])
        self._roots = [psutil.Process(), psutil.Process(postmaster)]
        self._before: dict[int, float] = {}

    def start(self) -> None:
        """From now on."""
        self._before = self._others()
        self._began = time.monotonic()

    def share(self) -> float:
        """Of one processor, by programs that still run."""
        used = sum(max(now - self._before.get(pid, 0.0), 0.0) for pid, now in self._others().items())
        return used / (time.monotonic() - self._began)

    def wait_for_quiet(self, most: float = 0.1, patience: float = 120.0) -> None:
        """Until a second has passed in which others took little."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            self.start()
            time.sleep(1.5)
            if self.share() < most:
                return

    def _others(self) -> dict[int, float]:
        ours = {child.pid for root in self._roots for child in [root, *root.children(recursive=True)]}
        found = {}
        for process in psutil.process_iter(["cpu_times"]):
            times = process.info["cpu_times"]
            if process.pid not in ours and times is not None:
                # with the children that have ended: a test run is many short processes
                found[process.pid] = times.user + times.system + times.children_user + times.children_system
        return found


def measured(
    port: int, addresses: list[str], names: list[str], rounds: int, station: Station, beside: Beside
) -> list[dict[str, Any]]:
    """Rounds, in each both ways in turns: until there are so many calm ones, and at most three times as many."""
    quiet(port, addresses, 6)  # the caches
    expected, rows = 60.0, []
    for number in range(3 * rounds):
        if sum(row["beside"] <= CALM for row in rows) >= rounds:
            break
        station.ask(forget_logins)
        row: dict[str, Any] = {"beside": 0.0}
        for logging_in in (False, True) if number % 2 == 0 else (True, False):
            beside.wait_for_quiet()
            beside.start()
            if logging_in:
                row["busy"], row["logins"] = busy(port, addresses, names, expected)
                expected = max(row["logins"]["done"]) * 1.3 + 3
            else:
                row["quiet"] = quiet(port, addresses)
            row["beside"] = max(row["beside"], beside.share())
        rows.append(row)
        ratio = spread(row["busy"])[1] / spread(row["quiet"])[1]
        last = max(row["logins"]["done"])
        print(
            f"round {number + 1}: {ratio:.2f}, {last:.0f} s, others {row['beside']:.2f} of a processor", file=sys.stderr
        )
    return rows


def section(rows: list[dict[str, Any]], cost: float, logins: int) -> str:
    """What was measured."""
    cells, ratios = [], []
    for number, row in enumerate(rows, 1):
        (q50, q95), (b50, b95) = spread(row["quiet"]), spread(row["busy"])
        ratios.append(b95 / q95)
        waited = row["logins"]["waited"]
        cells.append([
            number, *map(milliseconds, (q50, b50, q95, b95)), f"**{b95 / q95:.2f}**", f"{max(row['logins']['done']):.0f} s",
            sum(times > 0 for times in waited), max(waited), f"{row['beside']:.2f}",
        ])  # fmt: skip
    calm = [ratio for ratio, row in zip(ratios, rows, strict=True) if row["beside"] <= CALM]
    failed = sum(row["busy"]["failed"] + row["quiet"]["failed"] + len(row["logins"]["other"]) for row in rows)
    late = sum(row["busy"]["late"] + row["quiet"]["late"] for row in rows)
    pages = sum(len(row["busy"]["seen"]) + len(row["quiet"]["seen"]) for row in rows)
    head = ["round", "p50 alone", "with logins", "p95 alone", "with logins", "ratio", "the last was in after",
            "saw the waiting page", "at most times", "others' share"]  # fmt: skip
    told = (
        f"The median ratio of the p95 is **{median(calm):.2f}** in the {len(calm)} rounds in which no other program took more than "
        f"{CALM:.0%} of a processor, {median(ratios):.2f} in all {len(ratios)}."
        if calm
        else f"The median ratio of the p95 is {median(ratios):.2f}; in every round other programs took a part of the machine."
    )
    return (
        f"{table(head, cells)}\n\n{told} Target: at most 1.20.\n\n"
        f"{RATE} article pages a second, gzipped, their times counted from when each was due; {logins} logins at once, each of another "
        f"account, with a hash of {milliseconds(cost)} (argon2id, 19 MiB, two passes). With logins are the pages that were due between the "
        "first login and the last. Both ways in turns, each after the machine was quiet. Logging in is done by a process of low "
        "priority, for browsers take nothing from their portal's machine. "
        f"Failed: {failed}. The generator of pages was late by more than 5 ms for {late} of {pages:,}."
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--logins", type=int, default=500)
    options.add_argument("--dry", action="store_true", help="writes nothing")
    chosen = options.parse_args()
    need(material.CORPUS)
    with server() as (address, home):
        dsn = database(address)
        station = Station(dsn, home / "portal")
        station.ask(storing.stored, 2 * 10**7, 160)
        station.ask(generated.make, 400)
        names, addresses = station.ask(accounts, chosen.logins), station.ask(paths)
        with portal(dsn, home / "portal") as port:
            cost = station.ask(hash_seconds)
            rows = measured(port, addresses, names, chosen.rounds, station, Beside(home / "postgres"))
        station.close()
    text = section(rows, cost, chosen.logins)
    if chosen.dry:
        print(text)
    else:
        write_section("logins", "A Monday morning (`python -m benchmarks.logins`)", text)


if __name__ == "__main__":
    main()
