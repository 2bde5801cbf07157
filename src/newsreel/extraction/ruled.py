"""A site rule applied to a page, on the parser's own tree, before anything else is read of it."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsreel.core.text import cut, squeeze
from newsreel.core.types import SiteRule

KEEP_MARK = "data-newsreel-keep"
REASON = "site rule"
MAX_STATED = 500  # characters of a title or a date
MAX_DROPPED, MAX_DROPPED_TEXT = 200, 2_000  # pieces that are named, and characters of each
_WHOLE_PAGE = frozenset(("html", "head", "body"))  # no rule takes away the page itself


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a rule found: the texts of its title and its date ('' where there is none), and of what it dropped."""

    title: str = ""
    date: str = ""
    dropped: tuple[str, ...] = ()


def apply(rule: SiteRule, tree: LexborHTMLParser) -> Ruled:
    """Takes out of the tree what ``drop`` selects, marks with KEEP_MARK what ``keep`` selects, and says what else the
    rule found. The rule's selectors must be ones that the parser takes (sources/site_rules.py has tried them).
    """
    title, date = _stated(tree, rule.title), _stated(tree, rule.date)  # first: they may stand in what is dropped
    for node in tree.css(f"[{KEEP_MARK}]"):  # a publisher's own attribute of this name says nothing
        del node.attrs[KEEP_MARK]
    dropped = _drop(tree, rule.drop)
    for selector in rule.keep:
        for node in tree.css(selector):
            node.attrs[KEEP_MARK] = ""
    return Ruled(title, date, dropped)


def _drop(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> tuple[str, ...]:
    """The texts of what was taken out."""
    found: dict[int, LexborNode] = {}
    for selector in selectors:
        found.update((node.mem_id, node) for node in tree.css(selector) if node.tag not in _WHOLE_PAGE)
    # An element within another goes with it: to free it again would end the process.
    outer = [node for node in found.values() if not _is_within(node, found)]
    texts = [squeeze(node.text(separator=" "))[: 2 * MAX_DROPPED_TEXT] for node in outer[:MAX_DROPPED]]
    for node in outer:
        node.decompose()
    return tuple(cut(text, MAX_DROPPED_TEXT) for text in texts if text)


def _is_within(node: LexborNode, others: dict[int, LexborNode]) -> bool:
    above = node.parent
    while above is not None:
        if above.mem_id in others:
            return True
        above = above.parent
    return False


def _stated(tree: LexborHTMLParser, selector: str) -> str:
    """What the first element selected says: by its attribute for machines (time, meta), else by its text."""
    node = tree.css_first(selector) if selector else None
    if node is None:
        return ""
    attributes = node.attributes
    stated = attributes.get("datetime") or attributes.get("content") or node.text(separator=" ")
    return squeeze(stated[: 4 * MAX_STATED])[:MAX_STATED]
