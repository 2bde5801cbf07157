"""Whose session a request carries, for what is answered beside Django's views: the live stream and the pictures.

A pass is what a session was when it was shown: whoever is disabled, signs out or sets another password has it no longer. All
open streams are looked through with one query.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings as django_settings
from django.contrib.auth import get_user
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.http import HttpRequest, parse_cookie

from newsreel.accounts.models import User
from newsreel.core.settings import settings

Scope = MutableMapping[str, Any]

REMEMBERED = 3.0  # seconds for which an answer serves: a page has thirty pictures
_MOST = 5000  # answers kept
# One thread, and so one connection: what is asked here is short, and pages have a pool of their own.
_asking = ThreadPoolExecutor(1, "passes")
_known: dict[str, tuple[float, Pass | None]] = {}

_STILL = """
    SELECT p.session FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS p (session, account, mark)
    JOIN django_session s ON s.session_key = p.session AND s.expire_date > now()
    JOIN accounts_user u ON u.id = p.account AND u.is_active
        AND encode(sha256(convert_to(u.password, 'UTF8')), 'hex') = p.mark
"""


@dataclass(frozen=True, slots=True)
class Pass:
    """A session of an account; ``mark`` changes with its password."""

    session: str
    account: int
    mark: str


async def admitted(scope: Scope) -> bool:
    """Whether a request may have what everybody, or every member, may have. While the database is lost, no member is known."""
    if not settings().members_only:
        return True
    try:
        return await pass_of(scope) is not None
    except DatabaseError:
        return False


async def pass_of(scope: Scope) -> Pass | None:
    """Of the request's session cookie; None for nobody. Django's errors of the database come through."""
    session = session_of(scope)
    if not session:
        return None
    when, found = _known.get(session, (0.0, None))
    if time.monotonic() - when > REMEMBERED:
        found = await _in_thread(_look, session)
        if len(_known) >= _MOST:
            _known.clear()
        _known[session] = (time.monotonic(), found)
    return found


async def still_good(passes: Iterable[Pass]) -> set[Pass]:
    """Those that hold. One query for all."""
    found: set[Pass] = await _in_thread(_still, frozenset(passes))
    return found


def session_of(scope: Scope) -> str:
    """What the session's cookie says; '' without one."""
    text = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"cookie")
    found: str = parse_cookie(text).get(django_settings.SESSION_COOKIE_NAME, "")
    return found if len(found) <= 40 else ""


def _look(session: str) -> Pass | None:
    request = HttpRequest()
    request.session = import_module(django_settings.SESSION_ENGINE).SessionStore(session)
    user = get_user(request)
    return Pass(session, user.pk, _mark(user.password)) if isinstance(user, User) else None


def _still(passes: frozenset[Pass]) -> set[Pass]:
    asked = list(passes)
    with connection.cursor() as cursor:
        cursor.execute(
            _STILL, [[one.session for one in asked], [one.account for one in asked], [one.mark for one in asked]]
        )
        found = {row[0] for row in cursor.fetchall()}
    return {one for one in asked if one.session in found}


def _mark(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


async def _in_thread(function: Any, argument: Any) -> Any:
    def run() -> Any:
        close_old_connections()
        return function(argument)

    return await asyncio.get_running_loop().run_in_executor(_asking, run)
