"""Shapes of addresses: what real sites' ways of writing them come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.discovery.shapes import MAX_SHAPE, shapes, wider

REAL = """
www.xinhuanet.com/2026/11/28/c_1310.htm xinhuanet.com/{date}/c-{number}.htm /{date}/c-{number}.htm
people.test/n1/2026/1128/c1002-40223222.html people.test/n{n}/{date}/c{number}-{number}.html /n{n}/{date}/c{number}-{number}.html
x.test/article/123456 x.test/article/{number} /*/{number}
x.test/a/20261128/123456.shtml x.test/a/{date}/{number}.shtml /*/{date}/{number}.shtml
x.test/2026-11/28/content_9876543.shtml x.test/{date}/{word}-{number}.shtml /{date}/{word}-{number}.shtml
x.test/t20261128_123456.htm x.test/t{date}-{number}.htm /t{date}-{number}.htm
x.test/politik/wahl-in-hessen-li.343191 x.test/politik/{words}-{number} /*/{words}-{number}
x.test/news/articles/c3d9v5g7x0yo x.test/news/articles/{code} /*/*/{code}
x.test/news/world-12345678 x.test/news/{word}-{number} /*/{word}-{number}
x.test/2025/aug/11/man-bites-dog x.test/{date}/{words} /{date}/{words}
x.test/2025/08/11/ x.test/{date} /{date}
x.test/tag/war x.test/tag/{word} /*/{word}
x.test/page/2 x.test/page/{n} /*/{n}
x.test/?p=12345 x.test/?p={number} /?p={number}
x.test/detail.aspx?newsid=88213&utm_source=x x.test/{word}.aspx?newsid={number} /{word}.aspx?newsid={number}
x.test/about-us x.test/{word} /{word}
x.test x.test/ /
x.test/%E6%96%B0%E9%97%BB/%E4%BF%83%E8%BF%9B%E8%88%AA%E5%A4%A9%E6%8A%80%E6%9C%AF%E6%9B%B4%E5%A5%BD x.test/新闻/{words} /*/{words}
x.test/новости/порт-остается-закрытым x.test/новости/{words} /*/{words}
x.test/a/o-s-a-6d2f4f0a-1234-4f1f-a1a1-0123456789ab x.test/a/{words}-{code} /*/{words}-{code}
""".strip().splitlines()


@pytest.mark.parametrize("line", REAL)
def test_the_addresses_of_the_web(line: str) -> None:
    address, own, wide = line.split()
    assert shapes(f"https://{address}") == (own, wide)


def test_two_articles_of_a_section_have_one_shape_and_its_list_another() -> None:
    one, other, section = (
        shapes(f"https://x.test/{path}") for path in ("world/2026/11/28/a-b-c", "world/2025/1/2/d-e-f-g", "world")
    )
    assert one == other != section


def test_what_is_no_address_has_no_shape() -> None:
    assert shapes("mailto:a@x.test") is None
    assert shapes("") is None


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["/", "2026", "11", "28", "a-b-c", "%", "%E6%96%B0", "?", "=", "&", "{n}", "*", "新", "\ud800"]))
    .map("".join)
)  # fmt: skip
def test_any_address_has_a_bounded_shape_whose_wider_one_is_its_own(path: str) -> None:
    found = shapes(f"https://x.test/{path}")
    if found is not None:
        own, wide = found
        assert len(own.encode()) <= MAX_SHAPE
        assert wider(own) == wide
        assert wider(wide) == wide
