from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.extraction.metadata import Metadata, read_metadata
from newsreel.extraction.page import read_whole

URL = "https://www.daily-example.com/politics/council-agrees-on-bridge"
TEXT = "<p>The council agreed late on Tuesday on the plans for a new bridge, after months of debate about what it costs.</p>"


def read(head: str = "", body: str = "", *, url: str = URL, **data: object) -> Metadata:
    """The metadata of a page with that head and body, and an article in JSON-LD of these fields."""
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data else ""
    return read_metadata(read_whole(f"<html><head>{head}{script}</head><body>{body}{TEXT * 3}</body></html>"), url)


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="The Daily Example">'


def test_what_the_h1_and_another_statement_agree_on() -> None:
    head = "<title>Council agrees on bridge - The Daily Example</title>" + og("Council agrees on bridge | Politics")
    meta = read(head, "<h1>Council agrees on bridge</h1>")
    assert meta.title == "Council agrees on bridge"
    assert meta.title_node is not None
    assert meta.title_node.tag == "h1"


@pytest.mark.parametrize(
    "written",
    [
        "Council agrees on bridge | The Daily Example",
        "Council agrees on bridge - Daily Example",
        "Council agrees on bridge — The Daily Example",
        "The Daily Example: Council agrees on bridge",
        "Council agrees on bridge\uff1aThe Daily Example",
        "Council agrees on bridge, The Daily Example",
    ],
)
def test_without_the_sites_name(written: str) -> None:
    head = f'<title>{written}</title><meta property="og:site_name" content="The Daily Example">'
    assert read(head).title == "Council agrees on bridge"


def test_a_sites_name_that_is_part_of_the_title_stays() -> None:
    head = '<title>Ten years at The Daily Example</title><meta property="og:site_name" content="The Daily Example">'
    assert read(head).title == "Ten years at The Daily Example"


def test_an_h1_that_is_the_sites_name_is_no_title() -> None:
    assert read(og("Council agrees on bridge"), "<h1>The Daily Example</h1>").title == "Council agrees on bridge"


CRUMB = """<article><nav class="Breadcrumbs"><a href="/">Home</a><a href="/p">Politics</a>
<h1 class="seotitle">Bridge council vote: what the council agreed on Tuesday</h1></nav>
<header><h2><span class="kicker">Traffic</span> <span>Council says yes after months of debate</span></h2></header></article>"""


def test_behind_a_bread_crumb_the_heading_that_readers_see() -> None:
    meta = read(
        og("Council says yes after months of debate"), CRUMB,
        **{"@type": "NewsArticle", "headline": "Bridge council vote: what the council agreed on Tuesday"},
    )  # fmt: skip
    assert meta.title == "Council says yes after months of debate"
    assert meta.title_node is not None
    assert meta.title_node.tag == "h2"


def test_a_bread_crumb_is_known_by_its_links_too() -> None:
    body = """<div><a href="/">Home</a><a href="/p">Politics</a><h1>Bridge vote: what the council agreed on</h1></div>
    <div><h2>Council says yes after months of debate</h2></div>"""
    assert read(og("Council says yes after months of debate"), body).title == "Council says yes after months of debate"


def test_a_bread_crumb_whose_next_heading_nobody_states_keeps_its_title() -> None:
    body = CRUMB.replace("Council says yes after months of debate", "Something else that stands there")
    assert read(
        og("Bridge council vote: what the council agreed on Tuesday"), body
    ).title == "Bridge council vote: what the council agreed on Tuesday"  # fmt: skip


def test_an_h1_with_links_before_it_on_the_page_is_no_bread_crumb() -> None:
    body = "<div><a href='/'>Home</a></div><main><h1>Council agrees on bridge</h1><h2>Mayor relieved by the vote</h2></main>"
    meta = read(
        og("Mayor relieved by the vote"), body, **{"@type": "NewsArticle", "headline": "Council agrees on bridge"}
    )
    assert meta.title == "Council agrees on bridge"


