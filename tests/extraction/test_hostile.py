from __future__ import annotations

import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.types import Article
from newsreel.extraction import extract
from tests.shared import SHARED, needs_shared

URL = "https://news.example/a"
SECONDS = 3.0
MEMORY = 700 * 1024  # KiB more at the peak

HOSTILE = {
    "50 MB of blocks": lambda: b"<div>" * 10_000_000,
    "a million nested tags": lambda: b"<b>" * 1_000_000 + b"x",
    "a million nested quotes": lambda: b"<blockquote>" * 1_000_000 + b"x",
    "nested lists": lambda: b"<ul><li>text, and more text." * 200_000,
    "nested tables": lambda: b"<table><tr><td>text, text." * 200_000,
    "a million attributes": lambda: b"<p " + b" ".join(b"a%d=1" % n for n in range(1_000_000)) + b">x</p>",
    "attributes by the tag": lambda: b"".join(b"<p a%d=1 b c d e>" % n for n in range(300_000)),
    "open formatting": lambda: b"".join(b"<font color=%d>" % n for n in range(2000)) + b"<p>x" * 300_000,
    "misnested": lambda: b"<div><object></div></object>" * 200_000,
    "misnested formatting": lambda: b"<b><div></b>" * 200_000,
    "unclosed attribute": lambda: b"<a b=\"" * 500_000,
    "unclosed comment": lambda: b"<!--" * 1_000_000,
    "unclosed scripts": lambda: b"<script>" * 500_000,
    "half tags": lambda: b"<" * 3_000_000,
    "half closing tags": lambda: b"</a" * 1_000_000,
    "breaks": lambda: b"<br>" * 300_000,
    "links": lambda: b"<a href=/x>x</a>" * 300_000,
    "headings": lambda: b"<h1>A title of some words</h1>" * 100_000,
    "times": lambda: b"<time>2025-08-12</time><span class=date>12 Aug</span>" * 100_000,
    "a long paragraph": lambda: b"<p>" + b"word, " * 1_000_000,
    "white space": lambda: b"<p>" + b" \n\t" * 2_000_000 + b"x",
    "wide text": lambda: ("<p>" + "新闻,。" * 500_000).encode(),
    "entities": lambda: b"<p>" + b"&amp;&notanentity;" * 400_000,
    "deep JSON": lambda: b"<script type=application/ld+json>" + b"[" * 500_000 + b"</script>",
    "wide JSON": lambda: b"<script type=application/ld+json>[" + b'{"@type":"Article"},' * 40_000 + b"{}]</script>",
    "broken JSON": lambda: b'<script type=application/ld+json>{"headline":"' + b"\\" * 500_000 + b"</script>",
    "many metas": lambda: b"<meta name=author content='a, b and c'>" * 100_000,
    "long meta": lambda: b"<title>" + b" - a" * 500_000 + b"</title><meta property=og:title content='" + b" | a" * 3000 + b"'>",
    "templates": lambda: b"<template>" * 300_000,
    "drawings": lambda: b"<svg><g>" * 300_000,
    "junk names": lambda: b"".join(b"<div class='share-%d related'><p>some text, here</p></div>" % n for n in range(90_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_bounded_time_and_memory(name: str) -> None:
    html = HOSTILE[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    article = extract(html, URL)
    spent = time.process_time() - start
    assert isinstance(article, Article)
    assert article.text or article.reason
    assert spent < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


@needs_shared
def test_every_tree_of_html5lib_is_read() -> None:
    folder = SHARED / "suites" / "html5lib" / "tree-construction"
    seen = 0
    for file in sorted(folder.rglob("*.dat")):
        for case in file.read_text(encoding="utf-8").split("#data\n")[1:]:
            html = case.split("\n#errors")[0]
            article = extract(html, URL)
            assert article.text or article.reason
            seen += 1
    assert seen > 1000


TAGS = "div p a b table tr td ul li h1 h2 blockquote figure img figcaption time article main pre br script title meta template".split()
PIECES = (
    st.sampled_from([f"<{tag}>" for tag in TAGS])
    | st.sampled_from([f"</{tag}>" for tag in TAGS])
    | st.sampled_from(
        [
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A b c","author":[1,{"name":[]}],',
            '"datePublished":{"@value":3}}</script>',
            '<meta property="og:title" content="A | B">',
            "<link rel=canonical href='//[x'>",
            "<img src='http://[bad'>",
            "<a href='http://x:99999/'>",
            "<!--",
            "-->",
            "<time datetime=2025-13-45>",
            "This is a sentence, and one that is long enough to be taken for a paragraph of a text by most rules.",
        ]
    )
    | st.text(max_size=20)
)


@given(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=20))
@settings(max_examples=400, deadline=None)
def test_any_markup_is_an_article(html: str, url: str) -> None:
    article = extract(html, f"https://{url}/")
    assert bool(article.text) != bool(article.reason)
    assert all(text and reason for text, reason in article.removed)


@given(st.binary(max_size=600))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_an_article(body: bytes) -> None:
    article = extract(body, URL)
    assert bool(article.text) != bool(article.reason)
