"""What kind of page a page is: its own word, and the teasers between its texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.types import PageSigns
from newsreel.extraction import extract_with_signs

TEXTS = [
    "The port authority said on Monday that the harbour would stay closed until the cargo had been recovered from the river.",
    "Teachers of nine towns have asked the council for smaller classes, which it says it cannot pay for before next spring.",
    "The museum opens its new wing with drawings that nobody had seen since the station was built a hundred years ago.",
    "A storm has brought down trees along the coast, and trains to the border are late by up to two hours this morning.",
    "Doctors at the valley's hospital report that most of those who were hurt on the bridge could go home after a day.",
]
URL = "https://paper.test/world/harbour"


def signs(body: str, head: str = "") -> PageSigns:
    page = f"<html><head><title>World</title>{head}</head><body><main><h1>World</h1>{body}</main></body></html>"
    return PageSigns(*extract_with_signs(page.encode(), URL, content_type="text/html")[3])


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


ARTICLE = "".join(f"<p>{text}</p>" for text in TEXTS)


@pytest.mark.parametrize(
    "teaser",
    [
        "<article><h2><a href='/s/{n}'>A headline of some words {n}</a></h2><p>{text}</p></article>",
        "<div><div><a href='/s/{n}'>A headline of some words {n}</a></div><div>{text}</div><a href='/s/{n}'>Read more</a></div>",
        "<div><h3><a href='/s/{n}'>A headline of some words {n}</a></h3><p>{text}</p><p>{text}</p></div>",
    ],
)
def test_a_row_of_teasers(teaser: str) -> None:
    found = signs("".join(teaser.format(n=n, text=text) for n, text in enumerate(TEXTS)))
    assert found.teased >= 0.4
    assert found.teasers >= 3


def test_teasers_that_are_links_as_a_whole() -> None:
    teaser = "<li><a href='/s/{}'><h3>A headline of some words {}</h3><p>{}</p></a></li>"
    assert signs("".join(teaser.format(n, n, text) for n, text in enumerate(TEXTS))).linked > 0.5
    assert signs(ARTICLE).linked == 0


def test_an_article_with_links_within_and_a_box_of_others_is_no_row_of_teasers() -> None:
    linked = ARTICLE.replace("port authority said", "<a href='/s/1'>port authority said on Monday</a>")
    box = "<p><a href='/s/2'>Another headline of some words</a></p>"
    found = signs(linked.replace("</p><p>Teachers", f"</p>{box}<p>Teachers"))
    assert found.teasers <= 1
    assert found.teased <= 0.25


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", (False, False, "")),
        (ld('{"@type": "NewsArticle", "headline": "H"}'), (True, False, "")),
        (ld('{"@graph": [{"@type": ["WebPage", "CollectionPage"]}, {"@type": "WebSite"}]}'), (False, True, "")),
        (ld('{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle"}]}'), (False, True, "")),
        (ld("[" + ", ".join(['{"@type": "NewsArticle"}'] * 6) + "]"), (False, True, "")),
        (ld('{"@type": "http://schema.org/ProfilePage"}'), (False, True, "")),
        (ld("{broken") + '<meta property="og:type" content="Article">', (False, False, "article")),
        ("<meta content='website' property=og:type>", (False, False, "website")),
    ],
)
def test_what_a_page_says_of_itself(head: str, expected: tuple[bool, bool, str]) -> None:
    assert signs(ARTICLE, head)[:3] == expected


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            ["<script type=application/ld+json>", "</script>", '{"@type":', '"x"', "}", "[", "<meta property=og:type content=", ">", "<p>",
             "<a href=x>a b c d e", "</a>"]
        )
    )
    .map("".join)
    .map(str.encode)
)  # fmt: skip
def test_any_bytes_have_an_outcome(body: bytes) -> None:
    article, lesson, _, found = extract_with_signs(body, URL)
    assert isinstance(lesson, bytes)
    assert PageSigns(*found).teased <= 1
    assert article.url == URL
