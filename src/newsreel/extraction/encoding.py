"""Bytes of a page -> text.

The order of trust: a byte order mark; bytes that are valid UTF-8 and not plain ASCII, enough of them to be no
accident; the response's header; the page's own statement; detection. Labels and their meaning follow the WHATWG
Encoding Standard (a page that says gb2312 may use all of gb18030, iso-8859-1 means windows-1252).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from newsreel.extraction.encoding_labels import CODECS

# Bytes in which a page's own statement is looked for: the standard reads 1,024, some of the press state it later.
STATEMENT_WITHIN = 16_384
SAMPLE = 20_000  # non-ASCII bytes that detection looks at
ACCIDENT = 6  # fewer non-ASCII bytes may be valid UTF-8 by chance: two Chinese characters in GBK often are

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ATTRIBUTE = rb"""[\s/]*+(=?[^\s/>=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|((?!["'])[^\s>]*+)))?+"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rb"<!--.*?(?:-->|\Z)|<(/?[a-zA-Z][^\s/>]*+)((?:" + _ATTRIBUTE + rb")*+)[\s/]*+>", re.DOTALL)
_CHARSET = re.compile(rb"""charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))""", re.IGNORECASE)
_XML = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]+)""", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+")


def decode(html: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text of a page's bytes, and the name (Python's) of the encoding that it was read in. Never raises."""
    for mark, name in _BOMS:
        if html.startswith(mark):
            return html[len(mark) :].decode(name, "replace"), name
    header = codec_of(match[1] if (match := _HEADER.search(content_type or "")) else "")
    stated = header or stated_encoding(html)
    if _is_utf8(html, trusted=stated in (None, "utf-8")):
        return html.decode("utf-8", "replace"), "utf-8"
    if header and header.startswith("utf-16") and b"\x00" not in html[:200]:
        header = None  # a page sent as ASCII bytes under a false label
    name = header or stated_encoding(html) or detect(html)
    return html.decode(name, "replace"), name


def codec_of(label: str) -> str | None:
    """Python's codec for a label of the standard, or None where the standard knows no such label."""
    return CODECS.get(label.strip().lower())


def stated_encoding(html: bytes) -> str | None:
    """What a page says of itself in a meta element or an XML declaration: a codec, or None. As the standard's prescan."""
    head = html[:STATEMENT_WITHIN]
    for tag in _TAG.finditer(head):
        if tag[1] is not None and tag[1].lower() == b"meta" and (name := _meta_charset(tag[2])):
            # A meta element that could be read as ASCII is not UTF-16, whatever it says.
            return "utf-8" if name.startswith("utf-16") else name
    if match := _XML.match(head):
        name = codec_of(match[1].decode("ascii", "replace"))
        return "utf-8" if name and name.startswith("utf-16") else name
    return None


def _meta_charset(attributes: bytes) -> str | None:
    values: dict[bytes, bytes] = {}
    for match in _ATTRIBUTES.finditer(attributes):
        values.setdefault(match[1].lower(), match[2] or match[3] or match[4] or b"")
    label = values.get(b"charset")
    if label is None and values.get(b"http-equiv", b"").lower() == b"content-type":
        stated = _CHARSET.search(values.get(b"content", b""))
        label = (stated[1] or stated[2] or stated[3]) if stated else None
    return codec_of(label.decode("ascii", "replace")) if label else None


def _is_utf8(html: bytes, *, trusted: bool) -> bool:
    """Whether the bytes are UTF-8 and not by accident. ``trusted``: nothing says otherwise."""
    if html.isascii():
        return False
    try:
        # Not final: a page cut in the middle of a character is still UTF-8.
        codecs.getincrementaldecoder("utf-8")().decode(html)
    except UnicodeDecodeError:
        return False
    return trusted or sum(len(run) for run in _HIGH.findall(html[: 1 << 20])) >= ACCIDENT


def detect(html: bytes) -> str:
    """A guess from the bytes alone; windows-1252, as the web has it, where nothing speaks for another."""
    sample = _sample(html)
    if not sample:
        return "utf-8" if b"\x1b$" not in html else "iso2022_jp"
    best, best_score = "cp1252", 0.05
    for name, score in _SCORES:
        text = sample.decode(name, "replace")
        broken = text.count("�") / max(len(text), 1)
        value = score(text) - 4 * broken
        if value > best_score:
            best, best_score = name, value
    return best


def _sample(html: bytes) -> bytes:
    """Runs of non-ASCII bytes with one byte after each (the second byte of a pair may be ASCII), in order."""
    pieces, size = [], 0
    for run in re.finditer(rb"[\x80-\xff][\x21-\x7e\x80-\xff]*", html):
        pieces.append(run[0][:200])
        size += len(pieces[-1])
        if size > SAMPLE:
            break
    return b" ".join(pieces)


def _share(text: str, pattern: re.Pattern[str]) -> float:
    letters = sum(1 for char in text if char > "\x7f")
    return len(pattern.findall(text)) / letters if letters else 0.0


def _share_of(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{characters}]")


# The most frequent characters of each language's running text (about a fifth of any of them).
_HANS = _share_of("的一是不了在人有我他这中大来上国个到说们为子和你地出时年得就那要下以生会")
_HANT = _share_of("的一是不了在人有我他這中大來上國個到說們為子和你地出時年得就那要下以生會")
_KANA = _share_of("\u3041-\u3096")
_HANGUL = _share_of("가나다라는을를이의에서고하지도로은한기사")
_CYRILLIC = _share_of("оеаинтсрвлкмдпу")
_GREEK = _share_of("αοιετνσηρπκυμλω")
_ARABIC = _share_of("اليمونترب")
_LATIN = _share_of("éèàêçüöäßñóíáúãõôâîåøæ’“”–‘")
_POLISH = _share_of("ąćęłńóśźżěščřžýáíéůőű")
_SCORES: tuple[tuple[str, Callable[[str], float]], ...] = (
    ("cp1252", lambda text: _share(text, _LATIN)),
    ("utf-8", lambda text: 1.2 if text.count("�") <= len(text) / 50 else 0.0),
    ("gb18030", lambda text: 3 * _share(text, _HANS)),
    ("big5hkscs", lambda text: 3 * _share(text, _HANT)),
    ("cp932", lambda text: 1.5 * _share(text, _KANA)),
    ("euc_jp", lambda text: 1.5 * _share(text, _KANA)),
    ("cp949", lambda text: 3 * _share(text, _HANGUL)),
    ("cp1251", lambda text: 1.1 * _share(text, _CYRILLIC)),
    ("koi8_r", lambda text: 1.1 * _share(text, _CYRILLIC)),
    ("cp1253", lambda text: 1.1 * _share(text, _GREEK)),
    ("cp1256", lambda text: 1.1 * _share(text, _ARABIC)),
    ("cp1250", lambda text: 0.9 * _share(text, _POLISH)),
)
