"""The feeds that other projects test with, through our reader."""

from __future__ import annotations

import io
import time
import warnings
from calendar import timegm
from pathlib import Path
from typing import Any

import feedparser
import pytest

from newsreel.core.types import Feed
from newsreel.core.urls import absolute
from newsreel.discovery import parse_feed
from newsreel.discovery.snippets import plain_text
from tests.shared import SHARED, needs_shared

SUITES = SHARED / "suites"
FOLDERS = ["feedparser", "miniflux", "reader", "nnw-real-feeds", "opml", "xml-bombs", "json/test_parsing", "naughty"]
URL = "http://example.com/test/feed.xml"


def files(folder: str) -> list[Path]:
    return sorted(path for path in (SUITES / folder).rglob("*") if path.is_file())


@needs_shared
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_the_suites_has_an_outcome_in_time(folder: str) -> None:
    assert len(files(folder)) > 1
    for path in files(folder):
        body = path.read_bytes()
        started = time.process_time()
        feed = parse_feed(body, URL)
        assert time.process_time() - started < 2, path.name
        assert isinstance(feed, Feed)
        assert feed.entries or feed.error or feed.title or b"<item" not in body, path.name


@needs_shared
def test_bombs_are_refused_with_their_reason() -> None:
    bombs = ["cyclic", "external", "external_file", "quadratic", "xmlbomb", "xmlbomb2", "dtd_element"]
    for name in bombs:
        assert "entities" in (parse_feed((SUITES / "xml-bombs" / f"{name}.xml").read_bytes(), URL).error or "")


def reference(body: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL})


@needs_shared
def test_titles_links_and_dates_agree_with_feedparsers_own_suite() -> None:
    """feedparser reads its own suite right, by definition; where we differ it is on purpose (encodings that it does
    not detect, media: titles, links of enclosures), and on few. It reads '2020/1/10' as the 1st of November.
    """
    right = {"entries": [0, 0], "title": [0, 0], "url": [0, 0], "published": [0, 0]}
    for path in files("feedparser/wellformed") + files("feedparser/illformed") + files("nnw-real-feeds"):
        if path.suffix not in (".xml", ".rss", ".atom", ".rdf") or path.stat().st_size > 90_000:
            continue
        body = path.read_bytes()
        theirs, ours = reference(body).entries, parse_feed(body, URL).entries
        count(right["entries"], len(theirs) == len(ours))
        for one, other in zip(theirs, ours, strict=False):
            link = dict.get(one, "link") or ""
            count(right["title"], plain_text(dict.get(one, "title") or "") == plain_text(other.title))
            count(right["url"], ((absolute(link, URL) or "") if link else "") == other.url)
            if (parsed := dict.get(one, "published_parsed")) and "/" not in dict.get(one, "published"):
                count(
                    right["published"],
                    other.published is not None and timegm(parsed) == int(other.published.timestamp()),
                )
    shares = {name: good / total for name, (good, total) in right.items()}
    print({name: f"{good}/{total}" for name, (good, total) in right.items()})
    assert shares["entries"] > 0.995
    assert min(shares["title"], shares["url"]) > 0.99
    assert shares["published"] == 1


def count(pair: list[int], good: bool) -> None:
    pair[0] += good
    pair[1] += 1
