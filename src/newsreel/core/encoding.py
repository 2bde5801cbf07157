"""Bytes to text, by one rule for pages, feeds and sitemaps.

The order of trust: a mark at the start; bytes that can only be UTF-16 or UTF-32; bytes that are valid UTF-8 and not
plain ASCII, enough of them to be no accident; the response's header; the document's own statement; detection. Labels and
their meaning follow the WHATWG Encoding Standard (a page that says gb2312 may use all of gb18030, iso-8859-1 means
windows-1252).
"""

from __future__ import annotations

import codecs
import re

from newsreel.core.encoding_detection import could_be_utf8, detect
from newsreel.core.encoding_labels import codec_of

__all__ = ["codec_of", "decode", "stated_encoding"]

# Bytes in which a document's own statement is looked for: the standard reads 1,024, some of the press state it later.
STATEMENT_WITHIN = 16_384
ACCIDENT_WESTERN = 3  # 'Ã©' may be meant, 'â‚¬' is no word of anybody's
ACCIDENT = 6  # fewer non-ASCII bytes may be valid UTF-8 by chance: two Chinese characters in GBK often are

# UTF-32 before UTF-16: the mark of the one begins with the mark of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# White space, '<' and what may follow it, in the wide encodings without a mark (XML 1.0, appendix F).
_UNMARKED = (
    (re.compile(rb"(?:[\t\n\r ]\0)*+<\0[!?A-Za-z]\0"), "utf-16-le"),
    (re.compile(rb"(?:\0[\t\n\r ])*+\0<\0[!?A-Za-z]"), "utf-16-be"),
    (re.compile(rb"(?:[\t\n\r ]\0\0\0)*+<\0\0\0[!?A-Za-z]\0\0\0"), "utf-32-le"),
    (re.compile(rb"(?:\0\0\0[\t\n\r ])*+\0\0\0<\0\0\0[!?A-Za-z]"), "utf-32-be"),
)
_WIDE = ("utf-16", "utf-32")
_WESTERN = ("cp1252", "iso8859_15")
_ATTRIBUTE = rb"""[\s/]*+(=?[^\s/>=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|((?!["'])[^\s>]*+)))?+"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
# A tag ends at the end of the head at the latest, so that what is no tag is not looked through again.
_TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(/?[a-zA-Z][^\s/>]*+)((?:" + _ATTRIBUTE + rb")*+)[^>]*+(?:>|(?P<cut>\Z))",
    re.DOTALL,
)
_OF_PAGES = frozenset({b"html", b"head", b"meta", b"script", b"body"})
_CHARSET = re.compile(rb"""charset\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s;"']+))""", re.IGNORECASE)
_DECLARATION = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s{0,20}=\s{0,20}["']([^"'<>]{1,40})["']""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s{0,20}=\s{0,20}["']?\s{0,20}([^\s"';,]{1,80})""", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+")
# The escapes that change to two-byte characters, in encodings of ASCII bytes only.
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"))


def decode(body: bytes, content_type: str | None = None, *, limit: int | None = None) -> tuple[str, str]:
    """The text of a document, and the name (Python's) of the encoding that it was read in. Never raises.

    ``content_type`` is the response's header of that name; ``limit`` the most bytes that are read. Bytes that cannot be
    read become U+FFFD.
    """
    if limit is not None:
        body = body[:limit]
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    wide = _unmarked(body)
    if wide is None and (text := _surely_utf8(body)) is not None:
        return text, "utf-8"
    name = wide or _narrow(body, codec_of(_label(content_type)))
    return body.decode(name, "replace"), name


def _surely_utf8(body: bytes) -> str | None:
    """The text of bytes that are UTF-8 whatever anybody says, None where that has to be looked at: most pages need no
    look at what they state.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(body) - len(text) >= ACCIDENT else None  # each character beyond ASCII has a byte more at least


def _label(content_type: str | None) -> str:
    match = _HEADER.search((content_type or "")[:1000])
    return match[1] if match else ""


def _unmarked(body: bytes) -> str | None:
    return next((name for start, name in _UNMARKED if start.match(body)), None)


def _narrow(body: bytes, header: str | None) -> str:
    stated = stated_encoding(body)
    if header and header.startswith(_WIDE) and b"\0" not in body[:200]:
        header = None  # sent as ASCII bytes under a false label
    if body.isascii():
        return header or stated or next((name for escape, name in _ESCAPES if escape in body), "utf-8")
    if _is_utf8(body, header or stated):
        return "utf-8"
    for name in (header, stated):
        # UTF-8 is the one encoding whose claim the bytes can disprove.
        if name and (name != "utf-8" or could_be_utf8(body)):
            return name
    return detect(body)


def stated_encoding(body: bytes) -> str | None:
    """What a document says of itself in a meta element (as the standard's prescan) or an XML declaration: a codec, or None.

    In a page the meta element is the stronger; in other XML nothing but the declaration counts, which may stand after
    the warning of a publisher's program.
    """
    head = body[:STATEMENT_WITHIN]
    tags = [tag for tag in _TAG.finditer(head) if tag[1] is not None]
    match = _DECLARATION.search(head)
    if match and any(tag.start() < match.start() and tag[1].lower() in _OF_PAGES for tag in tags):
        match = None  # an example, or in a script
    declared = _readable(codec_of(match[1].decode("ascii", "replace"))) if match else None
    if match and declared:
        root = next((tag[1].lower() for tag in tags if tag.start() >= match.end()), b"")
        if root not in _OF_PAGES:
            return declared
    metas = (tag[2] for tag in tags if tag[1].lower() == b"meta" and tag["cut"] is None)
    return next((name for attributes in metas if (name := _readable(_meta_charset(attributes)))), declared)


def _readable(name: str | None) -> str | None:
    """A statement that could be read as ASCII is not in a wide encoding, whatever it says."""
    return "utf-8" if name and name.startswith(_WIDE) else name


def _meta_charset(attributes: bytes) -> str | None:
    values: dict[bytes, bytes] = {}
    for match in _ATTRIBUTES.finditer(attributes):
        values.setdefault(match[1].lower(), match[2] or match[3] or match[4] or b"")
    label = values.get(b"charset")
    if label is None and values.get(b"http-equiv", b"").lower() == b"content-type":
        stated = _CHARSET.search(values.get(b"content", b""))
        label = (stated[1] or stated[2] or stated[3]) if stated else None
    return codec_of(label.decode("ascii", "replace")) if label else None


def _is_utf8(body: bytes, claimed: str | None) -> bool:
    """Whether the bytes are UTF-8 and not by accident. ``claimed``: what the header or the document says, if anything."""
    try:
        # Not final: a document cut in the middle of a character is still UTF-8.
        text = codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return False
    if text.isascii():
        return False  # a lone byte at the end, the 'é' of another encoding as likely as a character's half
    if claimed in (None, "utf-8"):
        return True
    needed = ACCIDENT_WESTERN if claimed in _WESTERN else ACCIDENT
    return sum(len(run) for run in _HIGH.findall(body[: 1 << 20])) >= needed
