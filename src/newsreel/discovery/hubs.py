"""Hubs: who pushes a channel's news, and under which address (WebSub, a W3C Recommendation: section 4, 'Discovery').

A publisher names its hubs (``rel=hub``) and the topic (``rel=self``) in Link headers, or, where there are none, in link
elements of the feed or the page. The first of these that names both is taken, and never mixed with the other. JSON Feed
has fields of its own for the same (https://www.jsonfeed.org/version/1.1/, 'hubs' and 'feed_url').
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newsreel.core.encoding import decode
from newsreel.core.types import Offer
from newsreel.core.urls import absolute, split
from newsreel.discovery.soup import pieces

MAX_HUBS = 5
MAX_ADDRESS = 1_000  # characters of a hub or a topic
MAX_HEADER = 16_384  # characters of all Link headers together
MAX_LINKS = 100
MAX_HEAD = 200_000  # bytes of a page in which its head must stand
MAX_PIECES = 2_000

# RFC 8288, section 3. Possessive throughout: what does not match is left after one look.
_LINK = re.compile(
    r'\s*+<([^<>]*+)>((?:\s*+;\s*+[\w!#$&+.^`|~*-]++(?:\s*+=\s*+(?:"(?:[^"\\]|\\.)*+"|[^\s",;]*+))?+)*+)'
)
_PARAMETER = re.compile(r';\s*+([\w!#$&+.^`|~*-]++)(?:\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s",;]*+)))?+')
_NOTHING = Offer()

Link = tuple[str, str]  # relations, address


def find_hubs(body: bytes, links: str, url: str, content_type: str | None = None) -> Offer:
    """What an answer offers. ``links`` are the values of its Link headers, joined by commas; ``url`` is the base of relative
    addresses. Never raises; an empty offer where no hub or no topic is named.
    """
    from newsreel.discovery.feeds import parse_feed
    from newsreel.discovery.sniffing import sniff

    stated = of_links(header_links(links), url)
    if stated or not body:
        return stated
    if sniff(body, content_type) == "html":
        return of_page(body, url, content_type)
    feed = parse_feed(body, url, content_type)
    return Offer(feed.hubs, feed.topic)


def of_links(links: Iterable[Link], url: str) -> Offer:
    """The hubs and the first topic among links of one place; empty unless both are there."""
    hubs: list[str] = []
    topic = ""
    for number, (relations, address) in enumerate(links):
        if number >= MAX_LINKS:
            break
        kinds = relations[:MAX_ADDRESS].lower().split()
        if not ("hub" in kinds or "self" in kinds) or not (whole := _whole(address, url)):
            continue
        if "hub" in kinds and whole not in hubs and len(hubs) < MAX_HUBS:
            hubs.append(whole)
        if "self" in kinds:
            topic = topic or whole
    return Offer(tuple(hubs), topic) if hubs and topic else _NOTHING


def header_links(links: str) -> Iterator[Link]:
    """The links of Link headers. One of another context ('anchor') says nothing of this answer."""
    text, position = links[:MAX_HEADER], 0
    while position < len(text):
        found = _LINK.match(text, position)
        if found:
            parameters: dict[str, str] = {}
            for match in _PARAMETER.finditer(found[2]):
                value = match[2] if match[2] is not None else match[3] or ""
                parameters.setdefault(match[1].lower(), value)
            if "anchor" not in parameters:
                yield parameters.get("rel", ""), found[1]
        comma = text.find(",", found.end() if found else position)
        position = comma + 1 if comma >= 0 else len(text)


def of_page(body: bytes, url: str, content_type: str | None = None) -> Offer:
    """What the head of a page offers. What a page's body says may have been written by its readers, and is not looked at."""
    return of_links(_page_links(decode(body[:MAX_HEAD], content_type, limit=MAX_HEAD)[0]), url)


def _page_links(text: str) -> Iterator[Link]:
    for piece in pieces(text, MAX_PIECES):
        if piece.name == "body" or (piece.name == "head" and piece.closing):
            return
        if piece.name == "link" and not piece.closing:
            attributes = piece.attributes
            yield attributes.get("rel", ""), attributes.get("href", "")


def _whole(address: str, url: str) -> str:
    """An address made whole, and otherwise as it was written: a hub knows a topic by its spelling. '' where it is none."""
    address = address.strip()
    if not address or len(address) > MAX_ADDRESS:
        return ""
    if split(address) is None:
        address = absolute(address, url) or ""
    return address if len(address) <= MAX_ADDRESS else ""
