"""Fragments of HTML inside feeds: as plain text, and with their links made absolute. Linear, whatever they hold."""

from __future__ import annotations

import html
import re
import urllib.parse

from newsreel.core.text import squeeze
from newsreel.discovery.markup import entity_text
from newsreel.discovery.soup import pieces

MAX_HTML = 300_000
MAX_PLAIN = 20_000
MAX_PIECES = 2_500
MAX_LINKS = 1_000
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|big|blockquote|br|center|cite|code|del|div|em|figure|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|q|s|samp|small"
    r"|span|strike|strong|style|sub|sup|table|tbody|td|th|tr|tt|u|ul|wbr|iframe|video|audio|script|noscript|section|article|picture"
    r"|source|figcaption)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    "p div li ul ol br hr tr td th h1 h2 h3 h4 h5 h6 blockquote figure figcaption section article table pre "
    "dt dd".split()
)
_LINKING_TAG = re.compile(r"<[a-zA-Z][^<>]*?\s(?:href|src|poster|cite)\s*+=[^<>]*>", re.IGNORECASE)
_RELATIVE = re.compile(
    r"""(\s(?:href|src|poster|cite)\s*+=\s*+)("(?!\s*(?:https?:|#))[^"<>]*"|'(?!\s*(?:https?:|#))[^'<>]*'|(?!["']|https?:|\#)[^\s"'<>]+)""",
    re.IGNORECASE,
)


def inline_text(text: str, *, markup: bool = True) -> str:
    """A title as plain text: entities decoded, the tags of a title out ('5 < 6' and '<redacted>' stay)."""
    text = text[:MAX_PLAIN]
    if markup and "<" in text:
        text = _INLINE.sub("", text)
    decoded = html.unescape(text)
    if markup and decoded != text and "<" in decoded and _INLINE.search(decoded):
        # Written twice: '&lt;b&gt;' inside what was already markup.
        decoded = html.unescape(_INLINE.sub("", decoded))
    return squeeze(decoded)


def plain_text(fragment: str) -> str:
    """The text of (the first 20,000 characters of) a fragment of HTML in one line, without scripts and styles."""
    fragment = fragment[:MAX_PLAIN]
    if "<" not in fragment:
        return squeeze(html.unescape(fragment))
    written = []
    for piece in pieces(fragment, MAX_PIECES):
        if not piece.name:
            written.append(piece.source)
        elif piece.name in _BLOCKS:
            written.append(" ")
    return squeeze(html.unescape("".join(written)))


def absolute_links(fragment: str, base: str, most: int = MAX_LINKS) -> str:
    """The same HTML with links and pictures relative to ``base`` made absolute, the first ``most``; else as it came."""
    fragment = fragment[:MAX_HTML]
    if not base or "<" not in fragment:
        return fragment

    def joined(match: re.Match[str]) -> str:
        value = match[2].strip("\"'")
        try:
            address = urllib.parse.urljoin(base, entity_text(value).strip())
        except ValueError:
            return match[0]
        return f'{match[1]}"{html.escape(address)}"'

    return _LINKING_TAG.sub(lambda tag: _RELATIVE.sub(joined, tag[0]), fragment, count=most)
