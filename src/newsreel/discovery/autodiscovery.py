"""Where a site keeps its feeds: what its pages say, and the few places where feeds usually are."""

from __future__ import annotations

import html
import re
import urllib.parse
from typing import Literal, NamedTuple

from newsreel.core.encoding import decode
from newsreel.core.text import cut, squeeze
from newsreel.core.urls import absolute, host_of, identity, same_site, split
from newsreel.discovery.soup import Piece, pieces

MAX_BYTES = 2_000_000
MAX_PIECES = 100_000
MAX_FEEDS = 30
FeedKind = Literal["rss", "atom", "json", "unknown"]
_TYPES: dict[str, FeedKind] = {
    "application/rss+xml": "rss",
    "application/x-rss+xml": "rss",
    "application/rss": "rss",
    "text/rss+xml": "rss",
    "text/rss": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/x-atom+xml": "atom",
    "application/atom": "atom",
    "application/feed+json": "json",
}
# Types that name a feed only where the address does so too.
_LOOSE_TYPES = frozenset({"application/xml", "text/xml", "application/json"})
_FEED_PATH = re.compile(
    r"(?:^|/)(?:rss|atom|feeds?|rdf)(?:[._-]?(?:2(?:\.0)?|news|feed|full|all|main|latest))?(?:\.(?:xml|rss|php|aspx?|json|rdf))?/?$"
    r"|\.(?:rss|atom|rdf)$|/(?:index|news)\.xml$|/(?:rss|feeds?)/[^?]{1,80}(?:\.xml|\.rss)?$|[?&](?:feed|format|type)=(?:rss2?|atom|feed)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"comment|kommentar|commentaire|comentario|commenti|評論|评论|コメント|댓글|комментари|yorum", re.IGNORECASE
)
_NOT_FEEDS = re.compile(
    r"/(?:help|about|hilfe|info|faq)\b|\.(?:png|gif|jpe?g|svg|webp|css|js)$|oembed|/wp-json/", re.IGNORECASE
)
_HOME = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml")


class FeedLink(NamedTuple):
    """A feed that a page names. ``title`` is what the page calls it, often ''."""

    url: str
    title: str
    kind: FeedKind


def find_feeds(body: bytes, url: str, content_type: str | None = None) -> tuple[FeedLink, ...]:
    """The feeds that a page names, best first: its own statements, then visible links; feeds of comments at the end."""
    stated: list[FeedLink] = []
    visible: list[FeedLink] = []
    base, anchor, words = url, "", ""
    for piece in pieces(decode(body, content_type, limit=MAX_BYTES)[0], MAX_PIECES):
        if piece.name == "base" and not piece.closing:
            base = absolute(piece.attributes.get("href", ""), base) or base
        elif piece.name == "link" and not piece.closing:
            stated += _stated(piece, base)
        elif piece.name == "a":
            if anchor and len(visible) < MAX_FEEDS * 4:
                visible.append(FeedLink(anchor, cut(squeeze(html.unescape(words)), 200), _kind(anchor)))
            anchor, words = ("" if piece.closing else _visible(piece, base, url)), ""
        elif anchor and not piece.name:
            words = (words + piece.source)[:400]
        if len(stated) >= MAX_FEEDS * 4:
            break
    return _ordered(stated, visible, url)


def _stated(piece: Piece, base: str) -> list[FeedLink]:
    attributes = piece.attributes
    relations = attributes.get("rel", "").lower().split()
    if not ({"alternate", "feed"} & set(relations)) or "stylesheet" in relations:
        return []
    kind = _TYPES.get(attributes.get("type", "").split(";")[0].strip().lower())
    address = absolute(attributes.get("href", ""), base)
    if address is None or not attributes.get("href", "").strip():
        return []
    if kind is None:
        loose = attributes.get("type", "").split(";")[0].strip().lower() in _LOOSE_TYPES
        if not ("feed" in relations or loose) or not _FEED_PATH.search(_target(address)) or _NOT_FEEDS.search(address):
            return []
        kind = _kind(address)
    return [FeedLink(address, cut(squeeze(attributes.get("title", "")), 200), kind)]


def _visible(piece: Piece, base: str, url: str) -> str:
    """The address of a visible link that is clearly a feed's, else ''."""
    reference = piece.attributes.get("href", "").strip()
    if not _FEED_PATH.search(reference):  # before anything that costs: pages have 100,000 links
        return ""
    address = absolute(reference, base)
    if address is None or _NOT_FEEDS.search(address) or not _FEED_PATH.search(_target(address)):
        return ""
    own = same_site(address, url) or host_of(address).startswith(("feeds.", "rss.", "feed.", "feeds2."))
    return address if own else ""


def _target(address: str) -> str:
    parts = split(address)
    return "" if parts is None else parts.path + (f"?{parts.query}" if parts.query else "")


def _kind(address: str) -> FeedKind:
    target = _target(address).lower()
    if "atom" in target:
        return "atom"
    return "json" if "json" in target else "rss" if "rss" in target else "unknown"


def _ordered(stated: list[FeedLink], visible: list[FeedLink], url: str) -> tuple[FeedLink, ...]:
    """Each feed once, comments last; of one page's statements the site's own before others'."""
    ranked: dict[str, tuple[tuple[bool, bool, bool], FeedLink]] = {}
    for links, later in ((stated, False), (visible, True)):
        for link in links:
            comments = bool(_COMMENTS.search(link.title) or _COMMENTS.search(_target(link.url)))
            rank = (comments, later, not same_site(link.url, url))
            ranked.setdefault(identity(link.url), (rank, link))
    return tuple(link for _, link in sorted(ranked.values(), key=lambda pair: pair[0]))[:MAX_FEEDS]


def common_places(url: str) -> tuple[str, ...]:
    """At most eight addresses where the feed of a site (and of the section that ``url`` names) usually is."""
    parts = split(url)
    if parts is None:
        return ()
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    folder = parts.path.rstrip("/")
    places = [origin + place for place in _HOME]
    if folder and "." not in folder.rpartition("/")[2]:
        own = origin + urllib.parse.quote(urllib.parse.unquote(folder), safe="/:@!$&'()*+,;=~")
        places = [own + "/feed", own + "/rss.xml", *places]
    return tuple(places[:8])
