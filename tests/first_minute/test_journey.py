"""A newcomer's way in a real Chromium: from the empty portal by one click to an article of the sample, and back."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.first_minute.house import CLOSED, House
from tests.installation import ready_home
from tests.patience import patience

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
BOTH = [
    ("zh", DESK),
    ("en", PHONE),
    pytest.param("zh", PHONE, marks=pytest.mark.endure),
    pytest.param("en", DESK, marks=pytest.mark.endure),
]
WORDS = {
    "zh": ("您的位置", "首页", "原网页", "标签", "关键词", "滚动新闻", "打开示例", "【示例】"),
    "en": (
        "You are here",
        "Home",
        "Original page",
        "Topics",
        "Keywords",
        "Rolling news",
        "Open the sample",
        "[Sample]",
    ),
}


@dataclass
class Newcomer:
    """A browser with what it complained about."""

    context: BrowserContext
    house: House
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        tab = self.context.new_page()
        tab.on("console", self._said)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.goto(f"http://localhost:{self.house.port}{path}")
        return tab

    def speak(self, language: str) -> None:
        """As if the language had been chosen before."""
        if language == "en":
            place = {"name": "django_language", "value": "en", "url": f"http://localhost:{self.house.port}"}
            self.context.add_cookies([place])  # type: ignore[list-item]

    def serious(self) -> list[str]:
        """What it complained about, but for the moment in which one server takes the other's place."""
        return [said for said in self.complaints if "net::ERR_" not in said]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One house for the whole way: the tests below are its stations, in their order."""
    ground = Path(tempfile.mkdtemp(prefix="nr-first-", dir="/tmp"))
    ready_home(ground / "home")
    made = House(ground / "home", NEWSREEL_PROXY=CLOSED, NEWSREEL_SAMPLE="never")
    try:
        made.start().up()
        made.shows("/", "没有网络")
        yield made
    finally:
        made.end()
        shutil.rmtree(ground)


@pytest.fixture
def in_sample(house: House) -> House:
    """The house with its sample open, also where the station that opens it was left out (make endure)."""
    if "sample-banner" not in house.visitor.get("/"):
        house.visitor.send("/", "/sample/open/")
        house.shows("/", "sample-banner", "/article/", seconds=patience(30))
    return house


def newcomer(browser: Browser, house: House, language: str, **device: Any) -> Newcomer:
    context = browser.new_context(timezone_id="Asia/Shanghai", **device)
    context.set_default_timeout(patience(15) * 1000)
    made = Newcomer(context, house)
    made.speak(language)
    return made


def nothing_is_wider(tab: Page) -> bool:
    return bool(tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def has_every_part(tab: Page, language: str) -> None:
    """The parts of an article's page, each as a reader finds it."""
    here, home, original, topics, keywords, rolling, _, mark = WORDS[language]
    assert tab.title().startswith(mark)
    assert tab.locator(".sample-banner strong").is_visible()
    assert tab.locator(".crumbs").inner_text().startswith(f"{here}:{home}")
    assert len(tab.locator("h1").inner_text()) > 5
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d", tab.locator(".story-meta time").inner_text())
    assert len(tab.locator(".story-meta .outlet").inner_text()) > 2
    link = tab.locator("a.original")
    assert link.inner_text().startswith(original)
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert re.fullmatch(r"http://[a-z.-]+\.example/.*", link.get_attribute("href") or "")
    assert tab.locator("#body p").count() > 1
    assert tab.locator("#body :is(script, iframe, form, button, style), #body img:not([src^='/picture/'])").count() == 0
    about = tab.locator("#about-story").inner_text()
    assert topics in about
    assert keywords in about
    assert tab.locator("#keywords a").count() > 0
    assert rolling in tab.locator("aside h2").inner_text()
    assert tab.locator("#rolling li").count() > 5
    assert nothing_is_wider(tab)


@pytest.mark.parametrize(("language", "device"), BOTH, ids=str)
def test_the_empty_portal_offers_two_ways(
    browser: Browser, house: House, language: str, device: dict[str, Any]
) -> None:
    visitor = newcomer(browser, house, language, **device)
    tab = visitor.open()
    assert tab.get_by_role("button", name=WORDS[language][6]).is_visible()
    assert tab.locator("#address").is_visible()
    assert nothing_is_wider(tab)
    assert visitor.complaints == []
    visitor.context.close()


