from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from newsreel.core.urls import split
from newsreel.extraction import sanitise
from newsreel.extraction.sanitising import ATTRIBUTES, REL, TAGS
from tests.shared import SHARED, needs_shared

BASE = "https://news.example/2025/story"


def check_tree(html: str) -> None:
    """Parse the result anew: only allowed elements and attributes, only absolute http(s) links with the rel."""
    tree = LexborHTMLParser(f"<!doctype html><body>{html}</body>")
    assert tree.body is not None
    for node in tree.body.traverse():
        if node.tag in ("body", "-comment"):
            assert node.tag == "body"
            continue
        assert node.tag in TAGS, (node.tag, html[:300])
        for name, value in node.attributes.items():
            if name == "rel":
                assert value == REL
            else:
                assert name in ATTRIBUTES.get(node.tag or "", ()), (node.tag, name)
            if name == "href":
                parts = split(value or "")
                assert parts is not None
                assert parts.scheme in ("http", "https")
    head = tree.head
    assert head is None or head.first_child is None


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p onclick=alert(1)>Text</p>", "<p>Text</p>"),
        ("<script>alert(1)</script>x", "x"),
        ("<style>p{}</style>x", "x"),
        ("<p style='color:red'>x</p>", "<p>x</p>"),
        ("<a href='javascript:alert(1)'>x</a>", f'<a rel="{REL}">x</a>'),
        ("<a href='java&#10;script:alert(1)'>x</a>", f'<a rel="{REL}">x</a>'),
        ("<a href='data:text/html,<b>'>x</a>", f'<a rel="{REL}">x</a>'),
        ("<a href='/other#part' target=_top>x</a>", f'<a href="https://news.example/other" rel="{REL}">x</a>'),
        ("<a href='//evil.example/x'>x</a>", f'<a href="https://evil.example/x" rel="{REL}">x</a>'),
        ("<img src=https://t.example/p.gif>x", "x"),
        ("<figure><img src=x><figcaption>c</figcaption></figure>", "<figure><figcaption>c</figcaption></figure>"),
        ("<iframe src=//x></iframe><form action=//x><input></form><meta http-equiv=refresh content=0>x", "x"),
        ("<svg><script>alert(1)</script></svg>x", "x"),
        ("<h2>A</h2><blockquote><p>b</p></blockquote>", "<h2>A</h2><blockquote><p>b</p></blockquote>"),
        ("<td colspan=2>x", "x"),
        ("<table><tr><td colspan=2 width=9>x</table>", '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'),
        ("a <!-- b --> c", "a  c"),
        ("", ""),
    ],
)
def test_what_stays_and_what_goes(html: str, expected: str) -> None:
    assert sanitise(html, BASE) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=/p.jpg alt='a &quot;b&quot;' width=640 height=360 onerror=x>",
         '<img src="https://news.example/p.jpg" alt="a &quot;b&quot;" width="640" height="360">'),
        ("<img src=data:image/gif;base64,AA srcset='//t.example/a 2x' style=x class=y>", "<img>"),
        ("<img src='javascript:x()' width='100%' height=123456>", "<img>"),
        ("<picture><source srcset=//t.example/a></picture>x", "x"),
    ],
)  # fmt: skip
def test_pictures_where_they_are_asked_for(html: str, expected: str) -> None:
    assert sanitise(html, BASE, pictures=True) == expected


@needs_shared
@pytest.mark.parametrize("name", ["dompurify_expect.json", "miniflux_sanitizer.json", "yarr_sanitizer.json"])
def test_other_projects_attacks(name: str) -> None:
    cases = json.loads((SHARED / "suites" / "xss" / name).read_text(encoding="utf-8"))
    assert len(cases) > 20
    for case in cases:
        check_tree(sanitise(case.get("payload") or case.get("input") or "", BASE))


@needs_shared
@pytest.mark.parametrize("name", ["miniflux_github.html", "miniflux_wikipedia.html"])
def test_whole_pages(name: str) -> None:
    result = sanitise((SHARED / "suites" / "miniflux" / "sanitizer" / name).read_text(encoding="utf-8"), BASE)
    assert "<p>" in result
    check_tree(result)


@needs_shared
def test_naughty_strings() -> None:
    for text in json.loads((SHARED / "suites" / "naughty" / "blns.json").read_text(encoding="utf-8")):
        check_tree(sanitise(text, BASE))
        check_tree(sanitise(f'<p title="{text}"><a href="{text}">{text}</a></p>', BASE))


MARKUP = st.lists(
    st.sampled_from(
        "<a |<p>|<b>|<svg>|<math>|<style>|<script>|<table>|<td>|<img |<!--|-->|]]>|<![CDATA[|</|>|href=|src=|onerror=|'|\"|`|"
        "javascript:|data:|//e.example|&#x6a;|&lt;|<mtext>|<annotation-xml encoding=text/html>|<noscript>|<template>|<select>|"
        "<xmp>|<title>|<textarea>|<foreignObject>|<form>|x|=|/|\n|\x00|</p>|</a>|</svg>|</style>|</title>".split("|")
    )
    | st.text(max_size=4),
    max_size=40,
).map("".join)


@given(MARKUP)
@example("<a <p><table><a <p>")
@settings(max_examples=400, deadline=None)
def test_any_markup_leaves_only_what_is_allowed(html: str) -> None:
    result = sanitise(html, BASE)
    check_tree(result)
    # Read again, it is the same: nothing wakes up in a second parse.
    assert sanitise(result, BASE) == result


def test_hostile_markup_is_fast() -> None:
    start = time.process_time()
    for html in ("<div>" * 400_000, "<b>" * 300_000, "<b><i><u><font>" * 60_000 + "<p>x" * 100, "<a href='" * 200_000):
        sanitise(html, BASE)
    assert time.process_time() - start < 6
