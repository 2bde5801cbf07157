"""Links are made from NEWSREEL_URL, whatever name a request came by; other names are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from newsreel.archive.models import Letter
from newsreel.core import settings as ours
from tests.accounts.making import an_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def public() -> Iterator[None]:
    before = ours.settings()
    ours.use(before.model_copy(update={"url": "https://news.example.org"}))
    letters = "newsreel.accounts.letters.LetterBackend"  # pytest-django puts its own in the place of it
    with override_settings(ALLOWED_HOSTS=["localhost", "news.example.org"], EMAIL_BACKEND=letters):
        yield
    ours.use(before)


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize("host", ["news.example.org", "localhost", "localhost:8000"])
def test_links_in_mails_lead_to_the_public_address(host: str) -> None:
    an_account("alice")
    answer = Client(SERVER_NAME=host).post("/account/password/reset/", {"email": "alice@example.org"}, secure=False)
    assert answer.status_code == 302
    (letter,) = Letter.objects.all()
    assert "https://news.example.org/account/password/reset/key/" in letter.text
    assert "localhost" not in letter.text


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize("host", ["evil.example", "news.example.org.evil.example", "127.0.0.1.evil.example"])
def test_other_names_are_not_answered(host: str) -> None:
    an_account("alice")
    assert Client(SERVER_NAME=host).post("/account/password/reset/", {"email": "alice@example.org"}).status_code == 400
    assert Client(SERVER_NAME="localhost").get("/", HTTP_HOST=host).status_code == 400
    assert not Letter.objects.exists()


@pytest.mark.usefixtures("public")
def test_forwarded_hosts_are_not_believed() -> None:
    an_account("alice")
    Client(SERVER_NAME="news.example.org").post(
        "/account/password/reset/", {"email": "alice@example.org"},
        HTTP_X_FORWARDED_HOST="evil.example", HTTP_FORWARDED="host=evil.example", HTTP_X_FORWARDED_PROTO="http",
    )  # fmt: skip
    assert "evil" not in Letter.objects.get().text
