"""Plain text: white space, and the one tokeniser that every room counts words with."""

from __future__ import annotations

import re
import unicodedata

# Characters written without spaces between words: each is a token of its own (Han, kana, Hangul excluded: it has
# spaces; Thai, Lao, Khmer, Burmese have none).
_SCRIPT = "㐀-䶿一-鿿豈-﫿぀-ヿㇰ-ㇿ฀-๿຀-໿ក-៿က-႟\U00020000-\U0003134f"
_TOKEN = re.compile(rf"[{_SCRIPT}]|[^\W_{_SCRIPT}]+(?:['’][^\W_{_SCRIPT}]+)*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def squeeze(text: str) -> str:
    """One line: control characters out, runs of white space one space, ends trimmed, NFC."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _CONTROL.sub("", text))).strip()


def tokens(text: str) -> list[str]:
    """The words of a text in lower case; a character of a script without spaces is a token of its own."""
    return _TOKEN.findall(text.lower())


def cut(text: str, length: int) -> str:
    """At most ``length`` characters, ended by '…' at a word's end where something was cut."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    space = head.rfind(" ")
    if space > length * 0.7:
        head = head[:space]
    return head.rstrip(" ,;:.-") + "…"
