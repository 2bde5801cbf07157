from __future__ import annotations

import json

import pytest

from newsreel.extraction.metadata import read_metadata
from newsreel.extraction.page import read_whole

TEXT = "<p>The council agreed late on Tuesday on the plans for a new bridge, after months of debate about what it costs.</p>"
TITLE = "<h1>Council agrees on bridge</h1>"


def names(body: str = "", head: str = "", **data: object) -> tuple[str, ...]:
    script = (
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **data})}</script>' if data else ""
    )
    page = f"<html><head>{head}{script}</head><body>{TITLE}{body}{TEXT * 3}</body></html>"
    return read_metadata(read_whole(page), "https://www.daily-example.com/bridge").authors


def test_json_ld_before_all_others() -> None:
    assert names('<p class="byline">By Cy Dee</p>', author=[{"@type": "Person", "name": "Ann Bee"}]) == ("Ann Bee",)


def test_parts_of_a_name() -> None:
    assert names(author={"@type": "Person", "givenName": "Ann", "familyName": "Bee"}) == ("Ann Bee",)


def test_people_before_the_house() -> None:
    house = {"@type": "NewsMediaOrganization", "name": "The Daily Example"}
    assert names('<p class="byline">By Ann Bee</p>', author=house, publisher=house) == ("Ann Bee",)
    assert names(author=house, publisher=house) == ("The Daily Example",)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Ann Bee and Cy Dee", ("Ann Bee", "Cy Dee")),
        ("Von Anna Biene, Carl Dehmel", ("Anna Biene", "Carl Dehmel")),
        ("Par Anne Abeille", ("Anne Abeille",)),
        ("Por Ana Abeja", ("Ana Abeja",)),
        ("来源:某报 作者:王小明 【字号", ("王小明",)),
        ("記者 王小明/台北報導", ("王小明",)),
    ],
)
def test_lines_that_begin_as_bylines_do(line: str, expected: tuple[str, ...]) -> None:
    assert names(f"<div><span>{line}</span></div>") == expected


def test_a_meta_element() -> None:
    assert names(head='<meta name="author" content="Ann Bee">') == ("Ann Bee",)


def test_microdata_with_a_name_of_its_own() -> None:
    body = '<div itemprop="author" itemscope>About <span itemprop="name">Ann Bee</span>, editor</div>'
    assert names(body) == ("Ann Bee",)


def test_a_line_far_behind_the_title_is_no_byline() -> None:
    assert names("<p>x</p>" * 300 + "<p>By Ann Bee</p>") == ()
