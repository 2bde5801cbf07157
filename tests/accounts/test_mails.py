"""Every mail that an account can cause: in the language of the page, short, plain, and with links that lead here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone, translation

import newsreel
from newsreel.archive.models import Letter

pytestmark = pytest.mark.django_db
LINK = "https://news.test/account/x/"
TEMPLATES = Path(newsreel.__file__).parent / "accounts" / "templates"
ALL = sorted(
    str(path.relative_to(TEMPLATES)).removesuffix("_subject.txt") for path in TEMPLATES.rglob("email/*_subject.txt")
)
WITH_LINK = {
    "account/email/email_confirmation", "account/email/email_confirmation_signup", "account/email/account_already_exists",
    "account/email/password_reset_key",
}  # fmt: skip


class Provider:
    name = "学院 & 'SSO'"


WORDS: dict[str, Any] = {
    "activate_url": LINK, "password_reset_url": LINK, "username": "o'alice", "name": "alice", "ip": "192.0.2.7",
    "timestamp": timezone.now(), "user_agent": "http://evil.test/", "from_email": "o'a@b.test", "to_email": "c@d.test",
    "deleted_email": "o'e@f.test", "provider": Provider(),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _our_own_box(settings: Any) -> None:
    settings.EMAIL_BACKEND = "newsreel.accounts.letters.LetterBackend"  # Django's test runner puts another in its place


@pytest.fixture
def request_here() -> Iterator[HttpRequest]:
    request = RequestFactory().get("/", headers={"host": "news.test"}, secure=True)
    request.META["HTTP_HOST"] = "localhost"
    with context.request_context(request):
        yield request


def write(prefix: str, language: str) -> Letter:
    with translation.override(language):
        get_adapter().send_mail(prefix, "reader@b.test", dict(WORDS))
    return Letter.objects.get()


def test_no_mail_of_the_library_is_left_in_its_own_words() -> None:
    import allauth

    theirs = Path(allauth.__file__).parent / "templates"
    names = {str(path.relative_to(theirs)).removesuffix("_subject.txt") for path in theirs.rglob("email/*_subject.txt")}
    by_code = {"account/email/login_code", "account/email/password_reset_code"}  # not with our settings
    assert names - by_code - set(ALL) == set()
    assert set(ALL) - names == {"account/email/name_taken"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("prefix", ALL)
def test_a_mail(prefix: str, language: str, request_here: HttpRequest) -> None:
    letter = write(prefix, language)
    chinese = re.compile(r"[一-鿿]")
    assert letter.html == ""
    assert letter.subject.startswith("[Newsreel 环球要闻] ")
    words = letter.subject.removeprefix("[Newsreel 环球要闻] ")
    assert bool(chinese.search(words)) == (language == "zh-hans")
    if prefix == "account/email/unknown_account":
        assert (letter.state, letter.text) == ("dropped", "")
        return
    assert letter.text.startswith("您好！" if language == "zh-hans" else "Hello!")
    assert letter.text.endswith("\n-- \nNewsreel 环球要闻\nhttps://localhost")
    text = letter.text.replace("环球要闻", "").replace("学院", "")
    assert bool(chinese.search(text)) == (language == "zh-hans")
    assert "&#" not in letter.text
    assert "&amp;" not in letter.text
    assert "{" not in letter.text
    assert "evil" not in letter.text
    assert len(letter.text) < 700
    assert "\n\n\n" not in letter.text
    assert (LINK in letter.text) == (prefix in WITH_LINK)
    ignore = "忽略" if language == "zh-hans" else "ignore"
    notified = ("192.0.2.7" in letter.text, "https://localhost/account/password/reset/" in letter.text)
    assert ignore in letter.text or notified == (True, True)


def test_a_name_that_looks_like_an_address_is_not_carried_to_strangers(request_here: HttpRequest) -> None:
    with translation.override("en"):
        get_adapter().send_mail("account/email/name_taken", "reader@b.test", {"name": "evil.example"})
        get_adapter().send_mail("account/email/name_taken", "reader@b.test", {"name": "bob"})
    first, second = Letter.objects.order_by("pk")
    assert "evil" not in first.text
    assert "The name bob belongs to another account." in second.text
    assert "https://localhost/account/register/" in second.text
