"""Front pages and section pages: which of their links lead to articles, for sites that have neither feed nor sitemap.

A link is judged by three things: its address, its words, and where on the page it stands.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from newsreel.core.encoding import decode
from newsreel.core.text import cut, squeeze, tokens
from newsreel.core.types import Entry
from newsreel.core.urls import absolute, identity, is_root, same_site
from newsreel.discovery.addresses import article_likeness
from newsreel.discovery.soup import Piece, pieces

MAX_BYTES = 4_000_000
MAX_PIECES = 150_000
MAX_LINKS = 5_000
MAX_ENTRIES = 400
MAX_OPEN = 120
MAX_ADDRESS = 1_000
MAX_PARAMETERS = 20
NEEDED = 2
# What a link must have more where it stands in a menu by its class, in a menu or footer by its element, in an advert.
MENU, SURE_MENU, ADVERT = 2, 4, 99

_NAVIGATION = frozenset({"nav", "footer", "menu"})
_ROLES = frozenset({"navigation", "contentinfo", "banner", "menu", "menubar", "search", "dialog", "tablist"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BOXES = frozenset({"div", "ul", "ol", "section", "aside", "header", "td", "table", "form", "dl"})
_MENU_CLASS = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|megamenu|footer|breadcrumbs?|pagination|pager|sitelinks|toolbar|topbar"
    r"|cookie|consent|login|social|share|sharing|taglist|tags|masthead)(?=$|[\s_-])",
    re.IGNORECASE,
)
_FOOTER_CLASS = re.compile(
    r"(?:^|\s)(?:(?:site|page|main|global|master)[_-]?)?(?:footer|foot)(?:[_-]?(?:nav|links|menu|inner|wrap|wrapper|container))?(?=$|\s)",
    re.IGNORECASE,
)
_AD_CLASS = re.compile(
    r"(?:^|\s)(?:ads?|advert|adverts|advertisement|adslot|adbox|promoted|sponsored|ads?[_-](?:slot|box|unit|container|wrapper|banner|block)"
    r"|(?:sponsored|promoted)[_-][a-z]{1,20})(?=$|\s)",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"^(?:(?:read|show|see|view|learn|find out|load)\s+)?(?:the )?(?:more|full (?:story|article)|all|details?"
    r"|next|previous)(?: (?:stories|news|articles|here|info))?\W{0,4}$|^continue reading\W{0,8}$"
    r"|^(?:\d+ )?(?:comments?|kommentare?|commentaires?|comentarios?)$"
    r"|^(?:weiterlesen|mehr(?: lesen)?|lire la suite|en savoir plus|leer más|ver más|leia mais|saiba mais|leggi"
    r"(?: tutto)?|lees (?:meer|verder)|läs mer|les mer|læs mere|czytaj więcej|подробнее|читать далее|devamı"
    r"|阅读全文|更多|详细|詳細|続きを読む|もっと見る|더보기)\W{0,4}$",
    re.IGNORECASE,
)
_WIDE = re.compile("[぀-ヿ㐀-鿿가-힯฀-๿]")


@dataclass(slots=True)
class _Link:
    url: str
    menu: int
    place: int
    text: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    length: int = 0


@dataclass(slots=True)
class _Box:
    name: str
    menu: int  # one of the weights below, the heaviest around it


def parse_frontpage(body: bytes, url: str, content_type: str | None = None) -> tuple[Entry, ...]:
    """The links of a page that lead to articles of the same site, in the page's order, each once.

    ``title`` is the link's words, '' where it has none but an address or a 'read more'. No dates: a list states none.
    """
    return read_front(body, url, content_type)[0]


def read_front(body: bytes, url: str, content_type: str | None = None) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The same, and beside it the page's other links to the same site, MAX_ENTRIES at most, adverts left out: what the site's
    own patterns may know better.
    """
    page = _Page(url)
    for piece in pieces(decode(body, content_type, limit=MAX_BYTES)[0], MAX_PIECES):
        page.read(piece)
        if len(page.links) >= MAX_LINKS:
            break
    return _entries(page.links, url)


