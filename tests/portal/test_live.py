from __future__ import annotations

import http.client
import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from newsreel.archive import changes
from tests.patience import patience
from tests.portal.making import NOON, a_channel, an_article, many_articles
from tests.portal.serving import Portal

pytestmark = pytest.mark.django_db(transaction=True)


def _dsn() -> str:
    entry = connection.settings_dict
    return f"host={entry['HOST']} dbname={entry['NAME']} user={entry['USER']}"


def test_a_stored_article_is_told_within_two_seconds(portal: Portal) -> None:
    channel = a_channel()
    with portal.stream() as stream:
        stream.next("hello")
        began = time.monotonic()
        made = an_article(channel, "世界气象组织：高温", language="zh-Hans")
        told = stream.next("added")
    assert time.monotonic() - began < patience(2)
    assert told.data == {
        "id": made.id,
        "url": f"/article/{made.id}/",
        "title": "世界气象组织：高温",
        "source": "The Independent",
        "source_zh": "独立报",
        "source_id": channel.source_id,
        "channel": "World",
        "channel_zh": "世界新闻",
        "channel_id": channel.id,
        "time": "2025-08-12T12:00:00+00:00",
        "precision": "time",
        "collected": False,
        "language": "zh-Hans",
        "direction": "ltr",
    }


def test_a_day_is_told_as_a_day(portal: Portal) -> None:
    channel = a_channel()
    with portal.stream() as stream:
        stream.next("hello")
        an_article(channel, published=datetime(2025, 8, 11, tzinfo=UTC), precision="day", language="ar")
        told = stream.next("added")
    assert (told.data["time"], told.data["precision"], told.data["direction"]) == ("2025-08-11", "day", "rtl")


def test_who_comes_back_is_told_what_was_missed_once(portal: Portal) -> None:
    channel = a_channel()
    with portal.stream() as stream:
        stream.next("hello")
        an_article(channel, "first")
        seen = stream.next("added")
    many_articles(channel, 5)
    with portal.stream(Last_Event_ID=seen.position) as stream:
        assert stream.titles(5) == [f"Title {n}" for n in range(5)]
        an_article(channel, "after")
        assert stream.next().data["title"] == "after"


def test_the_header_counts_for_more_than_the_address(portal: Portal) -> None:
    channel = a_channel()
    with portal.stream() as stream:
        start = stream.next("hello").position
        many_articles(channel, 3)
        second = [stream.next("added") for _ in range(3)][1]
    with portal.stream(f"?after={start}") as stream:
        assert stream.titles(3) == ["Title 0", "Title 1", "Title 2"]
    with portal.stream(f"?after={start}", Last_Event_ID=second.position) as stream:
        assert stream.next().data["title"] == "Title 2"


def test_after_a_restart_of_the_portal_none_is_missed(portal: Portal) -> None:
    channel = a_channel()
    with portal.stream() as stream:
        start = stream.next("hello").position
    portal.stop()
    many_articles(channel, 4)
    portal.start()
    with portal.stream(f"?after={start}") as stream:
        assert stream.titles(4) == [f"Title {n}" for n in range(4)]


def test_who_is_too_far_behind_is_told_to_read_anew(portal: Portal) -> None:
    channel = a_channel()
    with portal.stream() as stream:
        start = stream.next("hello").position
    made = an_article(channel)
    changes.record("article", [made.id] * 1100, "changed")
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with portal.stream(f"?after={start}") as stream:
            first = stream.next()
        if first.name == "reload":
            break
        time.sleep(0.1)
    assert first.name == "reload"
    with portal.stream(f"?after={first.position}") as stream:
        an_article(channel, "next")
        assert stream.next().data["title"] == "next"


