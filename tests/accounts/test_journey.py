"""The page of every article, signed out and in: registration with captcha, the mail's link, login by address, 换一张, log out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from newsreel.accounts.models import Attempt, User
from newsreel.archive.models import Letter
from tests.accounts.test_challenges import answer_of
from tests.portal.making import a_channel, an_article
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {
    "zh-hans": {
        "greeting": "您好,欢迎访问!", "login": "登录", "register": "注册", "hello": "您好,", "out": "退出",
        "fields": ("用户名/邮箱", "登录密码", "验证码"), "another": "看不清?换一张",
    },
    "en": {
        "greeting": "Hello and welcome!", "login": "Log in", "register": "Register", "hello": "Hello, ", "out": "Log out",
        "fields": ("Name/e-mail", "Password", "Captcha"), "another": "Cannot read it? Another one",
    },
}  # fmt: skip
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture
def context(browser: Browser, portal: Portal, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A reader who has chosen a language; nothing is complained about, and no request leaves the portal."""
    language, viewport = request.param
    Attempt.objects.all().delete()  # every test here comes from one address
    made = browser.new_context(viewport=viewport, base_url=portal.url, reduced_motion="reduce")
    made.set_default_timeout(20000)
    made.add_cookies([{"name": "django_language", "value": language, "url": portal.url}])
    complaints, strangers = [], []
    made.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    made.on(
        "request", lambda asked: None if asked.url.startswith((portal.url, "data:")) else strangers.append(asked.url)
    )
    yield made
    made.close()
    assert not complaints
    assert not strangers


@pytest.fixture
def article() -> str:
    return f"/article/{an_article(a_channel(), 'North Koreans worked', keywords=['Kursk'], topics=[]).pk}/"


def perfect(tab: Page) -> None:
    """axe finds nothing of WCAG 2.2 A and AA."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(tab, options=options).response["violations"]
    assert not found, [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found]


def captcha_in(tab: Page, scope: str) -> str:
    """What the picture shows, as the database has it."""
    tab.wait_for_function("scope => document.querySelector(scope + ' .captcha img')?.naturalWidth > 0", arg=scope)
    return answer_of(tab.locator(f"{scope} [name=captcha_token]").input_value())[0]


def mailed_link(address: str) -> str:
    """The link of the last letter to an address."""
    letter = Letter.objects.filter(recipient=address).order_by("-id")[0]
    return re.search(r"https?://\S+", letter.text)[0]  # type: ignore[index]


BOTH = [
    pytest.param(("zh-hans", DESK), marks=pytest.mark.endure),
    ("zh-hans", PHONE),
    ("en", DESK),
    pytest.param(("en", PHONE), marks=pytest.mark.endure),
]


@pytest.mark.parametrize("context", BOTH, indirect=True, ids=["zh-desk", "zh-phone", "en-desk", "en-phone"])
def test_from_an_article_to_an_account_and_back(
    context: BrowserContext, article: str, request: pytest.FixtureRequest
) -> None:
    words = WORDS[request.node.callspec.params["context"][0]]
    name = "李雷" if words["out"] == "退出" else "Mei.Lin"
    address = "reader@example.org"
    tab = context.new_page()
    tab.goto(article)
    assert words["greeting"] in tab.inner_text(".greeting")
    for label in words["fields"][:2]:
        assert tab.locator("#login-box").get_by_label(label).is_visible()
    perfect(tab)

    tab.locator(".greeting").get_by_role("link", name=words["register"], exact=True).click()
    tab.fill("[name=username]", name)
    tab.fill("[name=email]", address)
    tab.fill("[name=password1]", "long enough, 足够长")
    tab.fill("[name=password2]", "long enough, 足够长")
    assert {tab.get_attribute(f"[name={field}]", "type") for field in ("password1", "password2")} == {"password"}
    before, shown = captcha_in(tab, ".sheet"), tab.input_value(".sheet [name=captcha_token]")
    tab.get_by_role("button", name=words["another"]).click()
    tab.wait_for_function("shown => document.querySelector('.sheet [name=captcha_token]').value !== shown", arg=shown)
    after = captcha_in(tab, ".sheet")
    assert after != before
    assert tab.input_value("[name=username]") == name, "换一张 keeps what was typed"
    perfect(tab)
    tab.fill(".sheet [name=captcha]", after.lower())
    tab.locator(".sheet button.primary").click()
    tab.wait_for_url("**/confirm-email/")
    perfect(tab)

    tab.goto(mailed_link(address))
    perfect(tab)
    tab.locator(".sheet button.primary").click()
    tab.wait_for_url("**/login/")

    tab.goto(article)
    box = tab.locator("#login-box")
    box.get_by_label(words["fields"][0]).fill(address.upper())
    answer = captcha_in(tab, "#login-box")
    perfect(tab)
    box.get_by_label(words["fields"][1]).fill("long enough, 足够长")
    box.get_by_label(words["fields"][2], exact=True).fill(answer)
    box.get_by_role("button", name=words["login"], exact=True).click()
    tab.wait_for_selector(".door")
    assert tab.url.endswith(article), "back where the reader was"
    assert tab.inner_text(".greeting") == f"{words['hello']}{name}"
    assert not tab.locator("#login-box").count()
    perfect(tab)
    tab.goto("/account/")
    perfect(tab)

    tab.goto(article)
    tab.get_by_role("button", name=words["out"]).click()
    tab.wait_for_selector("#login-box")
    assert words["greeting"] in tab.inner_text(".greeting")
    assert User.objects.get().username == name


@pytest.mark.parametrize("context", [("zh-hans", DESK)], indirect=True)
def test_by_keyboard_alone(context: BrowserContext, article: str) -> None:
    tab = context.new_page()
    tab.goto(article)

    def go_to(selector: str) -> None:
        for _ in range(60):
            if tab.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            tab.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not reach {selector}")

    go_to(".greeting a[href*=register]")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/register/")
    for field, text in (
        ("username", "韩梅梅"),
        ("email", "han@example.org"),
        ("password1", "long enough 1 x"),
        ("password2", "long enough 1 x"),
    ):
        go_to(f"[name={field}]")
        tab.keyboard.type(text)
    go_to(".captcha-another")
    tab.keyboard.press("Enter")
    tab.wait_for_timeout(400)
    answer = captcha_in(tab, ".sheet")
    tab.keyboard.press("Shift+Tab")
    while not tab.evaluate("document.activeElement.matches('.sheet [name=captcha]')"):
        tab.keyboard.press("Shift+Tab")
    tab.keyboard.type(answer)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/confirm-email/")
    tab.goto(mailed_link("han@example.org"))
    go_to(".sheet button.primary")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/login/")
    go_to("[name=login]")
    tab.keyboard.type("韩梅梅")
    go_to("[name=password]")
    tab.keyboard.type("long enough 1 x")
    go_to(".sheet [name=captcha]")
    tab.keyboard.type(captcha_in(tab, ".sheet"))
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".door")
    go_to(".door button")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#login-box")
