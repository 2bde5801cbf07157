"""What a tag of a page says: its kind, and what its names and roles give away. Each spelling of a tag is read once."""

from __future__ import annotations

import re
from functools import lru_cache

from newsreel.extraction.boilerplate import NAME_REASONS, ROLES, STYLE_HIDDEN, TAGS, gram_reasons, grams

# Kinds of tags, as the reading loop tells them apart.
OPEN, CLOSE, INLINE, INLINE_END, LINK, LINK_END, BREAK, PICTURE, HEAD, NOTHING = range(10)

BLOCK_TAGS = frozenset(
    "html body main article section div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr td th blockquote pre "
    "figure figcaption header footer aside nav form fieldset details summary address center hgroup noscript dialog menu search "
    "button select option iframe video audio head frameset legend optgroup picture map marquee dir listing".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark meter nobr output progress q rb rp rt rtc "
    "ruby s samp small span strike strong sub sup time tt u var wbr slot input area".split()
)
_VOID = {"br": BREAK, "hr": BREAK, "img": PICTURE, "amp-img": PICTURE, "meta": HEAD, "link": HEAD}
_OTHER_VOID = frozenset("area base col embed input keygen param source track wbr basefont bgsound frame".split())
EMBEDDING = frozenset(("blockquote", "iframe", "amp-youtube", "amp-twitter", "amp-instagram", "lite-youtube"))
NAMES = (*sorted(BLOCK_TAGS), "custom")
NAME_IDS = {name: number for number, name in enumerate(NAMES)}
_TELLING = re.compile(
    r' (class|id|role|style|itemprop|hidden|aria-hidden|data-testid|data-component|data-newsreel-\w+)="([^"]*)"',
    re.IGNORECASE,
)
_BODY_NAMES = re.compile(
    r"article-?_?(?:body|content|text|main)|story-?_?(?:body|content|text)|post-?_?(?:body|content|text)|entry-?_?content|"
    r"news-?_?(?:body|content|text|detail)|(?:body|content|main)-?_?(?:text|copy|article)|rich-?text|articulo|artikel-?(?:body|text|inhalt)|"
    r"detail-?content|main-?content|td-post-content|single-content|content-?body|text-?content|^zw$|artibody"
)
_BANNER_NAMES = re.compile(
    r"donat\w*|spenden\w*|news-?letter\w*|sign-?up|signup\w*|support-?us|mailing-?list|cookies?|cookie-\w+|consent|gdpr|onetrust|"
    r"taboola|outbrain|mgid|revcontent|dianomi|ad-?slots?|dfp"
)
REASONS: tuple[str, ...] = tuple(dict.fromkeys((*NAME_REASONS, *TAGS.values(), *ROLES.values(), "hidden")))
BIT = {reason: 1 << number for number, reason in enumerate(REASONS)}
_TELL_NOTHING = frozenset(("a", "img", "source", "br", "b", "i", "em", "strong", "option"))
_ALL_REASONS = (1 << len(REASONS)) - 1
BODY_NAME = 1 << len(REASONS)
STATED_BODY = BODY_NAME << 1  # itemprop="articleBody"
ARTICLE = BODY_NAME << 2
BOLD = BODY_NAME << 3
ITALIC = BODY_NAME << 4
_INSIDE = (
    "nav",
    "footer",
    "header",
    "aside",
    "form",
    "figure",
    "table",
    "ul",
    "blockquote",
    "main",
    "button",
    "li",
    "figcaption",
)
INSIDE = {name: BODY_NAME << 5 + number for number, name in enumerate(_INSIDE)}
SIGNS = len(REASONS) + 5 + len(_INSIDE)  # bits that are features
# What a site rule says: the article is here; this is none of it.
KEEP = 1 << SIGNS
DROP = KEEP << 1
BANNER = (
    DROP << 1
)  # called an appeal for money, a newsletter, a notice, a seller of adverts: no container of articles has such a name
KEEP_MARK, DROP_MARK = "data-newsreel-keep", "data-newsreel-drop"
MAX_NAMES = 600


