"""Which script a text is written in, and which languages that script allows."""

from __future__ import annotations

import re
from functools import lru_cache

# A character class per script (Unicode blocks; letters of everyday use).
_CLASSES = {
    "Latn": "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ",
    "Cyrl": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Arab": "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "Hebr": "\u05d0-\u05ea\u05f0-\u05f2\ufb1d-\ufb4f",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f",
    "Kana": "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9d",
    "Hang": "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e",
    "Thai": "\u0e01-\u0e3a\u0e40-\u0e4e",
    "Laoo": "\u0e80-\u0eff",
    "Khmr": "\u1780-\u17ff",
    "Mymr": "\u1000-\u109f",
    "Geor": "\u10a0-\u10ff\u2d00-\u2d2f\u1c90-\u1cbf",
    "Armn": "\u0530-\u058f",
    "Deva": "\u0900-\u0963\u0970-\u097f",
    "Beng": "\u0980-\u09ff",
    "Guru": "\u0a00-\u0a7f",
    "Gujr": "\u0a80-\u0aff",
    "Orya": "\u0b00-\u0b7f",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Knda": "\u0c80-\u0cff",
    "Mlym": "\u0d00-\u0d7f",
    "Sinh": "\u0d80-\u0dff",
    "Ethi": "\u1200-\u139f",
    "Tibt": "\u0f00-\u0fff",
    "Mong": "\u1820-\u18af",
    "Thaa": "\u0780-\u07b1",
}
_PATTERNS = {script: re.compile(f"[{ranges}]") for script, ranges in _CLASSES.items()}

# A character of these says about as much as a word's half: 苹果发布 iPhone 17 Pro Max 与 Apple Watch is Chinese, and
# so is most of what mixes them with Latin names.
_WEIGHTS = {"Hani": 5.0, "Kana": 4.0, "Hang": 4.0}

# Scripts that one language of the press writes: nothing is left to decide.
SOLE = {
    "Thai": "th", "Laoo": "lo", "Khmr": "km", "Mymr": "my", "Geor": "ka", "Armn": "hy", "Grek": "el", "Guru": "pa",
    "Gujr": "gu", "Orya": "or", "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Tibt": "bo",
    "Mong": "mn", "Thaa": "dv", "Hang": "ko",
}  # fmt: skip

# Scripts that several write: (the languages that the model or our letters tell apart, the most read first).
SHARED = {
    "Cyrl": tuple("ru uk bg sr be mk kk ky tg mn tt ba uz".split()),
    "Arab": tuple("ar fa ur ps ug ku sd".split()),
    "Hebr": ("he", "yi"),
    "Deva": tuple("hi mr ne sa gom mai bho".split()),
    "Beng": ("bn", "as"),
    "Ethi": ("am", "ti"),
}

_NOT_LATIN = frozenset(
    [
        *SOLE.values(),
        *(code for codes in SHARED.values() for code in codes),
        "zh",
        "ja",
        "zxx",
        "grc",
        "hbo",
        "dz",
        "wuu",
        "yue",
    ]
) - {"sr", "uz", "ku", "tt"}


def profile(text: str) -> dict[str, int]:
    """How many characters of each script the text has; scripts that it has not are left out."""
    counts = {script: len(pattern.findall(text)) for script, pattern in _PATTERNS.items()}
    return {script: count for script, count in counts.items() if count}


def main_script(counts: dict[str, int]) -> str:
    """The script that carries the text: '' for none; 'Jpan' where kana stand between Han characters."""
    if not counts:
        return ""
    weighed = {script: count * _WEIGHTS.get(script, 1.0) for script, count in counts.items()}
    kana, han = counts.get("Kana", 0), counts.get("Hani", 0)
    # Japanese prose has 40 to 60 % kana and its headlines seldom fewer than one in seven; Chinese has a stray の
    # in a brand's name.
    if kana and kana >= 0.1 * (kana + han):
        weighed["Jpan"] = weighed.pop("Kana") + weighed.pop("Hani", 0.0)
    return max(weighed, key=lambda script: weighed[script])


@lru_cache(maxsize=512)
def writes(language: str, script: str) -> bool:
    """Whether a language (its primary code) is written in a script."""
    if script == "Jpan":
        return language == "ja"
    if script == "Hani":
        return language in ("zh", "ja", "yue", "ko")
    if script == "Kana":
        return language == "ja"
    if script in SOLE:
        return language == SOLE[script]
    if script in SHARED:
        return language in SHARED[script]
    return script == "Latn" and language not in _NOT_LATIN
