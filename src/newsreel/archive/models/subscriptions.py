"""What hubs were asked to push to us (WebSub)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from newsreel.archive.models.watching import Channel


class Subscription(models.Model):
    """One agreement with a hub. What a channel's publisher offers stands on the channel (``Channel.hub``, ``topic``), as does
    the time of the last push; a row here is what we have asked for, and lives on without its channel until the hub has
    heard that it ends. A channel has at most one that is wanted (``mode`` subscribe).

    ``token`` is the secret part of the callback's address, ``base`` the portal's address that it was given under;
    ``method`` is the strongest signature seen since the last verification.
    """

    class Mode(models.TextChoices):
        """What we want of the hub."""

        SUBSCRIBE = "subscribe"
        UNSUBSCRIBE = "unsubscribe"

    class State(models.TextChoices):
        """How far that is."""

        WANTED = "wanted"  # to be asked
        ASKED = "asked"  # the hub is to verify that it was us
        VERIFIED = "verified"  # it has, until the lease ends
        DENIED = "denied"
        FAILED = "failed"
        ENDED = "ended"

    channel = models.ForeignKey(Channel, models.SET_NULL, null=True, related_name="subscriptions")
    hub = models.TextField()
    topic = models.TextField()
    token = models.CharField(max_length=43)
    secret = models.CharField(max_length=43)
    base = models.TextField(blank=True, default="")
    mode = models.CharField(max_length=11, choices=Mode.choices, default=Mode.SUBSCRIBE)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WANTED)
    method = models.CharField(max_length=6, blank=True, default="")
    attempts = models.IntegerField(default=0)  # requests since the hub last verified
    next_due_at = models.DateTimeField(null=True, db_default=Now())  # to ask the hub; null is never
    made_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    claim_owner = models.BigIntegerField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token"], name="subscription_token"),
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(mode="subscribe", channel__isnull=False),
                name="subscription_wanted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_at"], condition=Q(next_due_at__isnull=False), name="subscription_due"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} at {self.hub}: {self.mode}, {self.state}"
