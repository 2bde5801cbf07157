"""The names of channels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.sources import channel_name, channel_name_zh
from newsreel.sources.tables import rows


@pytest.mark.parametrize(
    ("title", "url", "outlet", "name", "chinese"),
    [
        (
            "World news | The Guardian",
            "https://www.theguardian.com/world/rss",
            "The Guardian",
            "World news",
            "世界新闻",
        ),
        ("The Guardian", "https://www.theguardian.com/rss", "The Guardian", "", ""),
        ("BBC News", "https://feeds.bbci.co.uk/news/rss.xml", "BBC", "News", "新闻"),
        ("BBC News - World", "https://feeds.bbci.co.uk/news/world/rss.xml", "BBC", "World", "世界新闻"),
        ("NYT > Top Stories", "https://rss.nytimes.com/x", "The New York Times", "Top Stories", "要闻"),
        ("SPIEGEL ONLINE - Politik", "https://www.spiegel.de/politik/index.rss", "Der Spiegel", "Politik", "政治"),
        ("Politik - FAZ.NET", "https://www.faz.net/rss", "Frankfurter Allgemeine", "Politik", "政治"),
        ("Le Monde.fr : Politique", "https://www.lemonde.fr/politique/rss_full.xml", "Le Monde", "Politique", "政治"),
        ("Reuters: World News", "https://reuters.com/f", "Reuters", "World News", "世界新闻"),
        ("The Namibian » Feed", "https://www.namibian.com.na/feed/", "The Namibian", "", ""),
        (
            "Wirtschaft RSS-Feed - hessenschau.de",
            "https://www.hessenschau.de/w.rss",
            "hessenschau",
            "Wirtschaft",
            "财经",
        ),
        ("The Independent - World", "https://www.independent.co.uk/rss", "The Independent", "World", "世界新闻"),
        ("Independent Sport", "https://www.independent.co.uk/rss", "The Independent", "Sport", "体育"),
        ("NPR Topics: World", "https://feeds.npr.org/1004/rss.xml", "NPR", "World", "世界新闻"),
        ("国际_人民网", "http://www.people.com.cn/rss/world.xml", "People's Daily", "国际", "国际"),
        ("Meridian Post", "http://meridian-post.test/all.rss", "Meridian Post", "", ""),
        ("Gardening | Meridian Post", "http://meridian-post.test/g.rss", "Meridian Post", "Gardening", ""),
        ("", "https://e.org/", "Example", "", ""),
        ("World news", "", "", "World news", "世界新闻"),
    ],
)
def test_what_is_left_without_the_outlets_name(title: str, url: str, outlet: str, name: str, chinese: str) -> None:
    found = channel_name(title, url, outlet)
    assert found == name
    assert channel_name_zh(found) == chinese


@pytest.mark.parametrize(
    ("name", "chinese"),
    [
        ("Ökonomie", ""),
        ("WIRTSCHAFT", "财经"),
        ("Économie", "财经"),
        ("Arts & Culture", "文化"),
        ("ニュース", "新闻"),
        ("要闻", "要闻"),
        ("", ""),
    ],
)
def test_usual_names_in_chinese(name: str, chinese: str) -> None:
    assert channel_name_zh(name) == chinese


def test_no_name_means_two_things() -> None:
    seen: dict[str, str] = {}
    for chinese, names in rows("channels.tsv"):
        for name in names.split("; "):
            assert seen.setdefault(name, chinese) == chinese, name


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=20))
def test_any_text_has_an_outcome(title: str, url: str, outlet: str) -> None:
    name = channel_name(title, url, outlet)
    assert len(name) <= 60
    assert isinstance(channel_name_zh(name), str)
