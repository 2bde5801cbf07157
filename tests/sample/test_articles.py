from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

import newsreel.sample
from newsreel.sample.articles import events, offset_of, pieces, replaced
from newsreel.sample.markup import parse, text_of
from newsreel.sample.outlets import outlets
from tests.shared import SHARED, needs_shared

PRESS = Path(newsreel.sample.__file__).parent / "press"
# The largest houses by name, in the scripts of the sample; the catalogue's other names are looked for below.
HOUSES = (
    "Reuters", "BBC", "CNN", "Associated Press", "Agence France-Presse", "AFP", "Bloomberg", "New York Times", "The Guardian",
    "The Independent", "Taboola", "Outbrain", "Al Jazeera", "Le Monde", "Le Figaro", "El País", "Xinhua", "Kyodo",
    "新华社", "新華社", "人民日报", "人民日報", "环球时报", "中央社", "聯合報", "自由時報", "澎湃",
    "読売", "朝日新聞", "毎日新聞", "日本経済新聞", "共同通信", "ТАСС", "РИА Новости", "Коммерсант", "Интерфакс",
    "الجزيرة", "رويترز", "الأهرام", "الشرق الأوسط",
)  # fmt: skip


def printed_words() -> str:
    return "\n".join(file.read_text("utf-8") for file in sorted(PRESS.rglob("*.toml")))


def test_how_much_there_is() -> None:
    everything = pieces()
    spoken = {outlets()[piece.outlet].language for piece in everything}
    papers = defaultdict(set)
    for piece in everything:
        papers[piece.event].add(piece.outlet)
    assert len({piece.outlet for piece in everything}) >= 8
    assert spoken >= {"zh-Hans", "zh-Hant", "en", "ru", "ar", "ja", "fr"}
    assert len(everything) >= 100
    assert set(papers) == set(events())
    assert len(papers) == 20
    assert min(len(found) for found in papers.values()) >= 3


def test_every_article_has_its_parts_and_a_fair_length() -> None:
    for piece in pieces():
        first = piece.versions[0]
        text = text_of(parse(first.body))
        size = len(text) if outlets()[piece.outlet].language[:2] in ("zh", "ja") else len(text.split())
        floor = 300 if outlets()[piece.outlet].language[:2] in ("zh", "ja") else 130
        assert floor <= size <= 1500, (piece.outlet, piece.slug, size)
        assert all((first.title, first.standfirst, piece.section, piece.bylines, piece.place)), piece.slug
        assert len(piece.keywords) >= 2, piece.slug
        assert text.count("\n\n") >= 4, piece.slug


def test_no_two_articles_of_an_outlet_share_a_name() -> None:
    names = [(piece.outlet, piece.slug) for piece in pieces()]
    assert len(names) == len(set(names))


def test_one_wire_text_stands_in_many_papers_under_different_titles() -> None:
    ferry = [piece for piece in pieces() if piece.wire == "ferry-en"]
    assert len({piece.outlet for piece in ferry}) == 5
    assert len({piece.versions[0].title for piece in ferry}) == 5
    bodies = [set(piece.versions[0].body.split("\n\n")) for piece in ferry]
    assert all(len(body & bodies[0]) >= len(body) - 1 for body in bodies)


def test_the_press_has_every_kind_of_block() -> None:
    kinds = {block.kind for piece in pieces() for version in piece.versions for block in parse(version.body)}
    assert kinds == {"paragraph", "heading", "quote", "list", "table", "image", "code"}


def test_some_pages_change_silently_and_some_own_up_to_it() -> None:
    later = [version for piece in pieces() for version in piece.versions[1:]]
    assert len([version for version in later if not version.announced]) >= 5
    assert len([version for version in later if version.announced]) >= 2
    assert all(version.after is not None or version.fetches is not None for version in later)
    for piece in pieces():
        states = [(version.title, version.standfirst, version.body) for version in piece.versions]
        assert len(states) == len(set(states)), piece.slug


def test_no_real_publisher_is_named() -> None:
    words = printed_words()
    assert [name for name in HOUSES if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)] == []


@needs_shared
def test_no_publisher_of_the_catalogue_is_named() -> None:
    rows = json.loads((SHARED / "catalogue/kite_media_data.json").read_text("utf-8"))
    names = {row["organization"].strip() for row in rows}
    for country in json.loads((SHARED / "catalogue/yavuz-active.json").read_text("utf-8")).values():
        names |= {row["publication_name"].strip() for row in country}
    # A single Latin word ('Post', 'Extra') is a word of the language, too.
    names = {name for name in names if name and (" " in name or not name.isascii()) and name != "Crónica"}
    assert len(names) > 500
    words = printed_words()
    assert [name for name in names if name in words and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)] == []


def test_a_place_in_the_week() -> None:
    assert offset_of("2d 07:35") == timedelta(days=2, hours=7, minutes=35)
    with pytest.raises(ValueError, match="not a place in the week: '7d 00:00'"):
        offset_of("7d 00:00")


def test_a_correction_of_words_that_are_not_there_is_said() -> None:
    assert replaced("three men", [["three", "four"]]) == "four men"
    with pytest.raises(ValueError, match="nothing to replace: 'five'"):
        replaced("three men", [["five", "four"]])
