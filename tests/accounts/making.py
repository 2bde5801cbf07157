"""Accounts for tests, and browsers that are logged in."""

from __future__ import annotations

from django.test import Client
from django.test.client import RequestFactory

from newsreel.accounts import people
from newsreel.accounts.models import User
from newsreel.accounts.roles import Role

PASSWORD = "a long enough one 1"


def an_account(name: str, role: Role = Role.READER) -> User:
    """name@example.org, with PASSWORD."""
    return people.add(name, f"{name.lower()}@example.org", role, PASSWORD)


def log_in(name: str, *, succeeds: bool = True) -> Client:
    """A client with a session of its own, as after a login by password that was just confirmed (the captcha has tests of its own)."""
    from allauth.account.internal.flows.login import record_authentication
    from allauth.usersessions.models import UserSession

    client = Client()
    user = User.objects.get(key=name.lower())
    if not succeeds:
        assert not client.login(username=name, password=PASSWORD)
        return client
    client.force_login(user, "newsreel.accounts.backend.NameOrAddress")
    session = client.session
    request = RequestFactory().get("/")
    request.session = session
    record_authentication(request, user, method="password", username=name, reauthenticated=True)
    session.save()
    client.cookies["sessionid"] = session.session_key  # it changes when it is confirmed who one is
    UserSession.objects.get_or_create(
        session_key=session.session_key, defaults={"user": user, "ip": "127.0.0.1", "user_agent": "test"}
    )
    return client
