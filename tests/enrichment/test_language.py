from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.enrichment import detect_language
from tests.enrichment.floors import benchmark, floors
from tests.shared import needs_shared

HEADLINES = [
    ("North Koreans ‘worked like slaves’ to make up for Russian losses in Ukraine – report", "en"),
    ("Trump says he will meet Putin", "en"),
    ("Bundestag beschließt neues Klimaschutzgesetz", "de"),
    ("Emmanuel Macron annonce un remaniement du gouvernement", "fr"),
    ("El Gobierno aprueba la subida del salario mínimo", "es"),
    ("Governo anuncia aumento do salário mínimo", "pt"),
    ("Il governo approva la manovra di bilancio", "it"),
    ("Kabinet valt over asielbeleid", "nl"),
    ("Statsministern avgår efter valnederlaget", "sv"),
    ("Sejm przyjął ustawę budżetową na przyszły rok", "pl"),
    ("Cumhurbaşkanı Erdoğan açıklama yaptı", "tr"),
    ("Правительство России утвердило новый бюджет", "ru"),
    ("Верховна Рада ухвалила закон про бюджет на наступний рік", "uk"),
    ("Урад зацвердзіў новы бюджэт краіны", "be"),
    ("Правителството прие бюджета за следващата година", "bg"),
    ("رئيس الوزراء المصري يفتتح مشروعات جديدة", "ar"),
    ("رئیس جمهور ایران با همتای چینی خود دیدار کرد", "fa"),
    ("وزیراعظم نے نئے بجٹ کا اعلان کر دیا", "ur"),
    ("प्रधानमंत्री ने नई योजना की घोषणा की", "hi"),
    ("ראש הממשלה נפגש עם נשיא ארצות הברית", "he"),
    ("Ο πρωθυπουργός συναντήθηκε με τον πρόεδρο", "el"),
    ("นายกรัฐมนตรีเยือนญี่ปุ่น", "th"),
    ("윤석열 대통령, 미국 방문", "ko"),
    ("日銀、追加利上げを決定", "ja"),
    ("政府、新経済対策を発表 総額39兆円", "ja"),
    ("国务院总理会见外国领导人", "zh-Hans"),
    ("立法院三讀通過年度總預算案", "zh-Hant"),
    ("苹果发布 iPhone 17 Pro Max 与 Apple Watch", "zh-Hans"),
    ("Thủ tướng gặp gỡ các doanh nghiệp", "vi"),
]


@pytest.mark.parametrize(("headline", "language"), HEADLINES)
def test_a_headline_is_enough(headline: str, language: str) -> None:
    assert detect_language(headline) == language


@pytest.mark.parametrize(
    "text", ["", "   ", "12345 !!! 67", "😀😀", "https://example.com/the-news-of-the-day", "\u200b\ud800"]
)
def test_nothing_is_said_of_nothing(text: str) -> None:
    assert detect_language(text) == "und"


def test_one_short_word_of_many_languages_is_undecided_until_a_hint_speaks() -> None:
    assert detect_language("Info") == "und"
    assert detect_language("Info", "de-AT") == "de"
    assert detect_language("La", "it_IT") == "it"


@pytest.mark.parametrize("hint", ["fr", "zh-CN", "not a tag!", "", "und", "x" * 5000])
def test_a_hint_does_not_overrule_a_text(hint: str) -> None:
    text = "The government said on Monday that it would raise taxes on companies and lower them for families."
    assert detect_language(text, hint) == "en"


def test_a_hint_of_another_script_is_not_believed() -> None:
    assert detect_language("Новости дня", "en") != "en"
    assert detect_language("Новости дня", "ru") == "ru"


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("中文", None, "zh"),
        ("中文", "zh-TW", "zh-Hant"),
        ("中文", "zh-CN", "zh-Hans"),
        ("中国", "zh-TW", "zh-Hans"),
        ("", "zh-HK", "zh-Hant"),
        ("日本", "ja", "ja"),
    ],
)
def test_chinese_is_zh_where_no_character_tells(text: str, hint: str | None, language: str) -> None:
    assert detect_language(text, hint) == language


def test_a_long_text_costs_what_its_beginning_does() -> None:
    began = time.process_time()
    detect_language("word. " * 2_000_000)
    assert time.process_time() - began < 1


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=200), st.one_of(st.none(), st.text(st.characters(), max_size=12)))
def test_any_text_has_an_answer(text: str, hint: str | None) -> None:
    answer = detect_language(text, hint)
    assert answer == "und" or answer.replace("-", "").isalpha()


@needs_shared
def test_25_languages_are_told_apart() -> None:
    topics = benchmark("topics")
    whole = five = count = 0
    for folder in sorted((topics.DATA / "sib200").iterdir()):
        if not folder.is_dir():
            continue
        wanted = {"zho_Hans": "zh-Hans", "zho_Hant": "zh-Hant"}.get(folder.name, topics.CODES[folder.name[:3]])
        for line in (folder / "dev.tsv").read_text("utf-8").splitlines()[1:]:
            text = line.split("\t")[2]
            short = " ".join(text.split()[:5]) if " " in text else text[:12]
            count += 1
            whole += detect_language(text) == wanted
            five += detect_language(short) == wanted
    least = floors("language")
    assert whole / count >= least["whole"]
    assert five / count >= least["five_words"]
