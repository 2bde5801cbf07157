"""The postman speaks real SMTP to a server on loopback: what is private stays private, and every answer has a name."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from newsreel.archive.letters import Post
from newsreel.core.errors import Misconfigured, NewsreelError, Permanent, Temporary
from newsreel.core.settings import Settings
from newsreel.pipeline import postman
from newsreel.pipeline.postman import MailServer, Postman, mail_server, message_of
from tests.installation import free_port
from tests.mailbox import PASSWORD, USER, Mailbox, authority, mailbox
from tests.patience import patience

LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}@"
WRITTEN = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def a_post(**parts: Any) -> Post:
    return Post(**{"pk": 7, "recipient": "alice@reader.test", "subject": "[环球要闻] 确认邮箱", "text": "您好！\nhttps://news.test/x\n",
                   "html": "", "attempts": 1, "written_at": WRITTEN} | parts)  # fmt: skip


def chosen(smtp: str, **more: Any) -> Settings:
    return Settings(**{"smtp": smtp, "url": "https://news.test", "name": "环球要闻"} | more)


def test_what_the_setting_names() -> None:
    assert mail_server("smtp://u:p%40@mail.test") == MailServer("mail.test", 587, "u", "p@", False)
    assert mail_server("smtps://mail.test").port == 465
    assert mail_server("smtp://[::1]:25").is_here
    assert mail_server("smtp://127.0.0.1").is_here
    assert not mail_server("smtp://localhost.evil.test").is_here
    for bad in ("mail.test", "http://mail.test", "smtp://", "smtp://a:99999", "smtp://a:b", "smtp://a/path"):
        with pytest.raises(Misconfigured) as caught:
            mail_server(bad)
        assert caught.value.outcome == "bad_mail_server"


def test_by_starttls_with_a_login(tmp_path: Path) -> None:
    ca, tls = authority(tmp_path)
    with mailbox(tls=tls, login=True) as box, Postman(chosen(f"smtp://{LOGIN}localhost:{box.port}", ca_file=ca)) as man:
        assert man.greet().startswith("TLS")
        man.send(a_post())
        man.send(a_post(pk=8, html="<p>您好</p>"))
    assert box.logins == [(USER, PASSWORD)]
    assert box.private == [True, True]
    assert box.connections == 1
    first, second = box.letters
    assert first["To"] == "alice@reader.test"
    assert first["From"] == "环球要闻 <newsreel@news.test>"
    assert first["Subject"] == "[环球要闻] 确认邮箱"
    assert parsedate_to_datetime(first["Date"]) == WRITTEN
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"].endswith("@news.test>")
    assert first["Message-ID"] != second["Message-ID"]
    assert first.get_content().splitlines() == ["您好！", "https://news.test/x"]
    plain, html = second.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")


def test_by_tls_at_once(tmp_path: Path) -> None:
    ca, tls = authority(tmp_path)
    with (
        mailbox(tls=tls, login=True, at_once=True) as box,
        Postman(chosen(f"smtps://{LOGIN}localhost:{box.port}", ca_file=ca)) as man,
    ):
        man.send(a_post())
    assert box.recipients == ["alice@reader.test"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_certificate_of_nobody_ends_it(tmp_path: Path, at_once: bool) -> None:
    _, tls = authority(tmp_path)
    scheme = "smtps" if at_once else "smtp"
    with mailbox(tls=tls, login=True, at_once=at_once) as box:
        assert outcome(chosen(f"{scheme}://{LOGIN}localhost:{box.port}")) == (Temporary, "mail_tls_failed")
    assert box.logins == []


def test_a_certificate_of_another_host_ends_it(tmp_path: Path) -> None:
    ca, tls = authority(tmp_path, "mail.test")
    with mailbox(tls=tls) as box:
        assert outcome(chosen(f"smtp://127.0.0.1:{box.port}", ca_file=ca)) == (Temporary, "mail_tls_failed")
    assert box.letters == []


def test_no_password_without_tls_but_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox(login=True) as box:
        assert outcome(chosen(f"smtp://{LOGIN}127.0.0.1:{box.port}")) is None
        assert box.logins == [(USER, PASSWORD)]
        man = Postman(chosen(f"smtp://{LOGIN}127.0.0.1:{box.port}"))
        # A name of elsewhere that leads here.
        real = socket.create_connection
        monkeypatch.setattr(
            socket, "create_connection", lambda to, *more, **options: real(("127.0.0.1", to[1]), *more, **options)
        )
        man._server = MailServer("mail.test", box.port, USER, PASSWORD, False)
        with man, pytest.raises(Misconfigured) as caught:
            man.send(a_post())
        assert caught.value.outcome == "mail_without_tls"
    assert len(box.logins) == 1


def outcome(settings: Settings, **parts: Any) -> tuple[type[NewsreelError], str] | None:
    """What sending a letter meets."""
    with Postman(settings, answer_seconds=2) as man:
        try:
            man.send(a_post(**parts))
        except NewsreelError as error:
            return type(error), error.outcome
    return None


@pytest.mark.parametrize(
    ("about", "said", "met"),
    [
        ("alice@reader.test", "550 5.1.1 no such user", (Permanent, "recipient_refused")),
        ("alice@reader.test", "450 4.2.0 greylisted", (Temporary, "mail_deferred")),
        ("alice@reader.test", "421 4.3.2 closing", (Temporary, "mail_server_away")),
        ("MAIL", "553 5.7.1 not yours", (Temporary, "mail_sender_refused")),
        ("MAIL", "451 4.3.0 later", (Temporary, "mail_deferred")),
        ("DATA", "554 5.7.1 spam", (Permanent, "message_refused")),
        ("DATA", "452 4.3.1 full", (Temporary, "mail_deferred")),
        ("DATA", "nonsense", (Temporary, "mail_server_away")),
        ("vanish", "", (Temporary, "mail_server_away")),
    ],
)
def test_what_a_server_answers(about: str, said: str, met: tuple[type[NewsreelError], str]) -> None:
    box = Mailbox()
    box.refusals[about] = [said]
    with mailbox(box), Postman(chosen(f"smtp://127.0.0.1:{box.port}")) as man:
        with pytest.raises(NewsreelError) as caught:
            man.send(a_post())
        assert (type(caught.value), caught.value.outcome) == met
        assert said[4:] not in caught.value.reason or not said
        man.send(a_post(pk=8))  # the next one goes its way
    assert box.recipients[-1] == "alice@reader.test"


def test_a_wrong_password(tmp_path: Path) -> None:
    with mailbox(login=True) as box:
        assert outcome(chosen(f"smtp://u:wrong@127.0.0.1:{box.port}")) == (Temporary, "mail_login_refused")
    with mailbox() as box:  # that offers no login at all
        assert outcome(chosen(f"smtp://u:p@127.0.0.1:{box.port}")) == (Temporary, "mail_login_refused")


def test_nobody_there_and_a_server_that_is_killed_in_between() -> None:
    box = Mailbox()
    settings = chosen(f"smtp://127.0.0.1:{box.port}")
    assert outcome(settings) == (Temporary, "mail_server_away")
    with Postman(settings) as man:
        with mailbox(box):
            man.send(a_post())
        with pytest.raises(Temporary) as caught:
            man.send(a_post(pk=8))
        assert caught.value.outcome == "mail_server_away"
        with mailbox(box):
            man.send(a_post(pk=9))
    assert len(box.letters) == 2


@contextmanager
def a_talker(said: bytes, drip: float = 0.0) -> Iterator[int]:
    """Something that is no mail server: says its piece, a byte at a time, and nothing more."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def talk() -> None:
        peer, _ = listener.accept()
        with peer:
            try:
                while not ended.is_set():
                    for byte in said:
                        peer.send(bytes((byte,)))
                        time.sleep(drip)
                    if not drip:
                        ended.wait()
            except OSError:
                return

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    ended.set()
    listener.close()


