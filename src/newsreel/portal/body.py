"""An article's body as a reader sees it."""

from __future__ import annotations

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from newsreel.portal import figures

# The body was sanitised when it was stored. Here it is narrowed once more to what the pages have a form for, so that
# an older or foreign row can neither load anything from elsewhere (no frame, and pictures through the portal only) nor
# look like our own page (no class, no id, no title).
_TAGS = frozenset(
    "a abbr b bdi bdo blockquote br caption cite code dd del dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img ins "
    "kbd li mark ol p pre q rp rt ruby s samp small span strong sub sup table tbody td tfoot th thead time tr u ul "
    "var wbr".split()
)
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_SCHEMES = frozenset(("http", "https", "mailto"))
_REL = "noopener noreferrer nofollow"


def readable(html: str, url: str, text: str = "", lead_image: str = "") -> SafeString:
    """The stored HTML, safe to put into a page; where there is none, the plain text's paragraphs.

    ``url`` is the article's own address: links without a host are read from there, never from our portal. ``lead_image``
    is the article's own picture, shown above a body that does not show it. Pictures have addresses of the portal.
    """
    body = figures.through_the_portal(_clean(html, url), url) if html.strip() else figures.Body(_paragraphs(text))
    lead = figures.lead(body, lead_image, url) if body.html.strip() else ""
    return mark_safe(lead + body.html)  # noqa: S308 - sanitised, and our own figure


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in text.split("\n\n"))
    return "".join(f"<p>{escape(part)}</p>" for part in parts if part)


def _clean(html: str, url: str) -> str:
    try:
        return _cleaner(url).clean(html)
    except ValueError:  # an address that cannot be a base
        return _cleaner("").clean(html)


def _cleaner(base: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        link_rel=_REL,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_relative=("rewrite_with_base", base) if base.startswith(("http://", "https://")) else "deny",
    )
