"""A picture element -> where its picture is, how large it says that it is, and the figure that readers see."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

from newsreel.core.text import squeeze
from newsreel.core.urls import absolute, identity
from newsreel.extraction.page import Node

IMAGES = ("img", "amp-img")
MAX_ALT = 300  # characters
TRACKING = 2  # pixels: what is no wider or higher is there to count readers
ICON = 80  # pixels
LEVELS = 6  # between a picture and the link around it
_LAZY = ("data-src", "data-original", "data-lazy-src", "src")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_ENOUGH = 1200.0  # pixels of width: twice the column
# By the file's own name. Drawings (SVG) are never shown: they can hold scripts.
_OF_THE_PAGE = re.compile(
    r"(?:^|[/_.-])(?:icons?|logos?|sprites?|avatars?|emoji|favicon)(?:[_.-][^/]*)?$|\.svg$", re.IGNORECASE
)
_PICTURE_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif)(?:$|[?&])|/(?:image|photo|gallery|media)[/_-]", re.IGNORECASE
)
_DENSE = 600.0  # what is taken for the width of '1x'
_MAX_SET = 8192  # characters
# What stands in the place of a picture until a script puts it there.
_STAND_IN = re.compile(
    r"(?:^|[/_.-])(?:blank|spacer|pixel|transparent|placeholder|lazy|loading|1x1|grey|gray)[^/]*$", re.I
)


def source_of(image: Node, url: str, around: Node | None = None) -> str:
    """The address of an element's picture, '' where it has none. ``around``: an element whose <source>s count too."""
    found = _stated(image, url)
    if found and not _STAND_IN.search(found.partition("?")[0]):
        return found
    others = around.walk() if around is not None else ()
    sets = (element for element in (image, *others) if element.tag in (*IMAGES, "source"))
    return next((best for element in sets if (best := _from_set(element, url))), found)


def size_of(image: Node) -> tuple[int, int] | None:
    """Width and height in pixels as an element states them, or None."""
    values = [image.get(name).strip().removesuffix("px") for name in ("width", "height")]
    if all(value.isascii() and value.isdecimal() and len(value) <= 5 for value in values):
        return int(values[0]), int(values[1])
    return None


def is_tracking(image: Node) -> bool:
    """Whether a picture is too small to be seen."""
    values = [image.get(name).strip().removesuffix("px") for name in ("width", "height")]
    return any(value.isascii() and value.isdecimal() and int(value[:6]) <= TRACKING for value in values)


def belongs(image: Node, source: str, url: str, captioned: bool) -> bool:
    """Whether a picture is one of the article's: not an icon or a drawing for the page, not the teaser of another article
    (a link that leads to another page, without a caption).
    """
    size = size_of(image)
    if _OF_THE_PAGE.search(source.partition("?")[0]) or (size and max(size) <= ICON):
        return False
    if captioned:
        return True
    link = next((above for above in islice(image.ancestors(), LEVELS) if above.tag == "a"), None)
    leads_to = absolute(link.get("href"), url) if link is not None and link.get("href") else None
    return leads_to is None or identity(leads_to) == identity(url) or bool(_PICTURE_FILE.search(leads_to))


def figure(source: str, image: Node, caption: str, credit: str = "") -> str:
    """A picture with its caption as a reader sees it. Texts are plain; the address is absolute."""
    size = size_of(image)
    stated = f' width="{size[0]}" height="{size[1]}"' if size and min(size) > TRACKING else ""
    alt = squeeze(image.get("alt"))[:MAX_ALT]
    # What the caption says already is not read out twice.
    shown = f'<img src="{html.escape(source)}" alt="{html.escape("" if alt == caption else alt)}"{stated}>'
    said = f"{caption} {credit}".strip() if credit and credit not in caption else caption
    return f"<figure>{shown}{_figcaption(said)}</figure>"


def with_caption(figure: str, caption: str) -> str:
    """A figure with this caption in place of its own."""
    return f"{figure.partition('<figcaption>')[0].removesuffix('</figure>')}{_figcaption(caption)}</figure>"


def _figcaption(text: str) -> str:
    return f"<figcaption>{html.escape(text, quote=False)}</figcaption>" if text else ""


def _stated(image: Node, url: str) -> str:
    for name in _LAZY:
        value = image.get(name)
        if value and not value.startswith("data:") and (found := absolute(value, url)):
            return found
    return ""


def _from_set(element: Node, url: str) -> str:
    """Of a srcset the narrowest that is wide enough, else the widest."""
    for name in _SETS:
        found = [
            (width, address)
            for reference, width in _candidates(element.get(name))
            if not reference.startswith("data:") and (address := absolute(reference, url))
        ]
        if found:
            wide = [one for one in found if one[0] >= _ENOUGH]
            return min(wide)[1] if wide else max(found)[1]
    return ""


def _candidates(text: str) -> Iterator[tuple[str, float]]:
    """Address and width of each entry. Sites leave out the space after a comma: '/a.jpg 1x,/b.jpg 2x'."""
    reference = ""
    for word in text[:_MAX_SET].split():
        if not reference:
            reference = word.rstrip(",")
            if word.endswith(","):
                yield reference, _DENSE
                reference = ""
            continue
        size, _, following = word.partition(",")
        yield reference, _width(size)
        reference = following
    if reference:
        yield reference, _DENSE


def _width(size: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,3})?[wx]", size):
        return _DENSE
    return float(size[:-1]) * (1 if size.endswith("w") else _DENSE)
