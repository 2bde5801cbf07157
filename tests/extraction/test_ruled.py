"""A site rule: what it drops is gone and named, what it keeps is all of the article, what it states goes first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from newsreel.core.types import SiteRule
from newsreel.extraction import extract
from newsreel.extraction.ruled import apply
from newsreel.extraction.tags import DROP_MARK, KEEP_MARK

URL = "https://odd.test/a"
TEXT = "".join(
    f"<p>Paragraph {n} of the story is long enough, with a comma, to be taken for running text.</p>" for n in range(4)
)
PAGE = (
    "<html><head><title>Wrong</title><meta name=when content='2025-03-04T05:06:00Z'>"
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "From the data"}</script></head><body>'
    f"<h1>From the page</h1><h2 class=real>The <b>real</b> title</h2><div id=story>{TEXT}"
    "<p class=box>This box is on every page of the site, and it says, at length, that the site is good.</p></div>"
    "<aside class=hidden-gem><p>Text that its names and its tag call a side matter, and that is the article all the same.</p>"
    "<ul><li>one</li><li>two</li></ul></aside></body></html>"
)


def test_what_is_dropped_is_not_in_the_text_and_named() -> None:
    assert "on every page" in extract(PAGE, URL).text
    article = extract(PAGE, URL, rule=SiteRule(drop=(".box",)))
    assert "Paragraph 3" in article.text
    assert "on every page" not in article.text + article.html
    assert (
        "This box is on every page of the site, and it says, at length, that the site is good.",
        "site rule",
    ) in article.removed
    assert article.title == extract(PAGE, URL).title  # the page's data is read as before


def test_what_is_kept_is_all_of_the_article() -> None:
    article = extract(PAGE, URL, rule=SiteRule(keep=("aside.hidden-gem",)))
    assert (
        article.text
        == "Text that its names and its tag call a side matter, and that is the article all the same.\n\none\n\ntwo"
    )
    both = extract(PAGE, URL, rule=SiteRule(keep=("aside ul", ".real", "aside")))
    assert both.text.startswith("The real title\n\nText that")
    assert both.text.count("one") == 1  # a kept element within a kept one


def test_a_rule_that_keeps_nothing_of_a_page_leaves_it_to_the_general_one() -> None:
    assert extract(PAGE, URL, rule=SiteRule(keep=(".not-there",))) == extract(PAGE, URL)


def test_title_and_date_go_before_the_pages_own() -> None:
    article = extract(PAGE, URL, rule=SiteRule(title=".real", date="meta[name=when]", drop=(".real",)))
    assert article.title == "The real title"
    assert article.published is not None
    assert article.published.isoformat() == "2025-03-04T05:06:00+00:00"
    other = extract(PAGE, URL, rule=SiteRule(title=".not-there", date=".real"))
    assert (other.title, other.published) == (extract(PAGE, URL).title, None)


def test_a_publisher_cannot_mark_what_is_kept() -> None:
    page = PAGE.replace("<p class=box>", f"<p class=box {KEEP_MARK}>")
    assert "Paragraph 3" in extract(page, URL).text
    assert "Paragraph 3" in extract(page, URL, rule=SiteRule(keep=(".not-there",))).text


def test_elements_within_elements_are_marked() -> None:
    tree = LexborHTMLParser("<main>" + "<div><p>x</p>" * 250 + "<i id=a>left</i></main>")
    apply(SiteRule(drop=("p", "div p", "div")), tree)
    assert len(tree.css(f"[{DROP_MARK}]")) == len(tree.css("div, p"))


@pytest.mark.parametrize("selector", ["*", "html", "body", "body *", ":root", "head"])
def test_a_rule_that_drops_everything_leaves_an_empty_page(selector: str) -> None:
    article = extract(PAGE, URL, rule=SiteRule(drop=(selector,)))
    assert article.text == "" or "Paragraph" in article.text
    assert bool(article.text) != bool(article.reason)


_PARTS = [
    "<p>", "</p>", "<div class=a>", "</div>", "<table>", "<td>", "<script>", "<!--", "words, and more words. ", "<svg>",
    "<h1>", "\x00", "<a href=x>", f"<b {KEEP_MARK}>",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PARTS), max_size=60).map("".join) | st.binary(max_size=200))
def test_any_page_under_a_rule_is_an_article_or_a_reason(page: str | bytes) -> None:
    rule = SiteRule(keep=(".a", "td"), drop=("p", "p + p", "div div"), title="h1", date="h1")
    article = extract(page, URL, rule=rule)
    assert bool(article.text) != bool(article.reason)
    assert KEEP_MARK not in article.html
