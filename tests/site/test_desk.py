"""What has to do with passwords, through the line and the child: as a browser sees it."""

from __future__ import annotations

import asyncio
import html
import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from newsreel.site import clerk, sealed
from newsreel.site.desk import Desk
from newsreel.site.line import Line

Message = dict[str, Any]


class Slow(Desk):
    """A desk whose child is the test: it tells what it was asked, and answers when it is let."""

    def __init__(self, line: Line) -> None:
        super().__init__(line, floor=0.2)
        self.asked: list[tuple[dict[str, Any], bytes]] = []
        self.may_answer = asyncio.Event()

    async def _ask(self, request: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        size, _ = clerk.LENGTHS.unpack(request[: clerk.LENGTHS.size])
        self.asked.append((clerk.json.loads(request[8 : 8 + size]), request[8 + size :]))
        await self.may_answer.wait()
        return 302, [(b"location", b"/")], b""


@pytest.fixture
async def desk() -> Slow:
    """Before which one may wait."""
    return Slow(Line(most=1))


def _scope(path: str = "/account/login/", method: str = "POST", query: bytes = b"", **headers: str) -> Message:
    kind = {"content_type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in {**kind, **headers}.items()]
    return {
        "type": "http", "method": method, "path": path, "query_string": query, "headers": named, "http_version": "1.1",
        "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9), "root_path": "",
    }  # fmt: skip


async def _sent(
    desk: Desk, body: bytes, scope: Message | None = None, gone: asyncio.Event | None = None
) -> tuple[int, dict[bytes, bytes], str]:
    messages: list[Message] = []

    async def receive() -> Message:
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        messages.append(message)

    await desk(scope or _scope(), body, receive, send)
    if not messages:
        return 0, {}, ""
    return messages[0]["status"], dict(messages[0]["headers"]), messages[1]["body"].decode()


async def _settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("method", "path", "taken"),
    [
        ("POST", "/account/login/", True),
        ("POST", "/account/register/", True),
        ("POST", "/account/password/reset/key/1-abc/", True),
        ("POST", "/account/second-factor/authenticate/", True),
        ("GET", "/account/login/", False),
        ("POST", "/account/logout/", False),
        ("POST", "/account/sign-on/oidc/login/", False),  # asks another server
        ("POST", "/language/", False),
    ],
)
def test_what_is_the_desks(method: str, path: str, taken: bool) -> None:
    assert Desk().takes(_scope(path, method)) is taken


async def _busy(desk: Slow, count: int = 2) -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(_sent(desk, b"a=%d" % n)) for n in range(count)]
    await _settled()
    return tasks


async def test_who_finds_it_full_is_told_at_once_and_served_later(desk: Slow) -> None:
    waiting = await _busy(desk)
    typed = urlencode({"login": "张三", "password": "geheim & <b>", "csrfmiddlewaretoken": "x"}).encode()
    status, headers, page = await _sent(desk, typed, _scope(query=b'next=/a/"><b>'))
    assert (status, int(headers[b"retry-after"]) >= 3) == (503, True)
    assert headers[b"cache-control"] == b"no-store"
    assert "登录的人较多" in page
    assert "geheim" not in page
    assert "<b>" not in page
    assert 'action="/account/login/?next=/a/' in page
    desk.may_answer.set()
    await asyncio.gather(*waiting)
    kept = html.unescape(re.findall(r'name="sealed" value="([^"]+)"', page)[0])
    assert (await _sent(desk, urlencode({"sealed": kept}).encode()))[0] == 302
    head, body = desk.asked[-1]
    assert body == typed
    assert dict(head["headers"])["content-length"] == str(len(typed))


async def test_the_page_is_in_the_readers_language(desk: Slow) -> None:
    waiting = await _busy(desk)
    page = (await _sent(desk, b"login=a", _scope(cookie="django_language=en")))[2]
    assert "Many people are signing in" in page
    desk.may_answer.set()
    await asyncio.gather(*waiting)


async def test_a_form_too_large_is_not_kept(desk: Slow) -> None:
    waiting = await _busy(desk)
    status, _, page = await _sent(desk, b"a" * 20_000)
    assert status == 503
    assert "sealed" not in page
    desk.may_answer.set()
    await asyncio.gather(*waiting)


async def test_who_leaves_the_line_is_not_served(desk: Slow) -> None:
    waiting = await _busy(desk, 1)
    gone = asyncio.Event()
    leaver = asyncio.create_task(_sent(desk, b"leaver", gone=gone))
    await _settled()
    gone.set()
    assert (await asyncio.wait_for(leaver, 1))[0] == 0
    desk.may_answer.set()
    await asyncio.gather(*waiting)
    assert [body for _, body in desk.asked] == [b"a=0"]


async def test_the_answers_of_the_door_come_at_their_time(desk: Slow) -> None:
    desk.may_answer.set()
    began = time.monotonic()
    await _sent(desk, b"login=a")
    assert time.monotonic() - began >= 0.2
    began = time.monotonic()
    await _sent(desk, b"oldpassword=a", _scope("/account/password/change/"))
    assert time.monotonic() - began < 0.2


async def test_what_comes_back_too_late_leads_to_the_form(desk: Slow) -> None:
    status, headers, _ = await _sent(desk, b"sealed=gAAAAA")
    assert (status, headers[b"location"]) == (303, b"/account/login/")
    assert desk.asked == []


def test_what_is_sealed_cannot_be_made_or_changed_or_sent_elsewhere() -> None:
    kept = sealed.Kept("/account/login/", "text/plain", "login=a", 5.0)
    text = sealed.seal(kept)
    assert "login" not in text
    assert sealed.opened(urlencode({"sealed": text}).encode(), "/account/login/") == kept
    assert sealed.opened(urlencode({"sealed": text}).encode(), "/account/register/") is None
    for other in (text[:-4] + "AAA=", text.upper(), "", "gAAAAA", "é"):
        assert sealed.opened(urlencode({"sealed": other}).encode(), "/account/login/") is None
    assert sealed.opened(b"sealed=\xff", "/account/login/") is None


async def test_a_child_that_dies_is_told_of_and_started_again() -> None:
    desk = Desk(floor=0)
    try:
        status, _, page = await _sent(desk, b"", _scope("/account/delete/nowhere/", host="localhost"))
        assert status in (403, 404), page
        child = desk._child
        assert child is not None
        child.kill()
        await child.wait()
        assert (await _sent(desk, b"", _scope("/account/delete/nowhere/", host="localhost")))[0] == status
        child = desk._child
        assert child is not None
        child.send_signal(19)  # it hangs: stopped
        asyncio.get_running_loop().call_later(0.2, child.kill)
        status, _, page = await _sent(desk, b"", _scope("/account/login/", host="localhost"))
        assert status == 500
        assert "Traceback" not in page
    finally:
        await desk.close()
