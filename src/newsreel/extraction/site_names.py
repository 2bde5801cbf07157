"""A site's name at the ends of its pages' titles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsreel.core.text import tokens

# ' | Site', ' - Site', ' – Site', '_Site' (Chinese sites), ' :: Site', and the full-width bar of East Asian sites
_SEPARATOR = re.compile(r"\s+[|–—\-·•»:]{1,2}\s+|\s*[|\uff5c]\s*|_+|\s*::\s*|\s[<>«/]\s|--")
# What may stand between a title and a name that the site states, besides: 'Title:Name' of Japanese sites.
_BEFORE_NAME = " |-–—·•»:_<>/,\uff1a\uff5c"


@dataclass(frozen=True, slots=True)
class Names:
    """What a site is called: by itself (in lower case), and by its host."""

    stated: set[str]
    host: str

    def __contains__(self, text: object) -> bool:
        if not isinstance(text, str) or not text:
            return False
        lowered = text.lower()
        if lowered in self.stated:
            return True
        letters = "".join(char for char in lowered if char.isalnum())
        return len(letters) >= 3 and letters in self.host.replace(".", "").replace("-", "")


def without_name(text: str, names: Names) -> str:
    """A title without the site's name at its end or start, where that is a name of the site."""
    parts = [match.span() for match in _SEPARATOR.finditer(text)]
    if parts and text[parts[-1][1] :].strip() in names:
        return text[: parts[-1][0]].strip() or text
    lowered = text.lower()
    for name in names.stated:
        head = text[: -len(name)] if len(name) >= 3 and lowered.endswith(name) else ""
        bare = head.rstrip(_BEFORE_NAME)
        if bare and bare != head.rstrip() and len(tokens(bare)) >= 3:
            return bare
        rest = text[len(name) :] if len(name) >= 3 and lowered.startswith(name) else ""
        if rest.startswith((": ", "\uff1a")) and len(tokens(rest)) >= 3:
            return rest[1:].strip()
    return text


def without_site(text: str, names: Names, others: list[str]) -> str:
    """A title without the site's name at its end or start: parts that name the site, or that no other statement has."""
    for other in others:
        # Another statement that is the whole of this one but for its ends: that is the title.
        rest = text[len(other) :] if text.startswith(other) else ""
        if rest and len(tokens(other)) >= 3 and _SEPARATOR.match(rest):
            return other
    for _ in range(3):
        parts = [match.span() for match in _SEPARATOR.finditer(text)]
        if not parts:
            return without_name(text, names)
        head, tail = text[: parts[-1][0]].strip(), text[parts[-1][1] :].strip()
        foreign = len(tokens(tail)) <= 5 and len(tokens(head)) >= 3 and len(tail) < len(head)
        if head and (tail in names or (foreign and not _shares_end(text, tail, others))):
            text = head
        elif text[: parts[0][0]].strip() in names:
            text = text[parts[0][1] :].strip()
        else:
            return text
    return text


def _shares_end(text: str, tail: str, others: list[str]) -> bool:
    """Whether another statement ends as this one does: then the end is the title's own."""
    return any(other.endswith(tail) and other != text for other in others)
