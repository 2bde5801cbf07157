"""A backup while a worker writes, of an older version, into the embedded server, and restores killed at every step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress, stop_server
from tests.backups import an_empty_one, digests, evidence_of, kill_a_restore, read
from tests.endurance.disks import small_disk
from tests.endurance.wholeness import articles_of, assert_evidence
from tests.installation import Installation, Sample, wait_until

pytestmark = pytest.mark.endure


@pytest.fixture
def filled_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with little room."""
    with small_disk(tmp_path / "disk", 1) as disk:
        disk.fill(leaving=64 * 1024)
        yield disk.folder


def test_a_backup_of_a_house_at_work_is_of_one_moment(
    tmp_path: Path, database_server: ServerAddress, sample: Sample, few_sites: list[str]
) -> None:
    busy = tmp_path / "busy.tar"
    with (
        an_empty_one(database_server, tmp_path / "first", sample) as first,
        an_empty_one(database_server, tmp_path / "second", sample) as second,
    ):
        assert first.run("add", *few_sites).returncode == 0
        slow = Installation(first.home, first.dsn, **sample.settings | {"NEWSREEL_CRAWL_GAP": "2"})
        crawl = slow.start("crawl", "--once")
        wait_until(lambda: len(articles_of(first)) > 3, 60, "some articles")
        done = first.run("backup", str(busy))
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert crawl.poll() is None, "the crawl was over before the backup"
        os.killpg(crawl.pid, signal.SIGTERM)
        crawl.wait(30)
        assert first.run("crawl", "--once").returncode == 0
        everything = articles_of(first)
        assert 3 < read(busy).rows("archive_article") < len(everything)

        done = second.run("restore", str(busy))
        assert done.returncode == 0, done.stderr
        assert_evidence(second)
        assert {table.name: table.rows for table in read(busy).tables} == {
            name: rows for name, (rows, _) in digests(second.dsn).items()
        }
        assert second.run("crawl", "--once").returncode == 0
        assert articles_of(second) == everything


OLDER = """
import sys
from newsreel.core.settings import settings
from newsreel.pipeline.startup import connect
archive = connect(settings())
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("migrate", "archive", "0005", verbosity=0)
from django.db import connection
from newsreel.archive import backing_up
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO archive_source (site, name, name_zh, country, language, home_url, paused, proxy, ca_file,"
        " allowed_ports) VALUES ('a.test', 'A', '', '', '', 'https://a.test/', false, '', '', '[]')")
with open(sys.argv[1], "wb") as out:
    backing_up.write(out, archive.settings)
archive.close()
"""


def test_an_older_backup_is_brought_up_to_date(tmp_path: Path, database_server: ServerAddress, sample: Sample) -> None:
    file = tmp_path / "older.tar"
    with (
        an_empty_one(database_server, tmp_path / "old", sample) as old,
        an_empty_one(database_server, tmp_path / "new", sample) as new,
    ):
        subprocess.run([sys.executable, "-c", OLDER, str(file)], env=old.environment, check=True)
        assert [row for row in read(file).migrations if row[0] == "archive"][-1] == ["archive", "0005_site_memory"]
        done = new.run("restore", str(file))
        assert done.returncode == 0, done.stderr
        assert new.rows("SELECT name FROM archive_source") == [("A",)]
        assert len(new.rows("SELECT 1 FROM django_migrations WHERE app = 'archive'")) > len(
            [row for row in read(file).migrations if row[0] == "archive"]
        )
        assert new.run("doctor").returncode in (0, 1)
        assert new.rows("SELECT count(*) FROM archive_rounds") is not None


def test_a_house_moves_to_another_folder_with_its_own_database(
    request: pytest.FixtureRequest, tmp_path: Path, sample: Sample, few_sites: list[str]
) -> None:
    """The embedded server at both ends; killed before and while its rows are loaded, and begun again with another file."""
    first = Installation(tmp_path / "first", "", **sample.settings)
    assert first.run("add", *few_sites).returncode == 0
    other, file = tmp_path / "other.tar", tmp_path / "backup.tar"
    assert first.run("backup", str(other), "--without-evidence").returncode == 0
    assert first.run("crawl", "--once").returncode == 0
    assert first.run("backup", str(file)).returncode == 0
    moved = Installation(tmp_path / "moved", "", **sample.settings)
    request.addfinalizer(lambda: stop_server(moved.home))
    for body, step in ((other, "make_schema"), (file, "load_tables"), (other, "put_files"), (file, "_put_evidence")):
        kill_a_restore(moved, body, step)
    done = moved.run("restore", str(file))
    assert done.returncode == 0, done.stderr
    for house in (first, moved):
        assert house.run("sources", "list").returncode == 0
    assert moved.exported() == first.exported()
    assert evidence_of(moved.home) == evidence_of(first.home)
    known = len(first.exported())
    assert moved.run("crawl", "--once").returncode == 0
    assert len(moved.exported()) == known


def test_a_full_disk_leaves_no_half_backup(tmp_path: Path, filled_disk: Path, installation: Installation) -> None:
    assert installation.run("crawl", "--once").returncode == 0
    done = installation.run("backup", str(filled_disk / "backup.tar"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "could not be written" in done.stderr
    assert [path.name for path in filled_disk.iterdir()] == ["ballast"]
    whole = tmp_path / "backup.tar"
    assert installation.run("backup", str(whole)).returncode == 0
    full = Installation(filled_disk / "home", "", **{"NEWSREEL_CRAWL_GAP": "0"})
    done = full.run("restore", str(whole))
    assert done.returncode == 1
    assert "GB" in done.stderr
    assert [path.name for path in filled_disk.iterdir()] == ["ballast"]
