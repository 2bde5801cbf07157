"""Which addresses are articles': learned from outcomes, merged in any order, corrected, kept as bytes."""

from __future__ import annotations

import itertools
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.errors import Permanent
from newsreel.discovery import patterns
from newsreel.discovery.patterns import AddressPatterns, merged

ARTICLE, LIST = "https://x.test/world/2026/11/{:02}/a-long-headline-{}", "https://x.test/team/{}-{}"


def articles(many: int, start: int = 0) -> list[tuple[str, bool]]:
    return [(ARTICLE.format(n % 28 + 1, n), True) for n in range(start, start + many)]


def lists(many: int, start: int = 0) -> list[tuple[str, bool]]:
    return [(LIST.format("jane", n), False) for n in range(start, start + many)]


def taught(*outcomes: tuple[str, bool]) -> AddressPatterns:
    found = AddressPatterns()
    return found.merge(found.lesson(outcomes))


def test_a_verdict_needs_evidence_and_holds_for_addresses_never_seen() -> None:
    known = taught(*articles(2), *lists(2))
    assert known.judge(ARTICLE.format(27, 99)) == "unknown"
    known = taught(*articles(3), *lists(3))
    assert known.judge(ARTICLE.format(27, 99)) == "yes"
    assert known.judge(LIST.format("john", 77)) == "no"
    assert known.judge("https://x.test/about") == "unknown"
    assert known.judge("nonsense") == "unknown"


def test_a_section_never_seen_is_judged_by_the_others() -> None:
    names = ("world", "sport", "arts", "life", "law")
    sections = [(f"https://x.test/{name}/a-long-headline-{n}", True) for n, name in enumerate(names)]
    assert taught(*sections[:4]).judge("https://x.test/money/the-next-long-headline") == "unknown"
    assert taught(*sections).judge("https://x.test/money/the-next-long-headline-6") == "yes"


def test_what_speaks_both_ways_is_not_known() -> None:
    both = [(ARTICLE.format(1, n), n % 2 == 0) for n in range(20)]
    assert taught(*both).judge(ARTICLE.format(2, 99)) == "unknown"


def test_a_site_that_changes_is_relearned() -> None:
    known = taught(*lists(40))
    for url, _ in lists(40, start=100):
        known.learn(url, True)
    assert known.judge(LIST.format("jane", 500)) == "yes"


def test_some_addresses_of_a_shape_known_to_be_none_are_looked_at_all_the_same() -> None:
    known = taught(*lists(5))
    looked = [n for n in range(640) if known.worth_a_look(LIST.format("jane", n))]
    assert 20 <= len(looked) <= 65  # one in sixteen
    assert looked == [n for n in range(640) if known.worth_a_look(LIST.format("jane", n))]
    known.correct("x.test/team/{word}-{n}", "no")
    assert not any(known.worth_a_look(LIST.format("jane", n)) for n in range(640))


def test_a_correction_overrules_what_was_learned_and_survives_merging() -> None:
    known = taught(*lists(10))
    worker = merged([known.to_bytes()])  # has read it, and will write later
    known.correct("x.test/team/{word}-{n}", "yes")
    worker.merge(worker.lesson(lists(20, start=50)))
    both = merged([worker.to_bytes(), known.to_bytes()])
    assert both.judge(LIST.format("jane", 7)) == "yes"
    assert both == merged([known.to_bytes(), worker.to_bytes()])
    both.correct("x.test/team/{word}-{n}", "learned")
    assert merged([both.to_bytes(), known.to_bytes()]).judge(LIST.format("jane", 7)) == "no"


def test_the_word_on_one_folder_counts_before_that_on_all() -> None:
    known = AddressPatterns().correct("/*/{words}", "no").correct("x.test/blog/{words}", "yes")
    assert known.judge("https://x.test/blog/a-long-headline") == "yes"
    assert known.judge("https://x.test/shop/a-long-headline") == "no"
    assert known.said("https://x.test/blog/a-long-headline") == "yes"
    assert known.said("https://x.test/blog") == ""


