"""What a publisher is called, from what its pages and feeds call themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsreel.core.text import cut, squeeze

# Between a name and a slogan or section, in any script: spaced hyphens and dashes, bars, underscores, full-width marks.
_SEPARATOR = re.compile(r"\s+[-–—:·•»«]+\s+|\s*[|｜_／：]\s*|\s*[-–—]{2,}\s*")
LONGEST = 80


def site_name(statements: Iterable[str], host: str) -> str:
    """A publisher's name. ``statements``: og:site_name, titles of feeds and of the front page, the most trusted first.

    The part that most of them share is the name, then one that the host's own name spells ('The Meridian Post' at
    meridian-post.example), then the first part of the first. Without any, the host without its www.
    """
    said = [parts for parts in (_parts(statement) for statement in statements if statement != host) if parts]
    if not said:
        return host.removeprefix("www.")
    if len(said[0]) == 1 and len(said) == 1:
        return cut(said[0][0], LONGEST)
    spelled = _letters(host)
    everything = [part for parts in said for part in parts]

    def weight(part: str) -> tuple[int, bool, int]:
        shared = sum(part.casefold() in {other.casefold() for other in parts} for parts in said)
        return shared, _is_spelled(part, spelled), -everything.index(part)

    return cut(max(everything, key=weight), LONGEST)


def _parts(statement: str) -> list[str]:
    return list(dict.fromkeys(part for part in _SEPARATOR.split(squeeze(statement)) if part))


def _is_spelled(part: str, host: str) -> bool:
    letters = re.sub(r"^(the|le|la|el|der|die|das)(?=.{4})", "", _letters(part))
    return len(letters) > 2 and letters.isascii() and letters in host


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
