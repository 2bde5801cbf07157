"""Pictures as readers get them: the real portal, a publisher on loopback that may be slow, a real Chromium."""

from __future__ import annotations

import struct
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from newsreel.portal import pictures
from tests.patience import patience
from tests.portal.making import a_channel, an_article
from tests.portal.serving import Portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from newsreel.archive.embedded import ServerAddress


def _wide(width: int, height: int) -> bytes:
    """A real PNG that a browser can draw."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x40\x80\xa0" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Publisher(ThreadingHTTPServer):
    """Serves pictures; those whose path begins with /slow only after ``slow`` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.asked: list[str] = []
        self.slow = threading.Event()

    def handle_error(self, *_: Any) -> None:
        """A portal that no longer waits is no error."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Page(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path.startswith("/slow"):
            self.server.slow.wait(30)
        body = b"<svg xmlns='http://www.w3.org/2000/svg'/>" if self.path.startswith("/svg") else _wide(640, 360)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.slow.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def portal(
    django_db_setup: None,
    database_server: ServerAddress,
    tmp_path_factory: pytest.TempPathFactory,
    publisher: Publisher,
) -> Iterator[Portal]:
    """A portal that may ask the publisher on loopback."""
    home = tmp_path_factory.mktemp("portal")
    running = Portal(home, database_server.dsn_of(connection.settings_dict["NAME"]))
    place = publisher.url("").removeprefix("http://")
    running.environment |= {"NEWSREEL_ALLOWED_HOSTS": place, "NEWSREEL_SECRET_KEY": "of this test"}
    running.start()
    yield running
    running.stop()


@pytest.fixture
def our_key(settings: Any) -> None:
    """The test signs as the portal does."""
    settings.SECRET_KEY = "of this test"


def _path(publisher: Publisher, path: str) -> str:
    return pictures.path_of(publisher.url(path), "") or ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("our_key")
def test_the_portal_fetches_a_picture_once(portal: Portal, publisher: Publisher) -> None:
    path = _path(publisher, "/once.png")
    answers = [portal.get(path) for _ in range(3)]
    assert {(status, body) for status, _, body in answers} == {(200, _wide(640, 360))}
    assert publisher.asked.count("/once.png") == 1
    assert portal.get(_path(publisher, "/svg.png"))[::2] == (204, b"")
    assert portal.get(path[:-1])[0] == 404
    assert portal.get(path, method="POST")[0] == 405
    assert portal.get(path, Host="evil.test")[0] == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("our_key")
def test_a_slow_publisher_does_not_slow_the_pages(portal: Portal, publisher: Publisher) -> None:
    made = an_article(a_channel())
    answered: list[int] = []
    paths = [_path(publisher, f"/slow/{number}.png") for number in range(30)]
    readers = [threading.Thread(target=lambda path=path: answered.append(portal.get(path)[0])) for path in paths]
    portal.get(f"/article/{made.id}/")
    for reader in readers:
        reader.start()
    deadline = time.monotonic() + 5
    while sum(asked.startswith("/slow") for asked in publisher.asked) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    took = []
    for _ in range(20):
        began = time.monotonic()
        assert portal.get(f"/article/{made.id}/")[0] == 200
        took.append(time.monotonic() - began)
    assert answered == []  # all of them wait still
    publisher.slow.set()
    for reader in readers:
        reader.join(15)
    assert answered == [200] * 30
    assert sorted(took)[10] < patience(0.5)
    print(f"an article's page beside 30 slow pictures: median {sorted(took)[10] * 1000:.0f} ms")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_article_shows_its_pictures_in_a_browser(portal: Portal, publisher: Publisher, browser: Browser) -> None:
    text = f"<p>{'The pier was rebuilt. ' * 30}</p>"
    made = an_article(
        a_channel(),
        html=f'{text}<figure><img src="{publisher.url("/body.png")}" alt="A pier"><figcaption>The pier</figcaption></figure>'
        f'{text}<figure><img src="{publisher.url("/svg.png")}" alt="A drawing"><figcaption>Its drawing</figcaption></figure>',
        lead_image=publisher.url("/lead.png"),
    )
    for width in (1160, 360):
        context = browser.new_context(viewport={"width": width, "height": 800})
        requests: list[str] = []
        complaints: list[str] = []
        context.on("request", lambda request, seen=requests: seen.append(request.url))
        tab = context.new_page()
        tab.on("console", lambda message, said=complaints: said.append(message.text))
        tab.goto(f"{portal.url}/article/{made.id}/")
        for part in (0.3, 0.6, 1.0):  # so that the browser comes by every picture
            tab.evaluate("part => window.scrollTo(0, part * document.body.scrollHeight)", part)
            tab.wait_for_timeout(100)
        tab.wait_for_function("() => document.querySelectorAll('#body figure:not([hidden])').length === 2")
        tab.wait_for_function(
            "() => [...document.querySelectorAll('#body figure:not([hidden]) img')].every(i => i.naturalWidth)"
        )
        widths = tab.eval_on_selector_all("#body figure:not([hidden]) img", "all => all.map(i => i.naturalWidth)")
        assert widths == [640, 640]
        assert tab.locator("#body figcaption:visible").all_inner_texts() == [
            "The pier"
        ]  # no caption of what is not there
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        assert [url for url in requests if not url.startswith(portal.url + "/")] == []
        assert complaints == []
        assert sum("/picture/" in url for url in requests) == 3
        context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_reader_who_goes_on_does_not_wait_for_a_slow_publisher(
    portal: Portal, publisher: Publisher, browser: Browser
) -> None:
    publisher.slow.clear()
    pictures_ = "".join(
        f'<img src="{publisher.url(f"/slow/going/{number}.png")}" width="60" height="40">' for number in range(12)
    )
    made = an_article(a_channel(), html=f"<p>Words.</p>{pictures_}")
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{portal.url}/article/{made.id}/", wait_until="domcontentloaded")
    tab.wait_for_timeout(700)  # all of the browser's connections wait now
    began = time.monotonic()
    tab.locator(".crumbs a").first.click(no_wait_after=True)
    tab.wait_for_url(portal.url + "/", wait_until="domcontentloaded")
    took = time.monotonic() - began
    print(f"from an article with 12 slow pictures to the next page: {took * 1000:.0f} ms")
    publisher.slow.set()
    tab.go_back()
    tab.wait_for_function("() => [...document.querySelectorAll('#body img')].every(image => image.naturalWidth)")
    context.close()
    assert took < patience(2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("our_key")
def test_the_portal_ends_while_a_publisher_keeps_it_waiting(portal: Portal, publisher: Publisher) -> None:
    publisher.slow.clear()
    answered: list[int] = []
    reader = threading.Thread(target=lambda: answered.append(portal.get(_path(publisher, "/slow/end.png"))[0]))
    reader.start()
    deadline = time.monotonic() + 5
    while "/slow/end.png" not in publisher.asked and time.monotonic() < deadline:
        time.sleep(0.02)
    took = portal.stop()
    reader.join(5)
    publisher.slow.set()
    portal.start()
    assert answered == [503]
    assert took < patience(4)