def test_an_article_committed_under_an_older_transaction_is_told_when_that_ends(portal: Portal) -> None:
    channel = a_channel()
    with psycopg.connect(_dsn()) as older, portal.stream() as stream:
        stream.next("hello")
        older.execute("SELECT pg_current_xact_id()")  # takes a number, and stays open
        an_article(channel, "younger")
        time.sleep(0.7)  # the bell has rung, and there was nothing to read
        older.execute(
            "INSERT INTO archive_change (kind, ref, action) SELECT 'article', max(id), 'changed' FROM archive_article"
        )
        began = time.monotonic()
        older.commit()
        assert [stream.next().name, stream.next().name] == ["changed", "added"]  # in the order of the log
        assert time.monotonic() - began < patience(2)


def test_the_database_may_drop_the_connection(portal: Portal) -> None:
    channel = a_channel()
    with portal.stream() as stream:
        stream.next("hello")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE application_name = 'newsreel live' AND datname = current_database()"
            )
            assert cursor.fetchone() >= (1,)  # other portals of this run may serve the same database
        an_article(channel, "while it was away")
        assert stream.next("added").data["title"] == "while it was away"


def test_changed_enriched_and_removed_are_told(portal: Portal) -> None:
    made = an_article(a_channel(), "Title")
    with portal.stream() as stream:
        stream.next("hello")
        changes.record("article", [made.id], "enriched")
        changes.record("source", [made.source_id], "changed")  # no article's: not told
        changes.record("article", [made.id], "removed")
        enriched, removed = stream.next("enriched"), stream.next()
    assert (enriched.name, enriched.data["title"]) == ("enriched", "Title")
    assert (removed.name, removed.data) == ("removed", {"id": made.id})


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/live", {"Host": "evil.test"}, 400),
        ("/live", {"Host": ""}, 400),
        ("/live", {"Origin": "http://evil.test"}, 403),
        ("/live", {"Origin": "null"}, 403),
        ("/live", {"Sec_Fetch_Site": "cross-site"}, 403),
        ("/live?after=x", {}, 400),
        ("/live?after=1-2-3", {}, 400),
        ("/live?after=%00", {}, 400),
        ("/live?after=" + "9" * 5000, {}, 400),
        ("/live", {"Last_Event_ID": "1;drop"}, 400),
        ("/live?" + "&".join(f"a{n}=1" for n in range(50)), {}, 400),
    ],
)
def test_what_is_refused(portal: Portal, path: str, headers: dict[str, str], status: int) -> None:
    answer = portal.get(path, **headers)
    assert answer[0] == status
    assert "default-src 'none'" in answer[1]["content-security-policy"]
    assert b"Traceback" not in answer[2]


def test_other_methods_are_refused(portal: Portal) -> None:
    assert portal.get("/live", method="POST", body=b"x")[0] == 405


def test_our_own_origin_is_served(portal: Portal) -> None:
    with portal.stream(Host=f"localhost:{portal.port}", Origin=portal.url, Sec_Fetch_Site="same-origin") as stream:
        assert stream.next().name == "hello"


def test_streams_end_when_the_portal_ends(portal: Portal) -> None:
    with portal.stream() as one, portal.stream() as two:
        one.next("hello")
        two.next("hello")
        ends: list[bool] = []

        def wait_for_the_end() -> None:
            try:
                while True:
                    two.next()
            except (EOFError, http.client.HTTPException):
                ends.append(True)

        waiting = threading.Thread(target=wait_for_the_end)
        waiting.start()
        took = portal.stop()
        waiting.join(5)
        portal.start()
    assert ends == [True]
    assert took < patience(4)


def test_many_readers_are_all_told(portal: Portal) -> None:
    channel = a_channel()
    streams = [portal.stream() for _ in range(60)]
    opened = [stream.__enter__() for stream in streams]
    try:
        for stream in opened:
            stream.next("hello")
        began = time.monotonic()
        an_article(channel, "for all", published=NOON + timedelta(hours=1))
        assert {stream.next("added").data["title"] for stream in opened} == {"for all"}
        assert time.monotonic() - began < patience(2)
    finally:
        for stream in streams:
            stream.__exit__(None, None, None)
