from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from newsreel.accounts.models import User

ALICE = User(username="alice", email="alice@example.org")


@pytest.mark.parametrize(
    "password",
    ["short1!", "12345678", "password1", "iloveyou1", "newsreel2026", "Newsreel!", "环球要闻环球要闻", "alice@example.org",
     "alice2026", "administrator1", "NEWSREEL-新闻", "ｎｅｗｓｒｅｅｌ1"],
)  # fmt: skip
def test_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, ALICE)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "   xq zw   ",
        "пароль-длинный",
        "这是一个很长的密码",
        "newsreel but much longer",
        "x" * 17 + "é" * 100,
        "🦊🦊🦊🦊🦊🦊🦊🦊",
    ],
)
def test_of_any_letters_and_kept_as_typed(password: str) -> None:
    validate_password(password, ALICE)
    kept = make_password(password)
    assert identify_hasher(kept).algorithm == "argon2"
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept
    assert check_password(password, kept)
    assert not check_password(password.swapcase() if password.swapcase() != password else password + " ", kept)
    assert not check_password(password.strip() + "?", kept)
