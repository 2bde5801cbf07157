"""The pictures in an article's body: every address is replaced by our own signed one, or the picture goes.

Works on what nh3 has just written: every attribute is quoted, every element closed, no text holds a bare ``<``.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from newsreel.core.urls import absolute, split
from newsreel.portal import pictures

MOST = 60  # pictures of one body
TRACKING = 2  # pixels: what is no wider or higher counts readers
_TAG = re.compile(r'<(/?)([a-z0-9]+)([^>"]*(?:"[^"]*"[^>"]*)*)>')
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
# What a picture's file is called in another size: photo-1024x683.jpg, photo_1200.jpg, photo@2x.jpg, photo-scaled.jpg.
_SIZE = re.compile(r"(?:[-_~.@](?:\d{2,4}(?:x\d{2,4})?|\dx|w\d{2,4}|scaled|large|small|medium|thumb))+$", re.IGNORECASE)
_COMMON_NAMES = 8  # characters: 'image', 'photo' and '1' are the names of many pictures
# A picture of the site, which stands in for one of the article.
_OF_THE_SITE = re.compile(
    r"(?:^|/)(?:logos?|brand(?:ed|ing)?(?:[_-][^/]*)?)/|"
    r"(?:^|[/_.-])(?:logos?|default|placeholder|fallback|favicon|icons?|avatar|no-?image)(?:[_.\-\d][^/]*)?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Figure:
    """Where a figure began in the output, and whether it has more than its caption."""

    start: int
    caption: int = 0  # open <figcaption>s
    content: bool = False


@dataclass(slots=True)
class Body:
    """A body with its pictures through the portal, where they are, and whether it begins with one."""

    html: str
    addresses: list[str] = field(default_factory=list)
    begins: bool = False


def through_the_portal(clean: str, url: str) -> Body:
    """A sanitised body with our addresses in place of the publisher's. A figure of which only the caption is left goes."""
    return _Rewriting(url).run(clean)


def lead(body: Body, image: str, url: str) -> str:
    """The figure of an article's own picture, '' where the body shows that one or begins with another."""
    address = absolute(image, url) if image else None
    if address is None or body.begins or is_of_the_site(address):
        return ""
    if any(same_picture(address, other) for other in body.addresses):
        return ""
    path = pictures.path_of(address, url)
    return f'<figure class="lead">{_img(path, "", None)}</figure>' if path else ""


def same_picture(one: str, other: str) -> bool:
    """Whether two addresses are most likely of one picture: one file, whatever its size and the parameters."""
    first, second = _file(one), _file(other)
    return first == second if len(first) > _COMMON_NAMES else one.partition("?")[0] == other.partition("?")[0]


def is_of_the_site(address: str) -> bool:
    """Whether a picture's address is called as a logo or stand-in is."""
    parts = split(address)
    return parts is not None and _OF_THE_SITE.search(parts.path) is not None


class _Rewriting:
    """One pass over a body."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._out: list[str] = []
        self._figures: list[_Figure] = []
        self._addresses: list[str] = []
        self._begins = False
        self._words = False

    def run(self, clean: str) -> Body:
        last = 0
        for tag in _TAG.finditer(clean):
            self._text(clean[last : tag.start()])
            last = tag.end()
            if tag[2] == "img":
                self._picture(dict(_ATTRIBUTE.findall(tag[3])))
            elif tag[2] == "figure":
                self._figure(tag[0], closes=bool(tag[1]))
            else:
                self._other(tag[0], tag[2], closes=bool(tag[1]))
        self._text(clean[last:])
        return Body("".join(self._out), self._addresses, self._begins)

    def _text(self, text: str) -> None:
        if text:
            self._out.append(text)
        if text.strip():
            inside = self._figures[-1] if self._figures else None
            if inside is None or not inside.caption:
                self._words = True
                self._has_content()

    def _other(self, tag: str, name: str, closes: bool) -> None:
        if name == "figcaption" and self._figures:
            self._figures[-1].caption += -1 if closes else 1
        self._out.append(tag)

    def _picture(self, attributes: dict[str, str]) -> None:
        stated = {name: html.unescape(value) for name, value in attributes.items()}
        size = _size(stated)
        address = absolute(stated.get("src", ""), self._url) if stated.get("src") else None
        if address is None or len(self._addresses) >= MOST or (size and min(size) <= TRACKING):
            return
        path = pictures.path_of(address, self._url)
        if path is None:
            return
        self._begins |= not self._words
        self._addresses.append(address)
        self._has_content()
        self._out.append(_img(path, stated.get("alt", ""), size))

    def _has_content(self) -> None:
        for figure in self._figures:
            figure.content = True

    def _figure(self, tag: str, closes: bool) -> None:
        if not closes:
            self._figures.append(_Figure(len(self._out)))
            self._out.append(tag)
        elif self._figures:
            figure = self._figures.pop()
            self._out.append(tag)
            if not figure.content:
                del self._out[figure.start :]


def _img(path: str, alt: str, size: tuple[int, int] | None) -> str:
    stated = f' width="{size[0]}" height="{size[1]}"' if size else ""
    return f'<img src="{path}" alt="{html.escape(alt)}"{stated} loading="lazy" decoding="async">'


def _size(stated: dict[str, str]) -> tuple[int, int] | None:
    values = [stated.get(name, "") for name in ("width", "height")]
    if all(value.isascii() and value.isdecimal() and len(value) <= 5 for value in values):
        return int(values[0]), int(values[1])
    # One alone says only whether it is to be seen at all.
    return next(((int(v), int(v)) for v in values if v.isascii() and v.isdecimal() and int(v[:6]) <= TRACKING), None)


def _file(address: str) -> str:
    name = address.partition("?")[0].rpartition("/")[2].lower()
    stem = name.rpartition(".")[0] or name
    return _SIZE.sub("", stem)
