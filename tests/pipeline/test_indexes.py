"""Which sitemaps of an index are worth a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsreel.core.types import Sitemap
from newsreel.pipeline.indexes import MOST_CHILDREN, changed_since, newest_children, ranked_children

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def index(*children: tuple[str, datetime | None]) -> Sitemap:
    return Sitemap(children=tuple((f"https://x.test/{name}", changed) for name, changed in children))


def names(sitemap: Sitemap) -> list[str]:
    return [url.rpartition("/")[2] for url, _ in ranked_children(sitemap)]


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ([("a.xml", NOON - timedelta(days=2)), ("b.xml", NOON), ("c.xml", None)], ["b.xml", "a.xml", "c.xml"]),
        ([("old.xml", NOON), ("news.xml", None)], ["news.xml", "old.xml"]),
        (
            [("2026-10.xml", None), ("2026-11.xml", None), ("2025.xml", None)],
            ["2026-11.xml", "2026-10.xml", "2025.xml"],
        ),
        ([("1.xml", None), ("2.xml", None)], ["2.xml", "1.xml"]),
        (
            [
                ("post-sitemap.xml", None),
                ("page-sitemap.xml", NOON),
                ("post_tag-sitemap.xml", NOON),
                ("author-sitemap.xml", NOON),
            ],
            ["post-sitemap.xml"],
        ),
        ([("category.xml", NOON), ("tags.xml", None)], ["category.xml", "tags.xml"]),  # there is nothing else
        ([("homepages-stories.xml", NOON)], ["homepages-stories.xml"]),
    ],
)
def test_the_order(children: list[tuple[str, datetime | None]], expected: list[str]) -> None:
    assert names(index(*children)) == expected


def test_some_are_asked_for_and_those_that_say_they_have_not_changed_are_not() -> None:
    many = index(*((f"{n}.xml", NOON - timedelta(days=n)) for n in range(40)))
    assert len(newest_children(many)) == MOST_CHILDREN
    ranked = ranked_children(many)
    assert len(changed_since(ranked, None)) == 40
    assert changed_since(ranked, NOON - timedelta(days=2)) == [f"https://x.test/{n}.xml" for n in range(4)]
    assert changed_since(ranked, NOON + timedelta(days=9)) == ["https://x.test/0.xml"]  # the first may lie
    assert changed_since([("https://x.test/a.xml", None)] * 2, NOON) == ["https://x.test/a.xml"] * 2
