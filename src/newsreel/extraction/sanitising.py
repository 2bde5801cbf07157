"""The one sanitiser: foreign HTML -> HTML that may be shown to readers.

What an article needs stays: paragraphs, headings, quotes, lists, tables, code, emphasis, links with an absolute
http(s) address. All else goes, scripts and styles with their content. Pictures stay only where our own extraction found
them, with the publisher's absolute address: whoever shows them must see to it that a reader's browser does not tell the
publisher that somebody reads (the portal fetches them itself, and puts its own address in their place).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import nh3

from newsreel.core.urls import absolute
from newsreel.extraction.scanner import read_markup
from newsreel.extraction.sieve import harmless

TAGS = frozenset(
    "p br hr h2 h3 h4 h5 h6 blockquote q cite ul ol li dl dt dd table caption thead tbody tfoot tr th td pre code kbd samp var "
    "a em i strong b s del ins u sub sup abbr mark small time ruby rb rt rp bdi bdo figure figcaption wbr".split()
)
ATTRIBUTES = {
    "a": {"href"},
    "bdo": {"dir"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
PICTURE = frozenset(("src", "alt", "width", "height"))
# Characters of markup read at once. The parser inside nh3 is quadratic in entities of one text: 160,000 of them took
# 1.3 s, 800,000 took 55 s; at this length the worst is 0.7 s.
MAX_MARKUP = 512 * 1024
MAX_TOTAL = 2 * MAX_MARKUP
_PIECE = 64 * 1024
REL = "noopener noreferrer nofollow"
# A link in a link: a parser makes it of '<a><table><a>', and reads it as two links when it is written out and read again.
_LINK_IN_LINK = re.compile(r"<a (?:(?!</a>).)*?<a ", re.S)
_WITH_CONTENT = frozenset(
    "script style template svg math iframe object embed noscript noframes noembed textarea select option form button title "
    "head xmp audio video canvas".split()
)


def sanitise_pieces(pieces: Iterable[str], base_url: str) -> str:
    """Whole pieces of markup (paragraphs, lists …) in order, sanitised some at a time, MAX_TOTAL characters at most."""
    done: list[str] = []
    waiting: list[str] = []
    size = total = 0
    for piece in pieces:
        if total + len(piece) > MAX_TOTAL:
            break
        waiting.append(piece)
        size, total = size + len(piece), total + len(piece)
        if size > _PIECE:
            done.append(sanitise("\n".join(waiting), base_url, pictures=True))
            waiting, size = [], 0
    done.append(sanitise("\n".join(waiting), base_url, pictures=True))
    return "\n".join(part for part in done if part)


def sanitise(html: str, base_url: str, *, pictures: bool = False) -> str:
    """Markup that holds only TAGS and ATTRIBUTES, and ``img`` with PICTURE where ``pictures`` says so; links and pictures
    have absolute http(s) addresses, made so with ``base_url``, and links carry REL. Any text is fine; what lies past
    MAX_MARKUP characters is left out.
    """
    html = html[:MAX_MARKUP]
    found = _cleaned(html if harmless(html.encode("utf-8", "replace")) else read_markup(html), base_url, pictures)
    return _cleaned(found, base_url, pictures) if _LINK_IN_LINK.search(found) else found


def _cleaned(html: str, base_url: str, pictures: bool) -> str:

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "rel":
            return REL
        if attribute == "href":
            return absolute(value, base_url) if tag == "a" else None
        if attribute == "src":
            return absolute(value, base_url)
        if attribute == "alt":
            return value
        if attribute in ("colspan", "rowspan", "start", "width", "height"):
            return value if value.isdecimal() and len(value) <= (3 if tag != "img" else 5) else None
        return value if value in ("ltr", "rtl") else None

    return nh3.clean(
        html,
        tags={*TAGS, "img"} if pictures else set(TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes={**ATTRIBUTES, "img": set(PICTURE)} if pictures else ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https"},
        link_rel=REL,
        strip_comments=True,
    ).strip()
