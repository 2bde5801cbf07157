"""How a language is written, and what it is called."""

from __future__ import annotations

from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

# ISO 639 codes of languages written from right to left in their usual script.
_RIGHT_TO_LEFT = frozenset("ar arc arz ckb dv fa he iw khw ks nqo ps sd syr ug ur yi".split())
_RIGHT_TO_LEFT_SCRIPTS = ("-arab", "-hebr", "-thaa", "-syrc", "-nkoo")


# Languages of the press for which Django has no name.
_MORE = {
    "am": _("Amharic"),
    "dv": _("Dhivehi"),
    "fil": _("Filipino"),
    "gu": _("Gujarati"),
    "mt": _("Maltese"),
    "ps": _("Pashto"),
    "rw": _("Kinyarwanda"),
}


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
    """A language's name in the reader's language; '' where it is not known."""
    if language in _MORE:
        return str(_MORE[language])
    try:
        return str(get_language_info(language.lower())["name_translated"])
    except KeyError:
        return ""
