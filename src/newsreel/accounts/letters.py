"""Mail goes into a box of letters (archive), from which a worker sends it: no page waits for a mail server."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import transaction

from newsreel.archive.models import Letter
from newsreel.pipeline import bells

log = logging.getLogger("newsreel.accounts")


class LetterBackend(BaseEmailBackend):
    """Django's mail, written down."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keeps the messages; how many."""
        letters = [_letter(message, recipient) for message in email_messages for recipient in message.to]
        Letter.objects.bulk_create(letters)
        transaction.on_commit(_ring)  # also for a letter to nobody: how long it takes must not tell
        return len(email_messages)


def _ring() -> None:
    try:
        bells.ring("send")
    except Exception as error:
        # The letter is written: the workers' watch finds it, if some seconds later.
        log.warning("The bell for letters could not be rung: %s", type(error).__name__)


def _letter(message: EmailMessage, recipient: str) -> Letter:
    dropped = "X-Newsreel-Dropped" in message.extra_headers
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    html = next((str(content) for content, kind in alternatives if kind == "text/html"), "")
    state = Letter.State.DROPPED if dropped else Letter.State.WAITING
    text = "" if dropped else str(message.body)
    return Letter(recipient=recipient, subject=str(message.subject), text=text, html=html, state=state)
