"""Names of publishers, as real front pages and feeds state them."""

import pytest

from newsreel.pipeline.naming import site_name


@pytest.mark.parametrize(
    ("statements", "host", "expected"),
    [
        (["The Harbour Ledger - The Harbour Ledger"], "www.harbour-ledger.example", "The Harbour Ledger"),
        (["恒川时报_恒川时报"], "www.hengchuan-times.example", "恒川时报"),
        (["東湊新聞：東湊新聞"], "www.higashiminato.example", "東湊新聞"),
        (["World news | The Meridian Post", "The Meridian Post: reporting since 1901"], "x.example", "World news"),
        (["The Meridian Post", "World news | The Meridian Post"], "x.example", "The Meridian Post"),
        (["Breaking news and weather | Meridian Post"], "meridian-post.example", "Meridian Post"),
        (["Le Veilleur - À la une", "Le Veilleur : actualité - Le Veilleur"], "veilleur.example", "Le Veilleur"),
        (["T-Online"], "www.t-online.example", "T-Online"),
        (["Al-Manar"], "x.example", "Al-Manar"),
        (["", "  "], "news.example", "news.example"),
        ([], "news.example", "news.example"),
        ([], "www.news.example", "news.example"),
        (["www.news.example"], "www.news.example", "news.example"),
    ],
)
def test_names(statements: list[str], host: str, expected: str) -> None:
    assert site_name(statements, host) == expected
