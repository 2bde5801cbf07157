"""A Monday morning: article pages at a steady rate, without and with five hundred logins at once.

python -m benchmarks.logins [--rounds 5] [--logins 500] [--dry]
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
from contextlib import contextmanager
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks import generated, material, storing
from benchmarks.ground import Station, database, need, server
from benchmarks.report import milliseconds, table, write_section

RATE = 50  # article pages a second
QUIET = 20.0  # seconds of a run without logins
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


def measured(port: int, addresses: list[str], names: list[str], rounds: int, station: Station) -> list[dict[str, Any]]:
    """Rounds, in each both ways in turns."""
    quiet(port, addresses, 6)  # the caches
    expected, rows = 60.0, []
    for number in range(rounds):
        station.ask(forget_logins)
        ways = [False, True] if number % 2 == 0 else [True, False]
        row: dict[str, Any] = {}
        for logging_in in ways:
            if logging_in:
                read, signing = busy(port, addresses, names, expected)
                row |= {
                    "busy": spread(read),
                    "signing": signing,
                    "busy_failed": read["failed"],
                    "busy_late": read["late"],
                    "pages": len(read["seen"]),
                }
                expected = max(signing["done"]) * 1.3 + 3
            else:
                read = quiet(port, addresses)
                row |= {"quiet": spread(read), "quiet_failed": read["failed"], "quiet_late": read["late"]}
            time.sleep(1)
        rows.append(row)
        print(
            {k: v for k, v in row.items() if k != "signing"},
            max(row["signing"]["done"]),
            median(row["signing"]["done"]),
            sum(1 for n in row["signing"]["waited"] if n),
            max(row["signing"]["waited"]),
            row["signing"]["other"][:5],
            "ratio",
            row["busy"][1] / row["quiet"][1],
            file=sys.stderr,
        )
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
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
            rows = measured(port, addresses, names, chosen.rounds, station)
        station.close()
    print(cost)


if __name__ == "__main__":
    main()
