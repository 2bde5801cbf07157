"""A site rule applied to a page, on the parser's own tree, before anything else is read of it."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from newsreel.core.text import squeeze
from newsreel.core.types import SiteRule
from newsreel.extraction.tags import DROP_MARK, KEEP_MARK

MAX_STATED = 500  # characters of a title or a date
_WHOLE_PAGE = frozenset(("html", "head", "body"))  # no rule takes away the page itself


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a rule found: the texts of its title and its date, '' where there is none."""

    title: str = ""
    date: str = ""


def apply(rule: SiteRule, tree: LexborHTMLParser) -> Ruled:
    """Marks with KEEP_MARK and DROP_MARK what ``keep`` and ``drop`` select, and says what else the rule found. The rule's
    selectors must be ones that the parser takes (sources/site_rules.py has tried them).
    """
    title, date = _stated(tree, rule.title), _stated(tree, rule.date)  # first: they may stand in what is dropped
    for mark in (KEEP_MARK, DROP_MARK):
        for node in tree.css(f"[{mark}]"):  # a publisher's own attribute of this name says nothing
            del node.attrs[mark]
    for mark, selectors in ((KEEP_MARK, rule.keep), (DROP_MARK, rule.drop)):
        for selector in selectors:
            for node in tree.css(selector):
                if mark == KEEP_MARK or node.tag not in _WHOLE_PAGE:
                    node.attrs[mark] = ""
    return Ruled(title, date)


def _stated(tree: LexborHTMLParser, selector: str) -> str:
    """What the first element selected says: by its attribute for machines (time, meta), else by its text."""
    node = tree.css_first(selector) if selector else None
    if node is None:
        return ""
    attributes = node.attributes
    stated = attributes.get("datetime") or attributes.get("content") or node.text(separator=" ")
    return squeeze(stated[: 4 * MAX_STATED])[:MAX_STATED]