def test_a_server_that_says_nothing_or_never_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postman, "LETTER_SECONDS", 1.5)
    for said, drip in ((b"", 0.0), (b"2", 0.05), (b"HTTP/1.1 200 OK\r\n", 0.0), (b"220-more\r\n", 0.001)):
        with a_talker(said, drip) as port:
            began = time.monotonic()
            assert outcome(chosen(f"smtp://127.0.0.1:{port}")) == (Temporary, "mail_server_away")
            assert time.monotonic() - began < patience(4)
    assert outcome(chosen(f"smtp://127.0.0.1:{free_port()}")) == (Temporary, "mail_server_away")


@pytest.mark.parametrize(
    "recipient",
    ["", "alice", "a@b.test\nBcc: c@d.test", "a@b.test, c@d.test", "a b@c.test", "<a@b.test>", "a@b.test\r\n.", "a@", "@b",
     "a@b@c.test", "a@b.test\x00", 'a"@b.test', "a@" + "é" * 80 + ".test"],
)  # fmt: skip
def test_what_is_no_address_is_never_handed_in(recipient: str) -> None:
    with pytest.raises(Permanent) as caught:
        message_of(a_post(recipient=recipient), chosen("smtp://a"))
    assert caught.value.outcome == "bad_recipient"


def test_no_part_of_a_letter_becomes_a_header() -> None:
    post = a_post(subject="one\r\nBcc: evil@x.test\n\ntwo\u2028three", text="\r\n.\r\nMAIL FROM:<x>\r\n")
    settings = chosen("smtp://a", name='Evil\r\nX-More: 1, "x" <y@z>')
    message = message_of(post, settings)
    assert message["Subject"] == "one Bcc: evil@x.test two three"
    assert [name for name in message if name in ("Bcc", "X-More")] == []
    head = bytes(message).partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc:" not in head
    assert b"\r\nX-More" not in head
    with mailbox() as box:
        assert outcome(chosen(f"smtp://127.0.0.1:{box.port}"), text=post.text) is None
    assert box.letters[0].get_content().splitlines() == ["", ".", "MAIL FROM:<x>"]


def test_a_domain_in_its_own_letters() -> None:
    assert message_of(a_post(recipient="a@新闻.test"), chosen("smtp://a"))["To"] == "a@xn--efvy88h.test"


def test_a_sender_that_is_none() -> None:
    with pytest.raises(Misconfigured) as caught:
        message_of(a_post(), chosen("smtp://a", mail_from="not an address"))
    assert caught.value.outcome == "bad_mail_from"
    named = message_of(a_post(), chosen("smtp://a", mail_from="News <news@x.test>"))
    assert named["From"] == "News <news@x.test>"
