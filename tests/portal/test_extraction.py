"""The recorded page beside the article: who may see it, what it shows, and what it says where there is nothing to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsreel.accounts.roles import Role
from newsreel.archive.models import Article, Snapshot
from newsreel.core import settings as ours
from newsreel.pipeline import explaining
from newsreel.portal import reasons
from tests.accounts.making import an_account, log_in
from tests.portal.making import a_channel, an_article
from tests.portal.recording import a_page, record, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Client:
    """An editor who reads English."""
    an_account("alice", Role.EDITOR)
    client = log_in("alice")
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def article() -> Article:
    return an_article(a_channel(), "A law is read again", text=text_of(4), html=f"<p>{text_of(4)}</p>")


def _shown(client: Client, article: Article) -> str:
    answer = client.get(f"/article/{article.pk}/extraction/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_editors_see_it_and_the_way_to_it(alice: Client, article: Article) -> None:
    record(article, a_page(4))
    an_account("bob")
    an_account("charlie", Role.ADMINISTRATOR)
    bob, charlie, nobody = log_in("bob"), log_in("charlie"), Client()
    address = f"/article/{article.pk}/extraction/"
    for client, status, linked in ((alice, 200, True), (charlie, 200, True), (bob, 403, False), (nobody, 302, False)):
        assert client.get(address).status_code == status
        page = client.get(f"/article/{article.pk}/").content.decode()
        assert (f'href="{address}"' in page) == linked
    assert alice.post(address).status_code == 405
    assert alice.get(f"/article/{article.pk + 1}/extraction/").status_code == 404


def test_what_was_kept_and_what_was_removed_and_why(alice: Client, article: Article) -> None:
    record(article, a_page(4, menu=3, more="<aside><p>Our other news of the day</p></aside>"))
    page = _shown(alice, article)
    left, right = page.split('<section class="read"')
    pieces = left.split('<ol class="pieces"')[1]
    assert [
        int(n)
        for n in re.findall(r'<li class="kept[^>]*>The minister said on Tuesday that paragraph number (\d)', pieces)
    ] == [0, 1, 2, 3]
    assert re.search(r"<s>Section 0</s></li>\s*<li><s>Section 1</s>", pieces)
    assert "<s>Our other news of the day</s>" in pieces
    assert "<s>A law is read again</s>" in pieces  # the title stands above the text, not in it
    assert 'id="kept">4 pieces' in page
    assert 'id="removed">6 pieces' in page
    assert "paragraph number 3" in right
    assert "no rule" in left
    assert "not quite the one that is stored" not in page


def test_it_is_in_chinese_first(alice: Client, article: Article) -> None:
    record(article, a_page(4))
    alice.cookies["django_language"] = "zh-hans"
    page = _shown(alice, article)
    assert "<h1>原网页与正文对照</h1>" in page
    assert "相关链接" in page
    assert "4 段" in page


def test_a_page_of_today_that_reads_differently_says_so(alice: Client, article: Article) -> None:
    record(article, a_page(5))
    assert "not quite the one that is stored" in _shown(alice, article)


def test_many_pieces_in_a_row_are_folded(alice: Client, article: Article) -> None:
    record(article, a_page(4, menu=30))
    page = _shown(alice, article)
    assert page.count("<details><summary>") == 1
    assert page.count("<s>Section") == 30


def test_a_publishers_markup_is_text(alice: Client, article: Article) -> None:
    record(article, a_page(4, more="<div>&lt;script&gt;alert(1)&lt;/script&gt;<img src=https://x.test/a.gif></div>"))
    page = _shown(alice, article)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "x.test" not in page


def test_the_last_record_is_the_one(alice: Client, article: Article) -> None:
    record(article, a_page(9))
    record(article, a_page(4))
    assert 'id="kept">4 pieces' in _shown(alice, article)


def test_without_a_record_there_is_a_sentence(alice: Client, article: Article) -> None:
    assert "cannot be shown: it is no longer kept." in _shown(alice, article)
    kept = record(article, a_page(4))
    (ours.settings().home / "evidence" / kept.file).unlink()
    page = _shown(alice, article)
    assert "cannot be shown: it is no longer kept." in page
    assert "paragraph number 3" in page  # the article stays


def test_a_damaged_record_is_said_to_be(alice: Client, article: Article) -> None:
    kept = record(article, a_page(4))
    Snapshot.objects.filter(pk=kept.pk).update(sha256=b"x" * 32)
    assert "its record is damaged" in _shown(alice, article)


def test_too_many_at_once_are_told_to_wait(alice: Client, article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    record(article, a_page(4))
    monkeypatch.setattr(explaining, "TURN_SECONDS", 0.05)
    for _ in range(explaining.AT_ONCE):
        assert explaining._turns.acquire(blocking=False)
    try:
        assert "too many are being read at once" in _shown(alice, article)
    finally:
        for _ in range(explaining.AT_ONCE):
            explaining._turns.release()
    assert 'id="kept">4 pieces' in _shown(alice, article)


def test_what_is_no_page_is_no_error(alice: Client, article: Article) -> None:
    record(article, "%PDF-1.7 " + "x" * 500)
    page = _shown(alice, article)
    assert "text came from the feed" in page
    assert 'id="removed">0 pieces' in page


@pytest.fixture
def own_rules(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "rules.toml"
    before = ours.own_settings()
    ours.use(before.model_copy(update={"site_rules": file}))
    yield file
    ours.use(before)


def test_a_site_rule_is_used_and_named(alice: Client, article: Article, own_rules: Path) -> None:
    own_rules.write_text(
        '["odd.test"]\ndrop = [".odd"]\ntested_on = "a page"\nwhy = "Its box stands within the text."\n', "utf-8"
    )
    odd = a_page(3).replace(
        "</p><p>", '</p><p class="odd">An odd paragraph that is long enough to be one, as they are.</p><p>', 1
    )
    record(article, odd, "https://www.odd.test/a")
    page = _shown(alice, article)
    assert re.search(r'id="rule">odd\.test <span[^>]*>Its box stands within the text\.', page)
    assert re.search(r"Removed: </span>site rule</span>\s*</p>\s*<ul><li><s>An odd paragraph", page)


def test_a_wrong_rules_file_is_a_sentence(alice: Client, article: Article, own_rules: Path) -> None:
    own_rules.write_text('["odd.test"]\ndrop = ["p["]\n', "utf-8")
    record(article, a_page(4))
    assert "site rules is wrong" in _shown(alice, article)


def test_as_many_queries_for_twenty_pieces_as_for_ten(alice: Client) -> None:
    counts = []
    alice.get("/")  # the first page of a session writes when it was used last
    for pieces in (10, 20):
        article = an_article(a_channel(), text=text_of(pieces))
        record(article, a_page(pieces))
        with CaptureQueriesContext(connection) as captured:
            assert f'id="kept">{pieces} pieces' in _shown(alice, article)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_every_reason_of_the_extraction_has_words() -> None:
    from newsreel.extraction import choice, recurrence, tags

    known = {*tags.REASONS, *choice.PLACES, choice.RULED, recurrence.REASON}
    assert known - set(reasons._WORDS) == set()
    assert reasons.words("of tomorrow") == "of tomorrow"
