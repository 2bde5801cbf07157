"""Second factors: an authenticator app or a passkey, and who must have one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from newsreel.accounts.models import User
from newsreel.accounts.roles import Role
from newsreel.core.settings import settings


def is_missing(user: User) -> bool:
    """Whether the account must have a second factor, as the setting says, and has none."""
    needed = settings().second_factor
    if needed == "optional" or (needed == "administrators" and user.role != Role.ADMINISTRATOR):
        return False
    return not Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