def test_a_news_articles_headline_is_its_editors() -> None:
    meta = read(
        og("The bridge is coming: what that means for you")
        + "<title>The bridge is coming: what that means for you</title>",
        "<h1>The Week</h1>",
        **{"@type": "NewsArticle", "headline": "Council agrees on bridge"},
    )
    assert meta.title == "Council agrees on bridge"


def test_a_headline_that_stands_alone_against_all_yields_to_the_h1() -> None:
    said = "Council agrees on bridge after long debate"
    meta = read(
        og(said) + f"<title>{said}</title>", f"<h1>{said}</h1>",
        **{"@type": "NewsArticle", "headline": "Bridge: all you must know about costs and dates"},
    )  # fmt: skip
    assert meta.title == said


def test_where_all_differ_what_readers_see() -> None:
    meta = read(
        og("When bridges crumble: the fight for the next hundred years")
        + "<title>Traffic chaos: old bridges are a risk</title>",
        "<h1>This is how the council wants to save the bridge</h1>",
        **{"@type": "NewsArticle", "headline": "Traffic chaos: old bridges are a risk"},
    )
    assert meta.title == "This is how the council wants to save the bridge"


def test_an_h1_that_shares_its_words_with_search_titles() -> None:
    head = og("Best Bridges 2025 - Complete Guide") + "<title>Best Bridges 2025 - Complete Guide</title>"
    assert read(head, "<h1>The seven best bridges of 2025</h1>").title == "The seven best bridges of 2025"


def test_what_stands_before_the_title_in_the_h1() -> None:
    head = og("Council agrees on bridge at last")
    assert (
        read(head, "<h1>Dec 18 2025 Council agrees on bridge at last</h1>").title == "Council agrees on bridge at last"
    )


def test_kickers_that_differ_are_none_of_the_title() -> None:
    title = "Why the council said yes to the bridge"
    assert read(og(f"Interview: {title}"), f"<h1>Traffic - {title}</h1>").title == title


def test_what_is_not_seen_is_no_part_of_a_title() -> None:
    body = "<h1>Coun\u00adcil agrees\u200b on &amp;quot;bridge&amp;quot;\ufeff</h1>"
    assert read(og("Council agrees on &amp;quot;bridge&amp;quot;"), body).title == 'Council agrees on "bridge"'


def test_persian_joiners_stay() -> None:
    assert read("", "<h1>می\u200cخواهم بروم به خانه</h1>").title == "می\u200cخواهم بروم به خانه"


def test_a_page_without_h1_has_its_title_in_a_lesser_heading() -> None:
    meta = read(og("Council agrees on bridge"), "<h3>Traffic: Council agrees on bridge</h3>")
    assert meta.title == "Council agrees on bridge"
    assert meta.title_node is not None
    assert meta.title_node.tag == "h3"


def test_others_articles_in_the_data_are_not_this_one() -> None:
    listed = {"@type": "NewsArticle", "headline": "Another story that is linked", "datePublished": "2025-01-01"}
    meta = read(
        og("Council agrees on bridge"), "<h1>Council agrees on bridge</h1>",
        **{"@type": "ItemList", "itemListElement": [listed]},  # type: ignore[arg-type]
    )  # fmt: skip
    assert meta.title == "Council agrees on bridge"
    assert meta.published is None


@settings(max_examples=60, deadline=None)
@given(
    titles=st.lists(st.text(alphabet="ab é: |–-\u00ad&;#x26中<>/'\"", max_size=40), min_size=4, max_size=4),
    kind=st.sampled_from(["NewsArticle", "Article", "WebPage"]),
)
def test_any_titles_give_one_line(titles: list[str], kind: str) -> None:
    body = f"<nav><a>x</a><a>y</a><h1>{titles[0]}</h1></nav><h2>{titles[1]}</h2>"
    head = f'<meta property="og:title" content="{titles[2]}"><title>{titles[3]}</title>'
    meta = read(head, body, **{"@type": kind, "headline": titles[1]})
    assert meta.title == " ".join(meta.title.split())
    assert "\u00ad" not in meta.title
