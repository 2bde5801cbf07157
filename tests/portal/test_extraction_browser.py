"""The recorded page beside the article, in a real Chromium: both sides on a desk, one at a time on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from django.db import connection

from newsreel.accounts.roles import Role
from newsreel.archive.models import Article
from newsreel.core import settings as ours
from tests.accounts.making import an_account, log_in
from tests.portal.making import a_channel, an_article
from tests.portal.recording import a_page, record, text_of
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from newsreel.archive.embedded import ServerAddress

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def portal(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal with this process's own secret and evidence folder, so that sessions and records made here are good there."""
    running = Portal(tmp_path_factory.mktemp("portal"), database_server.dsn_of(connection.settings_dict["NAME"]))
    running.environment |= {
        "NEWSREEL_SECRET_KEY": django_settings.SECRET_KEY,
        "NEWSREEL_HOME": str(ours.settings().home),
    }
    running.start()
    yield running
    running.stop()


@pytest.fixture
def article() -> Article:
    """An article with its recorded page."""
    made = an_article(a_channel(), "A law is read again", text=text_of(4), html=f"<p>{text_of(4)}</p>")
    record(made, a_page(4, menu=20))
    return made


@pytest.fixture
def open_page(browser: Browser, portal: Portal, article: Article) -> Iterator[Open]:
    """Opens the page as alice, an editor."""
    an_account("alice", Role.EDITOR)
    session = log_in("alice").cookies["sessionid"].value
    contexts = []

    def opened(size: dict[str, int], language: str = "zh-hans", **options: str) -> Page:
        context = browser.new_context(viewport=size, timezone_id="Asia/Shanghai", **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(20000)
        context.add_cookies(
            [
                {"name": "sessionid", "value": session, "url": portal.url},
                {"name": "django_language", "value": language, "url": portal.url},
            ]
        )
        tab = context.new_page()
        tab.goto(f"{portal.url}/article/{article.pk}/extraction/")
        assert tab.locator(".extraction").count() == 1
        return tab

    yield opened
    for context in contexts:
        context.close()


def _fits(tab: Page) -> bool:
    return bool(tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_on_a_desk_both_sides_are_shown(open_page: Open) -> None:
    tab = open_page(DESK)
    left, right = tab.locator("section.recorded"), tab.locator("section.read")
    assert left.is_visible()
    assert right.is_visible()
    one, other = left.bounding_box(), right.bounding_box()
    assert one is not None
    assert other is not None
    assert other["x"] >= one["x"] + one["width"]
    assert not tab.locator(".switch").is_visible()
    assert _fits(tab)


def test_on_a_phone_a_switch_shows_one_side(open_page: Open) -> None:
    tab = open_page(PHONE)
    left, right = tab.locator("section.recorded"), tab.locator("section.read")
    assert left.is_visible()
    assert not right.is_visible()
    tab.locator("#show-recorded").focus()
    tab.keyboard.press("ArrowDown")
    assert right.is_visible()
    assert not left.is_visible()
    assert _fits(tab)


def test_folded_pieces_open_by_keyboard(open_page: Open) -> None:
    tab = open_page(DESK)
    first = tab.locator("s", has_text="Section 0")
    assert not first.is_visible()
    tab.locator("summary").first.focus()
    tab.keyboard.press("Enter")
    assert first.is_visible()


@pytest.mark.parametrize(("language", "scheme"), [("zh-hans", "light"), ("en", "dark")])
def test_it_can_be_used_by_everybody(open_page: Open, language: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for size in (DESK, PHONE):
        tab = open_page(size, language, color_scheme=scheme)
        tab.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        found = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()
