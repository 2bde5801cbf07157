"""Letters by SMTP: one connection for many, TLS before any password, and every answer a named outcome.

The standard library speaks. What a mail server says is never handed on, for it may hold anything.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime, parseaddr
from threading import Timer
from types import TracebackType
from urllib.parse import unquote, urlsplit

from newsreel.archive.letters import Post
from newsreel.core.errors import Misconfigured, NewsreelError, Permanent, Temporary
from newsreel.core.settings import Settings
from newsreel.fetching.tls import context_for

ANSWER_SECONDS = 20.0  # for each answer of the server
LETTER_SECONDS = 60.0  # for a whole letter, however slowly the server drips
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSENDABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f<>,;:\\\"]")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed in, from the setting."""

    host: str
    port: int
    user: str
    password: str
    tls_at_once: bool

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, so that nobody listens in between."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def mail_server(written: str) -> MailServer:
    """The server that smtp://user:password@host:587 or smtps://… names. Misconfigured 'bad_mail_server' else."""
    bad = Misconfigured("bad_mail_server", "NEWSREEL_SMTP is no address as smtp://user:password@mail.example.org:587.")
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        raise bad from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise bad
    secure = parts.scheme == "smtps"
    return MailServer(
        parts.hostname, port or (465 if secure else 587), unquote(parts.username or ""), unquote(parts.password or ""), secure
    )  # fmt: skip


def message_of(post: Post, chosen: Settings) -> EmailMessage:
    """A letter as it is handed in. The same letter has the same Message-ID, should it come twice. Permanent
    'bad_recipient' where its address is none. No part of a letter can become a header of its own.
    """
    sender = _sender(chosen)
    seal = hashlib.sha256(f"{chosen.secret_key} {post.pk} {post.written_at.isoformat()}".encode()).hexdigest()[:32]
    message = EmailMessage(policy=SMTP_LINES.clone(cte_type="7bit"))
    message["From"] = sender
    message["To"] = _address(post.recipient)
    message["Subject"] = _CONTROL.sub(" ", post.subject).strip()
    message["Date"] = format_datetime(post.written_at)
    message["Message-ID"] = f"<{seal}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(post.text)
    if post.html:
        message.add_alternative(post.html, subtype="html")
    return message


