"""Terms of the scripts that put no spaces between words: Chinese, Japanese, Thai and their neighbours."""

from __future__ import annotations

import re
from typing import Any

from newsreel.enrichment.candidates import Candidate
from newsreel.enrichment.stopwords import stopwords

# Runs of one kind of sign are a Japanese text's words, near enough: compounds of kanji, loan words of katakana,
# foreign names in Latin letters. Hiragana is grammar.
_JAPANESE = re.compile(
    # A verb used as a noun ends in one kana (利上げ, 値下がり) before a particle or another word.
    r"[々〆\u3400-\u4dbf\u4e00-\u9fff]{2,12}(?:[げりきちみえけめれせ](?![ぁ-ん])|[げりきちみえけめれせ](?=[をがはのにでともや]))?"
    r"|[ァ-ヺー・]{3,20}|[A-Za-z][A-Za-z0-9&.-]{1,20}"
)
_JAPANESE_TAILS = ("氏", "的", "化", "等", "側", "中", "後", "前", "内", "外", "時", "さん")
_RUN = re.compile(
    r"[\u0e01-\u0e4e]{2,60}|[\u0e80-\u0ecd]{2,60}|[\u1780-\u17d3]{2,60}|[\u1000-\u104f]{2,60}|[A-Za-z][\w-]{2,20}"
)

# jieba's parts of speech that name things: nouns, names of persons, places and institutions, works, verbs used as nouns,
# idioms, foreign words. Bare verbs and adjectives say little as keywords.
_NOUNS = ("n", "vn", "an", "eng", "j", "l", "i")
_NAMES = ("nr", "ns", "nt", "nz", "nrt", "nrfg")


def chinese(text: str) -> dict[tuple[str, ...], Candidate]:
    """Words and pairs of words of a Chinese text, by rjieba's dictionary."""
    small = stopwords("zh")
    found: dict[tuple[str, ...], Candidate] = {}
    before: tuple[str, str] | None = None
    for at, (word, kind) in enumerate(_tagged(text)):
        good = len(word) > 1 and kind.startswith(_NOUNS) and word not in small and not word.isdigit() and word.isalnum()
        if not good:
            before = None
            continue
        _count(found, (word,), word, at, kind.startswith(_NAMES) or kind == "eng")
        if before is not None and len(before[0]) + len(word) <= 8 and "eng" not in (kind, before[1]):
            _count(
                found, (before[0], word), before[0] + word, at, before[1].startswith(_NAMES) and kind.startswith(_NAMES)
            )
        before = (word, kind)
    return found


def _tagged(text: str) -> list[tuple[str, str]]:
    tagger: Any = __import__("rjieba")
    return [(str(word), str(kind)) for word, kind in tagger.tag(text)]


def japanese(text: str) -> dict[tuple[str, ...], Candidate]:
    """Compounds of kanji, katakana words and Latin names of a Japanese text."""
    small = stopwords("ja")
    found: dict[tuple[str, ...], Candidate] = {}
    for at, match in enumerate(_JAPANESE.finditer(text)):
        word = match.group().strip("・ー.-") or match.group()
        for tail in _JAPANESE_TAILS:
            if word.endswith(tail) and len(word) > len(tail) + 1:
                word = word.removesuffix(tail)
        if len(word) > 1 and word not in small and not _numeric(word):
            _count(found, (word,), word, at, not "\u3400" <= word[0] <= "\u9fff")
    return found


def _numeric(word: str) -> bool:
    return sum(sign in "一二三四五六七八九十百千万億年月日時分円人" for sign in word) * 2 >= len(word)


def unspaced(text: str, language: str) -> dict[tuple[str, ...], Candidate]:
    """What stands between two spaces of a Thai, Lao, Khmer or Burmese text, where it is short enough to be a term."""
    small = stopwords(language)
    found: dict[tuple[str, ...], Candidate] = {}
    for at, match in enumerate(_RUN.finditer(text)):
        word = match.group()
        if word not in small and len(word) <= 24:
            _count(found, (word,), word, at, word[0].isascii())
    return found


def _count(found: dict[tuple[str, ...], Candidate], key: tuple[str, ...], form: str, at: int, name: bool) -> None:
    candidate = found.get(key)
    if candidate is None:
        candidate = found[key] = Candidate(key, first=at)
    candidate.count += 1
    candidate.inside += 1
    candidate.names += name
    candidate.forms[form] = candidate.forms.get(form, 0) + 1
