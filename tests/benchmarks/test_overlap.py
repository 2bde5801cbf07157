"""The measures of text: F1 of shingles as the corpus defines it, and ROUGE-LSum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import overlap

SOME_WORDS = st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=5)


def test_a_character_of_chinese_or_thai_is_a_token_and_a_word_elsewhere() -> None:
    assert overlap.tokens("Das 国会, im Jahr 2025 — ไทย") == ["das", "国", "会", "im", "jahr", "2025", "ไ", "ท", "ย"]


def test_shingles_are_runs_of_four_and_a_short_text_is_one() -> None:
    assert dict(overlap.shingles("a b c d a b c d")) == {
        ("a", "b", "c", "d"): 2,
        ("b", "c", "d", "a"): 1,
        ("c", "d", "a", "b"): 1,
        ("d", "a", "b", "c"): 1,
    }
    assert dict(overlap.shingles("One two")) == {("one", "two"): 1}
    assert not overlap.shingles(" … ")


def test_the_accepted_body_that_fits_best_counts() -> None:
    bodies = [["a b c d e f"], ["a b c d", "x y z w"]]
    best, body = overlap.fitting("a b c d x y z w", bodies)
    assert best == (1.0, 1.0, 1.0)
    assert body == bodies[1]
    half = overlap.overlap("a b c d e q", [["a b c d e f g h"]])  # 2 of 3 found shingles, 2 of 5 wanted
    assert (half.precision, half.recall) == pytest.approx((2 / 3, 2 / 5))
    assert half.f1 == pytest.approx(0.5)
    assert overlap.overlap("", bodies) == overlap.overlap("q r s t", bodies) == overlap.NONE
    assert overlap.overlap("a", []) == overlap.NONE


def test_rouge_joins_what_several_lines_have_of_a_line() -> None:
    """The example of Lin's paper: against w1 w2 w3 w4 w5, the lines w1 w2 w6 w7 w8 and w1 w3 w8 w9 w5 have 4 of 5 words together."""
    found = overlap.rouge_lsum("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", ["w1 w2 w3 w4 w5"])
    assert (found.precision, found.recall) == (4 / 10, 4 / 5)


def test_rouge_counts_a_hit_no_oftener_than_its_token_stands_in_the_text() -> None:
    found = overlap.rouge_lsum("said\nmore", ["he said", "she said", "they said"])
    assert (found.precision, found.recall) == (1 / 2, 1 / 6)


def test_rouge_takes_order_into_account_where_lines_differ() -> None:
    assert overlap.rouge_lsum("c b a", ["a b c"]).recall == pytest.approx(1 / 3)
    assert overlap.rouge_lsum("a b c", ["a b c"]) == (1.0, 1.0, 1.0)
    assert overlap.rouge_lsum("总理昨天访问", ["总理访问"]) == pytest.approx((0.8, 4 / 6, 1.0))
    assert overlap.rouge_lsum("", ["a"]) == overlap.rouge_lsum("a", []) == overlap.NONE


def test_what_lies_beyond_the_bound_is_not_matched_but_counts() -> None:
    found = overlap.rouge_lsum("x " * overlap.MATCHED_TOKENS + "\na b", ["a q b"])
    assert found == overlap.NONE
    assert overlap.rouge_lsum("x " * (overlap.MATCHED_TOKENS - 2) + "\na b", ["a q b"]).recall == pytest.approx(2 / 3)


def table(one: list[str], other: list[str]) -> int:
    """The length of the longest common subsequence, by the table of the textbooks."""
    row = [0] * (len(other) + 1)
    for word in one:
        above, row = row, [0]
        for place, found in enumerate(other):
            row.append(above[place] + 1 if word == found else max(row[-1], above[place + 1]))
    return row[-1]


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=12),
)
def test_a_line_against_a_line_has_the_longest_common_subsequence(one: list[str], other: list[str]) -> None:
    common = table(one, other)
    found = overlap.rouge_lsum(" ".join(other), [" ".join(one)])
    assert (found.precision, found.recall) == pytest.approx((common / len(other), common / len(one)))


@given(SOME_WORDS, SOME_WORDS)
def test_rouge_is_a_share_and_more_text_loses_no_recall(truth: list[str], found: list[str]) -> None:
    less, more = (overlap.rouge_lsum("\n".join(lines), truth) for lines in (found[:-1], found))
    assert 0 <= more.precision <= 1
    assert less.recall <= more.recall <= 1
    assert overlap.rouge_lsum("\n".join(truth), truth).f1 == 1


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_no_text_is_too_odd(text: str, body: list[str]) -> None:
    for found in (overlap.rouge_lsum(text, body), overlap.overlap(text, [body])):
        assert all(0 <= value <= 1 for value in found)


def test_chinese_is_told_from_japanese() -> None:
    assert overlap.chinese("外交部发言人今天在北京表示 (CNN)")
    assert not overlap.chinese("外務省の報道官は今日、東京で記者会見を開いた")
    assert not overlap.chinese("The word 新闻 means news")
