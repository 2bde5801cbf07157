"""When a title, a day and authors count as right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from benchmarks import particulars
from newsreel.core.types import Article


@pytest.mark.parametrize(
    ("truth", "read", "exact", "near"),
    [
        ("Der Plan – was nun?", "Der Plan: Was nun", True, True),
        ("Ｆｕｌｌ ｗｉｄｔｈ №5", "Full width No5", False, True),  # one spelling by NFKC alone
        ("Wahl in Hessen: Die Ergebnisse", "Wahl in Hessen: Die Ergebnisse!", True, True),
        ("Wahl in Hessen: Die Ergebnisse", "Wahl in Hessen: Das Ergebnis", False, False),
        (
            "Twelve dead after flood in the north of Spain",
            "Twelve dead after floods in the north of Spain",
            False,
            True,
        ),
        ("A title", "", False, False),
        ("", "A title", None, None),
    ],
)
def test_titles(truth: str, read: str, exact: bool | None, near: bool | None) -> None:
    row, article = {"title": truth}, Article("https://a.test/", title=read)
    assert particulars.title_exact(row, article) is exact
    assert particulars.title_near(row, article) is near


def test_similarity_is_of_folded_titles() -> None:
    assert particulars.similarity("STRASSE  (alt)", "Straße alt") == 1
    assert particulars.similarity("abcd", "abxy") == 0.5


@pytest.mark.parametrize(
    ("truth", "read", "right"),
    [
        (
            "2025-06-05 23:30:00-04:00",
            "2025-06-05T20:00:00-04:00",
            True,
        ),  # the same day in the truth's own zone, two in UTC
        (
            "2025-06-05 23:30:00-04:00",
            "2025-06-06T08:00:00+00:00",
            True,
        ),  # the same day in UTC, two in the truth's zone
        ("2025-06-05 23:30:00-04:00", "2025-06-07T08:00:00+00:00", False),
        ("2025-06-05 23:30:00-04:00", "2025-06-05", True),
        ("2025-06-05 23:30:00-04:00", "2025-06-06", True),
        ("2025-06-05 23:30:00-04:00", "2025-06-04", False),
        ("2025-06-05", "2025-06-05T23:30:00-04:00", True),
        ("2025-06-06", "2025-06-05T23:30:00-04:00", True),
        ("2025-06-07", "2025-06-05T23:30:00-04:00", False),
        ("2025-06-05", "2025-06-05", True),
        ("2025-06-05", "", False),
        ("2025-06", "2025-06-05", None),
        (None, "2025-06-05", None),
    ],
)
def test_days(truth: str | None, read: str, right: bool | None) -> None:
    article = Article(
        "https://a.test/",
        published=datetime.fromisoformat(read) if read else None,
        published_precision="time" if "T" in read else "day",
    )
    assert particulars.day({"published": truth}, article) is right


@pytest.mark.parametrize(
    ("truth", "read", "right"),
    [
        (["Ann Lee", "Bo Chan"], ("bo chan", "ann lee"), True),
        (["Ann Lee", "Bo Chan"], ("Ann Lee",), False),
        ("Ann Lee, Bo Chan, and Cy Dow", ("Ann Lee", "Bo Chan", "Cy Dow"), True),
        ("Ann Lee", (), False),
        ([], ("Ann Lee",), None),
        (None, (), None),
    ],
)
def test_authors(truth: Any, read: tuple[str, ...], right: bool | None) -> None:
    assert particulars.authors({"authors": truth}, Article("https://a.test/", authors=read)) is right
