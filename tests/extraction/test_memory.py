"""A site's memory: what counts as seen, what is one article, the laws of merging, bounds, bytes."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel import SiteMemory, extract
from newsreel.core.errors import Permanent
from newsreel.extraction import memory as limits
from newsreel.extraction.learning import extract_with_memory, remembered
from newsreel.extraction.memory import MAX_MEMORY_BYTES, MAX_PAGE_TEXTS, MAX_PAGES, MAX_TEXTS
from tests.extraction.papers import BOX, OTHER_BOX, new_template, old_template, paragraphs, title

SITE = "https://paper.test/"


def learned(numbers: range, box: str = BOX) -> SiteMemory:
    memory = SiteMemory()
    for number in numbers:
        memory.learn_texts([*paragraphs(number), box], f"{SITE}{number}", title(number))
    return memory


def test_what_recurs_is_counted_in_other_pages() -> None:
    memory = learned(range(5))
    assert memory.recurring([BOX, OTHER_BOX, paragraphs(9)[0]], f"{SITE}9", title(9)) == [5, 0, 0]
    assert memory.recurring([BOX, *paragraphs(2)], f"{SITE}2", title(2)) == [4, *[0] * 6]


def test_figures_make_no_difference_and_alone_they_say_nothing() -> None:
    memory = SiteMemory()
    for number in range(4):
        memory.learn_texts([*paragraphs(number), f"{number} comments on this", f"{number}.", "$ 12"], f"{SITE}{number}")
    assert memory.recurring(["17 Comments on  this", "8.", "$ 99"], f"{SITE}9") == [4, 0, 0]


@pytest.mark.parametrize(
    ("url", "heading"),
    [
        (f"{SITE}0?utm_source=feed", title(0)),
        (f"{SITE}print/0", title(0)),
        (f"{SITE}amp/0", "Another title that only this version of the page has"),
    ],
)
def test_an_article_at_a_second_address_counts_once_and_is_no_evidence_against_itself(url: str, heading: str) -> None:
    memory = learned(range(4)).learn_texts([*paragraphs(0), BOX], url, heading)
    assert memory.recurring([BOX], f"{SITE}9", title(9)) == [4]
    assert memory.recurring([*paragraphs(0), BOX], f"{SITE}third", title(0)) == [*[0] * 6, 3]


def test_a_live_article_in_many_states_counts_once() -> None:
    memory = learned(range(1, 4))
    for state in range(10):
        memory.learn_texts([*paragraphs(0, 5 + state), BOX], f"{SITE}live", title(0))
        memory.learn_texts([*paragraphs(0, 5 + state), BOX], f"{SITE}live/{state}", title(0))
    now = paragraphs(0, 16)
    assert memory.recurring([*now, BOX], f"{SITE}live/10", title(0)) == [*[0] * 16, 3]
    assert memory.recurring([BOX], f"{SITE}9", title(9)) == [4]


def test_a_wire_story_in_several_sections_is_one_article() -> None:
    memory = learned(range(4))
    wire = paragraphs(50, 12)
    for section in ("world", "politics", "latest"):
        memory.learn_texts([*wire, BOX], f"{SITE}{section}/50", f"{section}: {title(50)}")
    assert memory.recurring([*wire, BOX], f"{SITE}europe/50", title(51)) == [*[0] * 12, 4]


def test_a_page_that_shows_the_beginning_of_an_article_is_no_evidence_against_it() -> None:
    memory = learned(range(4))
    memory.learn_texts([*paragraphs(60)[:2], BOX], f"{SITE}short/60", "In brief")
    memory.learn_texts([*paragraphs(60)[:3], BOX], f"{SITE}shorter/60", "Today")
    assert memory.recurring([*paragraphs(60), BOX], f"{SITE}60", title(60))[:6] == [0] * 6


def test_short_articles_with_long_boxes_are_told_apart_when_enough_are_known() -> None:
    memory = SiteMemory()
    boxes = [BOX, OTHER_BOX, BOX.replace("nine", "ten") + " And so on."]
    for number in range(12):
        memory.learn_texts([*paragraphs(number, 2), *boxes], f"{SITE}{number}", title(number))
    assert min(memory.recurring([*paragraphs(90, 2), *boxes], f"{SITE}90", title(90))[2:]) == 12


def test_it_holds_no_more_than_its_bounds_and_keeps_what_recurs() -> None:
    memory = SiteMemory()
    sizes = {}
    for number in range(120):
        texts = [*paragraphs(number, 40), *(f"menu {word} of the paper" for word in "abcdefghij"), BOX]
        memory.learn_texts(texts, f"{SITE}{number}", title(number))
        sizes[number + 1] = len(memory.to_bytes())
    assert len(memory) == MAX_PAGES
    assert max(sizes.values()) <= MAX_MEMORY_BYTES
    assert sizes[5] < sizes[50]
    assert memory.recurring([BOX], f"{SITE}x") == [MAX_PAGES]


def test_a_page_of_endless_texts_teaches_a_bounded_lesson() -> None:
    endless = [
        f"entry {letter * 5}{other * 5} of the list"
        for letter in "abcdefghijklmnopqrstuvwxyz"
        for other in "abcdefghijklmnopqrstuvwxyz"
    ]
    lesson = SiteMemory().lesson([*endless, BOX], f"{SITE}1")
    assert len(lesson.to_bytes()) < 8 * MAX_PAGE_TEXTS + 1200
    assert lesson.recurring([BOX], f"{SITE}2") == [1]  # the paragraphs before the menus


def test_many_pages_of_endless_texts_stay_within_the_bound() -> None:
    memory = SiteMemory()
    source = random.Random(5)
    for number in range(30):
        texts = [f"entry {source.getrandbits(60):x} of the list of {chr(97 + number)}" for _ in range(MAX_PAGE_TEXTS)]
        texts = ["".join(chr(97 + int(c, 16)) if c in "0123456789abcdef" else c for c in text) for text in texts]
        memory.learn_texts([BOX, *texts], f"{SITE}{number}")
    (texts,) = struct.unpack_from("<H", memory.to_bytes(), 6)
    assert texts <= MAX_TEXTS
    assert len(memory.to_bytes()) <= MAX_MEMORY_BYTES
    assert SiteMemory.from_bytes(memory.to_bytes()) == memory


def test_no_text_is_kept() -> None:
    data = learned(range(3)).to_bytes()
    assert not any(word.encode() in data for word in ("Harbour", "harbour", "reporters", "council"))


def test_learning_a_page_and_learning_its_texts_is_the_same_and_bytes_that_are_no_page_teach_nothing() -> None:
    memory = SiteMemory()
    for number in range(3):
        memory.learn(old_template(title(number), paragraphs(number)).encode(), f"{SITE}{number}")
    assert memory.recurring([BOX], f"{SITE}9") == [3]
    assert SiteMemory().learn(b"", SITE) == SiteMemory()
    assert SiteMemory().learn(b"\x00\xff" * 300, SITE).to_bytes()


PAGES = st.lists(
    st.tuples(st.integers(0, 12), st.lists(st.integers(0, 20), max_size=8)),
    max_size=12,
)


def of(pages: list[tuple[int, list[int]]]) -> SiteMemory:
    memory = SiteMemory()
    for number, texts in pages:
        memory.learn_texts([paragraphs(text, 1)[0] for text in texts], f"{SITE}{number}", title(number))
    return memory


def copy(memory: SiteMemory) -> SiteMemory:
    return SiteMemory.from_bytes(memory.to_bytes())


@given(PAGES, PAGES, PAGES)
@settings(deadline=None)
def test_merging_is_commutative_associative_and_idempotent(one: list, two: list, three: list) -> None:
    a, b, c = of(one), of(two), of(three)
    assert copy(a).merge(b) == copy(b).merge(a)
    assert copy(a).merge(b).merge(c) == copy(a).merge(copy(b).merge(c)) == copy(c).merge(a, b)
    assert copy(a).merge(a) == a
    assert copy(a).merge(b).merge(b).merge(a) == copy(a).merge(b)


@given(PAGES)
@settings(deadline=None)
def test_bytes_come_back_as_they_went_and_say_the_same(pages: list) -> None:
    memory = of(pages)
    again = copy(memory)
    assert again == memory
    assert again.to_bytes() == memory.to_bytes()
    texts = [paragraphs(text, 1)[0] for text in range(21)]
    assert again.recurring(texts, f"{SITE}x") == memory.recurring(texts, f"{SITE}x")


def test_a_lesson_is_one_page_and_merging_it_is_learning() -> None:
    memory = learned(range(3))
    lesson = memory.lesson(paragraphs(7), f"{SITE}7", title(7))
    assert len(lesson) == 1
    assert copy(memory).merge(lesson) == copy(memory).learn_texts(paragraphs(7), f"{SITE}7", title(7))


def refused(data: bytes) -> bool:
    """Whether the bytes are refused; where they are not, they must be a memory to the last byte."""
    try:
        memory = SiteMemory.from_bytes(data)
    except Permanent as error:
        return error.outcome == "memory_unreadable"
    assert memory.to_bytes() == data
    memory.recurring([BOX, *paragraphs(1)], f"{SITE}1", title(1))
    return False


@given(st.binary(max_size=400))
def test_foreign_bytes_are_refused(data: bytes) -> None:
    refused(data)
    refused(b"NSM\x01" + data)


@given(st.data())
@settings(deadline=None)
def test_damaged_bytes_are_refused_or_still_a_memory(data: st.DataObject) -> None:
    whole = bytearray(learned(range(3)).to_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    refused(bytes(whole))
    refused(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


def test_what_is_not_of_this_version_or_too_large_is_refused() -> None:
    data = learned(range(3)).to_bytes()
    assert refused(b"NSM\x02" + data[4:])
    assert refused(b"")
    assert refused(data + b"\x00")
    assert refused(data[:-1])
    assert refused(b"NSM\x01" + struct.pack("<HH", 65535, 65535) + b"\x00" * MAX_MEMORY_BYTES)


def test_what_cannot_be_read_is_as_if_it_was_not_known() -> None:
    whole = learned(range(3))
    assert remembered([b"", b"nonsense", whole.to_bytes()]) == whole
    assert remembered([]) == SiteMemory()


def test_the_sixth_article_comes_without_the_box_of_the_first() -> None:
    memory = SiteMemory()
    kept = []
    for number in range(6):
        page = old_template(title(number), paragraphs(number))
        article = extract(page, f"{SITE}{number}", memory=memory)
        assert article.text.split("\n\n") == [
            text
            for text in [*paragraphs(number)[:3], BOX, *paragraphs(number)[3:]]
            if text != BOX or BOX in article.text
        ]
        assert (BOX, "recurs on this site") in article.removed or BOX in article.text
        assert (BOX in article.html) == (BOX in article.text)
        kept.append(BOX in article.text)
        memory.learn(page, f"{SITE}{number}")
    assert kept == [True, True, True, False, False, False]


def test_the_same_page_read_again_loses_nothing() -> None:
    memory = SiteMemory()
    page = old_template(title(0), paragraphs(0), "")
    for state in range(6):
        memory.learn(page, f"{SITE}story?version={state}")
        memory.learn(page, f"{SITE}story")
    assert extract(page, f"{SITE}other", memory=memory).text == extract(page, f"{SITE}other").text


def test_an_article_keeps_its_text_when_the_template_changes_half_way() -> None:
    memory = SiteMemory()
    for number in range(40):
        template = old_template if number < 20 else new_template
        page = template(title(number), paragraphs(number))
        text = extract(page, f"{SITE}{number}", memory=memory).text
        assert [own for own in paragraphs(number) if own not in text] == []
        memory.learn(page, f"{SITE}{number}")
        if number >= 20:  # and the old articles are read again in the new template, at new addresses
            old = number - 20
            page = new_template(title(old), paragraphs(old))
            text = extract(page, f"{SITE}new/{old}", memory=memory).text
            assert [own for own in paragraphs(old) if own not in text] == []
            memory.learn(page, f"{SITE}new/{old}")
    assert OTHER_BOX not in extract(new_template(title(99), paragraphs(99)), f"{SITE}99", memory=memory).text


def test_what_a_child_gives_back_is_what_its_parent_needs() -> None:
    memory = learned(range(4))
    page = old_template(title(5), paragraphs(5)).encode()
    article, lesson, whole = extract_with_memory(page, f"{SITE}5", memory=[memory.to_bytes(), b"of another version"])
    assert BOX not in article.text
    assert whole.replace(f"\n\n{BOX}", "") == article.text
    assert remembered([memory.to_bytes(), lesson]).recurring([BOX], f"{SITE}9") == [5]
    assert extract_with_memory(page, f"{SITE}5")[2] == ""
    assert extract_with_memory(b"", f"{SITE}5")[0].reason


def test_the_bounds_are_those_of_the_papers() -> None:
    assert limits.MAX_MEMORY_BYTES < 128 * 1024  # archive.models.SiteMemory takes no more
