"""The keywords of a text: words, phrases and names, as they are written, none repeating another."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from newsreel.core.text import squeeze
from newsreel.core.types import Keyword
from newsreel.enrichment import wide
from newsreel.enrichment.candidates import Candidate, find_candidates, read_words
from newsreel.enrichment.language import detect_language, primary
from newsreel.enrichment.stemming import alike

CAP = 20_000  # characters read of a text
TITLE_CAP = 500
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character: the segmenter, in Rust, refuses it
_UNSPACED = frozenset({"th", "lo", "km", "my"})
_OWN_NAME = 0.5  # a name speaks for its parts where they stand alone at most twice as often
_LENGTHS = {3: 0.9, 4: 0.6}  # longer phrases are mostly half a sentence
_WEAK = ("ly", "ing", "ed")  # English adverbs and verbs: seldom what a text is about
# A word that no background knows is as rare as this share of documents.
_UNKNOWN_SHARE = 0.0005


def keywords(
    text: str,
    *,
    title: str | None = None,
    language: str | None = None,
    count: int = 8,
    background: Mapping[str, float] | None = None,
) -> list[Keyword]:
    """At most ``count`` terms that say what a text is about, the best first, weights falling within (0, 1].

    ``background`` is the share of documents that hold a term (lower case): frequent ones weigh less. Without it the
    text alone decides.
    """
    if count <= 0:
        return []
    head = squeeze((title or "")[:TITLE_CAP])
    body = text[:CAP]
    whole = _SURROGATE.sub(" ", f"{head}.\n{body}" if head else body)
    code = primary(language) or primary(detect_language(whole))
    found = _candidates(whole, code)
    scored = _score(found, head.lower(), code, background or {})
    return _choose(scored, count)


def _candidates(text: str, language: str) -> dict[tuple[str, ...], Candidate]:
    if language == "zh":
        return wide.chinese(text)
    if language == "ja":
        return wide.japanese(text)
    if language in _UNSPACED:
        return wide.unspaced(text, language)
    return find_candidates(text, read_words(text, language), language)


def _score(
    found: dict[tuple[str, ...], Candidate], title: str, language: str, background: Mapping[str, float]
) -> list[tuple[float, str, tuple[str, ...]]]:
    """(score, the term as written, its stems), the best first."""
    _nest(found)
    single = {
        stems[0]: _weigh(candidate, title, language, background)
        for stems, candidate in found.items()
        if len(stems) == 1
    }
    scored: list[tuple[float, str, tuple[str, ...]]] = []
    for stems, candidate in found.items():
        form = _form(candidate)
        if len(stems) == 1:
            score = single[stems[0]]
        else:
            score = _phrase(stems, candidate, found, single, title, form)
        if score > 0:
            scored.append((score, form, stems))
    scored.sort(key=lambda row: (-row[0], row[1]))
    return scored


def _nest(found: dict[tuple[str, ...], Candidate]) -> None:
    """Tells each phrase how often it is only a part of a longer name."""
    for stems, longer in found.items():
        if len(stems) > 2 and longer.names:
            for part in (stems[:-1], stems[1:]):
                if part in found:
                    found[part].nested = max(found[part].nested, longer.count)


def _weigh(candidate: Candidate, title: str, language: str, background: Mapping[str, float]) -> float:
    """A single word: how often, how early, in the title, a name, and how rare elsewhere."""
    form = _form(candidate)
    lowered = form.lower()
    often = 1 + math.log2(candidate.count)
    early = 1 + 1 / math.log2(2 + candidate.first / 20)
    titled = 1.6 if lowered in title else 1.0
    name = 1 + 0.5 * (candidate.names / max(1, candidate.inside)) if candidate.inside else 1.0
    length = min(1.0, 0.5 + len(form) / 16) if not "\u3040" <= form[0] <= "\u9fff" else min(1.0, 0.4 + len(form) / 5)
    if language == "en" and form.islower() and form.endswith(_WEAK):
        length *= 0.3 if form.endswith("ly") else 0.8
    rare = 1.0
    if background:
        rare = -math.log10(max(background.get(lowered, _UNKNOWN_SHARE), 1e-5)) / 2
    return often * early * titled * name * length * max(0.05, rare)


def _phrase(
    stems: tuple[str, ...],
    candidate: Candidate,
    found: dict[tuple[str, ...], Candidate],
    single: dict[str, float],
    title: str,
    form: str,
) -> float:
    """A phrase: the mean of its words, more where they stand together as often as apart, less where only once."""
    parts = [single[part] for part in stems if part in single]
    if not parts:
        return 0.0
    rarest = min(found[(part,)].count for part in stems if (part,) in found)
    together = candidate.count / max(1, rarest)
    name = candidate.names / max(1, candidate.inside)
    if candidate.nested >= 0.7 * candidate.count or (candidate.count < 2 and name < 0.5 and form.lower() not in title):
        return 0.0
    commonest = max(found[(part,)].count for part in stems if (part,) in found)
    fixed = name > 0.6 or (candidate.count > 1 and together > 0.8)
    # 'Vladimir Putin', not 'Putin', where he is not Putin alone most of the time.
    if fixed and together > 0.6 and candidate.count >= _OWN_NAME * commonest and len(parts) < 4:
        strength = 0.7 * max(parts) + 0.3 * sum(parts) / len(parts)
        return strength * (1.03 if name > 0.6 or len(parts) == 2 else 0.9)
    bonus = 0.5 + 0.5 * together + 0.35 * name
    return sum(parts) / len(parts) * bonus * _LENGTHS.get(len(stems), 1.0)


def _form(candidate: Candidate) -> str:
    """The way it is mostly written; a form in capitals only where there is no other."""
    return squeeze(
        max(candidate.forms, key=lambda form: (candidate.forms[form] - 0.5 * form.isupper(), -len(form), form))
    )


def _choose(scored: list[tuple[float, str, tuple[str, ...]]], count: int) -> list[Keyword]:
    """The best that do not repeat each other."""
    chosen: list[tuple[float, str, tuple[str, ...]]] = []
    for score, form, stems in scored[:400]:
        if len(chosen) == count:
            break
        words = _content(stems, form)
        if not words or any(alike(word, other) for _, _, taken in chosen for word in words for other in taken):
            continue
        chosen.append((score, form, words))
    if not chosen:
        return []
    best = chosen[0][0]
    return [Keyword(form, round(max(0.001, score / best), 4)) for score, form, _ in chosen]


def _content(stems: tuple[str, ...], form: str) -> tuple[str, ...]:
    """The words of a term that are compared: stems and the words as written."""
    return tuple(
        {*(part for part in stems if len(part) > 1), *(part for part in form.lower().split() if len(part) > 3)}
    )