@pytest.mark.parametrize("shape", ["", "x" * 161])
def test_what_is_no_shape_is_refused(shape: str) -> None:
    with pytest.raises(ValueError, match="shape"):
        AddressPatterns().correct(shape, "no")


def test_what_is_shown_has_counts_and_the_latest_addresses() -> None:
    known = taught(*articles(30), *lists(4), ("https://x.test/arts/2026/11/01/a-long-headline-9", True))
    rows = known.known()
    assert [(row.shape, row.wide, row.articles, row.outcomes, row.verdict) for row in rows] == [
        ("/*/{date}/{words}-{n}", True, 25, 25, "yes"),
        ("x.test/world/{date}/{words}-{n}", False, 24, 24, "yes"),
        ("x.test/arts/{date}/{words}-{n}", False, 1, 1, "yes"),
        ("x.test/team/{word}-{n}", False, 0, 4, "no"),
    ]
    assert rows[1].examples == tuple(ARTICLE.format(n % 28 + 1, n) for n in (29, 28, 27))
    known.correct("/*/{word}-{n}", "yes")
    assert [(row.shape, row.correction) for row in known.known()[-2:]] == [
        ("/*/{word}-{n}", "yes"),
        ("x.test/team/{word}-{n}", ""),
    ]


def test_nothing_new_is_no_lesson() -> None:
    known = taught(*articles(5))
    assert not known.lesson(articles(5))
    assert not known.lesson([("nonsense", True)])
    assert len(known.lesson([(ARTICLE.format(1, 0), False)])) == 1


def test_it_stays_small_whatever_a_site_does() -> None:
    known = AddressPatterns()
    for start in range(0, 6000, 500):
        numbers = range(start, start + 500)
        wide = [(f"https://h{n}.x.test/{'长' * 60}/s{n}-{'y' * 80}/{n}-a-b-c", True) for n in numbers]
        deep = [(f"https://x.test/{n % 90:x}q/{n}-{'z' * 150}-a-b", False) for n in numbers]
        known.merge(known.lesson(wide))
        known.merge(known.lesson(deep))
    for n in range(200):
        known.correct(f"x.test/{'w' * 120}{n}", "no")
    data = known.to_bytes()
    assert len(data) <= patterns.MAX_BYTES <= 131_072  # what the database takes
    assert merged([data]) == known


_OUTCOMES = st.lists(
    st.tuples(st.sampled_from(["a-b-c", "2026/11/28/x", "tag/war", "?id=12345", "", "c_1310.htm"]), st.integers(0, 40), st.booleans()).map(
        lambda some: (f"https://x.test/{some[0]}{some[1]}", some[2])
    ),
    max_size=60,
)  # fmt: skip


@given(_OUTCOMES, _OUTCOMES, _OUTCOMES, st.sampled_from(["yes", "no", "learned"]))
def test_merging_in_any_order_gives_the_same(one: list, other: list, third: list, said: str) -> None:
    parts = [taught(*one).to_bytes(), taught(*other).correct("/{word}", said).to_bytes(), taught(*third).to_bytes()]  # type: ignore[arg-type]
    whole = merged(parts)
    for order in itertools.permutations(parts):
        assert merged(order) == whole
    assert merged([merged(parts[:2]).to_bytes(), parts[2], parts[0]]) == whole
    assert AddressPatterns.from_bytes(whole.to_bytes()) == whole


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_foreign_bytes_are_refused_or_are_patterns(junk: bytes, place: int, value: int) -> None:
    data = bytearray(taught(*articles(4), *lists(3)).correct("/{word}", "no").to_bytes())
    data[place % len(data)] = value
    for foreign in (junk, bytes(data), bytes(data[: place % len(data)]), patterns._HEAD.pack(b"NAP", 1, 3, 2) + junk):
        with suppress(Permanent):
            read = AddressPatterns.from_bytes(foreign)
            assert read.to_bytes() == foreign
            read.known()
    assert merged([b"of another version", struct.pack("<3sBBB", b"NAP", 9, 0, 0)]) == AddressPatterns()