def test_one_click_leads_to_an_article_of_the_sample(browser: Browser, house: House) -> None:
    visitor = newcomer(browser, house, "zh", **DESK)
    tab = visitor.open()
    clicked = time.monotonic()
    tab.get_by_role("button", name="打开示例").click()
    tab.locator("#switching").wait_for()
    house.visitor.send("/", "/sample/open/")  # an impatient second click, of no meaning once the sample is open
    tab.wait_for_selector(".sample-banner", timeout=patience(30) * 1000)
    # The portal may be quicker than the first article: then the page says that there is news, and is to be clicked on.
    tab.locator(".items h2 a, #fresh:not([hidden]) a").first.wait_for()
    if not tab.locator(".items h2 a").count():
        tab.locator("#fresh a").click()
    tab.locator(".items h2 a").first.click()
    tab.wait_for_selector("#body")
    seconds = time.monotonic() - clicked
    print(f"from the click to the first article's page: {seconds:.1f} s")
    assert seconds < patience(15)
    assert visitor.serious() == []
    visitor.context.close()


@pytest.mark.parametrize(("language", "device"), BOTH, ids=str)
def test_an_article_of_the_sample_has_every_part(
    browser: Browser, in_sample: House, language: str, device: dict[str, Any]
) -> None:
    visitor = newcomer(browser, in_sample, language, **device)
    tab = visitor.open()
    tab.locator(".items h2 a").first.wait_for()
    assert nothing_is_wider(tab)
    tab.locator(".items h2 a").nth(3).click()
    tab.wait_for_selector("#keywords a")
    has_every_part(tab, language)
    tab.locator("#keywords a").first.click()
    tab.wait_for_selector(".items h2 a")
    assert visitor.complaints == []
    visitor.context.close()


@pytest.mark.endure
def test_articles_of_the_sample_show_their_pictures(browser: Browser, in_sample: House) -> None:
    visitor = newcomer(browser, in_sample, "zh", **PHONE)
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(request.url))
    tab = visitor.open()
    tab.locator(".items h2 a").first.wait_for()
    paths = [link.get_attribute("href") or "" for link in tab.locator(".items h2 a").all()]
    seen = 0
    for path in paths[:10]:
        tab = visitor.open(path)
        for image in tab.locator("#body img").all():
            image.scroll_into_view_if_needed()
            tab.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
            seen += 1
        assert nothing_is_wider(tab)
        tab.close()
    assert seen >= 3
    assert [url for url in asked if not url.startswith(f"http://localhost:{in_sample.port}/")] == []
    assert visitor.complaints == []
    visitor.context.close()


@pytest.mark.endure
def test_a_new_article_rolls_in_without_a_reload(browser: Browser, in_sample: House) -> None:
    visitor = newcomer(browser, in_sample, "zh", **DESK)
    tab = visitor.open()
    tab.wait_for_selector("#live-state.on")
    tab.evaluate("window.notReloaded = true")
    first = tab.locator("#rolling li:first-child a").get_attribute("href")
    began = time.monotonic()
    tab.wait_for_function(
        "first => document.querySelector('#rolling li:first-child a').getAttribute('href') !== first", arg=first
    )
    print(f"the next article rolled in after {time.monotonic() - began:.1f} s")
    assert tab.evaluate("window.notReloaded")
    assert "条新资讯" in tab.locator("#fresh").inner_text()
    assert visitor.complaints == []
    visitor.context.close()


@pytest.mark.endure
def test_one_click_leaves_the_sample(browser: Browser, in_sample: House) -> None:
    visitor = newcomer(browser, in_sample, "zh", **PHONE)
    tab = visitor.open()
    tab.get_by_role("button", name="退出示例").click()
    tab.get_by_role("button", name="打开示例").wait_for(timeout=patience(30) * 1000)
    time.sleep(1)
    tab.reload()
    assert tab.locator(".sample-banner").count() == 0
    assert "【示例】" not in tab.title()
    assert visitor.serious() == []
    visitor.context.close()
    assert in_sample.rows("article") == 0
