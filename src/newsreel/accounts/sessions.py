"""How long a session lives: it ends when nobody uses it, and at the latest after thirty days.

NIST SP 800-63B asks for a login every twelve hours or after thirty minutes idle where more is at stake than reading the
news (AAL2), and every thirty days otherwise (AAL1). Whoever administers must confirm who they are for every act that
changes an account (allauth's reauthentication, ten minutes).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.account.signals import authentication_step_completed
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

LONGEST = 30 * 86400
IDLE_REMEMBERED = 14 * 86400
IDLE = 12 * 3600
_NOTED_EVERY = 300  # seconds; a write for each request would cost more than the page
_BEGUN, _SEEN = "begun", "seen"


class SessionLife:
    """Middleware behind Django's authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; for nobody, where the session has ended."""
        if request.session.session_key and "_auth_user_id" in request.session:
            self._look(request)
        return self.get_response(request)

    def _look(self, request: HttpRequest) -> None:
        session, now = request.session, time.time()
        begun, seen = session.get(_BEGUN, now), session.get(_SEEN, 0.0)
        idle = IDLE if session.get_expire_at_browser_close() else IDLE_REMEMBERED
        if now - begun > LONGEST or (seen and now - seen > idle):
            logout(request)
        elif now - seen > _NOTED_EVERY:
            session[_BEGUN], session[_SEEN] = begun, now
            UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


@receiver(authentication_step_completed)
def new_key(request: HttpRequest, **details: object) -> None:
    """Whoever confirms who they are gets another session key: one that was overheard before is worth nothing."""
    if not details.get("reauthenticated") or not request.session.session_key:
        return
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
