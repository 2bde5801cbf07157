from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from newsreel.core.text import squeeze
from newsreel.sample.edition import Edition
from newsreel.sample.markup import parse, plain
from newsreel.sample.outlets import Outlet, outlets
from newsreel.sample.pages import article_page, fill
from newsreel.sample.timetable import timetable
from newsreel.sample.truth import told, truth
from tests.sample.week import OPENING, START, get, packed, parsed, visible

PRINTED = timetable(START)


@pytest.mark.parametrize("outlet", outlets().values(), ids=lambda outlet: outlet.id)
def test_a_page_says_its_title_and_the_whole_text_in_order(outlet: Outlet) -> None:
    edition = Edition(START)
    for one in (one for one in truth(START) if one.outlet == outlet.id):
        page = parsed(get(edition, one.url), outlet)
        heading = page.css_first("h1")
        assert heading is not None
        assert squeeze(heading.text()) == squeeze(one.title)
        rest = packed(visible(page))
        for part in one.text.split("\n\n"):
            _, found, rest = rest.partition(packed(part))
            assert found, (one.url, part)


@pytest.mark.parametrize("outlet", outlets().values(), ids=lambda outlet: outlet.id)
def test_a_page_says_its_date_in_words(outlet: Outlet) -> None:
    edition = Edition(START)
    for printed in (one for one in PRINTED if one.outlet is outlet):
        date = fill(outlet.published, printed.language.names(printed.local))
        assert packed(date) in packed(visible(parsed(get(edition, printed.url), outlet)))


@pytest.mark.parametrize("outlet", outlets().values(), ids=lambda outlet: outlet.id)
def test_junk_stands_on_the_page_and_not_in_the_truth(outlet: Outlet) -> None:
    edition = Edition(START)
    printed = next(one for one in PRINTED if one.outlet is outlet and len(parse(one.first().body)) > 4)
    page = packed(visible(parsed(get(edition, printed.url), outlet)))
    text = packed(told(printed).text)
    assert page.count(text) == 0, "junk parts the body"
    assert len(page) > len(text) + 100


def test_every_state_of_every_page_renders_for_every_seed() -> None:
    for printed in PRINTED:
        others = [one for one in PRINTED if one.outlet is printed.outlet]
        for number in range(len(printed.piece.versions)):
            for seed in (1, 2):
                page = article_page(printed, number, others, seed)
                assert page.startswith("<!")
                assert re.search(r"\$[a-z{]", page) is None, "a name that nobody filled in"


def test_the_seed_draws_the_teasers_and_nothing_else() -> None:
    printed = next(one for one in PRINTED if one.outlet.id == "harbour-ledger")
    others = [one for one in PRINTED if one.outlet is printed.outlet]
    assert article_page(printed, 0, others, 1) == article_page(printed, 0, others, 1)
    assert article_page(printed, 0, others, 1) != article_page(printed, 0, others, 2)


def test_a_lonely_article_has_itself_for_a_teaser() -> None:
    printed = next(one for one in PRINTED if one.outlet.id == "harbour-ledger")
    assert f'href="{printed.path}"' in article_page(printed, 0, [], 1)


def test_structured_data_says_what_is_true() -> None:
    edition = Edition(START)
    for one in truth(START):
        if one.outlet not in ("meridian-post", "almanaratayn"):
            continue
        script = parsed(get(edition, one.url), outlets()[one.outlet]).css_first('script[type="application/ld+json"]')
        assert script is not None
        data = json.loads(script.text())
        assert (data["@type"], data["headline"], data["inLanguage"]) == ("NewsArticle", one.title, one.language)
        assert [author["name"] for author in data["author"]] == list(one.authors)
        assert data["mainEntityOfPage"] == one.url
        assert datetime.fromisoformat(data["datePublished"]) == one.published


def test_an_english_page_of_a_foreign_paper_says_so() -> None:
    edition = Edition(START)
    one = next(one for one in truth(START) if one.outlet == "almanaratayn" and one.language == "en")
    root = parsed(get(edition, one.url), outlets()["almanaratayn"]).css_first("html")
    assert root is not None
    assert (root.attributes["lang"], root.attributes["dir"]) == ("en", "ltr")


def test_inline_marks_are_html_on_the_page() -> None:
    edition = Edition(START)
    printed = next(one for one in PRINTED if one.piece.slug == "golden-heron-waiting-for-the-tide")
    assert "*Waiting for the Tide*" in printed.first().body
    assert plain("*Waiting for the Tide*") == "Waiting for the Tide"
    stressed = [node.text() for node in parsed(get(edition, printed.url, OPENING), printed.outlet).css("em")]
    assert stressed[0] == "Waiting for the Tide"
