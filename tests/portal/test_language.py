from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def _token(client: Client) -> str:
    page = client.get("/about/").content.decode()
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


@pytest.fixture
def strict() -> Client:
    """A browser whose forms are checked as they are outside of tests."""
    return Client(enforce_csrf_checks=True)


def test_the_choice_is_kept_and_the_reader_goes_back(strict: Client) -> None:
    form = {"language": "en", "next": "/sources/?a=1", "csrfmiddlewaretoken": _token(strict)}
    answer = strict.post("/language/", form)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sources/?a=1")
    cookie = answer.cookies["django_language"]
    assert (cookie.value, cookie["samesite"], bool(cookie["httponly"])) == ("en", "Lax", True)
    assert "Sources" in strict.get("/sources/").content.decode()


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", "javascript:x", "/\\evil.test", "", "\x00", "x"])
def test_the_way_back_stays_here(strict: Client, back: str) -> None:
    form = {"language": "en", "next": back, "csrfmiddlewaretoken": _token(strict)}
    assert strict.post("/language/", form).headers["Location"] == "/"


@pytest.mark.parametrize("language", ["de", "", "../en", "en\r\nSet-Cookie: a=b", "\x00"])
def test_an_unknown_language_is_refused(strict: Client, language: str) -> None:
    answer = strict.post("/language/", {"language": language, "csrfmiddlewaretoken": _token(strict)})
    assert answer.status_code == 400
    assert "django_language" not in answer.cookies


def test_without_the_token_it_is_a_page_of_ours(strict: Client) -> None:
    answer = strict.post("/language/", {"language": "en"})
    assert answer.status_code == 403
    assert "表单已失效" in answer.content.decode()


def test_get_changes_nothing(client: Client) -> None:
    assert client.get("/language/?language=en").status_code == 405


def test_the_headers_are_on_every_answer(client: Client) -> None:
    for path in ("/", "/nothing", "/healthz", "/language/"):
        headers = client.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["img-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Cookie" in headers["Vary"]
