"""The captcha over real HTTP, in two server processes on one database, and in a real Chromium."""

from __future__ import annotations

import http.client
import os
import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection

from newsreel.accounts.models import Attempt, Challenge
from tests.accounts.making import PASSWORD, an_account
from tests.accounts.test_challenges import answer_of
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from newsreel.archive.embedded import ServerAddress

pytestmark = pytest.mark.django_db(transaction=True)
LOGIN = "/account/login/"
WRONG = "验证码不正确或已失效"


@pytest.fixture(scope="module")
def portals(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Portal]]:
    """Two web processes; they share their key as those of one installation do."""
    dsn, home = database_server.dsn_of(connection.settings_dict["NAME"]), tmp_path_factory.mktemp("portals")
    running = [Portal(home, dsn), Portal(home, dsn)]
    for portal in running:
        portal.start()
    yield running
    for portal in running:
        portal.stop()


@pytest.fixture(scope="module")
def browser(portals: list[Portal], browser: Browser) -> Iterator[Browser]:
    """A Chromium beside Django's database in the main thread."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield browser
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def _sent(
    portal: Portal, method: str, cookies: str, fields: dict[str, str] | None = None
) -> tuple[int, list[str], str]:
    """Status, cookies that were set, page."""
    link = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": f"localhost:{portal.port}",
        "Cookie": cookies,
    }
    link.request(method, LOGIN, urlencode(fields) if fields else None, headers)
    answer = link.getresponse()
    page = answer.read().decode()
    told = answer.headers.get_all("Set-Cookie") or []
    link.close()
    return answer.status, [cookie.split(";")[0] for cookie in told], page


def _value(name: str, page: str) -> str:
    return str(re.findall(rf'name="{name}" value="([^"]+)"', page)[0])


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_of_sixteen_submits_at_once_to_two_processes_one_passes(portals: list[Portal], password: str) -> None:
    an_account("alice")
    _, cookies, page = _sent(portals[0], "GET", "")
    token = _value("captcha_token", page)
    fields = {
        "csrfmiddlewaretoken": _value("csrfmiddlewaretoken", page),
        "login": "alice",
        "password": password,
        "captcha_token": token,
        "captcha": answer_of(token)[0],
    }
    ready, answers = threading.Barrier(16), []

    def submit(portal: Portal) -> None:
        ready.wait()
        answers.append(_sent(portal, "POST", "; ".join(cookies), fields))

    threads = [threading.Thread(target=submit, args=[portals[number % 2]]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [page for status, _, page in answers if status == 200 and WRONG in page]
    passed = [status for status, _, page in answers if WRONG not in page]
    assert len(refused) == 15
    assert passed == ([302] if password == PASSWORD else [200])


def _context(browser: Browser, **options: object) -> BrowserContext:
    Attempt.objects.all().delete()  # every test here comes from one address
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(20000)
    return context


def _seen(tab: Page, scope: str) -> int:
    tab.wait_for_function("scope => document.querySelector(scope + ' .captcha img')?.naturalWidth > 0", arg=scope)
    return int(tab.locator(f"{scope} .captcha img").evaluate("node => node.naturalWidth"))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Nothing is complained about, and no request leaves the host."""
    context = _context(browser)
    said: list[str] = []
    asked: list[str] = []
    context.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    context.on("weberror", lambda error: said.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    assert said == []
    assert {url.split("/")[2].split(":")[0] for url in asked} == {"localhost"}


@pytest.mark.browser
def test_the_box_has_none_until_it_is_touched(portals: list[Portal], context: BrowserContext) -> None:
    an_account("alice")
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(portals[0].url + "/about/")
    assert tab.locator("#login-box .captcha").count() == 0
    assert not any("captcha/" in url for url in asked)
    assert not Challenge.objects.exists()
    tab.locator("#login-box [name=login]").fill("alice")
    assert _seen(tab, "#login-box") == 400
    assert not any("sound" in url for url in asked)
    first = tab.locator("#login-box img").get_attribute("src")
    tab.locator("#login-box img").click()
    assert tab.locator("#login-box .captcha").is_visible()
    tab.locator("h1").click()
    assert not tab.locator("#login-box .captcha").is_visible(), "it does not stay before the page"
    tab.locator("#login-box [name=password]").fill(PASSWORD)
    assert tab.locator("#login-box .captcha-another").inner_text() == "看不清?换一张"
    tab.evaluate("window.same = true")
    tab.locator("#login-box .captcha-another").click()
    tab.wait_for_function("first => document.querySelector('#login-box img').getAttribute('src') !== first", arg=first)
    assert _seen(tab, "#login-box") == 400
    assert tab.evaluate("window.same"), "without being loaded anew"
    assert tab.locator("#login-box [name=login]").input_value() == "alice"
    assert tab.evaluate("document.activeElement.name") == "captcha"
    token = tab.locator("#login-box [name=captcha_token]").input_value()
    tab.keyboard.type(answer_of(token)[0].lower())
    tab.keyboard.press("Enter")
    tab.wait_for_selector("nav.door")
    assert tab.url == portals[0].url + "/about/"


@pytest.mark.browser
def test_it_is_heard_and_the_digits_are_the_answer(portals: list[Portal], context: BrowserContext) -> None:
    an_account("alice")
    tab = context.new_page()
    tab.goto(portals[0].url + LOGIN)
    assert _seen(tab, "main") == 400
    tab.locator("main [name=login]").fill("alice")
    tab.locator("main [name=password]").fill(PASSWORD)
    with tab.expect_response(lambda answer: answer.url.endswith("/sound.wav")) as answer:
        tab.get_by_text("听验证码").click()
    assert answer.value.status == 206
    tab.wait_for_function("() => document.querySelector('main audio').duration > 5")
    token = tab.locator("main [name=captcha_token]").input_value()
    tab.locator("main [name=captcha]").fill(answer_of(token)[1])
    tab.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
    tab.wait_for_selector("nav.door")


@pytest.mark.browser
def test_by_keyboard_alone(portals: list[Portal], context: BrowserContext) -> None:
    an_account("alice")
    tab = context.new_page()
    tab.goto(portals[0].url + LOGIN)
    tab.locator("main [name=login]").focus()
    tab.keyboard.type("alice")
    visited = []
    for _ in range(12):
        tab.keyboard.press("Tab")
        what = tab.evaluate("(e => e.name || e.tagName)(document.activeElement)")
        visited.append(what)
        if what == "password":
            tab.keyboard.type(PASSWORD)
        if what == "captcha_another":
            before = tab.locator("main img").get_attribute("src")
            tab.keyboard.press("Enter")
            tab.wait_for_function("b => document.querySelector('main img').getAttribute('src') !== b", arg=before)
            break
    assert visited == ["password", "remember", "captcha", "captcha_another"]
    tab.keyboard.type(answer_of(tab.locator("main [name=captcha_token]").input_value())[0])
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"
    tab.locator("main [name=captcha]").press("Enter")
    tab.wait_for_selector("nav.door")


@pytest.mark.browser
def test_without_a_script_the_box_leads_to_the_captcha(portals: list[Portal], browser: Browser) -> None:
    an_account("alice")
    context = _context(browser, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(portals[0].url + "/about/")
    tab.locator("#login-box [name=login]").fill("alice")
    tab.locator("#login-box [name=password]").fill(PASSWORD)
    tab.locator("#login-box [name=password]").press("Enter")
    tab.wait_for_url("**/account/login/")
    form = tab.locator("main form.sheet")
    assert form.locator("[name=login]").input_value() == "alice"
    assert tab.get_by_role("alert").count() == 0
    token = form.locator("[name=captcha_token]").get_attribute("value")
    form.get_by_role("button", name="看不清?换一张").click()
    tab.wait_for_load_state()
    assert form.locator("[name=login]").input_value() == "alice"
    renewed = form.locator("[name=captcha_token]").get_attribute("value")
    assert renewed is not None
    assert renewed != token
    assert tab.get_by_role("alert").count() == 0
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("[name=captcha]").fill(answer_of(renewed)[0])
    form.locator("[name=captcha]").press("Enter")  # presses the form's own button, not the one for another captcha
    tab.wait_for_selector("nav.door")
    assert tab.url == portals[0].url + "/about/"
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(portals: list[Portal], browser: Browser, scheme: str) -> None:
    context = _context(browser, color_scheme=scheme)
    tab = context.new_page()
    tab.goto(portals[0].url + LOGIN)
    _seen(tab, "main")
    tab.locator("main summary").click()
    pages = [Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})]
    tab.locator("main [name=login]").fill("alice")
    tab.locator("main [name=password]").fill("x")
    tab.locator("main [name=captcha]").fill("WRONG1")
    tab.locator("main [name=captcha]").press("Enter")
    tab.wait_for_selector("main .captcha-error")
    assert tab.get_by_role("textbox", name="验证码").get_attribute("aria-invalid") == "true"
    pages.append(Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}))
    tab.goto(portals[0].url + "/about/")
    tab.locator("#login-box [name=login]").focus()
    _seen(tab, "#login-box")
    pages.append(
        Axe().run(tab, context="#login-box", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    )
    assert [page.generate_report() for page in pages if page.violations_count] == []
    if os.environ.get("LOOK_AT"):
        tab.screenshot(path=f"/tmp/box-{scheme}.png")
    context.close()
