"""How a language is written, and what it is called."""

from __future__ import annotations

from django.utils.translation import get_language_info

# ISO 639 codes of languages written from right to left in their usual script.
_RIGHT_TO_LEFT = frozenset("ar arc arz ckb dv fa he iw khw ks nqo ps sd syr ug ur yi".split())
_RIGHT_TO_LEFT_SCRIPTS = ("-arab", "-hebr", "-thaa", "-syrc", "-nkoo")


def direction(language: str) -> str:
    """'rtl' or 'ltr' of a BCP 47 language; 'auto' (the browser looks at the text) where it is not known."""
    tag = language.lower()
    if not tag or tag == "und":
        return "auto"
    if "-latn" in tag or "-cyrl" in tag:
        return "ltr"
    if tag.split("-")[0] in _RIGHT_TO_LEFT or any(script in tag for script in _RIGHT_TO_LEFT_SCRIPTS):
        return "rtl"
    return "ltr"


def name(language: str) -> str:
    """A language's name in the reader's language; '' where Django has none."""
    try:
        return str(get_language_info(language.lower())["name_translated"])
    except KeyError:
        return ""
