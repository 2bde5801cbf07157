"""../shared/suites/xss through every place that shows foreign text: nothing runs, nothing is loaded, no CSP report."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group

from newsreel.accounts import audit, invitations, people
from newsreel.accounts.models import User
from newsreel.accounts.roles import Role
from newsreel.archive.models import AddRequest, Article, Lead, Letter, Preference, Revision
from newsreel.extraction.sanitising import sanitise
from tests.portal.making import NOON, a_channel, a_source, an_article
from tests.portal.serving import Portal
from tests.shared import SHARED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = SHARED / "suites" / "xss"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not FOLDER.exists(), reason="left out: ../shared/suites/xss is not there"),
]
WATCH = """
window.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => { window.ran.push(name); };
document.addEventListener('securitypolicyviolation', event => window.ran.push('CSP ' + event.violatedDirective + ' ' + event.sample));
"""


def vectors() -> list[str]:
    """All payloads, as text that a database takes."""
    found = []
    for name in ("dompurify_expect.json", "miniflux_sanitizer.json", "yarr_sanitizer.json"):
        for case in json.loads((FOLDER / name).read_text("utf-8")):
            text = str(case.get("payload") or case.get("input") or "").replace("\x00", "")
            if text.strip():
                found.append(text.encode("utf-8", "replace").decode())
    assert len(found) > 280
    return found


def fill(texts: list[str]) -> list[int]:
    """An article of each, the text in every one of its places; the articles."""
    source = a_source(name=texts[0][:200], name_zh=texts[1][:200])
    channel = a_channel(
        name=texts[2][:200], name_zh=texts[3][:200], source=source, outcome="timed_out", reason=texts[4]
    )
    made = []
    for number, text in enumerate(texts):
        article = an_article(
            channel, text, published=NOON + timedelta(minutes=number), keywords=[text[:120]], text=text,
            # Every other one as it would lie there if nothing had been sanitised when it was stored.
            html=text if number % 2 else sanitise(text, "https://news.test/"),
            authors=[text], section=text[:200], lead_image=text if number % 3 else "https://images.test/a.png",
            statements={"page": {"title": text, "published": text}, "feed": {text: text}},
        )  # fmt: skip
        Revision.objects.create(article=article, title=text, text=text, html=text)
        made.append(article.pk)
    return made


@pytest.fixture
def tab(browser: Browser, portal: Portal) -> Iterator[Page]:
    """A tab that notes what runs; at the end nothing has, and nothing was asked of others."""
    context = browser.new_context(base_url=portal.url)
    context.set_default_timeout(20000)
    context.add_init_script(WATCH)
    strangers: list[str] = []
    context.on("request", lambda asked: None if asked.url.startswith(portal.url) else strangers.append(asked.url))
    dialogs: list[str] = []
    made = context.new_page()
    made.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield made
    context.close()
    assert not strangers
    assert not dialogs


def look(tab: Page, path: str) -> None:
    """Opens a page, its folded parts too; nothing of it runs."""
    answer = tab.goto(path, wait_until="domcontentloaded")
    assert answer is not None
    assert answer.status == 200, path
    tab.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert tab.evaluate("window.ran") == [], path
    assert tab.locator("main h1").count() >= 1, f"the frame of {path} is whole"
    assert tab.locator("footer.foot").count() == 1, path


def test_articles_and_lists(tab: Page) -> None:
    texts = vectors()
    articles = fill(texts)
    channel = Article.objects.get(pk=articles[0]).channel
    assert channel is not None
    for path in ("/sources/", f"/source/{channel.source_id}/", f"/channel/{channel.pk}/", "/activity/"):
        if path != "/activity/":
            look(tab, path)
    tab.goto("/")
    for _ in range(len(texts) // 30 + 1):
        look(tab, tab.url)
        older = tab.locator("a[rel=next]")
        if not older.count():
            break
        older.first.click()
    for article in articles[:: 1 if os.environ.get("NEWSREEL_TEST_ALL") else 24]:  # each takes an eighth of a second
        look(tab, f"/article/{article}/")
    look(tab, f"/keyword/{Article.objects.get(pk=articles[5]).keyword_rows.get().keyword_id}/")


def test_the_administration(tab: Page, portal: Portal) -> None:
    texts = vectors()
    articles = fill(texts[:60])
    channel = Article.objects.get(pk=articles[0]).channel
    assert channel is not None
    charlie = people.add("charlie", "charlie@example.org", Role.ADMINISTRATOR)
    key = _signed_in(charlie, texts)
    Lead.objects.bulk_create(
        [
            Lead(key=f"k{n}", url=f"https://news.test/{n}?{text}", host="news.test", channel=channel, state="failed",
                 outcome=text[:40], reason=text)
            for n, text in enumerate(texts)
        ]
    )  # fmt: skip
    AddRequest.objects.create(address=texts[7], state="failed", outcome="gone", reason=texts[8])
    Letter.objects.create(
        recipient=texts[9], subject=texts[10], text=texts[11], state="failed", outcome="refused", reason=texts[12]
    )
    Preference.objects.create(name="contact", value=texts[13])
    group = Group.objects.create(name=texts[14][:150])
    charlie.groups.add(group)
    invitations.make(charlie, Role.READER, texts[15][:200])
    for text in texts[:100]:
        audit.record("setting_changed", text, note=text)
    tab.context.add_cookies([{"name": "sessionid", "value": key, "url": portal.url}])
    pages = ("", "sources/", f"sources/{channel.source_id}/", "work/", "failures/", "users/", f"users/{charlie.pk}/",
             "groups/", "invitations/", "settings/", "storage/", "record/")  # fmt: skip
    for path in pages:
        look(tab, f"/administration/{path}")
    for path in ("/account/", "/account/sessions/", "/account/email/"):
        look(tab, path)


def _signed_in(user: User, texts: list[str]) -> str:
    """A session of theirs, and some from browsers with strange names; its key."""
    from tests.accounts.making import log_in

    for number, text in enumerate(texts[20:40]):
        log_in(user.username)
        newest = UserSession.objects.order_by("-pk")[0]
        newest.user_agent = text[:200]
        newest.save()
        assert number < 20
    return str(log_in(user.username).session.session_key)
