"""What is written down of a day's work: nobody's name, address, password, cookie, search or query is in it."""

from __future__ import annotations

import http.client
import os
import signal
import tarfile
import urllib.parse
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests import database
from tests.backups import logged_in
from tests.installation import Installation, free_port, fresh_database, wait_until

MARK = "kanarie"
SETTINGS = {
    "NEWSREEL_CRAWL_GAP": "0",
    "NEWSREEL_CAPTCHA": "after_failures",
    "NEWSREEL_LANGUAGE": "en",
    "NEWSREEL_TRUSTED_PROXIES": "127.0.0.1",
    "NEWSREEL_SMTP": f"smtp://{MARK}:{MARK}secret@127.0.0.1:9",
    "NEWSREEL_OIDC_SECRET": f"{MARK}-oidc",
    "NEWSREEL_CONTACT": f"{MARK}@contact.test",
}
READER = "203.0.113.177"


def ask(port: int, path: str, body: str = "", **headers: str) -> int:
    """A request as a reader behind a proxy makes it; the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    own = {"Host": f"localhost:{port}", "X-Forwarded-For": READER, "Cookie": f"sessionid={MARK}-cookie"}
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request("POST" if body else "GET", path, body or None, own | form | headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.endure
def test_nobodys_data_is_written_down(tmp_path: Path, database_server: ServerAddress) -> None:
    port = free_port()
    proxy = {"NEWSREEL_PROXY": f"http://{MARK}:{MARK}word@127.0.0.1:{free_port()}", "NEWSREEL_PORT": str(port)}
    with fresh_database(database_server, database.EMPTY) as dsn:
        house = Installation(tmp_path / "home", dsn, **SETTINGS | proxy)
        words = ["user", "add", MARK, "--email", f"{MARK}@mail.test", "--password-stdin"]
        assert house.run(*words, stdin=f"{MARK} correct horse 9\n").returncode == 0
        assert house.run("add", f"https://news.test/feed?token={MARK}").returncode == 1
        wish = "INSERT INTO archive_addrequest (address, state, outcome, reason) VALUES (%s, 'waiting', '', '') RETURNING id"
        (row,) = house.rows(wish, f"https://user:{MARK}@news.test/?{MARK}")
        processes = [house.start("web"), house.start("worker")]
        try:
            wait_until(lambda: house.answers(port), 90, "the portal's start")
            assert logged_in(f"http://localhost:{port}", MARK, f"{MARK} correct horse 9")
            assert not logged_in(f"http://localhost:{port}", MARK, f"{MARK} wrong")
            form = urllib.parse.urlencode({"login": MARK, "password": MARK})
            for path, body, headers in (
                (f"/?q={MARK}", "", {}), (f"/{MARK}", "", {}), ("/", "", {"Host": f"{MARK}.test"}),
                ("/", "", {"Accept-Language": MARK, "User-Agent": MARK, "Referer": f"http://{MARK}.test/"}),
                ("/account/login/", form, {}), (f"/account/password/reset/key/{MARK}-{MARK}/", "", {}),
            ):  # fmt: skip
                assert ask(port, path, body, **headers) in (200, 301, 302, 400, 403, 404), path
            done = "SELECT state FROM archive_addrequest WHERE id = %s"
            wait_until(lambda: house.rows(done, row[0]) == [("failed",)], 90, "the worker's answer")
        finally:
            for process in processes:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(30)
        assert house.run("backup", str(tmp_path / "backup.tar")).returncode == 0
    log = "".join(path.read_text() for path in house.home.glob("newsreel.log*"))
    for said in ("schema was brought up to date", "The archive is open", "Worker ", "Backed up: 0 articles"):
        assert said in log, log
    for verb in (" web ", " worker ", " backup ", " add "):
        assert verb in log
    with tarfile.open(tmp_path / "backup.tar") as backup:
        manifest = backup.extractfile("manifest.json")
        assert manifest is not None
        told = manifest.read().decode()
    server = (Path(database_server.socket_folder).parent / "server.log").read_text(errors="replace")
    for text in (log, told, server):
        assert MARK not in text
        assert READER not in text
