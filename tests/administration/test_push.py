"""What a source's page says of push: that there is one, that it was asked for, that it cannot be, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from newsreel.archive.models import Channel, Subscription
from newsreel.core import settings as ours
from tests.administration.four import Four
from tests.portal.making import a_channel

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
HUB, TOPIC = "https://hub.test/", "https://news.test/feed"
HELD = {"state": "verified", "lease_until": Now() + timedelta(days=1)}


@pytest.fixture
def public(settings: SettingsWrapper) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "news.example.org"]
    ours.use(ours.settings().model_copy(update={"url": "https://news.example.org"}))


def offers(channel: Channel, **columns: Any) -> Channel:
    Channel.objects.filter(pk=channel.pk).update(hub=HUB, topic=TOPIC)
    if columns:
        token = f"{Subscription.objects.count():043}"
        Subscription.objects.create(channel=channel, hub=HUB, topic=TOPIC, token=token, secret="s", **columns)
    return channel


def page(four: Four, channel: Channel) -> str:
    return four.bob.get(f"/administration/sources/{channel.source_id}/").content.decode()


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({}, "can be pushed; the hub is being asked"),
        ({"state": "asked"}, "can be pushed; the hub is being asked"),
        (HELD, "pushed as it appears"),
        (HELD | {"outcome": "push_unsigned"}, "was not signed as agreed"),
        (HELD | {"lease_until": Now() - timedelta(seconds=1)}, "can be pushed; the hub is being asked"),
        ({"state": "failed", "outcome": "timed_out"}, "the hub is being asked</span> · no answer in time"),
        (
            {"state": "denied", "next_due_at": None, "outcome": "hub_denied"},
            "not pushed</span> · the hub does not push this feed to us",
        ),
        (HELD | {"mode": "unsubscribe"}, "can be pushed; the hub is being asked"),
    ],
)
def test_a_channels_push(columns: dict[str, Any], says: str, four: Four, public: None) -> None:
    channel = offers(a_channel(), **columns)
    assert says in page(four, channel)
    four.bob.cookies["django_language"] = "zh-hans"
    assert "推送" in page(four, channel)


def test_what_offers_nothing_says_nothing(four: Four, public: None) -> None:
    assert "push" not in page(four, a_channel())


def test_a_portal_that_no_hub_can_reach_says_so(four: Four) -> None:
    assert "no hub can reach this portal" in page(four, offers(a_channel(), **HELD))


def test_many_channels_cost_no_more_queries(four: Four, public: None) -> None:
    first = offers(a_channel(), **HELD)
    page(four, first)
    counts = []
    for many in (10, 20):
        for _ in range(many):
            offers(a_channel(source=first.source), **HELD)
        with CaptureQueriesContext(connection) as seen:
            assert page(four, first).count("pushed as it appears") >= many
        counts.append(len(seen))
    assert counts[0] == counts[1]
