from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from newsreel.accounts.names import check_name, name_key


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("alice", "alice"),
        ("  alice ", "alice"),
        ("李雷", "李雷"),
        ("Алиса", "Алиса"),
        ("ｂｏｂ", "bob"),  # fullwidth
        ("王小明2", "王小明2"),
        ("Zoë.van-Dam_1", "Zoë.van-Dam_1"),
        ("张Wei", "张Wei"),
        ("محمد", "محمد"),
    ],
)
def test_names(typed: str, name: str) -> None:
    assert check_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "a", "", " ", "x" * 31, "alice@example.org", "alice＠example.org", "alice﹫example.org", "a b", "a\u200bb", "a\u202eb",
        "-alice", "alice.", "аlice",  # the first letter is Cyrillic
        "<script>", "a/b", "a\x00b", "αlpha", "☃snow",
    ],
)  # fmt: skip
def test_what_is_no_name(typed: str) -> None:
    with pytest.raises(ValidationError):
        check_name(typed)


@pytest.mark.parametrize(("one", "other"), [("Alice", "aLICE"), ("ｂｏｂ", "bob"), ("STRASSE", "straße"), ("İx", "i̇x")])
def test_which_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@given(st.text(max_size=60))
def test_any_text(typed: str) -> None:
    try:
        name = check_name(typed)
    except ValidationError:
        return
    assert check_name(name) == name
    assert not any(letter in unicodedata.normalize("NFKC", name) for letter in "@ <>\"'&/\\\x00")
    assert name_key(name) == name_key(name.upper()) or name_key(name.casefold()) == name_key(name)
