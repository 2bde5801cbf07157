"""What was read: articles, their evidence, their earlier texts, what they are about."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from newsreel.archive.models.watching import Channel, Source

PRECISIONS = [("time", "time"), ("day", "day")]


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

    class Meta:
        indexes = [models.Index(fields=["file"], name="snapshot_file")]

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
