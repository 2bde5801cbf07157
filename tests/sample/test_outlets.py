from __future__ import annotations

import re

from newsreel.core.urls import site_of
from newsreel.sample.outlets import KINDS, outlets


def test_hosts_are_reserved_names_each_a_site_of_its_own() -> None:
    hosts = [outlet.host for outlet in outlets().values()]
    assert all(host.endswith(".example") for host in hosts)
    assert len({site_of(f"http://{host}/") for host in hosts}) == len(hosts) == 10


def test_every_way_of_telling_machines_is_there_and_one_site_has_none() -> None:
    ways = [outlet.feed for outlet in outlets().values()]
    assert set(ways) == {"rss", "rdf", "atom", "json", "sitemap", "none"}
    assert ways.count("none") == 1


def test_old_encodings_of_three_languages() -> None:
    found = {outlet.language: outlet.charset for outlet in outlets().values() if outlet.charset != "utf-8"}
    assert found == {"zh-Hans": "gb18030", "ru": "windows-1251", "ja": "Shift_JIS"}


def test_each_has_markup_of_its_own() -> None:
    every = list(outlets().values())
    assert len({outlet.article for outlet in every}) == len({outlet.shell for outlet in every}) == len(every)
    for outlet in every:
        assert set(outlet.blocks) == set(KINDS), outlet.id


def test_each_has_junk_about_its_articles() -> None:
    for outlet in outlets().values():
        assert outlet.junk, outlet.id
        assert re.search(r"\$teaser\d_url", outlet.article), outlet.id


def test_the_junk_that_real_pages_have_is_somewhere() -> None:
    markup = "\n".join(
        outlet.shell + outlet.article + "".join(one.html for one in outlet.junk) for outlet in outlets().values()
    )
    for mark in (
        "cookies",
        "Your support makes all the difference",
        "Recommended",
        "Sponsored",
        "Undo",
        "Advertisement",
    ):
        assert mark in markup, mark
    for mark in (
        "free articles left",
        "newsletter",
        "Comments",
        "WhatsApp",
        "相关阅读",
        "［PR］",
        "Читайте также",
        "إعلان",
    ):
        assert mark in markup, mark
    assert any("open image in gallery" in outlet.blocks["image"] for outlet in outlets().values())
