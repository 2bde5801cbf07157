"""Bodies made to take a parser's time or memory, by name: for feeds, sitemaps and pages alike."""

from __future__ import annotations

import gzip
from collections.abc import Callable

N = 60_000
RSS = '<rss version="2.0"><channel><title>t</title><item><title>one</title><link>https://e.com/1</link>'
AUTHOR, PARAGRAPH, LINK = "<author>" + "a." * 900 + "</author>", "<p a='b'>x</p>", "<link>../x</link>"


def _items(inside: str, count: int) -> str:
    return "<rss><channel>" + f"<item><title>t</title><description><![CDATA[{inside}]]></description></item>" * count


def _entities() -> str:
    return "".join(f"&amp;#{number};" for number in range(N))


CASES: dict[str, Callable[[], str]] = {
    "open tags": lambda: RSS + "<a " * 400_000,
    "open quotes": lambda: RSS + '<a "' * 400_000,
    "mixed quotes": lambda: RSS + "<a '\"" * 300_000,
    "quotes around tags": lambda: RSS + ("<a x='<a y=\"'" * 200_000),
    "less-than signs": lambda: RSS + "<" * 2_000_000,
    "closing tags": lambda: RSS + "</a" * 500_000,
    "unclosed comments": lambda: RSS + "<!--" * 500_000,
    "unclosed cdata": lambda: RSS + "<![CDATA[" * 200_000,
    "unclosed instructions": lambda: RSS + "<?x" * 500_000,
    "declarations": lambda: RSS + "<!x" * 500_000,
    "doctypes": lambda: "<!DOCTYPE x " * 150_000,
    "deep elements": lambda: RSS + "<description>" + "<div>" * N + "</div>" * N,
    "deep items": lambda: "<rss><channel>" + "<item>" * N,
    "deep unknown": lambda: RSS + "<x>" * N + "</x>" * N,
    "deep distinct": lambda: RSS + "<description>" + "".join(f"<a{n}>" for n in range(N)),
    "closings of nothing": lambda: RSS + "<description>" + "<b>" * 50 + "</q>" * N,
    "many empty elements": lambda: RSS + "<a/>" * 1_000_000,
    "many entries": lambda: "<rss><channel>" + "<item><title>x</title><link>https://e.com/</link></item>" * N,
    "many categories": lambda: RSS + "".join(f"<category>c{n}</category>" for n in range(N)),
    "many authors": lambda: RSS + "".join(f"<author>a{n}</author>" for n in range(N)),
    "many links": lambda: RSS + "".join(f'<atom:link href="https://e.com/{n}"/>' for n in range(N)),
    "many namespaces": lambda: RSS + "".join(f'<a{n}:b xmlns:a{n}="u{n}">' for n in range(N)),
    "many namespaces on one": lambda: "<rss " + " ".join(f'xmlns:a{n}="u{n}"' for n in range(N)) + ">" + RSS,
    "many attributes": lambda: RSS + "<link " + " ".join(f'a{n}="x"' for n in range(N)) + "/>",
    "the same attribute": lambda: RSS + '<description><p a="b" a="c" a:x="1" b:x="2">x</p></description></item>',
    "huge attribute": lambda: RSS + '<link href="' + "x" * 2_000_000 + '"/>',
    "huge name": lambda: RSS + "<" + "x" * 2_000_000 + ">",
    "huge address book": lambda: RSS + "<author>" + "a" * 1_000_000 + "</author>",
    "huge date": lambda: RSS + "<pubDate>" + "1 " * 500_000 + "</pubDate>",
    "huge title": lambda: RSS + "<title>" + "a &amp;lt;b&amp;gt; " * 100_000 + "</title>",
    "huge keywords": lambda: RSS + "<itunes:keywords>" + ",".join(map(str, range(N))) + "</itunes:keywords>",
    "huge guid": lambda: RSS + "<guid>" + "http://e.com/" * 100_000 + "</guid>",
    "markup without an end": lambda: RSS + "<description>" + "&lt;a href=" * 150_000 + "</description>",
    "escaped less-than": lambda: RSS + "<description>" + "&lt;" * 400_000 + "</description>",
    "formatting bomb": lambda: (
        RSS
        + "<description><![CDATA["
        + "".join(f"<font id={n}>" for n in range(5_000))
        + "<p>x" * 50_000
        + "]]></description>"
    ),
    "page formatting bomb": lambda: (
        "<html><body>" + "".join(f"<font id={n}>" for n in range(20_000)) + "<p>x" * 200_000
    ),
    "entries of links": lambda: _items("<a href=x>" * 4_000, 100),
    "entries of less-than signs": lambda: _items("<" * 40_000, 100),
    "entries of paragraphs": lambda: _items("<p>" * 13_000, 100),
    "entries of lines": lambda: _items("\n" * 40_000, 100),
    "entries of authors": lambda: "<rss><channel>" + f"<item>{AUTHOR * 20}</item>" * 100,
    "entries of bases": lambda: (
        f'<rss xml:base="http://e.com/{"a/" * 95}"><channel xml:base="{"a/" * 95}">'
        + f'<item xml:base="{"a/" * 900}">{LINK * 38}</item>' * 500
    ),
    "entries of xhtml": lambda: (
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        + f'<entry><content type="xhtml"><div>{PARAGRAPH * 100}</div></content></entry>' * 500
    ),
    "ampersands": lambda: RSS + "<description>" + "&" * 2_000_000,
    "half entities": lambda: RSS + "<description>" + "&a" * 1_000_000,
    "numeric entities": lambda: RSS + "<description>" + _entities(),
    "white space": lambda: RSS + " \n" * 1_000_000,
    "white space in a title": lambda: RSS + "<title>" + " " * 2_000_000 + "x</title>",
    "controls": lambda: RSS + "<title>" + "\x00\x01\ufffe" * 300_000 + "</title></item>",
    "page links": lambda: (
        "<html><body>" + "".join(f'<a href="/2024/05/{n}-x">A title of six words here</a>' for n in range(N))
    ),
    "page links nested": lambda: "<html><body>" + '<div><a href="/x"><table>' * N,
    "page one link": lambda: "<html><body><a href='/x'>" + "word " * 400_000,
    "page query": lambda: "<html><body>" + ('<a href="/a?' + "a=1&" * 450 + '">x</a>') * 1_000,
    "page path": lambda: "<html><body>" + ('<a href="/' + "a1-" * 600 + '">x</a>') * 1_000,
    "page classes": lambda: "<html><body>" + ('<div class="' + "a-" * 3_000 + '">') * 300,
    "sitemap unclosed": lambda: "<urlset>" + "<url><loc>https://e.com/" * 100_000,
    "sitemap deep": lambda: "<urlset>" + "<x>" * 300_000,
    "sitemap huge": lambda: "<urlset><url><loc>" + "x" * 5_000_000 + "</loc></url></urlset>",
    "sitemap entities": lambda: "<urlset><url><loc>https://e.com/" + "&eacute;" * 400_000 + "</loc></url></urlset>",
    "list": lambda: "https://e.com/x\n" * 300_000,
    "json deep": lambda: '{"items":' + "[" * 1_000_000,
    "json deep objects": lambda: '{"items":[' + '{"a":' * 300_000,
    "json numbers": lambda: '{"items":[{"id":' + "9" * 1_000_000 + "}]}",
    "json many": lambda: '{"items":[' + ",".join(f'{{"id":"{n}","tags":["a"]}}' for n in range(N)) + "]}",
    "json huge text": lambda: '{"items":[{"id":"1","content_html":"' + "<p " * 600_000 + '"}]}',
    "opml deep": lambda: "<opml><body>" + "<outline text='x'>" * 200_000,
    "opml many": lambda: "<opml><body>" + '<outline text="x" xmlUrl="https://e.com/f"/>' * 100_000,
}
GZIP_BOMBS = {
    "zeros": gzip.compress(b"<urlset>" + b"\0" * 100_000_000, compresslevel=1),
    "words": gzip.compress(b"<urlset>" + b"word " * 20_000_000, compresslevel=1),
}
