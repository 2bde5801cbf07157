"""Where django-allauth's second factors ask us: their seeds are kept encrypted by the installation's key."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings as django_settings

from newsreel.core.errors import Misconfigured
from newsreel.core.settings import settings


class Adapter(DefaultMFAAdapter):
    """A copy of the database alone gives no codes."""

    def encrypt(self, text: str) -> str:
        """A seed as it is stored."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A stored seed. Misconfigured where the secret key is not the one that it was stored by."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise Misconfigured(
                "secret_key_changed", "The secret key has changed: second factors must be set anew."
            ) from None

    def build_totp_svg(self, url: str) -> str:
        """The QR code as it may stand within a page: the Content-Security-Policy lets no picture come from a data: address."""
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows."""
        return settings().name


def _fernet() -> Fernet:
    key = hashlib.sha256(b"newsreel.accounts.mfa\x00" + django_settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
