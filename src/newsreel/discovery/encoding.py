"""Bytes to text, by one rule for feeds, sitemaps and pages.

The mark at the start, then the response's header, then what the document says of itself, then detection; but bytes
that are valid UTF-8 and not plain ASCII (enough of them to be no accident) are UTF-8 whatever anybody says.
"""

from __future__ import annotations

import codecs
import re

# UTF-32 before UTF-16: the mark of the one begins with the mark of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# '<' as the first character, in the wide encodings, without a mark (XML 1.0, appendix F).
_WIDE = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
# Browsers read these names as their supersets (WHATWG Encoding), and publishers mean them so.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# Text codecs of Python that are no encodings of documents: some are quadratic (punycode), some hide markup (utf-7).
_REFUSED = frozenset({"utf_7", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""", re.IGNORECASE)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_RUN = re.compile(rb"[\x80-\xff]{2,}")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fe]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_NO_ACCIDENT = 3


def decode(body: bytes, content_type: str | None = None, *, limit: int | None = None) -> str:
    """The text of a document; bytes that cannot be read become U+FFFD. ``limit`` is the most bytes looked at."""
    if limit is not None:
        body = body[:limit]
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    head = body[:512].lstrip(b" \t\r\n")
    for start, name in _WIDE:
        if head.startswith(start):
            return body.decode(name, "replace")
    return body.decode(_narrow(body, content_type), "replace")


def _narrow(body: bytes, content_type: str | None) -> str:
    if body.isascii():
        # Only the escape-based encodings write other characters in plain ASCII.
        stated = _stated(body, content_type)
        return stated if stated.startswith(("iso2022", "hz", "cp037", "cp500")) else "utf-8"
    stated = _stated(body, content_type)
    if _is_utf8(body) and (not stated or len(_MULTIBYTE.findall(body[:200_000])) >= _NO_ACCIDENT):
        return "utf-8"
    return stated or _detected(body)


def _stated(body: bytes, content_type: str | None) -> str:
    """The encoding named by the header, else by the document; '' where none that is known is named."""
    found = _CHARSET.search(content_type) if content_type and len(content_type) < 1000 else None
    if found and (name := _known(found[1])):
        return name
    head = body[:4096]
    for pattern in (_DECLARED, _META):
        declared = pattern.search(head)
        # A document that could be read thus far is not in a wide encoding, whatever it says.
        if declared and (name := _known(declared[1].decode("ascii", "replace"))) and not name.startswith("utf-"):
            return name
    return ""


def _known(label: str) -> str:
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    if info.name.replace("-", "_") in _REFUSED or not info._is_text_encoding:
        return ""
    return _SUPERSETS.get(info.name, info.name)


def _is_utf8(body: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)  # incremental: a cut last character is no fault
    except UnicodeDecodeError:
        return False
    return True


def _detected(body: bytes) -> str:
    """The encoding of a document that states none, from its first 20,000 bytes: by how the writing systems fill it."""
    sample = body[:20_000]
    if len(_MULTIBYTE.findall(sample)) > 20 * sample.decode("utf-8", "replace").count("\ufffd"):
        return "utf-8"  # UTF-8 with a few broken bytes
    high = sum(byte >= 0x80 for byte in sample)
    if sum(map(len, _RUN.findall(sample))) < 0.7 * high:
        return "cp1252"  # foreign letters stand alone: a Latin script
    upper = sum(byte >= 0xC0 for byte in sample)
    if upper >= 0.97 * high:
        # Letters alone, all in the upper half of a single-byte table: Cyrillic, its small letters high or low.
        return "cp1251" if sum(byte >= 0xE0 for byte in sample) > upper / 2 else "koi8-r"
    return _east_asian(sample) or "cp1252"


def _east_asian(sample: bytes) -> str:
    """The East Asian encoding whose everyday characters fill the sample, '' where none does."""
    for name, everyday, share in (("cp932", _KANA, 0.2), ("euc_jp", _KANA, 0.2), ("cp949", _HANGUL, 0.9)):
        text = sample.decode(name, "replace")
        foreign = sum(character > "\x7f" for character in text)
        if text.count("\ufffd") <= 0.02 * foreign and len(everyday.findall(text)) >= share * foreign:
            return name
    # The first of the two planes of GB 2312 and Big5 hold the common characters: their lead bytes.
    for name, first, last in (("gb18030", 0xB0, 0xD7), ("big5hkscs", 0xA4, 0xC6)):
        text = sample.decode(name, "replace")
        wide = [character for character in text if character > "\u2fff"]
        leads = [character.encode(name, "replace")[0] for character in wide]
        common = sum(first <= lead <= last for lead in leads)
        if wide and text.count("\ufffd") <= 0.02 * len(wide) and common >= 0.7 * len(wide):
            return name
    return ""