class _Page:
    """The links of a page, with what stands around each."""

    def __init__(self, url: str) -> None:
        self.base = url
        self.links: list[_Link] = []
        self.open: list[_Box] = []
        self.link: _Link | None = None
        self.heading = 0

    def read(self, piece: Piece) -> None:
        if not piece.name:
            self.words(piece.source)
        elif piece.closing:
            self.end(piece.name)
        else:
            self.start(piece)

    def words(self, text: str) -> None:
        link = self.link
        if link is None or link.length > 2_000:
            return
        link.length += len(text)
        link.text.append(text)
        if self.heading:
            link.heading.append(text)

    def start(self, piece: Piece) -> None:
        name = piece.name
        if name == "a":
            self.begin_link(piece)
        elif name in _HEADINGS:
            self.heading += 1
        elif name in _BOXES or name in _NAVIGATION or name in ("article", "main"):
            self.link_parts()
            self.open_box(piece)
        elif name in ("br", "p", "span", "li"):
            self.link_parts()
        elif name == "base" and (stated := piece.attributes.get("href")):
            self.base = absolute(stated, self.base) or self.base

    def link_parts(self) -> None:
        if self.link is not None:
            self.link.text.append(" ")

    def open_box(self, piece: Piece) -> None:
        around = self.open[-1].menu if self.open else 0
        if len(self.open) < MAX_OPEN and not piece.source.endswith("/"):
            self.open.append(_Box(piece.name, max(around, self.menu(piece))))

    def menu(self, piece: Piece) -> int:
        in_article = any(box.name == "article" for box in self.open[-8:])
        if piece.name in _NAVIGATION and not in_article:
            return SURE_MENU
        if piece.name in ("article", "main") or "=" not in piece.source:
            return 0
        attributes = piece.attributes
        if attributes.get("role", "").lower() in _ROLES:
            return SURE_MENU
        for named in (attributes.get("class", "")[:400], attributes.get("id", "")[:100]):
            if _AD_CLASS.search(named):
                return ADVERT
            if not in_article and _FOOTER_CLASS.search(named):
                return SURE_MENU
            if _MENU_CLASS.search(named):
                return MENU
        return 0

    def begin_link(self, piece: Piece) -> None:
        self.link = None
        attributes = piece.attributes
        address = absolute(attributes.get("href", ""), self.base)
        if address is None or len(address) > MAX_ADDRESS or address.count("&") > MAX_PARAMETERS:
            return  # no article's; 1,000 links with 450 parameters each take 0.9 s to compare
        if "sponsored" in attributes.get("rel", "").lower():
            return
        place = int(self.heading > 0) + int(any(box.name == "article" for box in self.open[-8:]))
        self.link = _Link(address, self.open[-1].menu if self.open else 0, place)
        self.links.append(self.link)

    def end(self, name: str) -> None:
        if name == "a":
            self.link = None
        elif name in _HEADINGS:
            self.heading = max(0, self.heading - 1)
            self.link_parts()
        elif name in _BOXES or name in _NAVIGATION or name in ("article", "main"):
            self.link_parts()
            for depth in range(len(self.open) - 1, -1, -1):
                if self.open[depth].name == name:
                    del self.open[depth:]
                    break
        elif name in ("p", "li", "span"):
            self.link_parts()


@dataclass(slots=True)
class _Lead:
    url: str
    title: str = ""
    rank: int = 0
    score: int = -9
    unplaced: int = -9  # the score without regard to menus
    advert: bool = True  # wherever it stands


def _entries(links: list[_Link], url: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    leads: dict[str, _Lead] = {}
    own = identity(url)
    for link in links:
        key = identity(link.url)
        if not key or key == own or is_root(link.url) or not same_site(link.url, url):
            continue
        lead = leads.setdefault(key, _Lead(link.url))
        title, rank = _title(link)
        if (rank, len(title)) > (lead.rank, len(lead.title)):
            lead.title, lead.rank = title, rank
        score = _score(link, title)
        lead.score = max(lead.score, score - link.menu)
        if link.menu != ADVERT:
            lead.advert = False
            lead.unplaced = max(lead.unplaced, score)
    found = [lead for lead in leads.values() if lead.score >= NEEDED]
    if not found:  # a page that is all one menu, by what its builder called things
        found = [lead for lead in leads.values() if lead.unplaced > NEEDED]
    taken = {lead.url for lead in found}
    others = [lead for lead in leads.values() if lead.url not in taken and not lead.advert]
    return _as_entries(found), _as_entries(others)


def _as_entries(leads: list[_Lead]) -> tuple[Entry, ...]:
    return tuple(Entry(id=lead.url, url=lead.url, title=cut(lead.title, 300)) for lead in leads[:MAX_ENTRIES])


def _title(link: _Link) -> tuple[str, int]:
    """A link's words and how good they are: 2 from a heading, 1 words, 0 none."""
    for pieces_of, rank in ((link.heading, 2), (link.text, 1)):
        words = squeeze(html.unescape("".join(pieces_of)[:2_000]))
        if words and not _is_address(words) and not _PHRASE.match(words):
            return words, rank
    return "", 0


def _is_address(words: str) -> bool:
    return " " not in words and ("://" in words or words.startswith(("www.", "/")))


def _score(link: _Link, title: str) -> int:
    """How much an address and its words look like an article's, wherever the link stands."""
    likeness = article_likeness(link.url)
    if likeness < 0:
        return -9
    if title:
        return likeness + _headline(title) + link.place
    # A bare link (an address, a picture, 'read more') says nothing by its words: what is said counts the more.
    return likeness + (likeness >= 1 and not link.menu)


def _headline(title: str) -> int:
    """2 for words as long as a headline, 1 for a short one, 0 for the words of a menu."""
    count = len(tokens(title))
    if _WIDE.search(title):
        return 2 if count >= 10 else 1 if count >= 7 else 0
    return 2 if count >= 6 else 1 if count >= 4 else 0
