"""A replayed article in a real Chromium: every part of the page, and a stored article that appears without reload."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from newsreel.archive.embedded import ServerAddress
from tests.installation import Installation, free_port, fresh_database, press, wait_until
from tests.shared import needs_shared

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [needs_shared, pytest.mark.browser]

SITES = ["https://www.independent.co.uk/", "https://www.dw.com/", "https://www.spiegel.de/"]
LATER = "https://www.theguardian.com/"


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, database_server: ServerAddress
) -> Iterator[tuple[Installation, str]]:
    """Some replayed sites, crawled, and the portal over them."""
    folder = tmp_path_factory.mktemp("reading")
    with press(folder) as replayed, fresh_database(database_server) as dsn:
        port = free_port()
        installation = Installation(folder / "home", dsn, NEWSREEL_PORT=str(port), **replayed.settings)
        known = [f"https://{host}/" for host in sorted(replayed.ask("sites"))]
        sites = [site for site in SITES if site in known] or known[:3]
        assert installation.run("add", *sites).returncode == 0
        assert installation.run("crawl", "--once").returncode == 0
        web = installation.start("web")
        try:
            wait_until(lambda: installation.answers(port), what="the portal")
            installation.environment["LATER"] = next(
                site for site in [LATER, *known] if site in known and site not in sites
            )
            yield installation, f"http://localhost:{port}"
        finally:
            web.terminate()
            web.wait(20)


def test_a_replayed_article_has_every_part(browser: Browser, served: tuple[Installation, str]) -> None:
    installation, url = served
    article = next(row for row in installation.exported() if row["published_precision"] == "time" and row["keywords"])
    (number,) = installation.rows("SELECT id FROM archive_article WHERE url = %s", article["url"])[0]
    complaints: list[str] = []
    outside: list[str] = []
    for language, labels in {
        "zh-hans": ("您的位置:", "首页", "最新资讯", "原网页", "标签", "关键词", "滚动新闻"),
        "en": ("You are here:", "Home", "Latest news", "Original", "Topic", "Keywords", "Rolling"),
    }.items():
        context = browser.new_context(timezone_id="Asia/Tokyo")
        context.add_cookies([{"name": "django_language", "value": language, "url": url}])
        tab = context.new_page()
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        tab.on("request", lambda request: None if request.url.startswith(url) else outside.append(request.url))
        tab.goto(f"{url}/article/{number}/")
        text = tab.inner_text("body")
        assert [label for label in labels if label.lower() not in text.lower()] == []
        assert article["title"] in tab.inner_text("h1")
        assert article["text"].split("\n\n")[0][:60] in tab.inner_text("main")
        assert tab.inner_text("main time").strip()[10:13].strip()  # with the time of day
        original = tab.locator(f'main a[href="{article["url"]}"]').first
        assert set((original.get_attribute("rel") or "").split()) >= {"noopener", "noreferrer"}
        links = [link.get_attribute("href") or "" for link in tab.locator("main a").all()]
        assert any(link.startswith("/source/") for link in links)
        assert any(link.startswith("/keyword/") for link in links)
        assert tab.locator("main img:not([src^='/picture/'])").count() == 0
        context.close()
    assert (complaints, outside) == ([], [])


@pytest.mark.endure
def test_a_stored_article_appears_by_itself(browser: Browser, served: tuple[Installation, str]) -> None:
    installation, url = served
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(url + "/")
    tab.wait_for_selector("#live-state.on")
    before = {row["url"] for row in installation.exported()}
    added = json.loads(installation.run("add", installation.environment["LATER"], "--json").stdout)
    assert added["results"][0]["status"] == "added"
    crawl = installation.start("crawl", "--once")
    assert crawl.wait(60) == 0
    fresh = [row["title"] for row in installation.exported() if row["url"] not in before]
    assert fresh
    tab.locator("aside, #rolling", has_text=fresh[-1]).first.wait_for(timeout=2000)
    context.close()
