"""From registering to the confirmed account, as a person does it: real processes, real mail, real HTTP."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests.accounts.visitor import Page, Visitor
from tests.installation import Installation, free_port, fresh_database, wait_until
from tests.mailbox import PASSWORD, USER, Mailbox, authority, mailbox

SECRET = "correct horse battery"


@pytest.fixture
def bare(tmp_path: Path, database_server: ServerAddress) -> Iterator[Installation]:
    """An installation that reaches no network."""
    with fresh_database(database_server) as dsn:
        made = Installation(tmp_path / "home", dsn, NEWSREEL_SAMPLE="never", NEWSREEL_PROXY="http://127.0.0.1:9")
        made.environment |= {"NEWSREEL_PORT": str(free_port()), "NEWSREEL_CAPTCHA": "after_failures"}
        yield made


@contextmanager
def running(made: Installation, *words: str) -> Iterator[Path]:
    """A command that goes on, with its log."""
    log = made.home.parent / f"{words[0]}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "newsreel", *words], env=made.environment, stdin=subprocess.DEVNULL, stdout=file,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield log
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def register(made: Installation, name: str, email: str, **headers: str) -> tuple[Visitor, Page]:
    port = int(made.environment["NEWSREEL_PORT"])
    wait_until(lambda: made.answers(port), 60, "the portal")
    visitor = Visitor(f"http://localhost:{port}", **headers)
    page = visitor.get("/account/register/")
    token = page.form("/account/register/")[1]["captcha_token"]
    statement = "SELECT answer FROM accounts_challenge WHERE token_sha256 = %s"
    ((answer,),) = made.rows(statement, hashlib.sha256(token.encode()).digest())
    fields = {"captcha": answer[:6], "username": name, "email": email, "password1": SECRET, "password2": SECRET}
    return visitor, visitor.send(page, "/account/register/", **fields)


def confirm_and_log_in(visitor: Visitor, link: str, name: str) -> None:
    page = visitor.get(link)
    assert page.status == 200
    visitor.send(page, "/account/confirm-email/")
    fresh = Visitor(visitor.base)
    page = fresh.send(fresh.get("/account/login/"), "/account/login/", login=name, password=SECRET)
    assert name in page.text
    assert fresh.get("/account/").status == 200


def test_on_this_machine_the_link_is_in_the_log(bare: Installation) -> None:
    with running(bare, "run") as log:
        visitor, page = register(bare, "alice", "alice@reader.test")
        assert page.status == 200
        wait_until(lambda: "a mail for" in log.read_text(), 30, "the letter")
        (line,) = [line for line in log.read_text().splitlines() if "a mail for" in line]
        found = re.fullmatch(
            r"Newsreel: a mail for alice@… would say: (http://localhost:\d+/account/confirm-email/\S+)", line
        )
        assert found, line
        confirm_and_log_in(visitor, found[1], "alice")
    assert "reader.test" not in log.read_text()
    assert bare.rows("SELECT state, outcome, text FROM archive_letter") == [("sent", "printed", "")]


@pytest.mark.endure
def test_by_a_mail_server_that_comes_late(bare: Installation, tmp_path: Path) -> None:
    ca, tls = authority(tmp_path)
    box = Mailbox()
    address = f"http://localhost:{bare.environment['NEWSREEL_PORT']}"
    login = USER.replace(" ", "%20") + ":" + "p%40ss%3Aword%2F%C3%BC"
    bare.environment |= {
        "NEWSREEL_SMTP": f"smtp://{login}@localhost:{box.port}", "NEWSREEL_CA_FILE": str(ca), "NEWSREEL_URL": address,
    }  # fmt: skip
    with running(bare, "web"), running(bare, "worker") as log:
        register(bare, "bob", "bob@reader.test")
        outcome = "SELECT outcome FROM archive_letter"
        wait_until(lambda: bare.rows(outcome) == [("mail_server_away",)], 30, "the first try")
        with mailbox(box, tls, login=True):
            done = bare.run("doctor")
            assert re.search(rf"ok   mail: localhost:{box.port} answers \(TLSv1\.\d\)", done.stdout), done.stdout
            bare.rows("UPDATE archive_letter SET next_due_at = now() RETURNING id")
            wait_until(lambda: box.letters, 30, "the letter")
        wait_until(lambda: bare.rows(outcome) == [("sent",)], 10, "the answer")
        (letter,) = box.letters
        link = re.search(r"http\S+confirm\S+", letter.get_content())
        assert link
        assert link[0].startswith(f"{address}/account/confirm-email/")
        confirm_and_log_in(Visitor(address), link[0], "bob")
        assert "reader.test" not in log.read_text()
        assert "confirm" not in log.read_text()
    assert box.logins[-1] == (USER, PASSWORD)
    assert box.private == [True]
    assert "BAD  mail: localhost cannot be reached" in bare.run("doctor").stdout
