"""An article's body as a reader sees it."""

from __future__ import annotations

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# The body was sanitised when it was stored. Here it is narrowed once more to what the pages have a form for, so that
# an older or foreign row can neither load anything from elsewhere (no image, no frame) nor look like our own page
# (no class, no id, no title).
_TAGS = frozenset(
    "a abbr b bdi bdo blockquote br caption cite code dd del dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i ins "
    "kbd li mark ol p pre q rp rt ruby s samp small span strong sub sup table tbody td tfoot th thead time tr u ul "
    "var wbr".split()
)
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_SCHEMES = frozenset(("http", "https", "mailto"))
_REL = "noopener noreferrer nofollow"


def readable(html: str, url: str, text: str = "") -> SafeString:
    """The stored HTML, safe to put into a page; where there is none, the plain text's paragraphs.

    ``url`` is the article's own address: links without a host are read from there, never from our portal.
    """
    if not html.strip():
        parts = (part.strip() for part in text.split("\n\n"))
        return mark_safe("".join(f"<p>{escape(part)}</p>" for part in parts if part))  # noqa: S308 - escaped
    try:
        clean = _cleaner(url).clean(html)
    except ValueError:  # an address that cannot be a base
        clean = _cleaner("").clean(html)
    return mark_safe(clean)  # noqa: S308 - sanitised in the line above


def _cleaner(base: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        link_rel=_REL,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_relative=("rewrite_with_base", base) if base.startswith(("http://", "https://")) else "deny",
    )
