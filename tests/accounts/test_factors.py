"""Second factors and passkeys in a real Chromium, with an authenticator of its own; nothing may break the page's policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from newsreel.accounts.roles import Role
from tests.accounts.making import PASSWORD, an_account
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Person:
    """A tab with a virtual authenticator, and what the browser complained of."""

    def __init__(self, browser: Browser, portal: Portal) -> None:
        self.context = browser.new_context(locale="en")
        self.context.set_default_timeout(20000)
        self.context.add_cookies([{"name": "django_language", "value": "en", "url": portal.url}])
        self.url = portal.url
        self.tab: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.tab.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.add_init_script(
            "document.addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective))"
        )
        self.cdp: CDPSession = self.context.new_cdp_session(self.tab)
        self.cdp.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        more = {"isUserVerified": True, "automaticPresenceSimulation": True}
        self.authenticator = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})[
            "authenticatorId"
        ]

    def go(self, path: str) -> Page:
        self.tab.goto(self.url + path)
        if "/reauthenticate/" in self.tab.url:  # whoever changes an account confirms first who they are
            self.tab.locator("main").get_by_label("Password").fill(PASSWORD)
            self.tab.get_by_role("button", name="Confirm").click()
            self.tab.wait_for_url(self.url + path)
        return self.tab

    def log_in(self, name: str) -> None:
        tab = self.go("/account/login/")
        tab.locator("main").get_by_label("Name or e-mail").fill(name)
        tab.locator("main").get_by_label("Password").fill(PASSWORD)
        tab.locator("main").get_by_role("button", name="Log in", exact=True).click()

    def log_out(self) -> None:
        self.tab.get_by_role("button", name="Log out").first.click()
        self.tab.wait_for_url(self.url + "/")

    def is_in(self, name: str) -> bool:
        self.tab.wait_for_url(self.url + "/")
        return self.tab.locator(".greeting bdi").inner_text() == name


@pytest.fixture
def person(browser: Browser, easy_portal: Portal) -> Iterator[Person]:
    cache.clear()
    found = Person(browser, easy_portal)
    yield found
    found.context.close()
    assert found.complaints == []


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def set_up_an_app(person: Person) -> tuple[str, list[str]]:
    """The key, and the recovery codes."""
    tab = person.go("/account/second-factor/totp/activate/")
    assert tab.locator(".qr svg path").bounding_box()["width"] > 100  # type: ignore[index]
    secret = tab.locator("code.key").inner_text()
    tab.get_by_label("Code", exact=True).fill(code_of(secret))
    tab.get_by_role("button", name="Set up").click()
    tab.wait_for_url("**/recovery-codes/")
    codes = tab.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    return secret, codes


def test_a_passkey_is_added_and_logs_in_alone(person: Person) -> None:
    an_account("alice")
    person.log_in("alice")
    assert person.is_in("alice")
    tab = person.go("/account/second-factor/webauthn/add/")
    tab.get_by_label("What it is called").fill("my <key>")
    assert tab.get_by_label("Log in by it alone").is_checked()
    tab.get_by_role("button", name="Add").click()
    tab.wait_for_url("**/recovery-codes/")
    stored = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).wrap()
    assert (stored.name, stored.is_passwordless) == ("my <key>", True)
    person.log_out()
    tab = person.go("/account/login/?next=/about/")
    tab.get_by_role("button", name="Log in by a passkey").click()
    tab.wait_for_url(person.url + "/about/")
    assert tab.locator(".greeting bdi").inner_text() == "alice"
    tab = person.go("/account/second-factor/webauthn/")
    tab.get_by_role("link", name="Rename").click()
    tab.wait_for_url("**/reauthenticate/**")  # a new session: its owner confirms who it is, by the passkey too
    tab.get_by_role("link", name="Use a security key").click()
    tab.get_by_role("button", name="Use the passkey").click()
    tab.get_by_label("What it is called").fill("key two")
    tab.get_by_role("button", name="Save").click()
    tab.get_by_role("link", name="Remove").click()
    assert "key two" in tab.locator("main").inner_text()
    tab.get_by_role("button", name="Remove").click()
    tab.wait_for_url("**/webauthn/")
    assert not Authenticator.objects.exists()


def test_a_passkey_is_asked_for_after_the_password(person: Person) -> None:
    an_account("bob")
    person.log_in("bob")
    tab = person.go("/account/second-factor/webauthn/add/")
    tab.get_by_label("Log in by it alone").uncheck()
    tab.get_by_role("button", name="Add").click()
    tab.wait_for_url("**/recovery-codes/")
    person.log_out()
    person.log_in("bob")
    tab.wait_for_url("**/authenticate/")
    tab.get_by_role("button", name="Use the passkey").click()
    assert person.is_in("bob")


def test_an_authenticator_app_and_recovery_codes_that_hold_once(person: Person) -> None:
    an_account("alice")
    person.log_in("alice")
    secret, codes = set_up_an_app(person)
    person.log_out()
    person.log_in("alice")
    tab = person.tab
    tab.wait_for_url("**/authenticate/")
    tab.get_by_label("Code", exact=True).fill("000000")
    tab.get_by_role("button", name="Log in", exact=True).last.click()
    assert tab.locator(".fault p").first.inner_text()
    tab.get_by_label("Code", exact=True).fill(codes[0])
    tab.get_by_role("button", name="Log in", exact=True).last.click()
    assert person.is_in("alice")
    person.log_out()
    person.log_in("alice")
    tab.get_by_label("Code", exact=True).fill(codes[0])
    tab.get_by_role("button", name="Log in", exact=True).last.click()
    assert tab.locator(".fault p").first.inner_text()
    cache.clear()  # the code that set the app up counts as used: it may come again
    tab.get_by_label("Code", exact=True).fill(code_of(secret))
    tab.get_by_role("button", name="Log in", exact=True).last.click()
    assert person.is_in("alice")
    tab = person.go("/account/second-factor/totp/deactivate/")
    tab.get_by_role("button", name="Remove").click()
    tab.wait_for_url("**/second-factor/")
    assert not Authenticator.objects.exists()


def test_a_page_says_what_a_browser_cannot(person: Person) -> None:
    an_account("alice")
    person.log_in("alice")
    person.tab.add_init_script("delete window.PublicKeyCredential")
    tab = person.go("/account/second-factor/webauthn/add/")
    assert tab.get_by_role("button", name="Add").is_disabled()
    assert "knows no passkeys" in tab.get_by_role("alert").inner_text()
    person.log_out()
    tab = person.go("/account/login/")
    assert tab.get_by_role("button", name="Log in by a passkey").count() == 0


def test_a_passkey_that_is_not_given_is_said(person: Person) -> None:
    an_account("alice")
    person.log_in("alice")
    person.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": person.authenticator, "isUserVerified": False})
    tab = person.go("/account/second-factor/webauthn/add/")
    tab.get_by_role("button", name="Add").click()
    tab.get_by_role("alert").wait_for()
    assert tab.get_by_role("alert").inner_text() == "The passkey was not used. Please try again."
    assert not Authenticator.objects.exists()


PAGES = (
    "",
    "totp/activate/",
    "webauthn/",
    "webauthn/add/",
    "recovery-codes/",
    "recovery-codes/generate/",
    "totp/deactivate/",
)


@pytest.mark.endure
@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=pytest.mark.endure)])
def test_the_pages_can_be_used_by_everybody(person: Person, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    an_account("alice", Role.ADMINISTRATOR)
    person.log_in("alice")
    set_up_an_app(person)
    person.context.add_cookies([{"name": "django_language", "value": language, "url": person.url}])
    paths = [f"/account/second-factor/{page}" for page in PAGES] + ["/account/sessions/", "/account/login/"]
    for path in paths:
        tab = person.go(path)
        found: Any = Axe().run(tab)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        text = tab.locator("main").inner_text()
        assert bool(re.search("[一-鿿]", text)) == (language == "zh-hans"), (path, text)


def test_the_keyboard_alone_serves(person: Person) -> None:
    an_account("alice")
    person.log_in("alice")
    tab = person.go("/account/second-factor/webauthn/add/")
    tab.get_by_label("What it is called").focus()
    tab.keyboard.press("Tab")
    assert tab.get_by_label("Log in by it alone").evaluate("e => e === document.activeElement")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/recovery-codes/")
