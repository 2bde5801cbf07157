"""What the archive holds.

A step's truth is a state on a row: ``Channel.next_due_at`` and ``Lead.next_due_at`` say what is to be fetched,
``Article.state`` what is to be enriched. A host's lease says who may speak to it; nothing else is locked.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual

from newsreel.archive.fields import CurrentTransaction, TransactionIdField

PRECISIONS = [("time", "time"), ("day", "day")]


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
    url = models.TextField()
    key = models.CharField(max_length=2100, unique=True)  # the address's identity
    host = models.CharField(max_length=255)
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

    class Meta:
        indexes = [
            models.Index(fields=["host", "next_due_at"], name="channel_due"),
            models.Index(fields=["source"], name="channel_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source.name}-{self.name}" if self.name else self.source.name


class Host(models.Model):
    """Who may speak to a host, and not before when."""

    name = models.CharField(max_length=255, primary_key=True)
    lease_owner = models.BigIntegerField(null=True)
    leased_until = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(db_default=Now())  # a Retry-After or a back-off of the whole host
    waiting_for_host = models.BooleanField(default=False)  # the host itself named that time (Retry-After)
    failures = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.name


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


class Article(models.Model):
    """One article, as it stands now.

    ``statements`` keeps what the page and the feed each said of title and date; ``decisions`` in pipeline choose.
    ``shown_at`` orders 最新资讯: published, never later than first seen; else first seen.
    """

    class State(models.TextChoices):
        """What is done and what is next."""

        STORED = "stored"  # to be enriched
        ENRICHED = "enriched"
        FAILED = "failed"  # enrichment gave up; the article itself is whole

    key = models.CharField(
        max_length=2100, unique=True
    )  # identity of its address, or of its canonical one on the same site
    url = models.TextField()  # as it was found
    canonical_url = models.TextField(blank=True, default="")  # as the page says, also where it names another site
    # No index of their own: those of the lists below begin with them, and each index costs at every insert.
    source = models.ForeignKey(Source, models.CASCADE, related_name="articles", db_index=False)
    channel = models.ForeignKey(Channel, models.SET_NULL, null=True, related_name="articles", db_index=False)
    title = models.TextField()
    published_at = models.DateTimeField(null=True)
    published_precision = models.CharField(max_length=4, choices=PRECISIONS, default="time")
    modified_at = models.DateTimeField(null=True)
    first_seen = models.DateTimeField()
    shown_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_default=Now())  # added, changed or enriched
    statements = models.JSONField(default=dict)
    authors = models.JSONField(default=list)
    section = models.CharField(max_length=200, blank=True, default="")
    publisher_keywords = models.JSONField(default=list)
    language = models.CharField(max_length=20, blank=True, default="")
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    blocks = models.JSONField(default=list)
    lead_image = models.TextField(blank=True, default="")
    text_sha256 = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STORED)
    claim_owner = models.BigIntegerField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(F("shown_at").desc(), F("id").desc(), name="article_newest"),
            models.Index("source", F("shown_at").desc(), F("id").desc(), name="article_source_newest"),
            models.Index("channel", F("shown_at").desc(), F("id").desc(), name="article_channel_newest"),
            models.Index(fields=["id"], condition=Q(state="stored"), name="article_to_enrich"),
            models.Index(fields=["changed_at"], name="article_changed"),
        ]

    def __str__(self) -> str:
        return self.title


class Lead(models.Model):
    """An address that a channel named. It leads to an article, or to a reason why not.

    Due when ``next_due_at`` is past; null is never again. ``entry`` is what the channel said (Entry as JSON).
    """

    class State(models.TextChoices):
        """What became of it."""

        NEW = "new"
        DONE = "done"
        FAILED = "failed"

    key = models.CharField(max_length=2100, unique=True)  # identity of its address
    url = models.TextField()
    host = models.CharField(max_length=255)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="leads")
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="leads")
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

    class Meta:
        indexes = [
            models.Index(fields=["host", "next_due_at"], condition=Q(next_due_at__isnull=False), name="lead_due"),
            models.Index(fields=["outcome"], condition=~Q(outcome__in=("", "ok")), name="lead_failed"),
        ]

    def __str__(self) -> str:
        return self.url


class Snapshot(models.Model):
    """Where the response as fetched lies: a record of a WARC file, synced to disk before this row was committed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="snapshots")
    url = models.TextField()
    fetched_at = models.DateTimeField()
    status = models.IntegerField()
    content_type = models.TextField(blank=True, default="")
    file = models.CharField(max_length=200)
    offset = models.BigIntegerField()
    length = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)  # of the decoded body

    def __str__(self) -> str:
        return f"{self.file}@{self.offset}"


class Revision(models.Model):
    """What an article said before it was changed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    title = models.TextField()
    text = models.TextField()
    html = models.TextField()
    blocks = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    published_precision = models.CharField(max_length=4, choices=PRECISIONS, default="time")
    modified_at = models.DateTimeField(null=True)
    snapshot = models.ForeignKey(Snapshot, models.SET_NULL, null=True, related_name="revisions")
    replaced_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.title} (until {self.replaced_at})"


class Keyword(models.Model):
    """A term by which articles are found; ``key`` is its case-folded form."""

    key = models.CharField(max_length=120, unique=True)
    text = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.text


class ArticleKeyword(models.Model):
    """That an article is about a term, and how much."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="keyword_rows", db_index=False)
    keyword = models.ForeignKey(Keyword, models.CASCADE, related_name="article_rows")
    weight = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "keyword"], name="keyword_once_an_article")]

    def __str__(self) -> str:
        return f"{self.keyword_id} ({self.weight:.2f})"


class ArticleTopic(models.Model):
    """That an article has a topic of IPTC Media Topics. The topics themselves are data of the enrichment room."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="topic_rows", db_index=False)
    code = models.CharField(max_length=24)
    top = models.CharField(max_length=24)
    weight = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "code"], name="topic_once_an_article")]
        indexes = [
            models.Index(F("code"), F("article").desc(), name="topic_code"),
            models.Index(F("top"), F("article").desc(), name="topic_top"),
        ]

    def __str__(self) -> str:
        return self.code


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
