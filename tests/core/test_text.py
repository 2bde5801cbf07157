from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.text import spans, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Queen's 2 dogs", ["the", "queen's", "2", "dogs"]),
        ("中国 abc", ["中", "国", "abc"]),
        ("윤석열 대통령이", ["윤석열", "대통령이"]),
        ("भारत के प्रधानमंत्री", ["भारत", "के", "प्रधानमंत्री"]),
        ("می‌خواهم بروم", ["می‌خواهم", "بروم"]),
        ("foo_bar", ["foo", "bar"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


@given(st.text(max_size=200))
def test_spans_lie_in_the_text(text: str) -> None:
    last = 0
    for word, start, end in spans(text):
        assert last <= start < end
        assert text[start:end] == word
        last = end
