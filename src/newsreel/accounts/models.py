"""People, invitations, and what guards the door: captchas, attempts, and the record of administrative acts.

Sessions are Django's, e-mail addresses, second factors and single sign-on are django-allauth's.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from newsreel.accounts.names import name_key
from newsreel.accounts.roles import Role


class Users(BaseUserManager["User"]):
    """The accounts."""

    def get_by_natural_key(self, username: str | None) -> User:
        """By name, in whatever case or form."""
        return self.get(key=name_key(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """An account. ``key`` is what its name is known by (names.py); one that is not active is disabled."""

    username = models.CharField(max_length=30, unique=True)
    key = models.CharField(max_length=120, unique=True, editable=False)
    email = models.EmailField(blank=True, default="")
    role = models.CharField(max_length=13, choices=Role.choices, default=Role.READER)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]  # noqa: RUF012 - Django's own way

    objects = Users()

    def __str__(self) -> str:
        return self.username

    def save(self, *args: object, **options: object) -> None:
        """Its key goes with its name."""
        self.key = name_key(self.username)
        super().save(*args, **options)  # type: ignore[arg-type]

    def may(self, needed: Role) -> bool:
        """Whether the account's role covers another."""
        return self.is_active and Role(self.role).covers(needed)


class Invitation(models.Model):
    """A way in where registration is by invitation: the link holds a token, of which only the SHA-256 is kept."""

    token_sha256 = models.BinaryField(max_length=32, unique=True)
    email = models.EmailField(blank=True, default="")  # '' is for whoever has the link
    role = models.CharField(max_length=13, choices=Role.choices, default=Role.READER)
    groups = models.ManyToManyField("auth.Group", related_name="invitations")
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="invitations_made")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="invitations_used")

    def __str__(self) -> str:
        return f"invitation {self.pk} ({self.role})"


class AuditEntry(models.Model):
    """One administrative act, for ever as it was: names are copied, for accounts and sources go."""

    at = models.DateTimeField(db_default=Now(), db_index=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="acts")
    actor_name = models.CharField(max_length=60)  # 'command line' where no account acted
    act = models.CharField(max_length=40)  # 'user_role', 'source_paused', …: words in audit.py
    about = models.CharField(max_length=200, blank=True, default="")
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)  # of the client

    def __str__(self) -> str:
        return f"{self.actor_name} {self.act} {self.about}"


class Attempt(models.Model):
    """When something bounded was last tried, at most as many times as are allowed; see limits.py."""

    key = models.BinaryField(max_length=32, primary_key=True)  # SHA-256 of what is bounded and for whom
    times = ArrayField(models.DateTimeField())
    until = models.DateTimeField(db_index=True)  # after which the row says nothing any more

    def __str__(self) -> str:
        return f"{len(self.times)} attempts"


class Challenge(models.Model):
    """A captcha that was shown and not yet answered. Answering removes it, right or wrong; see captcha.py."""

    token_sha256 = models.BinaryField(max_length=32, primary_key=True)
    session_sha256 = models.BinaryField(max_length=32, db_index=True)  # of the browser that it was shown to
    answer = models.CharField(max_length=12)  # six letters to be seen, six digits to be heard
    spoken = models.BooleanField(default=False)  # whether the digits were asked for: only then they are an answer
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return "captcha"
