from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.enrichment import keywords
from newsreel.enrichment.stemming import alike
from newsreel.enrichment.stopwords import stopwords
from tests.enrichment.floors import benchmark, floors
from tests.shared import SHARED, needs_shared

LABOUR = (
    "Thousands of workers from North Korea have been sent to building sites in Russia, officials in Seoul say.\n\n"
    "The workers, who arrive in Vladivostok by ship, are guarded by agents of the North Korea security service.\n\n"
    "Korean officials in Seoul said that Russia needs labourers because of the war in Ukraine. At the worksites "
    "the workers do shifts of 18 hours. Russia has not commented. Vladimir Putin visited North Korea last year."
)


def names(text: str, **options: object) -> list[str]:
    return [term.text for term in keywords(text, **options)]  # type: ignore[arg-type]


def test_names_are_kept_whole_and_as_written() -> None:
    found = names(LABOUR, title="North Korea sends workers to Russia", language="en")
    assert found[0] == "North Korea"
    assert "Russia" in found
    assert "Vladimir Putin" in found or "Seoul" in found


def test_no_two_repeat_each_other() -> None:
    found = names(LABOUR, language="en")
    for at, one in enumerate(found):
        for other in found[at + 1 :]:
            assert not any(
                alike(a.lower(), b.lower()) for a in one.split() for b in other.split() if len(a) > 3 and len(b) > 3
            )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("korea", "korean", True), ("workers", "worksites", True), ("gesetz", "klimaschutzgesetz", True), ("朝鲜", "朝鲜工人", True),
        ("russia", "ukraine", False), ("war", "warsaw", False), ("经济", "利率", False), ("court", "country", False),
    ],
)  # fmt: skip
def test_what_repeats_what(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


def test_the_weights_fall_within_nought_and_one() -> None:
    weights = [term.weight for term in keywords(LABOUR)]
    assert len(weights) == 8
    assert weights[0] == 1.0
    assert weights == sorted(weights, reverse=True)
    assert all(0 < weight <= 1 for weight in weights)


@pytest.mark.parametrize("count", [-1, 0, 1, 3, 50])
def test_at_most_as_many_as_asked_for(count: int) -> None:
    assert len(keywords(LABOUR, count=count)) <= max(0, count)
    assert bool(keywords(LABOUR, count=count)) is (count > 0)


def test_small_words_numbers_and_addresses_are_no_keywords() -> None:
    found = names(
        "2024 12 45 the of and https://example.com/a www.example.com 1,000 it's They said. " * 5, language="en"
    )
    assert not {word.lower() for word in found} & stopwords("en")
    assert not any(word.isdigit() or "http" in word for word in found)


def test_what_every_document_holds_weighs_less() -> None:
    text = "The reporter met the glaciologist. The reporter asked the glaciologist about ice."
    plain = {term.text: term.weight for term in keywords(text, language="en")}
    known = {term.text: term.weight for term in keywords(text, language="en", background={"reporter": 0.4})}
    assert known["reporter"] / known["glaciologist"] < plain["reporter"] / plain["glaciologist"]


def test_chinese_terms_are_words_of_its_dictionary() -> None:
    text = "国家统计局公布的数据显示,国内生产总值同比增长4.7%。央行随后下调贷款利率。分析人士认为房地产市场低迷,央行可能再次下调利率。"
    found = names(text, title="央行下调利率", language="zh-Hans")
    assert "央行" in found
    assert "利率" in found
    assert all(len(word) > 1 for word in found)


def test_japanese_terms_are_compounds_and_loan_words() -> None:
    text = "日本銀行は金融政策決定会合で、追加利上げを決めた。植田総裁はインフレについて説明した。利上げはインフレを抑えるためだ。"
    found = names(text, title="日銀、追加利上げ", language="ja")
    assert "インフレ" in found
    assert "日本銀行" in found
    assert "追加利上げ" in found or "利上げ" in found


def test_korean_terms_stand_without_their_particles() -> None:
    text = "대통령은 미국을 방문해 정상회담을 했다. 대통령이 북한의 핵무기 문제를 논의했다. 미국은 대통령의 방문을 환영했다."
    found = names(text, language="ko")
    assert "대통령" in found
    assert "미국" in found


def test_a_headline_in_capitals_makes_no_names() -> None:
    text = "Central Bank Raises Interest Rates Again After Inflation Report\nThe bank raised rates because inflation is high."
    assert not any("Raises" in word and " " in word for word in names(text, language="en"))


@pytest.mark.parametrize("text", ["", " \n ", "12 34", "\ud800\udfff", "的的的的", "ののの", "a b c"])
def test_nothing_comes_of_nothing(text: str) -> None:
    assert keywords(text) == []


@pytest.mark.parametrize(
    "text",
    ["word " * 200_000, "中" * 500_000, "A" * 500_000, "Aa. " * 200_000, "'a" * 200_000, "ア" * 300_000, "ก" * 300_000],
)
def test_the_longest_text_takes_no_longer(text: str) -> None:
    began = time.process_time()
    keywords(text)
    assert time.process_time() - began < 3


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(), max_size=300),
    st.one_of(st.none(), st.text(st.characters(), max_size=40)),
    st.sampled_from([None, "en", "zh-Hans", "ja", "ko", "th", "ar", "de", "fr", "xx", "?"]),
)
def test_any_text_has_an_answer(text: str, title: str | None, language: str | None) -> None:
    found = keywords(text, title=title, language=language)
    assert len(found) <= 8
    assert all(term.text and 0 < term.weight <= 1 for term in found)


def test_half_characters_are_left_out() -> None:
    assert keywords("中国\ud800经济增长 \udfff", language="zh")[0].text in ("中国", "经济")


@needs_shared
def test_naughty_strings() -> None:
    for text in json.loads((SHARED / "suites" / "naughty" / "blns.json").read_text("utf-8")):
        assert len(keywords(text, title=text)) <= 8


@needs_shared
def test_keywords_are_those_that_people_give() -> None:
    measured = benchmark("keywords").measure()
    for name, least in floors("keywords").items():
        assert measured[name] >= least, (name, measured)
