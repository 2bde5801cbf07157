"""The names of channels: 'World news | The Guardian' is the channel 'World news' of The Guardian, 世界新闻 in Chinese."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from newsreel.core.text import cut, squeeze
from newsreel.core.urls import site_of
from newsreel.sources.catalogue import outlet_for
from newsreel.sources.tables import rows

MAX_NAME = 60
_SEPARATOR = re.compile(r"\s+[|\-–—·•»›>:/]+\s+|\s*[|»›·•｜]+\s*|:\s+|\s+[-–—]\s*|\s*[-–—]\s+|_|[－—]{1,2}")
# Words that say what a feed is, not what it is about.
_FILLER = re.compile(
    r"^(?:rss|atom|feeds?|rss[\s-]*feeds?|xml|syndication|latest|home|homepage|front ?page|index|news ?feed|all|top|the)$"
    r"|^(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)+/?$",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"^(?:news|topics|online|english|deutsch|français)$|(?:网|日报|晚报|在线|电视台|新闻社)$", re.IGNORECASE
)
_SUFFIX = re.compile(r"(?:online|com|net|org|tv|de|fr)$")
_ABBREVIATED = re.compile(r"\b(?:uk|us|usa|eu|ai|tv|nyc|it|f1|nba|nfl|nhl|mlb|mma)\b")
_RSS = re.compile(
    r"\s*[(\[]?\b(?:rss(?:\s*2\.0)?|atom|xml)(?:[\s-]*(?:feeds?|channel))?\b[)\]]?\s*|\s+feeds?$", re.IGNORECASE
)


def channel_name(title: str, url: str, outlet_name: str) -> str:
    """The short name of a channel from its feed's title; '' where only the outlet's own name is left.

    ``url`` is the feed's address: its domain's name counts as a name of the outlet.
    """
    title = squeeze(_RSS.sub(" ", squeeze(title)[:300]))
    names = _names(outlet_name, url)
    kept: list[str] = []
    for part in _SEPARATOR.split(title):
        part = _without_outlet(squeeze(part).strip("-–—|:·,. "), outlet_name)
        known = _letters(part) in names or _SUFFIX.sub("", _letters(part)) in names
        if part and not known and not _FILLER.match(part) and part.lower() not in map(str.lower, kept):
            kept.append(part)
    if len(kept) > 1:
        # 'BBC News - World': the word that every outlet has says nothing beside another.
        kept = [part for part in kept if not _GENERIC.search(part)] or kept[:1]
    return cut(" - ".join(kept[:2]), MAX_NAME)


def _names(outlet_name: str, url: str) -> set[str]:
    """What an outlet is called in the titles of its feeds: by name, initials, domain, and in Chinese."""
    outlet = outlet_for(url)
    words = re.findall(r"[^\W_]+", outlet_name)
    initials = ["".join(word[0] for word in some).lower() for some in (words, words[1:]) if len(some) > 2]
    site = site_of(url)
    stated = [outlet_name, site, site.partition(".")[0], *((outlet.name, outlet.name_zh) if outlet else ())]
    return {*map(_letters, stated), *initials} - {""}


def _without_outlet(part: str, outlet_name: str) -> str:
    """A part without the outlet's name at its beginning or end ('BBC News' is the outlet's 'News')."""
    bare = re.sub(r"^the\s+", "", outlet_name, flags=re.IGNORECASE)
    if len(bare) < 2:
        return part
    name = re.escape(bare)
    shorter = re.sub(
        rf"^(?:the\s+)?{name}(?:[’']s)?\s+(?=\S)|\s+(?:(?:on|in|at|from|of|by)\s+)?(?:the\s+)?{name}$",
        "",
        part,
        flags=re.IGNORECASE,
    )
    return shorter.strip()


def _letters(name: str) -> str:
    """A name as it is compared: without accents, signs, article and 'news'."""
    folded = unicodedata.normalize("NFKD", name.lower())
    words = re.findall(r"[^\W_]+", "".join(char for char in folded if not unicodedata.combining(char)))
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return "".join(words)


@cache
def _chinese() -> dict[str, str]:
    return {_letters(name): row[0] for row in rows("channels.tsv") for name in row[1].split("; ")}


@cache
def _usual() -> dict[str, str]:
    names = [name for row in rows("channels.tsv") for name in row[1].split("; ")]
    return {_letters(name): name for name in reversed(names)} | {name: name for name in names}


def usual_name(words: str) -> str:
    """A usual channel name as it is written, from its letters ('sante' is 'Santé'); '' where it is none."""
    found = (_usual().get(words.lower()) or _usual().get(_letters(words), "")) if words else ""
    found = _ABBREVIATED.sub(lambda word: word[0].upper(), found)
    return found[:1].upper() + found[1:]


def channel_name_zh(name: str) -> str:
    """The Chinese of a usual channel name in a language of the press; '' where it is not known.

    A name that is Chinese already is its own.
    """
    if re.search("[一-鿿]", name) and not re.search("[぀-ヿ]", name):
        return name
    known = _chinese()
    if found := known.get(_letters(name)):
        return found
    parts = [known.get(_letters(part), "") for part in name.split(" - ")]
    return " - ".join(dict.fromkeys(parts)) if all(parts) and len(parts) > 1 else ""
