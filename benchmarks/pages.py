"""How fast the archive answers its readers, in a small archive beside a large one. Run by benchmarks/archive.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.ground import Station
from benchmarks.report import milliseconds, table

ROUNDS, EACH = 5, 5
NAMES = {
    "newest": "最新资讯",
    "newest_deep": "最新资讯, from the middle of the archive",
    "rolling": "滚动新闻",
    "article": "an article's page",
    "source": "a source",
    "channel": "a channel",
    "keyword_common": "the most used keyword",
    "keyword_middling": "the keyword of place 300",
    "keyword_rare": "a rare keyword",
    "topic_top": "a topic's top level, the most used",
    "topic_rare": "a rare topic",
    "http_newest": "最新资讯, the whole HTTP answer",
    "http_article": "an article, the whole HTTP answer",
    "http_keyword": "the most used keyword, the whole HTTP answer",
    "http_topic": "a topic's top level, the whole HTTP answer",
}


def subjects() -> dict[str, Any]:
    """What is asked for in this archive; called in a Station."""
    from django.db import connection

    def first(statement: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0]

    keyword = "SELECT keyword_id FROM archive_articlekeyword GROUP BY 1 HAVING count(*) >= 2 ORDER BY count(*)"
    code = "SELECT code FROM archive_articletopic GROUP BY 1 HAVING count(*) >= 2 ORDER BY count(*)"
    return {
        "article": first("SELECT max(id) - 20 FROM archive_article"),
        "middle": first("SELECT shown_at FROM archive_article ORDER BY id OFFSET (SELECT count(*) / 2 FROM archive_article) LIMIT 1"),
        "source": first("SELECT source_id FROM archive_article GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "channel": first("SELECT channel_id FROM archive_article GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "keyword_common": first(f"{keyword} DESC LIMIT 1"),
        "keyword_middling": first(f"{keyword} DESC OFFSET 299 LIMIT 1"),
        "keyword_rare": first(f"{keyword} LIMIT 1"),
        "topic_top": first("SELECT top FROM archive_articletopic GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "topic_rare": first(f"{code} LIMIT 1"),
    }  # fmt: skip


def answered(asked: dict[str, Any], names: list[str]) -> dict[str, float]:
    """The shortest time of a few, in seconds, by what was asked; called in a Station."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from newsreel.archive import queries
    from newsreel.archive.cursors import Cursor

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    reader = Client()

    def get(address: str) -> None:
        answer = reader.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    ways: dict[str, Callable[[], object]] = {
        "newest": queries.newest,
        "newest_deep": lambda: queries.newest(before=Cursor(asked["middle"], 1)),
        "rolling": queries.rolling,
        "article": lambda: queries.article(asked["article"]),
        "source": lambda: queries.of_source(asked["source"]),
        "channel": lambda: queries.of_channel(asked["channel"]),
        "keyword_common": lambda: queries.of_keyword(asked["keyword_common"]),
        "keyword_middling": lambda: queries.of_keyword(asked["keyword_middling"]),
        "keyword_rare": lambda: queries.of_keyword(asked["keyword_rare"]),
        "topic_top": lambda: queries.of_topic(asked["topic_top"]),
        "topic_rare": lambda: queries.of_topic(asked["topic_rare"]),
        "http_newest": lambda: get(reverse("portal:home")),
        "http_article": lambda: get(reverse("portal:article", args=[asked["article"]])),
        "http_keyword": lambda: get(reverse("portal:keyword", args=[asked["keyword_common"]])),
        "http_topic": lambda: get(reverse("portal:topic", args=[asked["topic_top"]])),
    }
    times = {}
    for name in names:
        some = []
        for _ in range(EACH):
            began = time.perf_counter()
            ways[name]()
            some.append(time.perf_counter() - began)
        times[name] = min(some)
    return times


def section(small: Station, large: Station, few: int, many: int) -> str:
    """Every list and page at either size, in turns."""
    names = list(NAMES)
    asked = {id(station): station.ask(subjects) for station in (small, large)}
    rounds: dict[int, list[dict[str, float]]] = {id(small): [], id(large): []}
    for number in range(ROUNDS + 1):
        for station in (small, large):
            times = station.ask(answered, asked[id(station)], names)
            if number:  # the first round fills the caches
                rounds[id(station)].append(times)
    rows = []
    for name in names:
        before, after = (median(times[name] for times in rounds[id(station)]) for station in (small, large))
        rows.append([NAMES[name], milliseconds(before), milliseconds(after), f"**{after / before:.2f}**"])
    return (
        f"{table(['page', f'{few:,} articles', f'{many:,} articles', 'ratio'], rows)}\n\n"
        f"The best of {EACH}, the median of {ROUNDS} rounds in turns. Lists hold 30 articles. HTTP answers are Django's own, "
        "with templates, sessions and headers, without the socket."
    )
