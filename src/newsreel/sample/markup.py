"""The small markup in which the articles of the sample press are written.

Blocks are parted by blank lines: ``## heading``, ``> quotation``, ``- item``, ``1. item``, ``| cell | cell |``,
a fence of three backticks for code, ``![caption | credit](picture)``, and anything else a paragraph. Inside a
paragraph ``*word*`` is stressed and ``[words](path)`` a link on the outlet's own site.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from newsreel.core.text import squeeze
from newsreel.core.types import Block

_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STRESS = re.compile(r"\*([^*\n]+)\*")
_NUMBER = re.compile(r"\d+\. ")


def parse(body: str) -> tuple[Block, ...]:
    """The blocks of a body, in order. Lines within a paragraph belong together and are joined by a space."""
    return tuple(_block(chunk) for chunk in _chunks(body))


def plain(text: str) -> str:
    """A paragraph's text without its inline marks."""
    return _STRESS.sub(r"\1", _LINK.sub(r"\1", text))


def inline(text: str) -> str:
    """A paragraph's text as HTML."""
    marked = _LINK.sub(r'<a href="\2">\1</a>', html.escape(text, quote=False))
    return _STRESS.sub(r"<em>\1</em>", marked)


def text_of(blocks: Iterable[Block]) -> str:
    """The body as ``Article.text`` has it: no captions or credits, a tab between cells, a blank line between parts."""
    parts: list[str] = []
    for block in blocks:
        if block.kind == "image":
            continue
        parts.extend("\t".join(squeeze(plain(cell)) for cell in item.split("\t")) for item in block.items)
        if block.text:
            parts.append(block.text if block.kind == "code" else squeeze(plain(block.text)))
    return "\n\n".join(parts)


def _chunks(body: str) -> list[str]:
    chunks: list[str] = []
    lines: list[str] = []
    fenced = False
    for line in [*body.strip("\n").split("\n"), ""]:
        fenced ^= line.startswith("```")
        if line.strip() or fenced:
            lines.append(line.rstrip())
        elif lines:
            chunks.append("\n".join(lines))
            lines = []
    return chunks


def _block(chunk: str) -> Block:
    lines = chunk.split("\n")
    if chunk.startswith("```"):
        return Block("code", text="\n".join(lines[1:-1]))
    if picture := _PICTURE.fullmatch(chunk):
        caption, _, credit = picture[1].partition(" | ")
        return Block("image", text=caption, credit=credit, src=picture[2])
    if chunk.startswith("## "):
        return Block("heading", text=chunk[3:], level=2)
    if chunk.startswith("> "):
        return Block("quote", text=_joined(line[2:] for line in lines))
    if all(line.startswith("- ") for line in lines):
        return Block("list", items=tuple(line[2:] for line in lines))
    if all(_NUMBER.match(line) for line in lines):
        return Block("list", items=tuple(line.split(". ", 1)[1] for line in lines), ordered=True)
    if chunk.startswith("|"):
        rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
        return Block("table", items=tuple("\t".join(row) for row in rows))
    return Block("paragraph", text=_joined(lines))


def _joined(lines: Iterable[str]) -> str:
    """Lines made one. Chinese and Japanese are written on one line: only their readers would see the space."""
    return " ".join(line.strip() for line in lines)
