"""How it goes with what we watch: counts by the day, times in which we did not look, and what follows from both."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Now

from newsreel.archive.fields import CountersField
from newsreel.archive.models.watching import Channel, Source


class ReadingDay(models.Model):
    """What was done for a channel in one day (UTC, by the database's clock): written by archive/counts.py alone, in the
    transaction of what is counted.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    readings = models.IntegerField(db_default=0)
    failed = models.IntegerField(db_default=0)  # of the readings
    unchanged = models.IntegerField(db_default=0)  # of the readings: 304
    entries = models.IntegerField(db_default=0)  # named by the readings, known ones included
    leads = models.IntegerField(db_default=0)  # of the entries: new
    pages = models.IntegerField(db_default=0)  # visits
    pages_failed = models.IntegerField(db_default=0)  # visits that brought no page
    texts = models.IntegerField(db_default=0)  # pages that gave an article, new or changed
    textless = models.IntegerField(db_default=0)  # pages that were read and gave none
    articles = models.IntegerField(db_default=0)  # new
    seconds = models.FloatField(db_default=0.0)  # of all readings together
    latencies = CountersField()  # readings by their seconds: latencies.py
    hours = CountersField()  # new articles by the hour, UTC
    good_at = models.DateTimeField(null=True)  # the last reading without fault
    article_at = models.DateTimeField(null=True)  # the last new article
    page_fault = models.CharField(max_length=40, blank=True, db_default="")  # outcome of the last page that failed

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "day"], name="one_row_a_channel_and_day")]
        indexes = [models.Index(fields=["day"], name="reading_day")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.day}"


class CollectionGap(models.Model):
    """A time in which a channel was not read, or, without a channel, nothing at all: archive/coverage.py.

    It begins with the last good reading and ends with the next one. ``why``: an outcome, or one of coverage.OURS. ``filled``: what
    was published meanwhile was found afterwards, on the channel's older pages.
    """

    source = models.ForeignKey(Source, models.CASCADE, null=True, related_name="gaps", db_index=False)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="gaps")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=40)
    filled = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(Coalesce("channel", Value(0)), condition=Q(until=None), name="one_open_gap")
        ]
        indexes = [models.Index(fields=["source", "since"], name="gap_of_source")]

    def __str__(self) -> str:
        return f"{self.channel_id or 'everything'} {self.since} - {self.until}"


class Heartbeat(models.Model):
    """The one row that the watch of every worker touches: where it stood still, nothing was read."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.at)


class SourceHealth(models.Model):
    """What was found when a source was last looked over. ``findings``: Finding as JSON (pipeline/diagnosis.py), the gravest first."""

    class State(models.TextChoices):
        """In one word."""

        BAD = "bad"
        WARN = "warn"
        FINE = "fine"
        NEW = "new"
        PAUSED = "paused"
        RETIRED = "retired"

    source = models.OneToOneField(Source, models.CASCADE, primary_key=True, related_name="health")
    state = models.CharField(max_length=8, choices=State.choices)
    since = models.DateTimeField(db_default=Now())  # in this state
    looked_at = models.DateTimeField(db_default=Now())
    findings = models.JSONField(default=list)
    per_day = models.FloatField(null=True)  # new articles a day of the last four weeks, as far as we looked
    text_share = models.FloatField(null=True)  # of the pages read in the last week
    latency = models.FloatField(null=True)  # seconds, the median of the last week
    good_at = models.DateTimeField(null=True)
    article_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["looked_at"], name="health_looked_at")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.state}"
