"""Alice reads, bob edits, charlie administers; and nobody is signed in nowhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.test import Client

from newsreel.accounts import people
from newsreel.accounts.models import User
from newsreel.accounts.roles import Role

BROWSER = "Mozilla/5.0 <script>alert(1)</script>"
BACKEND = "newsreel.accounts.backend.NameOrAddress"


@dataclass
class Four:
    """The browsers of all."""

    nobody: Client
    alice: Client
    bob: Client
    charlie: Client

    def __iter__(self) -> Iterator[tuple[str, Client]]:
        return iter(vars(self).items())


def sign_in(user: User, *, lately: bool = True) -> Client:
    """A browser in which somebody is signed in, with a password given lately or not."""
    client = Client(HTTP_HOST="localhost")
    client.cookies["django_language"] = "en"
    client.force_login(user, backend=BACKEND)
    # As django-allauth writes it down after a login on its page.
    UserSession.objects.create(user=user, session_key=client.session.session_key, ip="192.0.2.7", user_agent=BROWSER)
    if lately:
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def make_four() -> Four:
    """All of them, signed in."""
    roles = {"alice": Role.READER, "bob": Role.EDITOR, "charlie": Role.ADMINISTRATOR}
    clients = {
        name: sign_in(people.add(name, f"{name}@news.test", role, "a long password")) for name, role in roles.items()
    }
    nobody = Client(HTTP_HOST="localhost")
    nobody.cookies["django_language"] = "en"
    return Four(nobody, **clients)
