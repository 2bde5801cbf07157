"""What is changed in the portal reaches other processes; a preview is answered by a worker, over the sample press."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from newsreel.archive.embedded import ServerAddress
from tests.installation import Installation, free_port, fresh_database, sample_press, wait_until


@contextmanager
def running(house: Installation, *words: str) -> Iterator[None]:
    process = house.start(*words)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def write(house: Installation, statement: str, *values: object) -> Any:
    with psycopg.connect(house.dsn, autocommit=True) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchone() if cursor.description else None


def front(port: int) -> str:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://localhost:{port}/", timeout=10) as answer:
        return str(answer.read().decode())


def test_a_web_process_takes_up_what_another_has_changed(database_server: ServerAddress, tmp_path: Path) -> None:
    port = free_port()
    with fresh_database(database_server) as dsn:
        house = Installation(tmp_path, dsn, NEWSREEL_PORT=str(port), NEWSREEL_LANGUAGE="en")
        with running(house, "web"):
            wait_until(lambda: house.answers(port), 60, "the portal's start")
            assert "Meridian" not in front(port)
            kept = "INSERT INTO archive_preference (name, value) VALUES (%s, %s), (%s, %s)"
            write(house, kept, "name", json.dumps("Meridian"), "language", json.dumps("zh-hans"))
            write(house, "INSERT INTO archive_change (kind, ref, action) VALUES ('setting', 0, 'changed')")
            wait_until(lambda: "Meridian" in front(port), 8, "the new name")
            assert '<html lang="en"' in front(port)  # the environment says so


def test_a_preview_is_answered_by_a_worker(database_server: ServerAddress, tmp_path: Path) -> None:
    with fresh_database(database_server) as dsn, sample_press() as press:
        house = Installation(tmp_path, dsn, **press.settings)
        assert house.run("sources", "list").returncode == 0  # makes the tables
        asked = "INSERT INTO archive_addrequest (address, state, outcome, reason, preview) VALUES (%s, %s, '', '', %s) RETURNING id"
        (preview,) = write(house, asked, "http://www.meridian-post.example/", "looking", True)
        (nowhere,) = write(house, asked, "https://nowhere.example/", "looking", True)

        def states() -> dict[int, str]:
            return dict(house.rows("SELECT id, state FROM archive_addrequest"))

        with running(house, "worker"):
            wait_until(lambda: "looking" not in states().values(), 60, "the answer")
        assert states() == {preview: "found", nowhere: "failed"}
        (found,) = house.rows("SELECT found FROM archive_addrequest WHERE id = %s", preview)[0]
        assert found["site"] == "meridian-post.example"
        assert found["channels"]
        assert all(channel["titles"] for channel in found["channels"])
        assert house.rows("SELECT count(*) FROM archive_source") == [(0,)]
