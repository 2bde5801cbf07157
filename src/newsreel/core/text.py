"""Plain text: white space, and the one tokeniser that every room counts words with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Characters written without spaces between words: each is a token of its own (Han, kana, Hangul excluded: it has
# spaces; Thai, Lao, Khmer, Burmese have none).
_SCRIPT = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\u31f0-\u31ff\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f"
    "\U00020000-\U0003134f"
)
# Vowel signs and accents are no \w for Python: without them every Hindi or Tamil word falls apart. The zero-width
# (non-)joiners belong to Persian and Indic words.
_MARK = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u0900-\u0963\u0966-\u0dff\u135d-\u135f\u200c\u200d"
)
_LETTER = rf"[^\W_{_SCRIPT}]"
_TOKEN = re.compile(rf"[{_SCRIPT}]|{_LETTER}(?:{_LETTER}|[{_MARK}])*(?:['’]{_LETTER}(?:{_LETTER}|[{_MARK}])*)*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def squeeze(text: str) -> str:
    """One line: control characters out, runs of white space one space, ends trimmed, NFC."""
    plain = " ".join(text.split())
    if plain.isprintable() and (plain.isascii() or unicodedata.is_normalized("NFC", plain)):
        return plain  # most texts need no more
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _CONTROL.sub("", text))).strip()


def one_line(text: str) -> str:
    """The same without NFC: a text as its author wrote it."""
    plain = " ".join(text.split())
    return plain if plain.isprintable() else _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def tokens(text: str) -> list[str]:
    """The words of a text in lower case; a character of a script without spaces is a token of its own."""
    lowered = text.lower()
    if not lowered.isascii() and not unicodedata.is_normalized("NFC", lowered):
        lowered = unicodedata.normalize("NFC", lowered)
    return _TOKEN.findall(lowered)


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The same words as ``tokens``, as they are written, each with its start and end in the text."""
    for match in _TOKEN.finditer(text):
        yield match.group(), match.start(), match.end()


def cut(text: str, length: int) -> str:
    """At most ``length`` characters, ended by '…' at a word's end where something was cut."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    space = head.rfind(" ")
    if space > length * 0.7:
        head = head[:space]
    return head.rstrip(" ,;:.-") + "…"
