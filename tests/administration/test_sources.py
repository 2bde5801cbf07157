"""Sources as editors look after them: previews, pauses, ends; failures and trying again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsreel.accounts.models import AuditEntry
from newsreel.archive import claims, reading, registry, wishes
from newsreel.archive.models import AddRequest, Channel, Host, Lead, Source
from newsreel.archive.registry import ChannelFacts, SourceFacts
from tests.administration.four import Four
from tests.archive import making
from tests.portal.making import a_channel, a_source, an_article

pytestmark = pytest.mark.django_db
FOUND = {
    "site": "news.test", "name": "News", "name_zh": "", "country": "", "language": "en", "home_url": "https://news.test/",
    "channels": [
        {"url": "https://news.test/world.xml", "kind": "feed", "name": "World", "name_zh": "", "entries": 2,
         "titles": [{"title": "<b>Workers</b>", "url": "https://news.test/1", "published": ""}]},
        {"url": "https://news.test/sport.xml", "kind": "feed", "name": "Sport", "name_zh": "", "entries": 0, "titles": []},
    ],
}  # fmt: skip


def post(client: Client, path: str, **data: Any) -> str:
    answer = client.post(f"/administration/{path}", data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def due(host: str) -> claims.DueWork:
    return claims.due_on_host(host, 10)


def a_watched(site: str = "news.test") -> Channel:
    _, (channel,) = registry.register(
        SourceFacts(site, "News", f"https://{site}/"), [ChannelFacts(f"https://{site}/feed", "feed")], 900
    )
    return channel


def test_a_channel_that_is_gone_for_good_says_why(four: Four) -> None:
    channel = a_watched()
    registry.register(SourceFacts("news.test", "News", ""), [ChannelFacts("https://news.test/sport.xml", "feed")], 900)
    making.was_not_read(channel, "gone", "news.test answered 410 (Gone).", retire=True)
    page = four.bob.get(f"/administration/sources/{channel.source_id}/").content.decode()
    assert "gone for good, as its site says; not read any more" in page
    assert "news.test answered 410 (Gone). It said so twice, hours apart: it is not read any more." in page
    assert ">read no more</span>" in page
    post(four.bob, f"channels/{channel.pk}/resume/")
    again = Channel.objects.get(pk=channel.pk)
    assert (again.retired_at, again.paused, again.outcome) == (None, False, "")


def test_a_channel_that_is_about_to_move_says_where(four: Four) -> None:
    channel = a_watched()
    then = reading.AfterReading(60, 900, moved_to="https://new.test/<feed>", moved_since=timezone.now())
    reading.channels_read([reading.Reading(channel, then, then.wait, entries=1, new=1, seconds=0.1)])
    page = four.bob.get(f"/administration/sources/{channel.source_id}/").content.decode()
    assert "<bdi>https://new.test/&lt;feed&gt;</bdi>" in page


def test_a_preview_waits_is_answered_and_added(four: Four) -> None:
    page = post(four.bob, "sources/preview/", address="news.test")
    wish = AddRequest.objects.get()
    assert (wish.preview, wish.state) == (True, "looking")
    assert 'http-equiv="refresh"' in page
    assert wishes.recent() == []
    assert wishes.waiting()
    wishes.show(wishes.Wish(wish.pk, wish.address), FOUND)
    page = four.bob.get(f"/administration/sources/preview/{wish.pk}/").content.decode()
    assert "&lt;b&gt;Workers&lt;/b&gt;" in page
    assert 'http-equiv="refresh"' not in page
    assert not Source.objects.exists()
    page = post(
        four.bob, f"sources/preview/{wish.pk}/add/", channel=["https://news.test/world.xml", "https://evil.test/"]
    )
    assert "The source is added" in page
    assert [row.url for row in Channel.objects.all()] == ["https://news.test/world.xml"]
    assert Host.objects.filter(name="news.test").exists()
    line = AuditEntry.objects.get()
    assert (line.actor_name, line.act, line.about) == ("bob", "source_added", "news.test")
    assert four.bob.post(f"/administration/sources/preview/{wish.pk}/add/").status_code == 404


def test_nothing_is_added_where_nothing_was_chosen(four: Four) -> None:
    wish = AddRequest.objects.create(address="news.test", preview=True, state="found", found=FOUND)
    assert "Choose at least one channel." in post(four.bob, f"sources/preview/{wish.pk}/add/")
    assert not Source.objects.exists()
    assert not AuditEntry.objects.exists()


def test_too_many_previews(four: Four) -> None:
    for n in range(wishes.MOST_WAITING):
        wishes.ask_preview(f"n{n}.test")
    assert "try again in a minute" in post(four.bob, "sources/preview/", address="news.test")
    assert AddRequest.objects.count() == wishes.MOST_WAITING


@pytest.mark.django_db(transaction=True)
def test_a_source_is_paused_and_read_again(four: Four) -> None:
    channel = a_watched()
    assert due("news.test").channels == [channel.pk]
    post(four.bob, f"sources/{channel.source_id}/pause/")
    assert due("news.test").channels == []
    post(four.bob, f"sources/{channel.source_id}/resume/")
    assert due("news.test").channels == [channel.pk]
    assert [line.act for line in AuditEntry.objects.order_by("pk")] == ["source_paused", "source_resumed"]


def test_a_source_is_retired_its_articles_stay_and_it_can_come_back(four: Four) -> None:
    channel = a_watched()
    an_article(channel)
    Lead.objects.create(key="k", url="https://news.test/1", host="news.test", channel=channel)
    page = post(four.bob, f"sources/{channel.source_id}/retire/")
    assert "read no more" in page
    source = Source.objects.get()
    assert source.retired_at is not None
    assert '<span class="badge">read no more</span>' in four.nobody.get("/sources/").content.decode()
    assert due("news.test")[:2] == ([], [])
    assert source.articles.count() == 1
    assert registry.known_channel("https://news.test/feed") is None
    a_again, _ = registry.register(
        SourceFacts("news.test", "News", "https://news.test/"), [ChannelFacts("https://news.test/feed", "feed")], 900
    )
    source.refresh_from_db()
    assert a_again == source
    assert (source.retired_at, source.paused) == (None, False)


@pytest.mark.django_db(transaction=True)
def test_one_channel_is_paused(four: Four) -> None:
    channel = a_watched()
    post(four.bob, f"channels/{channel.pk}/pause/")
    assert due("news.test").channels == []
    assert not claims.hosts_due()
    post(four.bob, f"channels/{channel.pk}/resume/")
    assert claims.hosts_due()
    assert [line.act for line in AuditEntry.objects.order_by("pk")] == ["channel_paused", "channel_resumed"]


def test_sources_are_found_by_name_and_state(four: Four) -> None:
    a_channel(source=a_source("Fine News", ""), outcome="ok", last_read_at=timezone.now())
    a_channel(source=a_source("Bad News", ""), outcome="timed_out")
    a_channel(source=a_source("Old News", "", paused=True, retired_at=timezone.now()))
    a_channel(source=a_source("Resting News", "", paused=True))

    def found(query: str) -> set[str]:
        page = four.bob.get(f"/administration/sources/?{query}").content.decode()
        return {name for name in ("Fine", "Bad", "Old", "Resting") if f"<bdi>{name} News" in page}

    assert found("") == {"Fine", "Bad", "Old", "Resting"}
    assert found("search=fine") == {"Fine"}
    assert found("which=faulty") == {"Bad"}
    assert found("which=paused") == {"Resting"}
    assert found("which=retired") == {"Old"}
    assert four.bob.get("/administration/sources/?which=all").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_failures_are_grouped_and_tried_again(four: Four) -> None:
    channel = a_watched()
    later = timezone.now() + timedelta(hours=3)
    Channel.objects.filter(pk=channel.pk).update(outcome="timed_out", next_due_at=later)
    Host.objects.update(next_due_at=later)
    for n, state in enumerate(("failed", "new")):
        Lead.objects.create(
            key=f"k{n}", url=f"https://news.test/{n}", host="news.test", channel=channel, state=state, outcome="gone",
            attempts=4, next_due_at=None if state == "failed" else later,
        )  # fmt: skip
    page = four.bob.get("/administration/failures/").content.decode()
    assert "no answer in time" in page
    assert "no longer there" in page
    assert "https://news.test/1" in four.bob.get("/administration/failures/page/gone/").content.decode()
    assert "2 addresses will be tried again." in post(four.bob, "failures/page/gone/retry/")
    assert len(due("news.test").leads) == 2
    assert claims.hosts_due()
    assert AuditEntry.objects.get().details == {"many": 2}
    assert four.bob.get("/administration/failures/nothing/gone/").status_code == 404


def test_a_host_that_named_its_time_is_still_waited_for(four: Four) -> None:
    channel = a_watched()
    Channel.objects.filter(pk=channel.pk).update(outcome="rate_limited")
    later = timezone.now() + timedelta(hours=1)
    Host.objects.update(next_due_at=later, waiting_for_host=True)
    post(four.bob, "failures/channel/rate_limited/retry/")
    assert not claims.hosts_due()
