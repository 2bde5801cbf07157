"""HTML as a row of tags and texts, in one linear pass.

Front pages are read without building a tree: a tree builder that follows the HTML standard makes of 3 MB of '<font>'
and '<p>' 10 thousand million nodes (formatting elements are reopened in every paragraph), and cannot be stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from newsreel.discovery.markup import attributes_of

MAX_TAG_LENGTH = 8_192
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:-]{0,40}(?=[\s/>])")
_END = re.compile(r"""(?:[^>"'<]|"[^"]*+"|'[^']*+')*+>""")
_RAW = frozenset({"script", "style", "textarea", "template", "noscript", "svg", "iframe"})
# After so many tags with quotes that never close, quotes are no longer followed: each costs a scan of 8 kB.
_PATIENCE = 200


class Piece(NamedTuple):
    """A text (no ``name``), a start tag, or an end tag (``closing``). ``source`` is the text, or the tag's inside."""

    name: str
    source: str
    closing: bool = False

    @property
    def attributes(self) -> dict[str, str]:
        """A start tag's attributes: names in lower case, entities decoded."""
        return dict(attributes_of(self.source)) if "=" in self.source else {}


def pieces(text: str, most: int) -> Iterator[Piece]:
    """The pieces of a page in order, at most ``most``; comments, scripts, styles and templates are left out."""
    position, failures = 0, 0
    for _ in range(most):
        start = text.find("<", position)
        if start < 0:
            break
        if start > position:
            yield Piece("", text[position:start])
        if text.startswith(("<!", "<?"), start):
            position = _after(text, "-->" if text.startswith("<!--", start) else ">", start)
            continue
        closing = text.startswith("/", start + 1)
        name = _NAME.match(text, start + 1 + closing)
        if name is None:
            yield Piece("", "<")
            position = start + 1
            continue
        end = _END.match(text, name.end(), name.end() + MAX_TAG_LENGTH) if failures < _PATIENCE else None
        failures += end is None
        position = end.end() if end else _after(text, ">", name.end())
        piece = Piece(name[0].lower(), text[name.end() : position - 1][:MAX_TAG_LENGTH], closing)
        yield piece
        if piece.name in _RAW and not closing and not piece.source.endswith("/"):
            position = _end_of_raw(text, piece.name, position)
    else:
        return
    if position < len(text):
        yield Piece("", text[position:])


def _after(text: str, mark: str, start: int) -> int:
    end = text.find(mark, start)
    return end + len(mark) if end >= 0 else len(text)


def _end_of_raw(text: str, name: str, start: int) -> int:
    """Where a script or style ends. One that is never closed ends the page, as in browsers: no second look."""
    end = re.compile(f"</{name}", re.IGNORECASE).search(text, start)
    return end.start() if end else len(text)
