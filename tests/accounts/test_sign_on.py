"""Single sign-on over real HTTP: by a real provider, and by one that tries everything."""

from __future__ import annotations

import html
import json
import re
import time
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache

from newsreel.accounts import people
from newsreel.accounts.models import User
from newsreel.archive.models import Letter
from tests.accounts.conftest import OpenPortal
from tests.accounts.making import PASSWORD, an_account
from tests.accounts.provider import (
    CLIENT,
    SECRET,
    HostileProvider,
    RealProvider,
    answer,
    hostile_provider,
    real_provider,
)
from tests.accounts.visitor import Page, Visitor
from tests.patience import patience
from tests.portal.serving import Portal

pytestmark = pytest.mark.django_db(transaction=True)


def sso_settings(url: str, **more: str) -> dict[str, str]:
    return {
        "NEWSREEL_OIDC_URL": url, "NEWSREEL_OIDC_CLIENT": CLIENT, "NEWSREEL_OIDC_SECRET": SECRET,
        "NEWSREEL_OIDC_NAME": "学院 SSO",
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    with real_provider() as running:
        yield running


@pytest.fixture(scope="module")
def sso_portal(open_portal: OpenPortal, provider: RealProvider) -> Portal:
    return open_portal(**sso_settings(provider.url))


def leave_for(visitor: Visitor, page: Page, action: str = "/account/sign-on/sso/login/") -> str:
    """The provider's address that the button leads to."""
    page = visitor.send(page, action)
    found = re.search(r'<meta http-equiv="refresh" content="0;url=([^"]+)">', page.text)
    assert found, page.text[-3000:]
    return html.unescape(found[1])


def come_by(visitor: Visitor, sub: str, path: str = "/account/login/") -> Page:
    """Through the provider, as somebody."""
    target = leave_for(visitor, visitor.get(path))
    return visitor.get(target, urllib.parse.urlencode({"sub": sub}).encode())


def test_somebody_new_registers_with_a_verified_address(sso_portal: Portal, provider: RealProvider) -> None:
    provider.knows("u1", email="Anna@uni.test", email_verified=True, preferred_username="anna", name="Anna A")
    visitor = Visitor(sso_portal.url)
    page = visitor.get("/account/login/")
    assert "用 学院 SSO 登录" in page.text
    page = come_by(visitor, "u1")
    assert page.url.endswith("/account/sign-on/register/"), page.text[-2000:]
    assert "学院 SSO" in page.text
    assert page.form("/account/sign-on/register/")[1]["username"] == "anna"
    page = visitor.send(page, "/account/sign-on/register/", username="安娜")
    assert "安娜" in page.text
    user = User.objects.get(key="安娜")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    kept = SocialAccount.objects.get(user=user)
    assert kept.extra_data == {
        "sub": "u1", "email": "Anna@uni.test", "email_verified": True, "preferred_username": "anna", "name": "Anna A",
    }  # fmt: skip
    again = come_by(Visitor(sso_portal.url), "u1", "/account/login/?next=/about/")
    assert again.url.endswith("/about/")
    assert "安娜" in again.text
    people.disable(user)
    assert "安娜" not in come_by(Visitor(sso_portal.url), "u1").text


def test_an_address_that_is_not_verified_is_not_believed(sso_portal: Portal, provider: RealProvider) -> None:
    provider.knows("u2", email="victim@uni.test", email_verified=False, preferred_username="mallory")
    visitor = Visitor(sso_portal.url)
    page = come_by(visitor, "u2")
    assert page.form("/account/sign-on/register/")[1].get("email", "") == ""
    page = visitor.send(page, "/account/sign-on/register/", username="mallory", email="victim@uni.test")
    assert page.url.endswith("/account/confirm-email/")
    assert [row.verified for row in EmailAddress.objects.filter(email="victim@uni.test")] == [False]
    assert Letter.objects.get(recipient="victim@uni.test").state == "waiting"


def test_an_account_is_not_taken_over_by_its_address(sso_portal: Portal, provider: RealProvider) -> None:
    alice = an_account("alice")
    provider.knows("u3", email=alice.email, email_verified=True, preferred_username="alice")
    visitor = Visitor(sso_portal.url)
    page = come_by(visitor, "u3")
    page = visitor.send(page, "/account/sign-on/register/", username="alice")
    assert "已被使用" in page.text
    page = visitor.send(page, "/account/sign-on/register/", username="alice2")
    assert not SocialAccount.objects.exists()
    assert visitor.get("/account/").url != f"{sso_portal.url}/account/"
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]


