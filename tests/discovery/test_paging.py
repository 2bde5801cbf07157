"""Where older entries are: each way in which feeds and pages say so, and what is not followed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.discovery import older_pages

URL = "https://x.test/news"
ATOM = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{}<entry><link rel="next" href="/wrong"/></entry></feed>'
RSS = '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{}<item><title>E</title></item></channel></rss>'
PAGE = "<!doctype html><html><head>{}</head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("body", "url", "expected"),
    [
        (ATOM.format('<link rel="next" href="?page=2"/>'), URL, ["?page=2"]),
        (ATOM.format('<link href="/archive/9.xml" rel="prev-archive"/>'), URL, ["/archive/9.xml"]),
        (RSS.format('<atom:link rel="prev-archive" href="/a"/><atom:link rel="next" href="/b"/>'), URL, ["/b", "/a"]),
        (RSS.format("") + '<atom:link rel="next" href="/late"/>', URL, ["/late"]),
        (RSS.format("<generator>https://wordpress.org/?v=6.4</generator>"), URL, ["?paged=2"]),
        (RSS.format("<generator>https://wordpress.org/?v=6.4</generator>"), f"{URL}?cat=3&paged=4", ["?cat=3&paged=5"]),
        (RSS.format("<generator>Hugo</generator>"), URL, []),
        ('{"next_url": "https:\\/\\/x.test\\/p?a=1\\u0026page=2", "items": []}', URL, ["/p?a=1&page=2"]),
        (PAGE.format('<link rel="next" href="/news/page/2/">', ""), URL, ["/news/page/2/"]),
        (PAGE.format("", '<a class="n" rel="next nofollow" href="?page=2">Older</a>'), URL, ["?page=2"]),
        (PAGE.format("", '<a href="?page=1">1</a><a href="?page=3">3</a><a href="?page=2">2</a>'), URL, ["?page=2"]),
        (PAGE.format("", '<a href="?page=3">3</a>'), f"{URL}?page=2", ["?page=3"]),
        (PAGE.format("", '<a href="/news/page/2/">2</a><a href="/sport/page/2/">other</a>'), URL, ["/news/page/2/"]),
        (PAGE.format("", '<a href="index_2.html">下一页</a>'), "https://x.test/news/index.html", ["/news/index_2.html"]),
        (PAGE.format("", '<a href="/2026/11/28/page-2-of-the-harbour.html">2</a>'), URL, []),
        (PAGE.format("", "<a href='?page=2&amp;tag=a'>2</a>"), f"{URL}?tag=a", ["?page=2&tag=a"]),
    ],
)  # fmt: skip
def test_each_way_of_saying_so(body: str, url: str, expected: list[str]) -> None:
    wanted = [f"https://x.test{address}" if address.startswith("/") else f"{URL}{address}" for address in expected]
    assert list(older_pages(body.encode(), url)) == wanted


@pytest.mark.parametrize(
    "reference", ["https://other.test/p2", "//cdn.x.test/p2", "javascript:next()", URL, "#", "mailto:a@x.test"]
)
def test_another_host_and_the_page_itself_are_not_followed(reference: str) -> None:
    assert older_pages(PAGE.format(f'<link rel="next" href="{reference}">', "").encode(), URL) == ()
    assert older_pages(ATOM.format(f'<link rel="next" href="{reference}"/>').encode(), URL) == ()


def test_a_hundred_thousand_pagers_give_three_addresses() -> None:
    links = "".join(f'<a rel="next" href="?page={n}">{n}</a>' for n in range(100_000))
    assert len(older_pages(PAGE.format("", links).encode(), URL)) == 3


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            ["<feed>", "<rss>", "<link rel='next' href='", "?page=2", "'>", "<item>", "</item>", "<a href='", "{", '"next_url":"', '\\u00',
             "<generator>wordpress"]
        )
    )
    .map("".join)
    .map(str.encode)
)  # fmt: skip
def test_any_bytes_have_an_outcome(body: bytes) -> None:
    for address in older_pages(body, URL):
        assert address.startswith("https://x.test/")
