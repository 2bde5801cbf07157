"""A page read under a site rule: its tree without what the rule drops, its own statements overruled by the rule's."""

from __future__ import annotations

from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from newsreel.core.types import SiteRule
from newsreel.extraction import dating
from newsreel.extraction.blocks import Unit, UnitReader
from newsreel.extraction.body import measure
from newsreel.extraction.metadata import Metadata
from newsreel.extraction.page import Node, Page, read_markup, read_page
from newsreel.extraction.ruled import KEEP_MARK, Ruled, apply


def read_ruled_page(html: str, rule: SiteRule) -> tuple[Page, Ruled]:
    """The page with the rule applied, and what the rule found."""
    page = read_page(html)
    tree = LexborHTMLParser(read_markup(html))
    found = apply(rule, tree)
    page.root = read_page(tree.html or "").root
    return page, found


def overruled(meta: Metadata, found: Ruled, url: str) -> Metadata:
    """The metadata with the title and the date that the rule found; a date that cannot be read leaves the page's own."""
    title = found.title or meta.title
    clock = dating.clock_of(url, meta.language, title)
    return replace(meta, title=title, published=clock.read(found.date) or meta.published)


def kept_units(root: Node, url: str) -> tuple[list[Unit], list[tuple[str, str]]] | None:
    """The pieces of all elements marked to be kept, in order, and what of them is no text; None where none is marked."""
    outer = [node for node in root.walk() if _is_marked(node) and not any(map(_is_marked, node.ancestors()))]
    if not outer:
        return None
    measure(root)
    units: list[Unit] = []
    removed: list[tuple[str, str]] = []
    for node in outer:
        reader = UnitReader(url, {id(inner) for inner in node.walk()}, by_name=False)
        reader.read(node)
        units += reader.units
        removed += reader.removed
    return units, removed


def _is_marked(node: Node) -> bool:
    return KEEP_MARK in node.attributes
