"""Lists of feeds on a page, and the catalogue with its switches: who may do what, and what is done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsreel.accounts.models import AuditEntry
from newsreel.archive import wishes
from newsreel.archive.models import AddRequest, Channel, Source
from newsreel.pipeline.selecting import switch_on
from newsreel.sources import ListedFeed, Selection, all_channels, csv_of, opml_of, parse_list, select
from tests.administration.four import Four
from tests.portal.making import a_channel

pytestmark = pytest.mark.django_db
LOOK = "/administration/sources/list/look/"


def bring(client: Client, body: bytes, name: str = "mine.opml") -> str:
    """Uploads a list; the page that follows."""
    answer = client.post(LOOK, {"list": SimpleUploadedFile(name, body)}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def some(count: int) -> bytes:
    return opml_of([ListedFeed(f"https://n{n}.test/feed", f"Paper {n}") for n in range(count)]).encode()


def test_a_list_is_shown_first_and_then_added_whole(four: Four) -> None:
    page = bring(four.bob, some(150))
    assert "Add all 150 channels" in page
    assert "and 50 more" in page
    assert not Source.objects.exists()
    assert wishes.recent() == []
    row = AddRequest.objects.get()
    assert four.bob.get(f"/administration/sources/preview/{row.pk}/").status_code == 404
    answer = four.bob.post(f"/administration/sources/list/{row.pk}/add/", follow=True)
    assert "150 channels are added." in answer.content.decode()
    assert Channel.objects.count() == 150
    line = AuditEntry.objects.get()
    assert (line.actor_name, line.act, line.about, line.details) == ("bob", "list_taken", "mine.opml", {"many": 150})
    assert four.bob.post(f"/administration/sources/list/{row.pk}/add/").status_code == 404
    assert "read already" in bring(four.bob, some(150))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The list is empty."),
        (b"Dear reader", "neither a list of feeds"),
        (b'<!DOCTYPE o [<!ENTITY a "b">]><opml/>', "document type with entities"),
        (b"<opml><body>" + b"<outline text='x'>" * 10_000, "nested deeper"),
        (b"<opml><body>" + b"<outline text='x'/>" * 100_000 + b"</body></opml>", "more than 50,000 entries"),
        (b"address\nhttps://a.test/f\nhttp://192.168.0.1/f\n", "private or special"),
        (b"address\nhttps://a.test/f\njavascript:x\n", "no address of the web"),
        (b"x" * 8_000_001, "larger than 8 MB"),
    ],
)
def test_what_cannot_be_taken_whole_is_one_line(four: Four, body: bytes, words: str) -> None:
    page = bring(four.bob, body)
    (said,) = re.findall(r'<li class="error">(.*?)</li>', page, re.DOTALL)
    assert words in said
    assert not AddRequest.objects.exists()
    assert not Source.objects.exists()


def test_in_chinese_it_is_chinese(four: Four) -> None:
    four.bob.cookies["django_language"] = "zh-hans"
    for body, entry in (
        (opml_of([ListedFeed("http://10.0.0.1/feed")]).encode(), "http://10.0.0.1/feed"),
        (b"address\nhttps://a.test/f\njavascript:x\n", "javascript:x"),
    ):
        said = re.search(r'<li[^>]*class="[^"]*error[^"]*"[^>]*>(.*?)</li>', bring(four.bob, body), re.DOTALL)
        assert said is not None
        assert entry in said[1]
        assert not re.search("[A-Za-z]{2,} [A-Za-z]{2,}", said[1]), said[1]


def test_without_a_file(four: Four) -> None:
    assert "Choose a file." in four.bob.post(LOOK, follow=True).content.decode()


def test_what_a_list_says_is_text(four: Four) -> None:
    feed = ListedFeed("https://a.test/f", outlet="<script>alert(1)</script>", channel="<b>x</b>")
    page = bring(four.bob, csv_of([feed]).encode(), "<i>.csv")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<b>x" not in page


def test_the_sources_are_taken_along(four: Four) -> None:
    a_channel()
    for form in ("opml", "csv"):
        answer = four.bob.get(f"/administration/sources/export/{form}/")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="newsreel-sources.{form}"'
        (feed,) = parse_list(answer.content).feeds
        assert feed.url == Channel.objects.get().url
    assert four.bob.get("/administration/sources/export/xlsx/").status_code == 404


def hear() -> None:
    """The bell is heard; in the one transaction of a test a second one would break it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def switched(client: Client, **form: Any) -> str:
    hear()
    answer = client.post("/catalogue/add/", form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_channels_are_switched_on_singly(four: Four) -> None:
    first, second, *_ = select(Selection(countries=("NZ",)))
    page = switched(four.bob, channel=[first.url, second.url, "https://evil.test/"], place="NZ")
    assert "2 channels are switched on." in page
    assert {channel.url for channel in Channel.objects.all()} == {first.url, second.url}
    assert page.count("being read") == 2
    line = AuditEntry.objects.get()
    assert (line.actor_name, line.act, line.details) == ("bob", "channels_added", {"many": 2})


def test_a_whole_selection_is_switched_on(four: Four) -> None:
    meant = select(Selection(continents=("oceania",), topics=("general",)))
    switched(four.bob, channel=[meant[0].url])
    page = switched(four.bob, all="1", place="oceania", topic="general")
    assert f"{len(meant) - 1} channels are switched on. Known already: 1." in page
    assert Channel.objects.count() == len(meant)


def test_nothing_ticked_and_nonsense(four: Four) -> None:
    assert "Choose at least one channel." in switched(four.bob, place="NZ")
    assert four.bob.post("/catalogue/add/", {"place": "ZZ"}).status_code == 400
    assert not Channel.objects.exists()


def test_only_who_may_add_sees_switches(four: Four) -> None:
    url = select(Selection(countries=("NZ",)))[0].url
    for name, client in four:
        page = client.get("/catalogue/?place=NZ", REMOTE_ADDR="192.0.2.7").content.decode()
        assert ("Switch on what is ticked" in page) == (name in ("bob", "charlie")), name
        hear()
        answer = client.post("/catalogue/add/", {"channel": url}, REMOTE_ADDR="192.0.2.7")
        assert answer.status_code == (302 if name in ("bob", "charlie") else 403), name


@pytest.mark.parametrize(
    "query",
    ["place=ZZ", "language=xx", "topic=x", "kind=x", "page=0", "page=999", "page=x", "place=NZ&page=9", "page=²"],
)
def test_what_is_no_address(four: Four, query: str) -> None:
    assert four.nobody.get(f"/catalogue/?{query}").status_code == 404


def test_every_page_of_the_catalogue(four: Four) -> None:
    """By following the pages all of it is seen once."""
    four.nobody.cookies["django_language"] = "zh-hans"
    seen: list[str] = []
    path = "/catalogue/"
    while path:
        page = four.nobody.get(path).content.decode()
        seen += re.findall(r'class="tick" title="([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = f"/catalogue/{following[1]}" if following else ""
    assert len(seen) == len(set(seen)) == len(all_channels())


@pytest.mark.parametrize(
    "query", ["", "place=asia", "place=JP", "language=zh-Hant", "topic=sport", "kind=agency", "words=独立报"]
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_selections(four: Four, language: str, query: str) -> None:
    four.nobody.cookies["django_language"] = language
    page = four.nobody.get(f"/catalogue/?{query}").content.decode()
    assert ("independent.co.uk" in page) == (query == "words=独立报") or query == ""
    assert page.count("<option value=") > 220


def test_words_that_are_sought_are_text(four: Four) -> None:
    page = four.nobody.get("/catalogue/", {"words": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_a_page_with_more_costs_no_more_queries(four: Four) -> None:
    costs = []
    for query, on in (("place=NZ", 0), ("place=GB", 20)):
        switch_on(select(Selection(countries=("GB",)))[:on], 900)
        four.bob.get(f"/catalogue/?{query}")
        with CaptureQueriesContext(connection) as seen:
            four.bob.get(f"/catalogue/?{query}")
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_a_list_with_more_costs_no_more_queries(four: Four) -> None:
    costs = []
    bring(four.bob, some(1))  # the badge of the menu is counted once in a while
    for count in (10, 20):
        with CaptureQueriesContext(connection) as seen:
            bring(four.bob, some(count))
        costs.append(len(seen))
    assert costs[0] == costs[1]
