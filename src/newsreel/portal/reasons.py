"""Why a piece of a page is not the article's, in plain words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "advert": _("advert"),
    "appeal": _("appeal to give or subscribe"),
    "aside": _("side column"),
    "byline": _("byline"),
    "call to act": _("call to act"),
    "caption": _("caption"),
    "comments": _("readers' comments"),
    "control": _("button or field"),
    "cookie notice": _("cookie notice"),
    "date": _("date"),
    "dialog": _("dialog"),
    "embedded": _("embedded from elsewhere"),
    "footer": _("foot of the page"),
    "form": _("form"),
    "hidden": _("hidden"),
    "label": _("label"),
    "link": _("link"),
    "list of links": _("list of links"),
    "navigation": _("navigation"),
    "newsletter box": _("newsletter box"),
    "no words": _("no words"),
    "outside the article": _("outside the article"),
    "player": _("player"),
    "pointer elsewhere": _("pointer to another story"),
    "related links": _("related links"),
    "scrap at the edge": _("scrap at the beginning or end"),
    "share bar": _("share bar"),
    "site rule": _("site rule"),
    "tags": _("tags"),
    "title": _("title"),
}


def words(reason: str) -> str:
    """A reason of the extraction in the reader's language; one without words of its own is shown as it is."""
    return str(_WORDS.get(reason, reason))