class Postman:
    """One connection to the mail server, made when the first letter needs it: ``with Postman(chosen) as postman``.

    Misconfigured 'bad_mail_server' where the setting names none.
    """

    def __init__(self, chosen: Settings, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._chosen = chosen
        self._server = mail_server(chosen.smtp)
        self._patience = answer_seconds
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Postman:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Says goodbye."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def cut(self) -> None:
        """Ends the connection from another thread, whatever the server is doing."""
        found = self._smtp.sock if self._smtp is not None else None
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    def greet(self) -> str:
        """Connects and logs in, as for a letter; how the connection is kept private, in words. NewsreelError else."""
        with self._bounded():
            smtp = self._connected()
        return str(smtp.sock.version()) if isinstance(smtp.sock, ssl.SSLSocket) else "without TLS"

    def send(self, post: Post) -> None:
        """Hands one letter in. Permanent where it will never be taken, Temporary where it may be later; what holds for
        all letters has an outcome of ``FOR_ALL`` or is Misconfigured.
        """
        message = message_of(post, self._chosen)
        with self._bounded():
            self._connected().send_message(message, _spec(message["From"]), [_spec(message["To"])])

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """Gives what goes wrong its name, and an end to what takes too long."""
        watch = Timer(LETTER_SECONDS, self.cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        except (smtplib.SMTPException, OSError, NewsreelError) as error:
            named = error if isinstance(error, NewsreelError) else _named(error, self._server.host)
            if named.outcome in FOR_ALL or isinstance(named, Misconfigured):
                self.close()
            raise named from None
        finally:
            watch.cancel()

    def _connected(self) -> smtplib.SMTP:
        """The connection, made anew where the server has let go of it between two letters."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._smtp.noop()[0] == 250:
                    return self._smtp
            self.close()
        server, name = self._server, urlsplit(self._chosen.url).hostname or "localhost"
        context = context_for(self._chosen.ca_file, ())
        if server.tls_at_once:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(timeout=self._patience, context=context, local_hostname=name)
        else:
            smtp = smtplib.SMTP(timeout=self._patience, local_hostname=name)
        self._smtp = smtp
        smtp._host = server.host  # type: ignore[attr-defined]  # which certificates are held against
        if smtp.connect(server.host, server.port)[0] != 220:
            raise smtplib.SMTPServerDisconnected
        smtp.ehlo_or_helo_if_needed()
        if not server.tls_at_once and smtp.has_extn("starttls"):
            if smtp.starttls(context=context)[0] != 220:
                raise ssl.SSLError
            smtp.ehlo_or_helo_if_needed()
        self._log_in(smtp)
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if not self._server.user:
            return
        if not isinstance(smtp.sock, ssl.SSLSocket) and not self._server.is_here:
            raise Misconfigured(
                "mail_without_tls",
                f"{self._server.host} offers no TLS, so the password is not sent: use smtps://, or a server with STARTTLS.",
            )
        if "PLAIN" in smtp.esmtp_features.get("auth", "").upper().split():
            # The library's own can only ASCII; RFC 4616 says UTF-8.
            secret = b64encode(f"\0{self._server.user}\0{self._server.password}".encode()).decode()
            code, _ = smtp.docmd("AUTH", f"PLAIN {secret}")
            if code not in (235, 503):  # 503: logged in already
                raise smtplib.SMTPAuthenticationError(code, b"")
            return
        try:
            smtp.login(self._server.user, self._server.password)
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            raise smtplib.SMTPAuthenticationError(504, b"") from None


FOR_ALL = frozenset(("mail_server_away", "mail_tls_failed", "mail_login_refused", "mail_sender_refused"))


def _named(error: smtplib.SMTPException | OSError, host: str) -> NewsreelError:
    """The outcome of what the library raised."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        return _answered(code, host, Permanent("recipient_refused", f"{host} does not know the recipient ({code})."))
    if isinstance(error, smtplib.SMTPSenderRefused):
        code = error.smtp_code
        refused = Temporary(
            "mail_sender_refused", f"{host} takes no mail from this sender ({code}): see NEWSREEL_MAIL_FROM."
        )
        return _answered(code, host, refused)
    if isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
        return _answered(code, host, Permanent("message_refused", f"{host} does not take this mail ({code})."))
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return Temporary("mail_login_refused", f"{host} refuses the name or the password ({error.smtp_code}).")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Permanent("recipient_refused", f"{host} cannot send to an address with such letters.")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Temporary(
            "mail_tls_failed", f"The certificate of {host} is not valid: name its authority by NEWSREEL_CA_FILE."
        )
    if isinstance(error, ssl.SSLError):
        return Temporary("mail_tls_failed", f"No secure connection to {host} could be made.")
    return Temporary("mail_server_away", f"{host} cannot be reached, or broke off.")


def _answered(code: int, host: str, refused: NewsreelError) -> NewsreelError:
    """What a code means: 421 and the like end the connection, other 4xx put a letter off, 5xx refuse it."""
    if code in (-1, 421):
        return Temporary("mail_server_away", f"{host} cannot be reached, or broke off.")
    if code < 500:
        return Temporary("mail_deferred", f"{host} asks to come again later ({code}).")
    return refused


def _sender(chosen: Settings) -> Address:
    """'newsreel@host', or what the setting says, with the portal's name before it. Misconfigured where it is none."""
    name, spec = parseaddr(chosen.sender)
    try:
        return _address(spec, _CONTROL.sub(" ", name or chosen.name).strip())
    except Permanent:
        raise Misconfigured("bad_mail_from", "NEWSREEL_MAIL_FROM is no address as news@example.org.") from None


def _address(spec: str, name: str = "") -> Address:
    """One address, its domain in ASCII."""
    local, at, domain = spec.strip().rpartition("@")
    bad = Permanent("bad_recipient", "This is no address that mail can be sent to.")
    if not at or _UNSENDABLE.search(spec.strip()):
        raise bad
    try:
        return Address(name, addr_spec=f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}")
    except (ValueError, MessageError, IndexError, UnicodeError):
        raise bad from None


def _spec(header: object) -> str:
    (address,) = header.addresses  # type: ignore[attr-defined]
    return str(address.addr_spec)
