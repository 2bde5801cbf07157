"""What is kept of sites that are watched by their front pages: which of their addresses are articles'."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual


class SitePatterns(models.Model):
    """Which addresses of a site are articles' (discovery/patterns.py): learned from visits, and corrected by editors. ``version``
    is one more with each writing, as of a SiteMemory. Where it was corrected it is kept: a correction is somebody's work.
    """

    site = models.CharField(max_length=255, primary_key=True)  # core.urls.site_of
    data = models.BinaryField()
    outcomes = models.IntegerField()
    corrected = models.BooleanField(default=False)  # an editor has said something of it
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=LessThanOrEqual(Length("data"), 131_072), name="site_patterns_are_small")
        ]
        indexes = [models.Index(fields=["updated_at"], name="site_patterns_updated")]

    def __str__(self) -> str:
        return f"{self.site}: {self.outcomes} addresses"
