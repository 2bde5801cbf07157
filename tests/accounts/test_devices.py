"""The mark of a browser that was used before: what its cookie is where the portal is reached by HTTPS."""

from __future__ import annotations

import http.client
from http.cookies import Morsel, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.accounts.making import PASSWORD, an_account
from tests.accounts.visiting import CSRF

if TYPE_CHECKING:
    from tests.accounts.conftest import OpenPortal
    from tests.portal.serving import Portal

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "https://news.example.org"


def _cookies_of_a_login(portal: Portal) -> dict[str, Morsel[str]]:
    """What a proxy that ends TLS is answered for a browser that logs in."""
    body = urlencode({"csrfmiddlewaretoken": CSRF, "login": "alice", "password": PASSWORD})
    said = {
        "Host": "news.example.org", "Origin": ADDRESS, "Cookie": f"__Host-csrftoken={CSRF}",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    link = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)
    try:
        link.request("POST", "/account/login/", body, said)
        answer = link.getresponse()
        assert (answer.status, answer.headers["Location"]) == (302, "/"), answer.read().decode()
    finally:
        link.close()
    found: dict[str, Morsel[str]] = {}
    for line in answer.headers.get_all("Set-Cookie") or []:
        found |= SimpleCookie(line)
    return found


def test_with_https_no_other_host_and_no_script_reaches_the_cookies_of_a_login(open_portal: OpenPortal) -> None:
    an_account("alice")
    cookies = _cookies_of_a_login(open_portal(NEWSREEL_URL=ADDRESS))
    assert {"__Host-device", "__Host-sessionid"} <= set(cookies)
    assert not {"device", "sessionid"} & set(cookies)
    for name in ("__Host-device", "__Host-sessionid"):
        told = cookies[name]
        assert told["secure"] is True, name
        assert told["httponly"] is True, name
        assert (told["path"], told["domain"], told["samesite"]) == ("/", "", "Lax"), name
