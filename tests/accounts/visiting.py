"""Visitors at the door of real web processes: a browser's cookies, forms sent over HTTP, captchas that they know the answer of."""

from __future__ import annotations

import hashlib
import http.client
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings as django_settings
from django.db import connection
from django.db.models.functions import Now

from newsreel.accounts.models import Challenge
from newsreel.archive.embedded import ServerAddress
from tests.portal.serving import Portal

CSRF = "visitor" * 4 + "abcd"


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    headers: http.client.HTTPMessage
    page: str
    took: float


class Visitor:
    """A browser of its own."""

    def __init__(self) -> None:
        session = import_module(django_settings.SESSION_ENGINE).SessionStore()
        session.create()
        self.cookies = {"csrftoken": CSRF, "sessionid": str(session.session_key)}

    def get(self, portal: Portal, path: str, **headers: str) -> Answer:
        """A page."""
        return self._ask(portal, "GET", path, "", headers)

    def post(self, portal: Portal, path: str, /, captcha: bool = True, **fields: str) -> Answer:
        """A form, with a captcha that was shown to this browser and is answered."""
        return self.prepared(portal, path, captcha, **fields)()

    def prepared(self, portal: Portal, path: str, /, captcha: bool = True, **fields: str) -> Callable[[], Answer]:
        """The same, to be sent later and from any thread."""
        headers = {name: fields.pop(name) for name in list(fields) if name.startswith("X_")}
        if captcha:
            fields |= {"captcha_token": self._shown(), "captcha": "AAAAAA"}
        body = urlencode({"csrfmiddlewaretoken": CSRF, **fields})
        return partial(self._ask, portal, "POST", path, body, headers)

    def send(self, portal: Portal, path: str, /, **fields: str) -> Answer:
        """These fields and nothing else."""
        return self._ask(portal, "POST", path, urlencode(fields), {})

    def login(self, portal: Portal, login: str, password: str, **headers: str) -> Answer:
        """The form of the door."""
        return self.post(portal, "/account/login/", login=login, password=password, **headers)

    def _shown(self) -> str:
        token = secrets.token_urlsafe(24)
        Challenge.objects.create(
            token_sha256=hashlib.sha256(token.encode()).digest(),
            session_sha256=hashlib.sha256(self.cookies["sessionid"].encode()).digest(),
            answer="AAAAAA000000",
            expires_at=Now() + timedelta(minutes=10),
        )
        return token

    def _ask(self, portal: Portal, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()} | {
            "Host": f"localhost:{portal.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if method == "POST":
            named["Content-Type"] = "application/x-www-form-urlencoded"
        link = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
        try:
            link.connect()
            began = time.perf_counter()
            link.request(method, path, body or None, named)
            answer = link.getresponse()
            page = answer.read().decode()
            took = time.perf_counter() - began
        finally:
            link.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, answer.headers, page, took)


@contextmanager
def open_portals(server: ServerAddress, home: Path, count: int, **settings: str) -> Iterator[list[Portal]]:
    """Web processes of one installation, on the test's database."""
    running = [Portal(home, server.dsn_of(connection.settings_dict["NAME"])) for _ in range(count)]
    try:
        for portal in running:
            portal.environment |= {"NEWSREEL_SECRET_KEY": django_settings.SECRET_KEY, **settings}
            portal.start()
        yield running
    finally:
        for portal in running:
            portal.stop()
