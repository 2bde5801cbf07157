"""What tests of backups compare: tables, evidence, pages."""

from __future__ import annotations

import hashlib
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from newsreel.archive import backup_tables
from newsreel.archive.backup_file import Manifest, check
from newsreel.archive.embedded import ServerAddress
from tests import database
from tests.endurance.wholeness import records_of
from tests.installation import Installation, Sample, free_port, fresh_database, wait_until


@contextmanager
def an_empty_one(server: ServerAddress, home: Path, sample: Sample) -> Iterator[Installation]:
    """An installation that holds nothing, on a database of its own."""
    with fresh_database(server, database.EMPTY) as dsn:
        yield Installation(home, dsn, **sample.settings)


def digests(dsn: str) -> dict[str, tuple[int, str]]:
    """Every table that a backup takes: its rows, and what all its values come to."""
    found = {}
    with psycopg.connect(dsn) as connection:
        backup_tables.plain(connection)
        for table, columns in backup_tables.columns(connection).items():
            digest, rows = hashlib.sha256(), 0
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
                names, sql.Identifier(table), sql.Identifier(columns[0])
            )
            with connection.cursor().copy(statement) as copy:
                for row in copy:
                    digest.update(row)
                    rows += 1
            found[table] = (rows, digest.hexdigest())
    return found


def evidence_of(home: Path) -> dict[str, dict[int, tuple[int, bytes]]]:
    return {path.name: records_of(path) for path in (home / "evidence").glob("*/*.warc.gz")}


def read(file: Path) -> Manifest:
    with file.open("rb") as body:
        return check(body)


@contextmanager
def portal(house: Installation) -> Iterator[str]:
    """Its portal, served: the address."""
    port = free_port()
    house.environment |= {"NEWSREEL_PORT": str(port), "NEWSREEL_LANGUAGE": "en", "NEWSREEL_CAPTCHA": "after_failures"}
    process = house.start("web")
    try:
        wait_until(lambda: house.answers(port), 60, "the portal's start")
        yield f"http://localhost:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def pages(house: Installation, at: str) -> dict[int, str]:
    """What readers see of some articles, at a portal of the house."""
    shown = {}
    for (pk,) in house.rows("SELECT id FROM archive_article ORDER BY id LIMIT 12"):
        with urllib.request.urlopen(f"{at}/article/{pk}/", timeout=20) as answer:
            found = re.search(r"<article.*?</article>", answer.read().decode(), re.DOTALL)
            assert found is not None
            shown[pk] = found[0]
    return shown


def logged_in(at: str, name: str, password: str) -> bool:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(f"{at}/account/login/", timeout=20) as answer:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    assert token is not None
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "login": name, "password": password}).encode()
    browser.open(urllib.request.Request(f"{at}/account/login/", form, {"Referer": at}), timeout=20).close()
    with browser.open(f"{at}/", timeout=20) as answer:
        page = answer.read().decode()
        return "/account/logout/" in page and name in page


_KILL = """
import os, signal, sys
from newsreel.archive import restoring
from newsreel.cli import main
def die(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(restoring, sys.argv[2], die)
main(["restore", sys.argv[1]])
"""


def kill_a_restore(house: Installation, file: Path, step: str) -> None:
    """Begins a restore that is killed where a step of restoring.py begins. Nothing starts in its folder then."""
    killed = subprocess.run([sys.executable, "-c", _KILL, str(file), step], env=house.environment)
    assert killed.returncode == -signal.SIGKILL
    refused = house.run("sources", "list")
    assert refused.returncode == 1
    assert "did not come to its end" in refused.stderr
