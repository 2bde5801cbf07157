"""All that is kept of a person, for that person."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from newsreel.accounts.models import AuditEntry, User

MOST = 10_000


def data_of(user: User) -> dict[str, Any]:
    """The account with its addresses, groups, sessions, second factors (without their secrets), sign-ons and acts."""
    return {
        "name": user.username,
        "role": user.role,
        "joined_at": user.joined_at.isoformat(),
        "last_login": user.last_login.isoformat() if user.last_login else None,
        "groups": list(user.groups.order_by("name").values_list("name", flat=True)),
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "sessions": [
            {**row, "created_at": row["created_at"].isoformat(), "last_seen_at": row["last_seen_at"].isoformat()}
            for row in UserSession.objects.filter(user=user).values("ip", "user_agent", "created_at", "last_seen_at")
        ],
        "second_factors": [
            {"type": row.type, "created_at": row.created_at.isoformat()}
            for row in Authenticator.objects.filter(user=user)
        ],
        "sign_ons": list(SocialAccount.objects.filter(user=user).values("provider", "uid")),
        "acts": [
            {**row, "at": row["at"].isoformat()}
            for row in AuditEntry.objects.filter(actor=user)
            .order_by("-id")
            .values("at", "act", "about", "address")[:MOST]
        ],
    }
