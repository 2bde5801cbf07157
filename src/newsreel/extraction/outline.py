"""A page's stream as an outline: its boxes (block elements) and leaves (runs of text between block tags), in order.

One loop over the stream; boxes and leaves are parallel lists, so that all measures of them are sums over ranges.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from newsreel.extraction.stream import Stream
from newsreel.extraction.tags import (
    BOLD,
    BREAK,
    CLOSE,
    HEAD,
    INLINE,
    INLINE_END,
    ITALIC,
    LINK,
    LINK_END,
    OPEN,
    PICTURE,
    Tag,
    known,
    read_tag,
)  # fmt: skip

MAX_DEPTH = 300
MAX_LEAVES = 6_000  # of one page; the recorded pages have 190 on average


@dataclass(slots=True)
class Outline:
    """Boxes: ``parent``, ``tag``, ``bits`` (of itself and all around it), ``path`` (a number for each way of tags with their
    attributes from the top), ``shape`` (the same of names alone), ``depth``, ``first`` and ``last`` leaf (half open),
    ``start`` and ``end`` piece of the stream. Leaves: ``box``, ``text``, ``begin`` and ``stop`` piece (half open, of the
    texts' places), ``linked`` characters, ``links``, ``bold`` and ``italic`` characters, ``inline`` bits, ``pictures``
    since the leaf before, ``broken`` (it follows a line break).
    """

    parent: list[int] = field(default_factory=list)
    tag: list[Tag] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)
    path: list[int] = field(default_factory=list)
    shape: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    box: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    begin: list[int] = field(default_factory=list)
    stop: list[int] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    bold: list[int] = field(default_factory=list)
    italic: list[int] = field(default_factory=list)
    inline: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)  # places of meta and link tags
    paths: int = 0
    shapes: int = 0
    cut: bool = False


def read_outline(stream: Stream) -> Outline:  # noqa: C901
    """The outline of a stream. Past MAX_LEAVES it ends; elements deeper than MAX_DEPTH are part of the one around."""
    # Long, and kept together: it runs for each of a page's thousands of tags, where a call costs as much as the work.
    out = Outline()
    pieces = stream.pieces
    paths: dict[tuple[int, int], int] = {}
    shapes: dict[tuple[int, int], int] = {}
    parent, tags, bits, path, shape = out.parent, out.tag, out.bits, out.path, out.shape
    depth, first, last, start, end = out.depth, out.first, out.last, out.start, out.end
    leaf_box = out.box
    add_text = out.text.append
    stack: list[int] = []
    here = -1
    here_path = here_shape = 0
    here_bits = 0
    skipped = 0
    parts: list[str] = []
    begin = 0
    linked = links = bold = italic = pictures = 0
    inline = 0
    breaks = broken = 0
    in_link = in_bold = in_italic = 0

    def flush(stop: int) -> None:
        nonlocal parts, linked, links, bold, italic, inline, pictures, broken
        text = " ".join("".join(parts).split())
        if text:
            if "&" in text:
                text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
                text = " ".join(text.split())
            if text:
                leaf_box.append(here)
                add_text(text)
                out.begin.append(begin)
                out.stop.append(stop)
                out.linked.append(linked)
                out.links.append(links)
                out.bold.append(bold)
                out.italic.append(italic)
                out.inline.append(inline)
                out.pictures.append(pictures)
                out.broken.append(broken)
                pictures = 0
        parts = []
        linked = links = bold = italic = inline = broken = 0

    place = -1
    for place in range(1, len(pieces), 2):
        text = pieces[place - 1]
        if text and not text.isspace():
            if not parts:
                begin = place - 1
            parts.append(text)
            breaks = 0
            if in_link:
                linked += len(text)
            if in_bold:
                bold += len(text)
            if in_italic:
                italic += len(text)
        elif text and parts:
            parts.append(" ")
        source = pieces[place]
        tag = known.get(source) or read_tag(source)
        kind = tag.kind
        if kind == OPEN:
            if parts:
                flush(place)
            elif links:
                links = 0
            if len(stack) >= MAX_DEPTH:
                skipped += 1
                continue
            stack.append(here)
            parent.append(here)
            key = (here_path, id(tag))
            here_path = paths.setdefault(key, len(paths) + 1)
            key = (here_shape, tag.number)
            here_shape = shapes.setdefault(key, len(shapes) + 1)
            here_bits |= tag.bits
            here = len(tags)
            tags.append(tag)
            path.append(here_path)
            shape.append(here_shape)
            bits.append(here_bits)
            depth.append(len(stack) + 1)
            first.append(len(leaf_box))
            last.append(0)
            start.append(place)
            end.append(0)
        elif kind == CLOSE:
            if parts:
                flush(place)
            elif links:
                links = 0
            if skipped:
                skipped -= 1
                continue
            if not stack:
                continue
            last[here] = len(leaf_box)
            end[here] = place
            here = stack.pop()
            if here >= 0:
                here_path, here_shape, here_bits = path[here], shape[here], bits[here]
            else:
                here_path = here_shape = here_bits = 0
            if len(leaf_box) >= MAX_LEAVES:
                out.cut = True
                break
        elif kind == LINK:
            in_link = 1
            links += 1
        elif kind == LINK_END:
            in_link = 0
        elif kind == INLINE:
            inline |= tag.bits
            if tag.bits & BOLD:
                in_bold += 1
            elif tag.bits & ITALIC:
                in_italic += 1
        elif kind == INLINE_END:
            if tag.bits & BOLD:
                in_bold -= in_bold > 0
            elif tag.bits & ITALIC:
                in_italic -= in_italic > 0
        elif kind == BREAK:
            breaks += 1 if tag.name == "br" else 2
            if breaks >= 2 and parts:
                flush(place)
            elif parts:
                parts.append(" ")
            if breaks >= 2 or not parts:
                broken = 1
        elif kind == PICTURE:
            pictures += 1
        elif kind == HEAD:
            out.heads.append(place)
    text = pieces[-1]
    if text and not text.isspace():
        parts.append(text)
    if parts:
        flush(place + 1)
    while stack:
        last[here] = len(leaf_box)
        end[here] = place
        here = stack.pop()
    out.paths, out.shapes = len(paths) + 1, len(shapes) + 1
    return out
