"""What we watch: publishers, their channels, the hosts they are on, the addresses they named."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now


class Source(models.Model):
    """A publisher: one site that we watch."""

    site = models.CharField(max_length=255, unique=True)  # the registrable domain, with a port where unusual
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")  # ISO 3166 alpha-2
    language = models.CharField(max_length=20, blank=True, default="")  # BCP 47
    home_url = models.TextField()
    paused = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)  # read no more, for good; it is paused then too
    # How to reach it, where it differs from the installation's own settings.
    proxy = models.TextField(blank=True, default="")
    ca_file = models.TextField(blank=True, default="")
    allowed_ports = models.JSONField(default=list)
    gap = models.FloatField(null=True)
    # [name, value]: often secrets, which no page shows.
    headers = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # Beginnings of paths that are read whatever robots.txt says of them, and who answers for it.
    free_paths = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    free_reason = models.TextField(blank=True, default="", db_default="")
    free_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    free_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """One thing of a source that is read again and again: a feed, a news sitemap or a front page."""

    class Kind(models.TextChoices):
        """How it is read."""

        FEED = "feed"
        SITEMAP = "sitemap"
        FRONTPAGE = "frontpage"

    source = models.ForeignKey(Source, models.CASCADE, related_name="channels", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=200, blank=True, default="")
    name_zh = models.CharField(max_length=200, blank=True, default="")
    url = models.TextField()  # rsshub:// as it is: what is fetched is resolved by the setting
    key = models.CharField(max_length=2100, unique=True)  # the address's identity
    host = models.CharField(max_length=255)  # whose lease a reading needs
    etag = models.TextField(blank=True, default="")
    last_modified = models.TextField(blank=True, default="")
    next_due_at = models.DateTimeField(db_default=Now())
    interval = models.IntegerField(default=900)  # seconds
    failures = models.IntegerField(default=0)  # one after the other
    last_read_at = models.DateTimeField(null=True)
    last_new_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True, default="")  # '' is not yet read, 'ok', or an error's name
    reason = models.TextField(blank=True, default="")
    paused = models.BooleanField(db_default=False)
    retired_at = models.DateTimeField(
        null=True
    )  # read no more, for good; it is paused then too, and the reason says why
    # What polling remembers (pipeline/polling.py).
    last_ok_at = models.DateTimeField(null=True)  # read without fault
    whole_at = models.DateTimeField(null=True)  # answered with a body
    unmodified = models.IntegerField(db_default=0)  # 304 since then, one after the other
    window = models.IntegerField(db_default=0)  # entries of the last body
    digest = models.CharField(max_length=32, blank=True, db_default="")  # of the last body
    distrusted = models.BooleanField(db_default=False)  # it said 304 though it had changed
    refresh_seconds = models.IntegerField(null=True)  # for which the feed says that it stays as it is
    moved_to = models.TextField(blank=True, db_default="")
    moved_since = models.DateTimeField(null=True)
    gone_since = models.DateTimeField(null=True)  # the first 410
    # What its publisher offers (WebSub; '' is nothing), and when a hub last pushed: see models/subscriptions.py.
    hub = models.TextField(blank=True, db_default="")
    topic = models.TextField(blank=True, db_default="")
    pushed_at = models.DateTimeField(null=True)
    # Readings one after the other that named something known, counted up to pipeline.gaps.STEADY.
    overlaps = models.SmallIntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["host", "next_due_at"], name="channel_due"),
            models.Index(fields=["source"], name="channel_source"),
            models.Index(fields=["id"], condition=~Q(hub=""), name="channel_hub"),
        ]

    def __str__(self) -> str:
        return f"{self.source.name}-{self.name}" if self.name else self.source.name


class Host(models.Model):
    """Who may speak to a host, and not before when."""

    name = models.CharField(max_length=255, primary_key=True)
    lease_owner = models.BigIntegerField(null=True)
    leased_until = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)  # nobody speaks to it before: its last owner may, or has just done so
    next_due_at = models.DateTimeField(db_default=Now())  # a Retry-After or a back-off of the whole host
    waiting_for_host = models.BooleanField(default=False)  # the host itself named that time (Retry-After)
    failures = models.IntegerField(default=0)
    has_answered = models.BooleanField(db_default=False)  # ever, to us; where much is due the others come later

    def __str__(self) -> str:
        return self.name


class Lead(models.Model):
    """An address that a channel named. It leads to an article, or to a reason why not.

    Due when ``next_due_at`` is past; null is never again. ``entry`` is what the channel said (Entry as JSON). One that is
    REMOVED led to an article that was forgotten by age: it is kept so that the same address does not bring it anew.
    """

    class State(models.TextChoices):
        """What became of it."""

        NEW = "new"
        DONE = "done"
        FAILED = "failed"
        REMOVED = "removed"

    key = models.CharField(max_length=2100, unique=True)  # identity of its address
    url = models.TextField()
    host = models.CharField(max_length=255)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="leads")
    article = models.ForeignKey("archive.Article", models.SET_NULL, null=True, related_name="leads")
    entry = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    next_due_at = models.DateTimeField(null=True, db_default=Now())
    attempts = models.IntegerField(default=0)  # failures, one after the other
    visits = models.IntegerField(default=0)
    etag = models.TextField(blank=True, default="")
    last_modified = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    first_seen = models.DateTimeField(db_default=Now())
    named_at = models.DateTimeField(
        db_default=Now()
    )  # when a channel last named it, to within NAMED_WITHIN (registry.py)

    class Meta:
        indexes = [
            models.Index(fields=["host", "next_due_at"], condition=Q(next_due_at__isnull=False), name="lead_due"),
            models.Index(fields=["outcome"], condition=~Q(outcome__in=("", "ok")), name="lead_failed"),
        ]

    def __str__(self) -> str:
        return self.url


class AddRequest(models.Model):
    """A reader's wish to watch a site, from the portal: a worker looks for its channels and answers.

    A preview (its states are of its own: an older worker lets it be) is answered with what was ``found``, and adds nothing.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting"
        ADDED = "added"
        KNOWN = "known"
        FAILED = "failed"
        LOOKING = "looking"  # a preview that waits
        FOUND = "found"  # a preview with its answer

    address = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    outcome = models.CharField(max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    preview = models.BooleanField(db_default=False)
    found = models.JSONField(null=True)
    source = models.ForeignKey(Source, models.SET_NULL, null=True, related_name="requests")
    asked_at = models.DateTimeField(db_default=Now())
    claim_owner = models.BigIntegerField(null=True)
    claimed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.address
