"""A page -> one stream of tags and texts, in the form that HTML's rules give it.

lexbor reads the page, what is never read (scripts, styles, drawings) is taken out, and the tree is written out again:
what it writes is well-formed, each '<' and '>' of texts and attributes escaped, so one split at tags cuts it exactly. A loop
over the pieces makes no Python object for each node of the tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsreel.core.types import SiteRule
from newsreel.extraction.ruled import Ruled, apply
from newsreel.extraction.scanner import MAX_BYTES, MAX_JSON_LD, Scanner
from newsreel.extraction.sieve import harmless

_STATEMENTS = 'title, script[type*="ld+json" i], script[type="application/json" i][class*="schema" i]'
_NEVER_READ = "script, style, svg, template, textarea, math, noembed, noframes, xmp, plaintext, object, embed, canvas, datalist, title"
# Furniture of the page: its parts say nothing more than the whole. A fifth of
# the pieces of the recorded pages stands in it (3,471 a page with, 2,713 without).
_FURNITURE = "nav, footer, select, [role=navigation], [role=contentinfo]"
MAX_FURNITURE = 6_000  # characters: what is longer may be more than it is called
_CUT = re.compile(r"(<[^>]*>)")
MAX_SCRIPTS = 40
MAX_TITLE = 2_000


@dataclass(slots=True)
class Stream:
    """``pieces``: texts (even places, still escaped) and tags (odd places) in turn; JSON-LD scripts; the title element's text;
    what a site rule found.
    """

    pieces: list[str]
    data: list[str] = field(default_factory=list)
    title: str = ""
    cut: bool = False
    ruled: Ruled = field(default_factory=Ruled)


def read_stream(html: str | bytes, rule: SiteRule | None = None) -> Stream:
    """The stream of a page's text (bytes are UTF-8), marked by the site's ``rule``. Any text is fine; what lies past the caps
    is left out and ``cut`` says so.
    """
    cut = len(html) > MAX_BYTES
    raw = html[:MAX_BYTES] if isinstance(html, bytes) else html[:MAX_BYTES].encode("utf-8", "replace")
    if not harmless(raw):
        return _scanned(raw, rule, cut)
    parser = LexborHTMLParser(raw)
    unread = parser.css(_NEVER_READ)
    if any(node.tag == "template" and "shadowrootmode" in node.attributes for node in unread):
        return _scanned(raw, rule, cut)
    return _written(parser, unread, rule, cut)


def _scanned(raw: bytes, rule: SiteRule | None, cut: bool) -> Stream:
    """The stream of a page that a parser must not see as it is."""
    scanner = Scanner(raw.decode("utf-8", "replace"))
    parser = LexborHTMLParser(scanner.run().encode("utf-8", "replace"))
    stream = _written(parser, parser.css(_NEVER_READ), rule, cut or scanner.cut)
    stream.data = scanner.data[:MAX_SCRIPTS]
    stream.title = unescape(scanner.title)
    return stream


def _written(parser: LexborHTMLParser, unread: list[LexborNode], rule: SiteRule | None, cut: bool) -> Stream:
    """The tree written out again without what is never read."""
    ruled = apply(rule, parser) if rule else Ruled()
    data: list[str] = []
    title = ""
    for node in parser.css(_STATEMENTS):
        if node.tag == "script":
            if len(data) < MAX_SCRIPTS:
                data.append(node.text(deep=True)[:MAX_JSON_LD])
        elif not title:
            title = node.text(deep=True)[:MAX_TITLE]
    for node in unread:
        if node.parent is not None:
            node.decompose()
    for node in parser.css(_FURNITURE):
        _flatten(node)
    _empty_frames(parser)
    markup = parser.html or ""
    if "<!--" in markup:
        first, *others = markup.split("<!--")
        markup = first + "".join([other.partition("-->")[2] for other in others])
    return Stream(_CUT.split(markup), data, title, cut, ruled)


def _empty_frames(parser: LexborHTMLParser) -> None:
    """Takes out the fallback inside frames, which stands there as raw text."""
    for frame in parser.css("iframe"):
        while (child := frame.first_child) is not None:
            child.decompose()


def _flatten(node: LexborNode) -> None:
    """Makes the texts of an element one, unless it holds a title or running text."""
    if node.parent is None or node.css_first("h1, article, main, p + p + p") is not None:
        return
    text = node.text(separator=" ")
    if len(text) <= MAX_FURNITURE:
        node.inner_html = escape(" ".join(text.split()), quote=False)
