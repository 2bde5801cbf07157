"""What the house keeps for itself: the change log, what sites have taught, settings that were changed, letters."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual

from newsreel.archive.fields import CurrentTransaction, TransactionIdField


class Change(models.Model):
    """One line of the change log, written in the transaction that made the change.

    Its position is the pair (xid, seq): a follower reads, in that order, only what lies below the oldest
    transaction still running, so that none is missed. See changes.py.
    """

    seq = models.BigAutoField(primary_key=True)
    xid = TransactionIdField(db_default=CurrentTransaction())
    kind = models.CharField(max_length=12)  # 'article', 'source'
    ref = models.BigIntegerField()
    action = models.CharField(max_length=12)  # 'added', 'changed', 'enriched', 'removed'
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["xid", "seq"], name="change_position")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} {self.action}"


class SiteMemory(models.Model):
    """What recurs on the pages of a site (extraction/memory.py): hashes, no text. ``version`` is one more with each
    writing, so that two who write at once do not lose what the other has learned.
    """

    site = models.CharField(max_length=255, primary_key=True)  # core.urls.site_of
    data = models.BinaryField()
    pages = models.IntegerField()
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=LessThanOrEqual(Length("data"), 131_072), name="site_memory_is_small")
        ]
        indexes = [models.Index(fields=["updated_at"], name="site_memory_updated")]

    def __str__(self) -> str:
        return f"{self.site}: {self.pages} pages"


class Preference(models.Model):
    """A setting that was changed in the portal, by its name in core/settings.py; the environment overrules it."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Letter(models.Model):
    """A mail to be sent. Rows say what is due, as everywhere: a worker claims a letter, sends it and removes its text."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"  # to nobody: written so that an unknown address costs the time that a known one does

    recipient = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    next_due_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    written_at = models.DateTimeField(db_default=Now())
    claim_owner = models.BigIntegerField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_due_at"], condition=Q(state="waiting"), name="letter_due")]

    def __str__(self) -> str:
        return f"to {self.recipient}: {self.subject}"
