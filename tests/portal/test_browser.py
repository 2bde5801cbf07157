"""The pages as a reader has them: a real Chromium on the real portal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from newsreel.archive import changes
from newsreel.archive.models import Article, ArticleKeyword, Keyword
from tests.patience import patience
from tests.portal.making import NOON, a_channel, an_article, many_articles
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@dataclass
class Reader:
    """A browser context with what it asked for and complained about."""

    context: BrowserContext
    portal: Portal
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """A tab on a page."""
        tab = self.context.new_page()
        tab.on("console", self._said)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.goto(self.portal.url + path)
        return tab

    def live_tab(self, path: str) -> Page:
        """A tab whose news are live."""
        tab = self.open(path)
        tab.wait_for_selector("#live-state.on")
        return tab

    def asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def streams(self) -> int:
        return sum("/live?" in url for url in self.requests)


def _reader(browser: Browser, portal: Portal, **options: Any) -> Reader:
    context = browser.new_context(timezone_id="Asia/Shanghai", **options)
    context.set_default_timeout(20000)
    reader = Reader(context, portal)
    context.on("request", reader.asked)
    return reader


@pytest.fixture
def reader(browser: Browser, portal: Portal) -> Iterator[Reader]:
    """Chinese, in Shanghai. Whatever the test does, no request leaves the host and nothing is complained about."""
    reader = _reader(browser, portal)
    yield reader
    reader.context.close()
    assert [url for url in reader.requests if not url.startswith(portal.url + "/")] == []
    assert reader.complaints == []


def _wait_text(tab: Page, selector: str, text: str) -> None:
    tab.locator(selector, has_text=text).first.wait_for()


def test_an_article_has_every_part_in_chinese(reader: Reader) -> None:
    channel = a_channel()
    article = an_article(
        channel,
        "North Koreans ‘worked like slaves’",
        keywords=["Kursk", "Pyongyang"],
        topics=["medtop:11000000"],
        authors=["Shweta Sharma"],
    )
    an_article(channel, "Something else")
    tab = reader.open(f"/article/{article.id}/")
    assert tab.locator("html").get_attribute("lang") == "zh-Hans"
    text = tab.locator("body").inner_text()
    assert "您好,欢迎访问!" in text
    assert tab.locator(".crumbs").inner_text() == "您的位置:首页 - 最新资讯"
    assert tab.locator("h1").inner_text() == "North Koreans ‘worked like slaves’"
    assert tab.locator(".story-meta time").inner_text() == "2025-08-12 20:00"
    assert tab.locator(".story-meta .outlet").inner_text() == "独立报-世界新闻"
    original = tab.locator("a.original")
    assert original.inner_text().startswith("原网页")
    assert original.get_attribute("href") == article.url
    assert original.get_attribute("rel") == "noopener noreferrer"
    assert "标签:" in text
    assert "政治" in tab.locator("#topics").inner_text()
    assert "关键词:" in text
    assert tab.locator("#keywords a").all_inner_texts() == ["Kursk", "Pyongyang"]
    assert "滚动新闻" in tab.locator("aside h2").inner_text()
    assert "Something else" in tab.locator("#rolling").inner_text()
    assert tab.locator("#body h2").inner_text() == "A fraction of what others earn"
    assert tab.locator("#body blockquote").count() == 1
    assert tab.locator("#body img").count() == 0
    assert tab.locator("#body figcaption").inner_text() == "A fire in Bilozerske"


def test_the_language_is_changed_by_the_reader_and_kept(reader: Reader) -> None:
    article = an_article(a_channel())
    tab = reader.open(f"/article/{article.id}/")
    tab.get_by_role("button", name="English").click()
    tab.wait_for_selector("html[lang=en]")
    assert tab.url.endswith(f"/article/{article.id}/")
    assert tab.locator(".crumbs").inner_text() == "You are here:Home - Latest news"
    assert tab.locator(".story-meta .outlet").inner_text() == "The Independent-World"
    assert "General" in tab.locator("#topics").inner_text()
    assert reader.open("/sources/").locator("html").get_attribute("lang") == "en"


def test_the_readers_zone_is_kept_from_the_first_visit_on(browser: Browser, portal: Portal) -> None:
    article = an_article(a_channel())
    context = browser.new_context(timezone_id="America/New_York")
    tab = context.new_page()
    tab.goto(f"{portal.url}/article/{article.id}/")
    assert tab.locator(".story-meta time").inner_text() == "2025-08-12 08:00"
    assert "timezone=America/New_York" in tab.evaluate("document.cookie")
    plain = context.request.get(f"{portal.url}/article/{article.id}/").text()
    assert "2025-08-12 08:00" in plain  # the server itself knows it now
    context.close()


def test_a_stored_article_appears_without_reload(reader: Reader) -> None:
    channel = a_channel()
    an_article(channel, "before")
    tab = reader.live_tab("/")
    began = time.monotonic()
    an_article(channel, "الأمم المتحدة", language="ar", published=NOON)
    _wait_text(tab, "#rolling li:first-child a", "الأمم المتحدة")
    assert time.monotonic() - began < patience(2)
    first = tab.locator("#rolling li").first
    assert first.locator(".outlet").inner_text() == "独立报-世界新闻"
    assert first.locator("time").inner_text() == "08-12 20:00"
    assert (first.locator("a").get_attribute("dir"), first.locator("a").get_attribute("lang")) == ("rtl", "ar")
    _wait_text(tab, "#fresh a", "有 1 条新资讯")
    many_articles(channel, 3)
    _wait_text(tab, "#fresh a", "有 4 条新资讯")
    tab.locator("#fresh a").click()
    _wait_text(tab, ".items h2", "الأمم المتحدة")
    assert not tab.locator("#fresh").is_visible()


def test_a_title_is_text_whatever_it_holds(reader: Reader) -> None:
    channel = a_channel()
    tab = reader.live_tab("/")
    an_article(channel, "<img src=x onerror=alert(1)>&amp;")
    _wait_text(tab, "#rolling a", "<img src=x onerror=alert(1)>&amp;")
    assert tab.locator("#rolling img").count() == 0


def test_all_tabs_share_one_stream_and_the_next_takes_over(reader: Reader) -> None:
    channel = a_channel()
    tabs = [reader.live_tab("/") for _ in range(8)]  # more than the six connections a browser makes to one host
    assert reader.streams() == 1
    an_article(channel, "for all tabs")
    for tab in tabs:
        _wait_text(tab, "#rolling a", "for all tabs")
    tabs.pop(0).close()  # it held the stream
    an_article(channel, "after the first has gone")
    for tab in tabs:
        _wait_text(tab, "#rolling a", "after the first has gone")
    assert reader.streams() == 2


def test_the_tab_that_takes_over_misses_nothing_and_repeats_nothing(reader: Reader) -> None:
    channel = a_channel()
    holder, other = reader.live_tab("/"), reader.live_tab("/about/")
    assert reader.streams() == 1
    an_article(channel, "one")
    _wait_text(other, "#rolling a", "one")
    holder.close()
    for title in ("two", "three", "four"):
        an_article(channel, title)
    _wait_text(other, "#rolling a", "four")
    assert other.locator("#rolling a").all_inner_texts() == ["four", "three", "two", "one"]


def test_what_came_while_the_portal_was_away_is_shown(reader: Reader, portal: Portal) -> None:
    channel = a_channel()
    tabs = [reader.live_tab("/"), reader.live_tab("/")]
    portal.stop()
    tabs[0].wait_for_selector("#live-state:not(.on)")
    many_articles(channel, 4)
    portal.start()
    for tab in tabs:
        _wait_text(tab, "#rolling a", "Title 3")
        assert tab.locator("#rolling a").all_inner_texts() == ["Title 3", "Title 2", "Title 1", "Title 0"]
    reader.complaints = [said for said in reader.complaints if "net::ERR_" not in said]  # that it was away


@pytest.mark.endure
def test_who_was_away_for_too_long_is_shown_what_is_there_now(reader: Reader, portal: Portal) -> None:
    channel = a_channel()
    tab = reader.live_tab("/about/")
    portal.stop()
    made = many_articles(channel, 2)
    changes.record("article", [made[0].id] * 1100, "changed")
    an_article(channel, "the last one")
    portal.start()
    _wait_text(tab, "#rolling a", "the last one")
    assert tab.locator("#rolling a").all_inner_texts() == ["the last one", "Title 1", "Title 0"]
    an_article(channel, "and live again")
    _wait_text(tab, "#rolling a", "and live again")
    reader.complaints = [said for said in reader.complaints if "net::ERR_" not in said]  # that it was away


def test_keywords_appear_on_an_open_page_when_they_are_known(reader: Reader) -> None:
    article = an_article(a_channel(), state=Article.State.STORED)
    tab = reader.live_tab(f"/article/{article.id}/")
    assert "正在分析" in tab.locator("#about-story").inner_text()
    Article.objects.filter(pk=article.id).update(state=Article.State.ENRICHED)
    ArticleKeyword.objects.create(article=article, keyword=Keyword.objects.create(key="kursk", text="Kursk"), weight=1)
    changes.record("article", [article.id], "enriched")
    _wait_text(tab, "#keywords a", "Kursk")
    changes.record("article", [article.id], "changed")
    tab.locator("#changed").wait_for()


def test_rolling_news_can_be_paused(reader: Reader) -> None:
    channel = a_channel()
    tab = reader.live_tab("/")
    tab.locator("#pause").click()
    an_article(channel, "held back")
    _wait_text(tab, "#fresh a", "有 1 条新资讯")
    assert tab.locator("#rolling a").count() == 0
    tab.locator("#pause").click()
    _wait_text(tab, "#rolling a", "held back")


def test_a_browser_without_locks_has_a_stream_of_its_own(reader: Reader) -> None:
    reader.context.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
    channel = a_channel()
    tabs = [reader.live_tab("/"), reader.live_tab("/")]
    an_article(channel, "to both")
    for tab in tabs:
        _wait_text(tab, "#rolling a", "to both")
    assert reader.streams() == 2


def test_the_theme_is_kept_and_there_before_the_page(reader: Reader) -> None:
    tab = reader.open("/")
    button = tab.locator("#theme")
    assert button.inner_text() == "◐ 自动"
    light = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    button.click()
    button.click()
    assert button.get_attribute("aria-label") == "主题 深色"
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    other = reader.open("/about/")
    assert other.evaluate("getComputedStyle(document.body).backgroundColor") == dark


@pytest.mark.parametrize(
    "path",
    ["/", "/article/{id}/", "/sources/", "/source/{source}/", "/about/", "/nothing", "/health/", "/health/{source}/"],
)
def test_nothing_is_wider_than_a_small_phone(browser: Browser, portal: Portal, path: str) -> None:
    channel = a_channel(name="A" * 120, name_zh="")
    wide = (
        "<table><tr>" + "<td>Donaudampfschifffahrtsgesellschaft</td>" * 12 + "</tr></table><pre>" + "x" * 500 + "</pre>"
    )
    article = an_article(
        channel,
        "Unbreakable" * 20,
        html=f"<p>{'w' * 300}</p>{wide}",
        text="w" * 300,
        keywords=["k" * 120],
        authors=["a" * 200],
    )
    context = browser.new_context(viewport={"width": 360, "height": 740})
    tab = context.new_page()
    tab.goto(portal.url + path.format(id=article.id, source=channel.source_id))
    assert tab.evaluate("document.documentElement.scrollWidth") == 360
    context.close()


def test_pages_can_be_read_without_javascript(browser: Browser, portal: Portal) -> None:
    article = an_article(a_channel(), keywords=["Kursk"])
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{portal.url}/article/{article.id}/")
    text = tab.locator("body").inner_text()
    assert "A fraction of what others earn" in text
    assert "2025-08-12 20:00" in text
    assert "自动" not in text  # nothing is offered that would not work
    assert "暂停" not in text
    context.close()
