"""An installation as one file and back, by the command line; the long forms are in tests/endurance."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests.backups import an_empty_one, digests, evidence_of, logged_in, pages, portal, read
from tests.installation import Installation, Sample

PASSWORD = "correct horse 9 battery"


@pytest.fixture(scope="module")
def backup(filled: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the filled one, with an account."""
    added = filled.run("user", "add", "alice", "--email", "a@x.test", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0, added.stderr
    file = tmp_path_factory.mktemp("backups") / "backup.tar"
    done = filled.run("backup", str(file))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert [path.name for path in file.parent.iterdir()] == ["backup.tar"]
    assert file.stat().st_mode & 0o777 == 0o600
    return file


def test_an_installation_comes_back_whole(
    tmp_path: Path, database_server: ServerAddress, sample: Sample, filled: Installation, backup: Path
) -> None:
    with an_empty_one(database_server, tmp_path / "house", sample) as house:
        done = house.run("restore", str(backup))
        assert done.returncode == 0, done.stderr
        assert digests(house.dsn) == digests(filled.dsn)
        assert {table.name: table.rows for table in read(backup).tables} == {
            name: rows for name, (rows, _) in digests(house.dsn).items()
        }
        left_out = {"django_session", "usersessions_usersession", "accounts_cache", "procrastinate_jobs"}
        assert not left_out & {table.name for table in read(backup).tables}
        assert evidence_of(house.home) == evidence_of(filled.home)
        key = house.home / "secret-key"
        assert key.read_bytes() == (filled.home / "secret-key").read_bytes()
        assert key.stat().st_mode & 0o777 == 0o600
        assert not (house.home / "restore-unfinished").exists()
        with portal(house) as at:
            shown = pages(house, at)
            assert logged_in(at, "alice", PASSWORD)
            assert not logged_in(at, "alice", "another password 7")
        with portal(filled) as at:
            assert pages(filled, at) == shown


def test_what_cannot_be_is_said_in_a_line(tmp_path: Path, filled: Installation, backup: Path, sample: Sample) -> None:
    whole = backup.read_bytes()
    other = Installation(tmp_path / "other", filled.dsn, **sample.settings)
    (tmp_path / "cut.tar").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "foreign.tar").write_bytes(b"no backup" * 1000)
    for words, said in (
        (["restore", str(tmp_path / "cut.tar")], "cut off"),
        (["restore", str(tmp_path / "foreign.tar")], "not a backup"),
        (["restore", str(tmp_path / "nothing.tar")], "cannot be read"),
        (["restore", str(backup)], "not empty"),  # the database is the filled one's
        (["backup", "--verify", str(tmp_path / "cut.tar")], "cut off"),
    ):
        done = other.run(*words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
        assert not (tmp_path / "other").exists()
    done = filled.run("restore", str(backup))
    assert done.returncode == 1
    assert "data folder" in done.stderr
    assert "is not empty" in done.stderr


def test_a_backup_goes_down_a_pipe_and_is_verified_there(tmp_path: Path, filled: Installation) -> None:
    words = [sys.executable, "-m", "newsreel", "backup", "-", "--without-evidence"]
    done = subprocess.run(words, capture_output=True, env=filled.environment)
    assert done.returncode == 0, done.stderr
    seen = filled.run("backup", "--verify", "-", stdin=done.stdout)
    assert re.fullmatch(r"whole: \d+ articles of 3 sources, no evidence, made \S+ by Newsreel \S+\n", seen.stdout)
    (tmp_path / "piped.tar").write_bytes(done.stdout)
    assert read(tmp_path / "piped.tar").evidence_files == 0
    cut = subprocess.run(f"{' '.join(words)} | head -c 2000 >/dev/null; exit ${{PIPESTATUS[0]}}", shell=True,
                         executable="/bin/bash", capture_output=True, env=filled.environment)  # fmt: skip
    assert cut.returncode == 1
    assert b"not whole" in cut.stderr
