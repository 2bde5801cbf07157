from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import feedparser
import pytest

from newsreel.core.text import squeeze
from newsreel.sample.edition import Edition
from newsreel.sample.outlets import Outlet, outlets
from newsreel.sample.truth import Truth, truth
from tests.sample.week import OPENING, START, get

FEEDING = [outlet for outlet in outlets().values() if outlet.feed != "none"]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def body(outlet: Outlet) -> bytes:
    answer = get(Edition(START), outlet.root[:-1] + outlet.feed_path)
    assert answer.status == 200
    assert answer.content_type.endswith(f"charset={outlet.charset}")
    return answer.body


def expected(outlet: Outlet) -> list[Truth]:
    return [one for one in reversed(truth(START)) if one.outlet == outlet.id]


@pytest.mark.parametrize("outlet", [one for one in FEEDING if one.feed != "json"], ids=lambda outlet: outlet.id)
def test_xml_is_well_formed_in_its_encoding(outlet: Outlet) -> None:
    text = body(outlet).decode(outlet.charset)
    assert f'encoding="{outlet.charset}"' in text.split("\n")[0]
    assert len(ET.fromstring(text.split("\n", 1)[1])) > 0


@pytest.mark.parametrize(
    "outlet", [one for one in FEEDING if one.feed in ("rss", "rdf", "atom")], ids=lambda outlet: outlet.id
)
def test_feeds_list_every_article_newest_first(outlet: Outlet) -> None:
    feed = feedparser.parse(
        body(outlet), response_headers={"content-type": f"application/xml; charset={outlet.charset}"}
    )
    assert feed.feed.title == outlet.name
    told = [(one.title, one.url, one.published.timetuple()[:5]) for one in expected(outlet)]
    found = [
        (squeeze(item.title), item.link.split("?")[0], (item.get("published_parsed") or item.updated_parsed)[:5])
        for item in feed.entries
    ]
    assert found == told
    assert all(item.summary for item in feed.entries)


def test_json_feed() -> None:
    outlet = outlets()["tidewater-dispatch"]
    data = json.loads(body(outlet))
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    told = expected(outlet)
    assert [(item["title"], item["url"]) for item in data["items"]] == [(one.title, one.url) for one in told]
    first_words = told[0].text.split("\n\n")[0]
    assert (
        first_words.replace("'", "&#x27;") in data["items"][0]["content_html"]
        or first_words in data["items"][0]["content_html"]
    )


def test_news_sitemap_and_where_robots_name_it() -> None:
    outlet = outlets()["wangyang-morning"]
    rows = ET.fromstring(body(outlet)).findall(f"{SITEMAP}url")
    found = [(row.findtext(f"{SITEMAP}loc"), row.findtext(f"{NEWS}news/{NEWS}title")) for row in rows]
    assert found == [(one.url, one.title) for one in expected(outlet)]
    assert f"Sitemap: {outlet.root[:-1]}{outlet.feed_path}" in outlet.robots


def test_full_text_feeds_hold_the_first_paragraph() -> None:
    outlet = outlets()["cuaderno-austral"]
    feed = feedparser.parse(body(outlet), response_headers={"content-type": "application/xml; charset=utf-8"})
    for item, one in zip(feed.entries, expected(outlet), strict=True):
        assert one.text.split("\n\n")[0].split(" ")[-1].rstrip(".") in item.content[0].value


def test_a_feed_is_named_on_the_front_page_but_not_where_there_is_none() -> None:
    edition = Edition(START)
    for outlet in outlets().values():
        page = get(edition, outlet.root, OPENING).body.decode(outlet.charset)
        named = outlet.feed not in ("none", "sitemap")
        assert (f'href="{outlet.feed_path}"' in page and 'rel="alternate"' in page) is named, outlet.id
