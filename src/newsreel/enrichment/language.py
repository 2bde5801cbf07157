"""The language of a text, as a BCP 47 tag."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from newsreel.core.text import squeeze, tokens
from newsreel.enrichment import han
from newsreel.enrichment.scripts import SHARED, SOLE, main_script, profile, writes
from newsreel.enrichment.stopwords import stopwords

CAP = 3000  # characters: the decision does not change after the first paragraphs
SHORT = 60  # letters below which a hint may speak
UNKNOWN = "und"

# Addresses and handles are English whatever the text is.
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")

# Codes that are one language to a reader of the press.
_FOLD = {
    "nb": "no", "nn": "no", "arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh", "gcr": "ht", "gcf": "ht", "sdh": "ku", "uzs": "uz",
    "iw": "he", "in": "id", "ji": "yi", "tl": "tl", "fil": "tl", "cmn": "zh", "mo": "ro", "pcm": "en", "ext": "es", "sh": "sr",
    "zsm": "ms", "arb": "ar", "pes": "fa", "prs": "fa", "ckb": "ku", "gom": "mr", "swh": "sw",
}  # fmt: skip

# How likely a text of the press is of a language before it is read: without it 'Hello' is Breton and 'Ukraine
# latest' Crimean Tatar. A long text overrules it easily.
_PRIOR = {
    **dict.fromkeys("en".split(), 3.0),
    **dict.fromkeys("es fr de pt it ru ar zh ja".split(), 1.5),
    **dict.fromkeys("nl pl tr sv uk fa ko id vi th he el cs ro hu da no fi bg sr hr hi bn ur".split(), 1.0),
    **dict.fromkeys(
        "ca sk sl lt lv et sq mk be kk ms tl sw az ka hy is bs af ta te mr gu pa ml kn ne si my km am ky tg mn uz".split(),
        0.4,
    ),
}
_RARE = 0.04

# Letters that only these languages of their script have.
_LETTERS = {
    "Cyrl": (
        ("uk", "їєґЇЄҐ"),
        ("be", "ўЎ"),
        ("sr", "ђћЂЋ"),
        ("mk", "ѓќѕЃЌЅ"),
        ("kk", "әғқұһӘҒҚҰҺ"),
        ("tg", "ҳҷӣӯҲҶӢӮ"),
        ("ba", "ҙҫҡ"),
    ),
    "Arab": (("ur", "ٹڈڑںے"), ("ps", "ټډړږښڼې"), ("ku", "ڕڵۆێە"), ("fa", "پچژگ"), ("sd", "ڄڃڻڳڱ")),
    "Beng": (("as", "ৰৱ"),),
    "Hebr": (("yi", "װױײ"),),
}
_MORE_LETTERS = {"kk": "tt ba ky mn ug", "fa": "ur ps ku sd ug", "ku": "ug", "ur": "sd", "sr": "mk", "tg": "uz"}


def detect_language(text: str, hint: str | None = None) -> str:
    """The language a text is written in, as BCP 47: 'en', 'pt', 'zh-Hans', 'zh-Hant'.

    'zh' where no character tells the writing, 'und' where nothing can be said. ``hint`` is what the page or the
    feed says ('en-GB'): it decides where the text is too short or undecided, never against strong evidence.
    """
    plain = squeeze(_NOISE.sub(" ", text[:CAP]))
    counts = profile(plain)
    script = main_script(counts)
    told = _primary(hint)
    if not script:
        return _written(told, hint or "") if told else UNKNOWN
    if script == "Jpan" or script == "Kana":
        return "ja"
    if script == "Hani":
        return _of_han(plain, told, hint or "")
    if script in SOLE:
        return SOLE[script]
    return _by_model(plain, script, sum(counts.values()), told if told and writes(told, script) else "")


def primary(tag: str | None) -> str:
    """The language alone of a tag: 'pt-BR' is 'pt'; '' for no tag."""
    return _primary(tag)


def _primary(tag: str | None) -> str:
    if not tag or not _TAG.fullmatch(tag.strip()):
        return ""
    code = re.split("[-_]", tag.strip().lower())[0]
    code = _FOLD.get(code, code)
    return "" if code in ("und", "mul", "zxx", "mis") else code


def _written(code: str, hint: str) -> str:
    """A hint made an answer: for Chinese with the writing that the region or script subtag says."""
    if code != "zh":
        return code
    subtags = set(re.split("[-_]", hint.lower())[1:])
    if subtags & {"hant", "tw", "hk", "mo"}:
        return "zh-Hant"
    if subtags & {"hans", "cn", "sg", "my"}:
        return "zh-Hans"
    return "zh"


def _of_han(text: str, told: str, hint: str) -> str:
    if (told == "ja" and len(text) <= SHORT) or han.looks_japanese(text):
        return "ja"
    written = han.writing(text)
    if written == "zh" and told == "zh":
        return _written("zh", hint)
    return written


def _by_model(text: str, script: str, letters: int, told: str) -> str:
    scores = _scores(text, script)
    if not scores:
        return told or UNKNOWN
    if told and letters <= SHORT:
        scores[told] = scores.get(told, 0.0) * 4 + 0.1
    elif told:
        scores[told] = scores.get(told, 0.0) * 2
    total = sum(scores.values())
    best = max(scores, key=lambda code: scores[code])
    share = scores[best] / total
    if told and share < 0.5:
        return told
    # One or two short words belong to many languages: 'La', 'Nu', 'Info'.
    if script == "Latn" and letters < 8 and share < 0.9:
        return told or UNKNOWN
    return best if share >= (0.5 if script == "Latn" and letters < 15 else 0.35) else told or UNKNOWN


def _scores(text: str, script: str) -> dict[str, float]:
    """What each language of the script deserves: the model's probability, the prior, its letters, its small words."""
    scores: dict[str, float] = {}
    for code, probability in _model().rank(text):
        folded = _FOLD.get(str(code), str(code))
        if writes(folded, script):
            scores[folded] = max(scores.get(folded, 0.0), float(probability))
    scores = {code: value * _PRIOR.get(code, _RARE) for code, value in scores.items()}
    _by_letters(scores, text, script)
    words = tokens(text)[:60]
    for code in scores:
        small = stopwords(code)
        if small and len(words) > 1:
            hits = sum(word in small for word in words)
            scores[code] *= (1 + hits / len(words)) ** min(10, len(words))
    return scores


def _by_letters(scores: dict[str, float], text: str, script: str) -> None:
    """Letters that one language alone has: those that have none of them lose, where they are no stray name."""
    letters = max(1, sum(map(str.isalpha, text)))
    for code, signs in _LETTERS.get(script, ()):
        found = sum(text.count(sign) for sign in signs)
        if found >= max(1, 0.004 * letters):
            kept = {code, *_MORE_LETTERS.get(code, "").split()}
            for other in scores:
                if other not in kept:
                    scores[other] *= 0.02
    if script in SHARED:
        for code in list(scores):
            if code not in SHARED[script]:
                scores[code] *= 0.1


@lru_cache(maxsize=1)
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
