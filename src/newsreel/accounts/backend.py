"""Who a name (or address) and a password belong to: one look-up and one hash, whether there is such an account or not."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from newsreel.accounts import people
from newsreel.accounts.models import User


class NameOrAddress(AuthenticationBackend):
    """django-allauth's, with our own look-up: it would try a name as an address first, with a hash for each."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        login = credentials.get("username") or credentials.get("email") or ""
        user = people.find(str(login))
        return self._check_password(user if user is not None and user.has_usable_password() else None, _of(credentials))

    def _mitigate_timing_attack(self, password: str) -> None:
        make_password(password)

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session; None, and so nobody, where it was disabled."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def _of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("password") or "")
