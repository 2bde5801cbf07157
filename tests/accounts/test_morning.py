"""More people at the door than can be served: the waiting page, over real HTTP and in a browser."""

from __future__ import annotations

import html
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest
from django.db import connection

from newsreel.site.line import MOST
from tests.accounts.making import PASSWORD, an_account
from tests.accounts.test_challenges import answer_of
from tests.accounts.visiting import Visitor, open_portals
from tests.patience import patience
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from newsreel.archive.embedded import ServerAddress

pytestmark = pytest.mark.django_db(transaction=True)
LOGIN = "/account/login/"
MANY = "登录的人较多"


@pytest.fixture(scope="module")
def portal(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    with open_portals(database_server, tmp_path_factory.mktemp("portal"), 1) as running:
        yield running[0]


@pytest.fixture(scope="module")
def browser(portal: Portal, browser: Browser) -> Iterator[Browser]:
    """A Chromium beside Django's database in the main thread."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield browser
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def _crowd(portal: Portal) -> Iterator[psutil.Process]:
    """The desk stands still, and before it as many wait as may."""
    Visitor().post(portal, LOGIN, login="nobody", password="x")  # the child runs
    assert portal._process is not None
    clerk = next(
        child for child in psutil.Process(portal._process.pid).children() if "newsreel.site.clerk" in child.cmdline()
    )
    clerk.suspend()
    forms = [Visitor().prepared(portal, LOGIN, False, login=f"nobody{n}", password="x") for n in range(MOST + 1)]
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda send=send: statuses.append(send().status)) for send in forms]
    for thread in threads:
        thread.start()
    try:
        while (
            sum(link.status == "ESTABLISHED" for link in psutil.Process(portal._process.pid).net_connections()) <= MOST
        ):
            pass
        yield clerk
    finally:
        clerk.resume()
        for thread in threads:
            thread.join()
    assert set(statuses) <= {200, 503}  # on a slow machine the last of them waited too long


def test_who_finds_the_line_full_is_told_at_once_and_comes_in_later(portal: Portal) -> None:
    an_account("alice")
    visitor = Visitor()
    with _crowd(portal):
        answer = visitor.login(portal, "alice", PASSWORD)
        assert answer.status == 503
        assert answer.took < patience(2)  # at its end one waits ten
        assert MANY in answer.page
        assert PASSWORD not in answer.page
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert int(answer.headers["Retry-After"]) < 60
        assert portal.get("/about/")[0] == 200  # pages are made as ever
    kept = html.unescape(re.findall(r'name="sealed" value="([^"]+)"', answer.page)[0])
    stranger = Visitor()
    stranger.cookies["csrftoken"] = "x" * 32
    assert stranger.send(portal, LOGIN, sealed=kept).status == 403  # another browser's form
    assert visitor.send(portal, LOGIN, sealed=kept).status == 302
    assert visitor.get(portal, "/account/").status == 200


def test_a_child_that_is_killed_is_replaced(portal: Portal) -> None:
    an_account("alice")
    with _crowd(portal) as clerk:
        pass
    clerk.kill()
    clerk.wait(5)
    time.sleep(0.2)
    assert Visitor().login(portal, "alice", PASSWORD).status == 302


@pytest.mark.endure
@pytest.mark.browser
def test_the_page_sends_the_form_again_by_itself(portal: Portal, browser: Browser) -> None:
    an_account("alice")
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(portal.url + LOGIN)
    tab.locator("main [name=login]").fill("alice")
    tab.locator("main [name=password]").fill(PASSWORD)
    tab.locator("main [name=captcha]").fill(answer_of(tab.locator("main [name=captcha_token]").input_value())[0])
    with _crowd(portal):
        tab.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
        tab.wait_for_selector("#again")
        assert MANY in tab.locator("h1").inner_text()
    tab.wait_for_selector("nav.door", timeout=20_000)
    assert tab.url == portal.url + "/"
    context.close()


@pytest.mark.endure
@pytest.mark.browser
def test_a_stream_that_is_refused_is_not_asked_for_for_ever(
    browser: Browser, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> None:
    an_account("alice")
    home = tmp_path_factory.mktemp("members")
    with open_portals(database_server, home, 1, NEWSREEL_MEMBERS_ONLY="true") as [members]:
        visitor = Visitor()
        assert visitor.login(members, "alice", PASSWORD).status == 302
        context = browser.new_context()
        context.add_cookies([{"name": "sessionid", "value": visitor.cookies["sessionid"], "url": members.url}])
        tab = context.new_page()
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.method) if "/live" in request.url else None)
        tab.goto(members.url)
        tab.wait_for_selector("#live-state.on")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET is_active = false")
        tab.wait_for_selector("#live-state:not(.on)", timeout=10_000)
        tab.wait_for_timeout(4000)
        assert "HEAD" in asked
        before = len(asked)
        tab.wait_for_timeout(6000)
        assert len(asked) == before
        context.close()
