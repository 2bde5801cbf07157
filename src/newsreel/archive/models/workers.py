"""Who is at work."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Worker(models.Model):
    """A worker's own word on itself, renewed every few seconds."""

    owner = models.BigIntegerField(primary_key=True)  # claims.Owner.number
    place = models.CharField(max_length=255)  # its machine
    trouble = models.CharField(max_length=40, blank=True, default="")  # an outcome, where it cannot do its work
    since = models.DateTimeField(db_default=Now())  # of that
    told_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.place} ({self.owner})"
