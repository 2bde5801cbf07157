"""A real mail server on loopback: aiosmtpd in a thread, with STARTTLS, AUTH and answers of a test's choice."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.installation import free_port

USER, PASSWORD = "news reel", "p@ss:word/ü"


class Mailbox:
    """What came in, and what is answered: ``refusals`` maps a recipient, a sender or 'DATA' to lines to say once each."""

    def __init__(self) -> None:
        self.port = free_port()
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[tuple[str, str]] = []
        self.private: list[bool] = []
        self.connections = 0
        self.refusals: dict[str, list[str]] = {}
        self.controller: Controller | None = None

    def said(self, about: str) -> str | None:
        lines = self.refusals.get(about)
        return lines.pop(0) if lines else None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.said("MAIL") or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if said := self.said(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if said := self.said("DATA"):
            return said
        content = cast(bytes, envelope.content)
        self.letters.append(cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default)))
        self.recipients += envelope.rcpt_tos
        self.private.append(session.ssl is not None)
        if "vanish" in self.refusals:  # taken, and the answer is lost
            del self.refusals["vanish"]
            cast(Any, server.transport).abort()
        return "250 taken"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD), handled=False)


class _Controller(Controller):
    def factory(self) -> SMTP:
        self.handler.connections += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that AUTH is offered without TLS: that it is not used is ours to see to
            return cast(SMTP, super().factory())

    def _trigger_server(self) -> None:
        """Its own would speak TLS by the server's context."""
        with socket.create_connection((self.hostname, self.port), 5) as plain:
            if self.ssl_context is None:
                plain.recv(1024)
                return
            anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
            with anybody.wrap_socket(plain) as private:
                private.recv(1024)


@contextmanager
def mailbox(
    box: Mailbox | None = None, tls: ssl.SSLContext | None = None, *, login: bool = False, at_once: bool = False
) -> Iterator[Mailbox]:
    """A running server. With ``tls`` it offers STARTTLS (or speaks TLS ``at_once``), with ``login`` it demands one."""
    box = box or Mailbox()
    options: dict[str, Any] = {"tls_context": tls} if tls and not at_once else {"ssl_context": tls} if tls else {}
    if login:
        options |= {"authenticator": box.authenticate, "auth_required": True, "auth_require_tls": False}
    controller = _Controller(box, hostname="127.0.0.1", port=box.port, ready_timeout=10, **options)
    controller.start()
    box.connections = 0
    try:
        yield box
    finally:
        controller.stop()


def authority(folder: Path, *names: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate authority's file, and a server's context for these names (localhost)."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(folder / "mail-ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(*(names or ("localhost", "127.0.0.1"))).configure_cert(context)
    return folder / "mail-ca.pem", context
