"""Posts of other houses become links."""

from __future__ import annotations

import pytest

from newsreel.extraction.embeds import post
from newsreel.extraction.page import Node, read_whole

URL = "https://news.example/a"


def element(html: str) -> Node:
    return next(
        node
        for node in read_whole(html).root.walk()
        if node.tag in ("iframe", "blockquote", "amp-twitter", "lite-youtube")
    )


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<iframe src='https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0'></iframe>", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("<iframe data-src='//player.vimeo.com/video/123456'></iframe>", "https://vimeo.com/123456"),
        ("<blockquote class=twitter-tweet><p>So <a href='https://t.example/x'>it</a></p><a href='https://twitter.com/a/status/1'>May 1</a></blockquote>", "https://twitter.com/a/status/1"),
        ("<blockquote data-instgrm-permalink='https://www.instagram.com/p/abc/'>x</blockquote>", "https://www.instagram.com/p/abc/"),
        ("<blockquote cite='https://www.tiktok.com/@a/video/1'>x</blockquote>", "https://www.tiktok.com/@a/video/1"),
        ("<iframe src='https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fposts%2F1'></iframe>", "https://www.facebook.com/a/posts/1"),
        ("<amp-twitter data-tweetid=123></amp-twitter>", "https://x.com/i/status/123"),
        ("<lite-youtube videoid=dQw4w9WgXcQ></lite-youtube>", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    ],
)  # fmt: skip
def test_known_houses(html: str, address: str) -> None:
    found = post(element(html), URL)
    assert found is not None
    assert found.address == address
    assert found.html.startswith("<p><a href=")


@pytest.mark.parametrize(
    "html",
    [
        "<iframe src='https://ads.example/frame'></iframe>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<iframe src='https://youtube.com.evil.example/embed/dQw4w9WgXcQ'></iframe>",
        "<iframe src='https://[::1'></iframe>",
        "<iframe src='https://www.facebook.com/plugins/post.php?href=javascript:alert(1)'></iframe>",
        "<blockquote>Somebody said <a href=/b>so</a></blockquote>",
        "<amp-twitter data-tweetid='1;2'></amp-twitter>",
    ],
)
def test_all_else_is_no_post(html: str) -> None:
    assert post(element(html), URL) is None