def test_connecting_asks_who_it_is_first_and_then_logs_in(sso_portal: Portal, provider: RealProvider) -> None:
    cache.clear()
    an_account("bob")
    provider.knows("u4", email="other@uni.test", email_verified=True)
    visitor = Visitor(sso_portal.url)
    visitor.send(visitor.get("/account/login/"), "/account/login/", login="bob", password=PASSWORD)
    target = leave_for(
        visitor, visitor.get("/account/sign-on/connections/"), "/account/sign-on/sso/login/?process=connect"
    )
    page = visitor.get(target, urllib.parse.urlencode({"sub": "u4"}).encode())
    assert "/account/reauthenticate/" in page.url
    assert not SocialAccount.objects.exists()
    page = visitor.send(page, "/account/reauthenticate/", password=PASSWORD)
    assert SocialAccount.objects.get().user.username == "bob"
    assert page.url.endswith("/account/sign-on/connections/")
    fresh = come_by(Visitor(sso_portal.url), "u4")
    assert "bob" in fresh.text
    page = visitor.send(visitor.get("/account/sign-on/connections/"), "/account/sign-on/connections/")
    assert not SocialAccount.objects.exists(), page.text


@pytest.mark.parametrize("rule", ["closed", "invitation"])
def test_registration_by_it_obeys_the_setting(open_portal: OpenPortal, provider: RealProvider, rule: str) -> None:
    portal = open_portal(**sso_settings(provider.url, NEWSREEL_REGISTRATION=rule))
    provider.knows("u5", email="new@uni.test", email_verified=True)
    page = come_by(Visitor(portal.url), "u5")
    assert 'name="username"' not in page.text.partition("<main")[2]
    assert not User.objects.exists()


def test_it_begins_by_a_post_and_a_stranger_brings_no_answer(sso_portal: Portal) -> None:
    visitor = Visitor(sso_portal.url)
    page = visitor.get("/account/sign-on/sso/login/?scope=admin&auth_params=prompt%3Dnone")
    assert page.status == 200
    assert "refresh" not in page.text
    target = leave_for(visitor, page, "")
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))
    assert sorted(query["scope"].split()) == ["email", "openid", "profile"]
    assert "prompt" not in query
    assert query["code_challenge_method"] == "S256"
    assert query["redirect_uri"] == f"{sso_portal.url}/account/sign-on/sso/login/callback/"
    fresh = Visitor(sso_portal.url)
    for address in (f"?code=x&state={query['state']}", "?code=x&state=none", "?error=access_denied", ""):
        answered = fresh.get(f"/account/sign-on/sso/login/callback/{address}")
        assert answered.status in (200, 401), address
        assert "登录未成功" in answered.text or "登录已取消" in answered.text
    assert fresh.get("/account/sign-on/other/login/").status == 404
    assert fresh.get("/account/sign-on/openid_connect/login/").status in (200, 404)


def test_without_a_provider_there_is_no_button(open_portal: OpenPortal) -> None:
    visitor = Visitor(open_portal().url)
    assert "sign-on" not in visitor.get("/account/login/").text
    assert visitor.get("/account/sign-on/sso/login/").status == 404


# A provider that is hostile


@pytest.fixture(scope="module")
def hostile() -> Iterator[HostileProvider]:
    with hostile_provider() as running:
        yield running


@pytest.fixture(scope="module")
def its_portal(open_portal: OpenPortal, hostile: HostileProvider) -> Portal:
    return open_portal(**sso_settings(hostile.url))


def returns(portal: Portal, hostile: HostileProvider, **more: str) -> Page:
    """Somebody comes back from it."""
    visitor = Visitor(portal.url)
    target = leave_for(visitor, visitor.get("/account/login/"))
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))
    back = {"code": hostile.code(query), "state": query["state"]} | more
    return visitor.get("/account/sign-on/sso/login/callback/?" + urllib.parse.urlencode(back))


def let_in(page: Page) -> bool:
    if page.url.endswith("/account/sign-on/register/"):
        return True
    assert "登录未成功" in page.text, page.text[-2000:]
    assert page.status in (200, 401)
    return False


def test_as_it_should_be(its_portal: Portal, hostile: HostileProvider) -> None:
    hostile.reset()
    assert let_in(returns(its_portal, hostile))
    assert let_in(returns(its_portal, hostile, iss=hostile.url))
    paths = [path for path, _, _ in hostile.asked[-3:]]
    assert sorted(paths) == ["/jwks", "/token", "/userinfo"]


OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NOW = int(time.time())


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", "none", {"kid": "one"})


def by_another_key(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, OTHER, "RS256", {"kid": "one"})


def by_no_known_key(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, OTHER, "RS256", {"kid": "two"})


def by_the_client_secret(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, SECRET * 8, "HS256", {"kid": "one"})


@pytest.mark.parametrize(
    "sign", [unsigned, by_another_key, by_no_known_key, by_the_client_secret, lambda _: "a.b.c", lambda _: ""]
)
def test_a_token_that_it_did_not_sign(
    its_portal: Portal, hostile: HostileProvider, sign: Callable[[dict[str, Any]], str]
) -> None:
    hostile.reset()
    hostile.sign = sign
    assert not let_in(returns(its_portal, hostile))


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"nonce": ""}, {"nonce": None}, {"iss": "http://localhost:1"}, {"aud": "another"}, {"aud": ["another"]},
     {"aud": [CLIENT, "another"]}, {"azp": "another"}, {"exp": NOW - 120}, {"exp": None}, {"iat": NOW + 86_400}, {"sub": ""},
     {"sub": 7}, {"sub": "x" * 300}, {"sub": "another than userinfo says"}],
)  # fmt: skip
def test_a_token_for_something_else(its_portal: Portal, hostile: HostileProvider, claims: dict[str, Any]) -> None:
    hostile.reset()
    hostile.claims = claims
    assert not let_in(returns(its_portal, hostile))


