"""Whatever a browser asks for: a page of ours, never a fault."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.portal.making import a_channel, an_article

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/article/0/",
        "/article/-1/",
        "/article/01/",
        "/article/" + "9" * 18 + "/",
        "/article/" + "9" * 40 + "/",
        "/article/1%00/",
        "/article/١/",
        "/source/999999/",
        "/channel/999999/",
        "/keyword/999999/",
        "/topic/x%00/",
        "/topic/" + "a" * 25 + "/",
        "/topic/%27%20OR%201=1/",
        "/?before=",
        "/?before=%00",
        "/?before=1.1%00",
        "/?after=99999999999999999999.1",
        "/?before=%FF%FE",
        "/?after=1'--",
        "/%00",
        "/%ff",
        "/..%2f..%2fetc/passwd",
        "/static/../../settings.py",
    ],
)
def test_no_such_page(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "页面不存在" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_other_parameters_are_let_be(client: Client) -> None:
    an_article(a_channel())
    assert client.get("/?utm_source=x&q=%00&before[]=1").status_code == 200


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cursor(client: Client, text: str) -> None:
    assert client.get("/?before=" + quote(text, errors="replace")).status_code in (200, 404)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
@pytest.mark.parametrize("path", ["/", "/sources/", "/healthz"])
def test_pages_are_read_only(client: Client, method: str, path: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_an_unknown_host_is_refused(client: Client) -> None:
    answer = client.get("/", headers={"host": "evil.test"})
    assert answer.status_code == 400
    assert "无法理解此请求" in answer.content.decode()
    assert "evil.test" not in answer.content.decode()


@pytest.mark.parametrize("cookie", ["x", "../../etc/passwd", "Asia/Nowhere", "\x00", "/etc/localtime", "a" * 4000, ""])
def test_a_zone_that_is_none_is_the_installations(client: Client, cookie: str) -> None:
    made = an_article(a_channel())
    client.cookies["timezone"] = cookie
    assert "2025-08-12 20:00" in client.get(f"/article/{made.id}/").content.decode()


@pytest.mark.parametrize("cookie", ["x", "en-us", "../en", "EN", "zh", "de"])
def test_a_language_that_is_none_is_the_installations(client: Client, cookie: str) -> None:
    client.cookies["django_language"] = cookie
    assert "最新资讯" in client.get("/").content.decode()


def test_a_fault_of_ours_shows_no_reason(client: Client) -> None:
    from django.db import connection

    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE archive_article RENAME COLUMN title TO secret_column")  # undone with the test
    answer = client.get("/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "服务器出了点问题" in page
    assert "archive_article" not in page
    assert "Traceback" not in page
