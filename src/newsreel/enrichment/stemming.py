"""One form for the forms of a word, and whether two terms say the same."""

from __future__ import annotations

from functools import lru_cache

# simplemma's dictionaries cost memory for as long as a process lives: measured 25 MB (en) to 370 MB (fi), 100 MB for es and pt. Only the
# light ones are used; elsewhere, and for words that they do not know, words of a common beginning are one word.
LIGHT = frozenset({"en", "fr", "it", "nl"})

_PARTICLES = (
    "은 는 이 가 을 를 의 에 에서 에게 으로 로 와 과 도 만 까지 부터 께서 이라고 라고 이나 에는 에도 으로는 이며 들은 들이 "
    "들을 들의 들 했다 하는 하고 한다"
)
_KOREAN = tuple(sorted(_PARTICLES.split(), key=len, reverse=True))
_ARABIC = ("وال", "بال", "كال", "فال", "لل", "ال")


@lru_cache(maxsize=16384)
def stem(word: str, language: str) -> str:
    """The stem of a word in lower case: equal for most forms of one word, never shown to anyone."""
    if language == "ko":
        return _without_tail(word, _KOREAN)
    if language == "ar":
        return next(
            (word[len(head) :] for head in _ARABIC if word.startswith(head) and len(word) > len(head) + 2), word
        )
    if language in LIGHT and len(word) > 3:
        return _lemma(word, language)
    return word


def _without_tail(word: str, tails: tuple[str, ...]) -> str:
    return next((word[: -len(tail)] for tail in tails if word.endswith(tail) and len(word) >= len(tail) + 2), word)


def _lemma(word: str, language: str) -> str:
    import simplemma

    try:
        return str(simplemma.lemmatize(word, lang=language)).lower() or word
    except (ValueError, KeyError, IndexError, RecursionError):
        return word


def alike(one: str, other: str) -> bool:
    """Whether two words (stems, lower case) repeat each other: Korea and Korean, workers and worksites."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if _wide(short):
        return len(short) > 1 and (short in long or _share(short, long))
    if len(short) >= 5 and short in long:  # Gesetz, Klimaschutzgesetz
        return True
    length = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return length >= 4 and length >= 0.55 * len(short)


def _wide(word: str) -> bool:
    return word[:1] >= "\u3040"


def _share(one: str, other: str) -> bool:
    """Two characters in a row that both have."""
    return any(one[at : at + 2] in other for at in range(len(one) - 1))
