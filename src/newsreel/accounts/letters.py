"""Mail goes into a box of letters (archive), from which a worker sends it: no page waits for a mail server."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from newsreel.archive.models import Letter


class LetterBackend(BaseEmailBackend):
    """Django's mail, written down."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keeps the messages; how many."""
        letters = [_letter(message, recipient) for message in email_messages for recipient in message.to]
        Letter.objects.bulk_create(letters)
        return len(email_messages)


def _letter(message: EmailMessage, recipient: str) -> Letter:
    dropped = "X-Newsreel-Dropped" in message.extra_headers
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    html = next((str(content) for content, kind in alternatives if kind == "text/html"), "")
    state = Letter.State.DROPPED if dropped else Letter.State.WAITING
    text = "" if dropped else str(message.body)
    return Letter(recipient=recipient, subject=str(message.subject), text=text, html=html, state=state)