def test_an_answer_in_anothers_name(its_portal: Portal, hostile: HostileProvider) -> None:
    hostile.reset()
    assert not let_in(returns(its_portal, hostile, iss="https://another.test"))


def redirect(to: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: answer(handler, b"", 302, Location=to)


def huge(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, json.dumps({"access_token": "x" * 3_000_000}).encode())


def slow(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.1)


def deep(handler: BaseHTTPRequestHandler) -> None:
    answer(handler, b"[" * 100_000)


METADATA = "http://169.254.169.254/latest/meta-data/"
BAD = [
    redirect(METADATA), redirect("http://localhost:9/"), redirect("/jwks"), huge, deep, lambda handler: answer(handler, b"[]"),
    lambda handler: answer(handler, b"{}", 500), lambda handler: answer(handler, b"{}", 400),
]  # fmt: skip


@pytest.mark.parametrize("path", ["/token", "/userinfo", "/jwks"])
@pytest.mark.parametrize("say", BAD)
def test_answers_that_are_none(
    its_portal: Portal, hostile: HostileProvider, path: str, say: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    hostile.reset()
    hostile.say[path] = say
    assert not let_in(returns(its_portal, hostile))


def test_a_slow_answer_ends(its_portal: Portal, hostile: HostileProvider) -> None:
    hostile.reset()
    hostile.say["/userinfo"] = slow
    began = time.monotonic()
    assert not let_in(returns(its_portal, hostile))
    assert time.monotonic() - began < patience(14)


ELSEWHERE = [METADATA, "http://127.0.0.1:9/token", "http://10.0.0.1/token", "http://localhost/token", "http://[::1]/", "file:///etc/passwd",
             "gopher://x", "", 7, None]  # fmt: skip


# Each case starts the portal anew: a web process reads the document once.
@pytest.mark.parametrize(
    ("name", "address"),
    [
        pytest.param(name, address, marks=[] if (row + column) % 6 == 0 else pytest.mark.endure)
        for row, address in enumerate(ELSEWHERE)
        for column, name in enumerate(("token_endpoint", "userinfo_endpoint", "jwks_uri"))
        if address or name != "userinfo_endpoint"  # it need not be named
    ],
)
def test_a_document_that_leads_elsewhere(
    open_portal: OpenPortal, hostile: HostileProvider, name: str, address: object
) -> None:
    hostile.reset()
    hostile.config = {name: address}
    portal = discovering(open_portal, hostile)
    visitor = Visitor(portal.url)
    page = visitor.send(visitor.get("/account/login/"), "/account/sign-on/sso/login/")
    if 'http-equiv="refresh"' in page.text:
        assert not let_in(returns(portal, hostile))
    else:
        assert "登录未成功" in page.text


_fresh: list[Portal] = []


def discovering(open_portal: OpenPortal, hostile: HostileProvider) -> Portal:
    """The one portal of these tests, started anew: it has read no document."""
    if not _fresh:
        _fresh.append(open_portal(**sso_settings(hostile.url)))
    else:
        _fresh[0].stop()
        _fresh[0].start()
    return _fresh[0]


@pytest.mark.parametrize("issuer", ["http://localhost:1", "", None, "https://accounts.google.com"])
def test_anothers_document(open_portal: OpenPortal, hostile: HostileProvider, issuer: object) -> None:
    hostile.reset()
    hostile.config = {"issuer": issuer}
    visitor = Visitor(discovering(open_portal, hostile).url)
    page = visitor.send(visitor.get("/account/login/"), "/account/sign-on/sso/login/")
    assert "登录未成功" in page.text


@pytest.mark.browser
def test_a_browser_goes_there_and_comes_back(sso_portal: Portal, provider: RealProvider, browser: Any) -> None:
    provider.knows("u9", email="nina@uni.test", email_verified=True, preferred_username="nina")
    context = browser.new_context()
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    tab.goto(sso_portal.url + "/account/login/")
    tab.get_by_role("button", name="用 学院 SSO 登录").click()
    tab.wait_for_url("**/oauth2/authorize?**")
    tab.locator("input[name=sub]").fill("u9")
    tab.get_by_role("button", name="Authorize").first.click()
    tab.wait_for_url("**/account/sign-on/register/")
    tab.locator("main").get_by_role("button", name="注册").click()
    tab.wait_for_url(sso_portal.url + "/")
    assert tab.locator(".greeting bdi").inner_text() == "nina"
    context.close()
    assert [text for text in complaints if "Content Security" in text and "localhost:" not in text] == []
