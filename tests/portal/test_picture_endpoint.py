"""The endpoint of pictures as a server calls it."""

from __future__ import annotations

import asyncio
import io
import time
from typing import Any

import pytest

from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.pipeline.pictures import BusyError, Picture
from newsreel.portal import pictures
from newsreel.portal.picture_endpoint import PictureEndpoint
from newsreel.sample.pictures import picture
from tests.patience import patience

PNG = picture("pier-dawn")
PATH = pictures.path_of("https://images.test/a.png", "") or ""


class Shelf:
    """Pictures as ``Pictures`` gives them, without a network."""

    def __init__(self, error: Exception | None = None, wait: float = 0.0, body: bytes = PNG) -> None:
        self.error, self.wait, self.body = error, wait, body
        self.asked: list[str] = []
        self.left = 0
        self.file = io.BytesIO()

    async def get(self, address: str) -> Picture:
        self.asked.append(address)
        try:
            await asyncio.sleep(self.wait)
        except asyncio.CancelledError:
            self.left += 1
            raise
        if self.error is not None:
            raise self.error
        self.file = io.BytesIO(self.body)
        return Picture("png", len(self.body), self.file)


async def _ask(
    endpoint: Any, path: str = PATH, method: str = "GET", leave_after: float = 60.0, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    named = {"host": "localhost", **headers}
    scope = {
        "type": "http", "method": method, "path": path, "scheme": "http", "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }  # fmt: skip
    sent: list[dict[str, Any]] = []
    first = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if first:
            return first.pop()
        await asyncio.sleep(leave_after)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await asyncio.wait_for(endpoint(scope, receive, send), 5)
    if not sent:
        return 0, {}, b""
    said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], said, b"".join(message.get("body", b"") for message in sent[1:])


def _endpoint(shelf: Any, **more: Any) -> PictureEndpoint:
    return PictureEndpoint(shelf, **more)


async def test_a_picture_is_served_as_nothing_but_a_picture() -> None:
    shelf = Shelf()
    status, headers, body = await _ask(_endpoint(shelf))
    assert (status, body) == (200, PNG)
    assert shelf.asked == ["https://images.test/a.png"]
    assert shelf.file.closed
    assert headers["content-type"] == "image/png"
    assert headers["content-length"] == str(len(PNG))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-disposition"] == 'inline; filename="picture.png"'
    assert headers["cache-control"] == "private, max-age=86400"
    assert headers["x-frame-options"] == "DENY"
    assert len(headers) == len({name.lower() for name in headers})


async def test_a_large_picture_comes_whole() -> None:
    body = PNG + bytes(1_000_000)
    assert (await _ask(_endpoint(Shelf(body=body))))[2] == body


async def test_of_a_head_request_the_head() -> None:
    status, headers, body = await _ask(_endpoint(Shelf()), method="HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(PNG)), b"")


@pytest.mark.parametrize(
    "error",
    [
        Permanent("not_a_picture", "secret"),
        Permanent("address_refused", "secret"),
        Temporary("connect_failed", "secret"),
        NewsreelError("bad_proxy", "secret"),
    ],
)
async def test_without_a_picture_the_answer_is_empty_and_tells_nothing(error: Exception) -> None:
    status, headers, body = await _ask(_endpoint(Shelf(error)))
    assert (status, body) == (204, b"")
    assert headers["cache-control"] == "private, max-age=60"
    assert headers["x-content-type-options"] == "nosniff"
    assert "secret" not in str(headers)


async def test_when_too_many_are_fetched_a_reader_is_told_to_come_again() -> None:
    status, headers, body = await _ask(_endpoint(Shelf(BusyError())))
    assert (status, headers["retry-after"], headers["cache-control"], body) == (503, "3", "no-store", b"busy\n")


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        (PATH[:-1], "GET", {}, 404),
        (PATH.replace("/picture/", "/picture/x"), "GET", {}, 404),
        ("/picture/", "GET", {}, 404),
        (PATH, "POST", {}, 405),
        (PATH, "GET", {"host": "evil.test"}, 400),
        (PATH, "GET", {"sec_fetch_site": "cross-site"}, 403),
        (PATH, "GET", {"origin": "http://evil.test"}, 403),
    ],
)
async def test_what_is_refused_is_not_fetched(path: str, method: str, headers: dict[str, str], status: int) -> None:
    shelf = Shelf()
    assert (await _ask(_endpoint(shelf), path, method, **headers))[0] == status
    assert shelf.asked == []


async def test_who_may_not_have_pictures_has_none() -> None:
    shelf, asked = Shelf(), []

    async def nobody(scope: Any) -> bool:
        asked.append(scope["path"])
        return False

    assert (await _ask(_endpoint(shelf, allowed=nobody)))[0] == 403
    assert (asked, shelf.asked) == ([PATH], [])


async def test_a_reader_who_leaves_ends_the_wait() -> None:
    shelf = Shelf(wait=30)
    began = time.monotonic()
    assert await _ask(_endpoint(shelf), leave_after=0.05) == (0, {}, b"")
    assert time.monotonic() - began < patience(2)
    assert shelf.left == 1
