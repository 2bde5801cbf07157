from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.portal.body import readable

URL = "https://news.test/world/1.html"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>Text</p>", "<p>Text</p>"),
        ('<p>a <img src="data:image/gif;base64,AA"> b <img><img src="javascript:x()"></p>', "<p>a  b </p>"),
        ('<p><a href="/b">b</a></p>', '<p><a href="https://news.test/b" target="_blank" rel="noopener noreferrer nofollow">b</a></p>'),
        ('<a href="javascript:x()">b</a>', '<a target="_blank" rel="noopener noreferrer nofollow">b</a>'),
        ('<p class="masthead" id="main" style="position:fixed" title="t">a</p>', "<p>a</p>"),
        ("<h1>a</h1><script>b</script><style>c</style>", "a"),
        ("<form action=/language/><input name=a><button>go</button></form>", "go"),
        ('<iframe src="https://x.test"></iframe><video src="https://x.test/v"></video>', ""),
        ('<figure><picture><source srcset="/a"></picture><p>c</figure>', "<figure><p>c</p></figure>"),
        ('<p dir="rtl" lang="ar">a</p>', '<p dir="rtl" lang="ar">a</p>'),
        ('<td colspan="2">a</td>', "a"),
        ('<ul background="https://x.test/a"><li value="2">a</ul>', '<ul><li value="2">a</li></ul>'),
    ],
)  # fmt: skip
def test_what_is_shown(html: str, shown: str) -> None:
    assert str(readable(html, URL)) == shown


def test_without_html_the_text_has_paragraphs() -> None:
    assert str(readable(" ", URL, "One <b>\n\n\n\nTwo")) == "<p>One &lt;b&gt;</p><p>Two</p>"


@pytest.mark.parametrize("url", ["", "x", "javascript:x", "http://", "http://[", "https://\x00/"])
def test_an_address_that_is_none(url: str) -> None:
    assert "<p>a" in str(readable('<p>a<a href="/b">b</a></p>', url))


_PIECES = st.sampled_from(
    ["<p>", "</p>", "<img src=https://x.test/a>", "<a href=", "'", '"', ">", "<table>", "<svg>", "<math>", "<style>", "</style>",
     "<script>", "<!--", "-->", "<![CDATA[", "onload=x ", "javascript:", "url(https://x.test)", "&lt;", "\x00", "<mtext>", "<noscript>"]
)  # fmt: skip


@given(st.lists(_PIECES | st.text(max_size=8), max_size=30).map("".join))
def test_nothing_that_loads_or_runs_remains(html: str) -> None:
    shown = str(readable(html, URL))
    tags = re.findall(r"<[^>]*>", shown)
    ours = re.compile(
        r'<img src="/picture/[\w-]{27}/[\w-]+" alt="[^"]*"( width="\d+" height="\d+")? loading="lazy" decoding="async">'
    )
    assert not [tag for tag in tags if re.match(r"</?(script|style|svg|math|iframe|link|meta|form|input)\b", tag)]
    assert not [tag for tag in tags if tag.startswith("<img") and not ours.fullmatch(tag)]
    rest = re.sub(r'"[^"]*"', '""', ours.sub("", shown))
    assert not re.search(r"<[^>]*\s(on\w+|src|style|class|id)=", rest)