class Tag:
    """A tag: ``kind``, ``name``, ``number`` of the name among NAMES, ``bits``: why what is inside may be no article
    (BIT of each reason), or may be one (BODY_NAME, STATED_BODY, ARTICLE, KEEP).
    """

    __slots__ = ("bits", "kind", "name", "number", "own")

    def __init__(self, kind: int, name: str, number: int = 0, bits: int = 0, own: bool = False) -> None:
        self.kind = kind
        self.name = name
        self.number = number
        self.bits = bits
        self.own = own  # whether its attributes may matter: a class, an id, a role


MAX_KNOWN = 50_000
known: dict[str, Tag] = {}


def read_tag(source: str) -> Tag:
    """A tag as lexbor writes it: '<p class="lead">', '</p>'. What has been read stands in ``known``."""
    if source.startswith(("<a ", "<img ", "<source ")):  # each address is another, and tells nothing
        return _PLAIN[source[1]]
    if len(known) >= MAX_KNOWN:
        known.clear()
    tag = known[source] = _read(source)
    return tag


def _read(source: str) -> Tag:
    if source.startswith("<!"):
        return Tag(NOTHING, "!")
    if source.startswith("</"):
        name = source[2:-1]
        if name == "a":
            return Tag(LINK_END, name)
        bits = _shape(name)
        return Tag(INLINE_END if name in _INLINE else NOTHING if name in _OTHER_VOID else CLOSE, name, 0, bits)
    name = source[1:-1].partition(" ")[0]
    return Tag(_kind(name), name, NAME_IDS.get(name, len(NAMES) - 1), _bits(name, source) | _shape(name), " " in source)


_PLAIN = {"a": Tag(LINK, "a", own=True), "i": Tag(PICTURE, "img", own=True), "s": Tag(NOTHING, "source", own=True)}


def junk_reason(source: str) -> str:
    """Why what stands in a tag is no article's, by the tag, its role and its names; '' where nothing says so."""
    bits = (known.get(source) or read_tag(source)).bits & _ALL_REASONS if source else 0
    return next((reason for reason in REASONS if bits & BIT[reason]), "") if bits else ""


def _kind(name: str) -> int:
    if name == "a":
        return LINK
    if name in _VOID:
        return _VOID[name]
    if name in _OTHER_VOID:
        return NOTHING
    return INLINE if name in _INLINE else OPEN


def _shape(name: str) -> int:
    return BOLD if name in ("b", "strong") else ITALIC if name in ("em", "i") else 0


def _bits(name: str, source: str) -> int:
    bits = BIT[TAGS[name]] if name in TAGS else 0
    bits |= INSIDE.get(name, 0)
    if name == "article":
        bits |= ARTICLE
    if " " not in source or name in _TELL_NOTHING:
        return bits
    attributes = dict(_TELLING.findall(source[:4_000]))
    if not attributes:
        return bits
    if role := attributes.get("role"):
        bits |= BIT[ROLES[role]] if (role := role.lower()) in ROLES else 0
    if (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or ("style" in attributes and STYLE_HIDDEN.search(attributes["style"]))
    ):
        bits |= BIT["hidden"]
    if "articleBody" in attributes.get("itemprop", ""):
        bits |= STATED_BODY
    if KEEP_MARK in attributes:
        bits |= KEEP
    if DROP_MARK in attributes:
        bits |= DROP
    if name in ("html", "body", "main", "h1"):
        return bits
    names = [attributes[key] for key in ("class", "id", "data-testid", "data-component") if key in attributes]
    return bits | _name_bits(" ".join(names)[:MAX_NAMES]) if names else bits


@lru_cache(maxsize=16_384)
def _name_bits(names: str) -> int:
    bits = 0
    for gram in grams(names):
        bits |= _gram_bits(gram)
    return bits


@lru_cache(maxsize=65_536)
def _gram_bits(gram: str) -> int:
    bits = BODY_NAME if _BODY_NAMES.search(gram) else 0
    bits |= BANNER if _BANNER_NAMES.fullmatch(gram) else 0
    for reason in gram_reasons(gram):
        bits |= BIT[reason]
    return bits
