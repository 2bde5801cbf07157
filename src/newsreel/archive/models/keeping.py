"""What housekeeping remembers from one round to the next."""

from __future__ import annotations

from django.db import models


class Rounds(models.Model):
    """One row. ``seen_at`` and ``agreed`` are what is known of the database's clock (housekeeping.py); ``keyword`` and
    ``channel`` are the ids after which the next rounds go on.
    """

    seen_at = models.DateTimeField()
    agreed = models.DurationField()
    keyword = models.BigIntegerField(db_default=0)
    channel = models.BigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"housekeeping of {self.seen_at}"
