from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.types import Evidence
from newsreel.enrichment import topic_label, topics
from newsreel.enrichment.taxonomy import TOPS, named, table
from tests.enrichment.floors import benchmark, floors
from tests.shared import SHARED, needs_shared


def tops(title: str, text: str = "", **options: object) -> list[str]:
    return [topic.top for topic in topics(title, text, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ("Politics", "medtop:11000000"), ("Wirtschaft", "medtop:04000000"), ("Sport/Football", "medtop:20001065"),
        ("财经", "medtop:04000000"),
        ("News > Science & Environment > Climate", "medtop:06000000"), ("スポーツ", "medtop:15000000"), ("Культура", "medtop:01000000"),
        ("الاقتصاد", "medtop:04000000"), ("경제", "medtop:04000000"),
    ],
)  # fmt: skip
def test_a_section_says_the_subject(section: str, code: str) -> None:
    assert topics("", "", evidence=Evidence(section=section))[0].code == code


@pytest.mark.parametrize(
    ("url", "top"),
    [
        ("https://www.example.com/sport/2025/aug/12/a-match-of-politics", "medtop:15000000"),
        ("https://sport.example.org/a/b.html", "medtop:15000000"),
        ("https://www.example.de/wirtschaft/unternehmen/firma-a-123.html", "medtop:04000000"),
        ("https://example.fr/plan%C3%A8te/article/1", "medtop:06000000"),
    ],
)
def test_an_address_says_the_subject_by_its_folders(url: str, top: str) -> None:
    assert tops("", evidence=Evidence(url=url)) == [top]


@pytest.mark.parametrize(
    "url", ["https://example.com/politics-of-food", "nonsense", "https://example.com/news/world/1", "https://[", ""]
)
def test_the_name_of_an_article_is_no_folder(url: str) -> None:
    assert topics("", "", evidence=Evidence(url=url)) == []


def test_keywords_of_the_publisher_weigh_less_than_the_section() -> None:
    found = topics("", "", evidence=Evidence(section="Sport", keywords=("business", "Politics")))
    assert found[0].top == "medtop:15000000"
    assert found[0].weight > max(topic.weight for topic in found[1:])


@pytest.mark.parametrize(
    ("title", "top"),
    [
        ("Parliament votes to bring down the government and call early elections", "medtop:11000000"),
        ("Central bank cuts interest rates as inflation falls and shares rise", "medtop:04000000"),
        ("Striker scores late winner to send his team into the cup final", "medtop:15000000"),
        ("Stürmer trifft in der Nachspielzeit: Mannschaft steht im Pokalfinale", "medtop:15000000"),
        ("La banque centrale baisse ses taux d'intérêt face au recul de l'inflation", "medtop:04000000"),
        ("El Parlamento aprueba la moción de censura contra el Gobierno", "medtop:11000000"),
        ("央行宣布降息 股市大涨", "medtop:04000000"),
        ("球队在决赛中逆转夺冠 前锋梅开二度", "medtop:15000000"),
        ("医院报告新型病毒感染病例 疫苗接种加快", "medtop:07000000"),
        ("Strong earthquake kills dozens, rescuers search the rubble", "medtop:03000000"),
        ("Суд приговорил убийцу к двадцати годам тюрьмы", "medtop:02000000"),
    ],
)  # fmt: skip
def test_the_text_alone_says_the_subject(title: str, top: str) -> None:
    assert tops(title)[0] == top


@pytest.mark.parametrize("text", ["", " ", "12 34", "\ud800", "😀", "\u200b\u200b"])
def test_nothing_is_known_of_nothing(text: str) -> None:
    assert topics(text, text) == []


def test_labels_in_both_languages() -> None:
    assert topic_label("medtop:11000000", "zh-hans") == "政治"
    assert topic_label("medtop:11000000", "en") == "politics"
    assert topic_label("medtop:15000000", "zh") == "体育"
    assert topic_label("medtop:00000000", "en") == "medtop:00000000"
    assert all(topic_label(code, "zh-hans") != topic_label(code, "en") for code in table())


def test_the_table_is_a_tree_of_17() -> None:
    rows = table()
    assert sum(row.code == row.top for row in rows.values()) == TOPS
    assert all(row.top in rows and (row.broader in rows or row.code == row.top) for row in rows.values())
    assert all(code in rows and 0 < sure <= 1 for code, sure in named().values())


@settings(max_examples=100, deadline=None)
@given(
    st.text(st.characters(), max_size=100),
    st.text(st.characters(), max_size=200),
    st.builds(
        Evidence,
        st.text(st.characters(), max_size=40),
        st.lists(st.text(st.characters(), max_size=20), max_size=4),
        st.text(st.characters(), max_size=60).map("https://example.com/".__add__),
        st.lists(st.text(st.characters(), max_size=20), max_size=4),
    ),
)
def test_any_text_has_an_answer(title: str, text: str, evidence: Evidence) -> None:
    for topic in topics(title, text, evidence=evidence):
        assert topic.top in table()
        assert table()[topic.code].top == topic.top
        assert 0 < topic.weight <= 1


def test_the_longest_text_takes_no_longer() -> None:
    topics("warm", "up")
    began = time.process_time()
    topics(
        "A title",
        "word " * 500_000,
        evidence=Evidence(section="x>" * 100_000, keywords=["k"] * 100_000, url="https://a.b/" + "c/" * 900),
    )
    assert time.process_time() - began < 2


@needs_shared
def test_naughty_strings() -> None:
    for text in json.loads((SHARED / "suites" / "naughty" / "blns.json").read_text("utf-8")):
        assert len(topics(text, text)) <= 3


@needs_shared
def test_topics_are_those_that_people_give() -> None:
    bench = benchmark("topics")
    measured = {
        "sib200": bench.measure(
            case for at, case in enumerate(bench.sib()) if case.language in bench.KNOWN and at % 3 == 0
        ),
        "masakhanews": bench.measure(case for at, case in enumerate(bench.masakha()) if at % 4 == 0),
        "thucnews": bench.measure(bench.thucnews(20)),
    }
    for name, least in floors("topics").items():
        assert measured[name]["right"] >= least, measured
