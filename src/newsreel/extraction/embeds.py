"""Posts and films of other houses that stand in an article: as links to where they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from newsreel.core.text import squeeze
from newsreel.core.urls import absolute
from newsreel.extraction.page import Node

MAX_ELEMENTS = 200  # of one post
MAX_LABEL = 200
# Host -> the house's name. What is framed from elsewhere is a widget of the page: a form, an advert, a map.
_HOUSES = {
    "twitter.com": "X", "x.com": "X", "instagram.com": "Instagram", "facebook.com": "Facebook", "tiktok.com": "TikTok",
    "youtube.com": "YouTube", "youtube-nocookie.com": "YouTube", "youtu.be": "YouTube", "vimeo.com": "Vimeo",
    "dailymotion.com": "Dailymotion", "t.me": "Telegram", "bsky.app": "Bluesky", "threads.net": "Threads",
    "threads.com": "Threads", "reddit.com": "Reddit", "redditmedia.com": "Reddit", "soundcloud.com": "SoundCloud",
    "spotify.com": "Spotify", "linkedin.com": "LinkedIn", "truthsocial.com": "Truth Social", "bilibili.com": "哔哩哔哩",
    "weibo.com": "微博", "v.qq.com": "腾讯视频", "youku.com": "优酷", "vk.com": "VK", "rutube.ru": "Rutube",
    "datawrapper.de": "Datawrapper", "datawrapper.dwcdn.net": "Datawrapper", "flo.uri.sh": "Flourish",
    "flourish.studio": "Flourish",
}  # fmt: skip
_FILM = re.compile(r"^/(?:embed|v|shorts|live)/([\w-]{5,20})$")
_NUMBER = re.compile(r"^/video/(\d+)$")


@dataclass(frozen=True, slots=True)
class Post:
    """An embedded post: where it is, what stands in the page for it, and the link as markup."""

    address: str
    label: str

    @property
    def html(self) -> str:
        """A paragraph that is a link."""
        return f'<p><a href="{escape(self.address)}">{escape(self.label, quote=False)}</a></p>'


def post(node: Node, url: str) -> Post | None:
    """The post that an element embeds, None where it embeds none that is known."""
    address = _address(node, url)
    house = _house(address) if address else ""
    if not house:
        return None
    text = squeeze(node.text())[:MAX_LABEL]
    return Post(
        address, f"{house}: {text}" if text else f"{house}: {squeeze(node.get('title'))[:MAX_LABEL] or address}"
    )


def _address(node: Node, url: str) -> str:
    if node.tag == "iframe":
        stated = node.get("src") or node.get("data-src") or node.get("data-lazy-src")
        return _readable(absolute(stated, url) or "") if stated else ""
    if node.tag in ("amp-youtube", "lite-youtube"):
        number = node.get("data-videoid") or node.get("videoid")
        return f"https://www.youtube.com/watch?v={number}" if re.fullmatch(r"[\w-]{5,20}", number) else ""
    if node.tag == "amp-twitter":
        number = node.get("data-tweetid")
        return f"https://x.com/i/status/{number}" if number.isascii() and number.isdecimal() else ""
    if node.tag == "amp-instagram":
        number = node.get("data-shortcode")
        return f"https://www.instagram.com/p/{number}/" if re.fullmatch(r"[\w-]{5,20}", number) else ""
    if node.tag != "blockquote":
        return ""
    for name in ("data-instgrm-permalink", "cite", "data-href"):
        if (stated := node.get(name)) and (found := absolute(stated, url)) and _house(found):
            return found
    links = [child.get("href") for child in islice(node.walk(), MAX_ELEMENTS) if child.tag == "a" and child.get("href")]
    found = absolute(links[-1], url) if links else None
    return found if found and _house(found) else ""


def _readable(address: str) -> str:
    """The page that a frame's address shows, where it is known how to tell; else the address."""
    parts = urlsplit(address)
    if _house(address) == "YouTube" and (film := _FILM.match(parts.path)):
        return f"https://www.youtube.com/watch?v={film[1]}"
    if _house(address) == "Vimeo" and (film := _NUMBER.match(parts.path)):
        return f"https://vimeo.com/{film[1]}"
    if _house(address) == "Facebook" and (stated := parse_qs(parts.query).get("href")):
        return stated[0] if _house(stated[0]) else ""
    return address


def _house(address: str) -> str:
    """The house that an address is of, '' where it is none of those known."""
    try:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    while host:
        if host in _HOUSES:
            return _HOUSES[host]
        host = host.partition(".")[2]
    return ""
